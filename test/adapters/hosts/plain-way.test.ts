import { describe, expect, it } from 'vitest';
import { plainWhereSudoAsksForIt } from '../../../src/adapters/hosts/plain-way.ts';
import type { HostAnswer, HostCommand } from '../../../src/evidence/hosts.ts';

const never = new AbortController().signal;
const QUICK: HostCommand = { host: 'jobs-1', argv: ['sh', 'quick'], plain: ['slow'], timeout: 5_000 };
const well: HostAnswer = { kind: 'answered', exitCode: 0, stdout: 'well', stderr: '', truncated: false };
const refusal: HostAnswer = { kind: 'refused', bySudo: true, reason: 'sudo: a password is required' };

/** A host that answers by the program that is run, and what was run there. */
function hostWith(answers: Readonly<Record<string, HostAnswer>>) {
  const ran: string[] = [];
  const run = plainWhereSudoAsksForIt(async ({ argv: [program = ''] }) => {
    ran.push(program);
    return answers[program] ?? well;
  });
  return { ran, run };
}

describe('a command that has a plain form', () => {
  it('is run as it stands where it may be', async () => {
    const { ran, run } = hostWith({});
    expect(await run(QUICK, never)).toEqual(well);
    expect(ran).toEqual(['sh']);
  });

  it('is run plainly where sudo permits nothing else, and sudo is not asked for more again', async () => {
    const { ran, run } = hostWith({ sh: refusal });
    expect(await run(QUICK, never)).toEqual(well);
    expect(await run(QUICK, never)).toEqual(well);
    expect(ran).toEqual(['sh', 'slow', 'slow']);
    await run({ ...QUICK, host: 'jobs-2' }, never);
    expect(ran.slice(3)).toEqual(['sh', 'slow']);
  });

  it('is tried again as it stands after sudo permitted nothing at all', async () => {
    const { ran, run } = hostWith({ sh: refusal, slow: refusal });
    expect(await run(QUICK, never)).toEqual(refusal);
    await run(QUICK, never);
    expect(ran).toEqual(['sh', 'slow', 'sh', 'slow']);
  });

  it.each<HostAnswer>([
    { kind: 'late', reason: 'it gave no answer' },
    { kind: 'refused', reason: 'no route to host' },
  ])('is not asked twice of a host that did not answer at all', async (answer) => {
    const { ran, run } = hostWith({ sh: answer });
    expect(await run(QUICK, never)).toEqual(answer);
    expect(ran).toEqual(['sh']);
  });
});

it('a command without a plain form is run once', async () => {
  const { ran, run } = hostWith({ sh: refusal });
  const { plain: _, ...only } = QUICK;
  expect(await run(only, never)).toEqual(refusal);
  expect(ran).toEqual(['sh']);
});
