/** A process that runs one command, which is its argument, prints what it said, and has nothing else to do. */
import { runBrief } from '../../../../../src/adapters/runners/process/brief/run-brief.ts';

const { stdout, ended } = await runBrief({
  argv: ['sh', '-c', process.argv[2] ?? ''],
  env: { PATH: process.env.PATH ?? '' },
  timeout: 60_000,
  outputCap: 1_000,
  signal: new AbortController().signal,
});
process.stdout.write(`${ended ?? 'ended'}: ${stdout}`);
