import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { runGuarded } from '../../src/adapters/runners/process/run-guarded.ts';
import { createRedactor } from '../../src/observability/redact.ts';
import { familyTime } from './machine.ts';
import { spreadOf } from './spread.ts';
import type { Row, Section } from './table.ts';

const ROUNDS = 10;
const EACH = 20;
const ARGV = ['sh', '-c', 'echo begun; sleep 0; echo mended'] as const;
const env = { PATH: process.env.PATH ?? '' };

/** What it costs that a command is guarded, beside the same command started and waited for. */
export async function command(): Promise<readonly Section[]> {
  // The guardian starts with the first.
  await guarded();
  const [ours, theirs] = [newTally(), newTally()];
  for (let round = 0; round < ROUNDS; round += 1) {
    await measure(ours, guarded);
    await measure(theirs, bare);
  }
  const count = ROUNDS * EACH;
  const processor = (tally: Tally) => (tally.processor / count) * 1000;
  return [
    {
      title: `A command: ${count} times, one after the other, guarded and bare in turn`,
      rows: [
        ...besides('answered after, p50', spreadOf(ours.took).p50, spreadOf(theirs.took).p50),
        ...besides('processor time', processor(ours), processor(theirs)),
      ],
    },
  ];
}

function besides(name: string, ours: number | null, theirs: number | null): readonly Row[] {
  const ratio = ours === null || theirs === null ? null : ours / theirs;
  return [
    { name, value: ours, unit: 'ms' },
    { name: `${name}: bare`, value: theirs, unit: 'ms' },
    { name: `${name}: times as much as bare`, value: ratio, unit: '', aim: { at: 'most', value: 2 } },
  ];
}

interface Tally {
  readonly took: number[];
  processor: number;
}

const newTally = (): Tally => ({ took: [], processor: 0 });

async function measure(tally: Tally, run: () => Promise<unknown>): Promise<void> {
  const before = familyTime(process.pid).all;
  for (let time = 0; time < EACH; time += 1) {
    const begun = performance.now();
    await run();
    tally.took.push(performance.now() - begun);
  }
  tally.processor += familyTime(process.pid).all - before;
}

const { redact } = createRedactor();

async function guarded(): Promise<void> {
  const { signal } = new AbortController();
  const limits = { timeout: 60_000, outputCap: 8000 };
  const result = await runGuarded({ argv: ARGV, cwd: '/', env, ...limits, redact, signal });
  if (!result.output.endsWith('mended')) throw new Error(`the command failed: ${JSON.stringify(result)}`);
}

async function bare(): Promise<void> {
  const [program, ...args] = ARGV;
  const child = spawn(program, args, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const hear = (chunk: Buffer) => {
    output += chunk;
  };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', hear);
  const [code] = await once(child, 'close');
  if (code !== 0 || !output.trimEnd().endsWith('mended')) throw new Error('the bare command failed');
}
