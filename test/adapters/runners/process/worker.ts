/**
 * A worker that a test kills: runs the given command under a guardian, with the will that TEST_WILL holds as JSON, and prints every
 * line of it.
 */
import { runGuarded } from '../../../../src/adapters/runners/process/run-guarded.ts';

await runGuarded({
  argv: process.argv.slice(2),
  cwd: '/',
  env: { PATH: process.env.PATH ?? '' },
  timeout: 60_000,
  grace: 200,
  outputCap: 10_000,
  redact: (text) => text,
  onLine: (_, line) => process.stdout.write(`${line}\n`),
  signal: new AbortController().signal,
  will: JSON.parse(process.env.TEST_WILL ?? 'null'),
});
