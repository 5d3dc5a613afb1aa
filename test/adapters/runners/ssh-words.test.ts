import { describe, expect, it } from 'vitest';
import { refusedRights } from '../../../src/adapters/hosts/rights.ts';
import { hostsMeant, vectorFor } from '../../../src/adapters/runners/ssh/ask.ts';
import { farWord } from '../../../src/adapters/runners/ssh/far-command.ts';
import { type Circumstance, judge } from '../../../src/adapters/runners/ssh/judge.ts';

const ended = (exitCode: number | null, output = '', more: object = {}) => ({
  ...{ exitCode, signal: null, timedOut: false, stopped: false, lost: false },
  ...{ output, truncated: false, failedToStart: null, ...more },
});
const known: Circumstance = {
  ...{ host: 'web-1', begun: true, endedThere: null, isFar: true, elsewhereFor: null, timeout: 90_000 },
  refusal: (said) => refusedRights('web-1', 'deploy', said),
};
const judged = (result: ReturnType<typeof ended>, more: Partial<Circumstance> = {}) =>
  judge(result, { ...known, ...more });

describe('what sudo refuses is said with who can give it', () => {
  it.each([
    [
      'sudo: a password is required',
      /^web-1 asks for a password for sudo, and Medic has none\. Whoever administers it can let deploy do without/,
    ],
    ['sudo: a terminal is required to read the password; either use -S', /asks for a password/],
    [
      'deploy is not in the sudoers file.',
      /^web-1 does not let deploy use sudo\. Whoever administers it can allow that in its sudoers/,
    ],
    [
      "Sorry, user deploy is not allowed to execute '/bin/sh' as root on web-1.",
      /does not let deploy use sudo/,
    ],
    [
      'bash: line 1: sudo: command not found',
      /^web-1 has no sudo\. Install it there, or correct medic_become/,
    ],
    ['/bin/sh: 1: sudo: not found', /has no sudo/],
    ['sudo: /etc/sudoers is world writable', /its sudo refused deploy/],
  ])('%s', (said, reason) => {
    const result = judged(ended(1, said), { begun: false });
    expect(result).toMatchObject({ kind: 'failed', reason: expect.stringMatching(reason), untouched: true });
  });

  it('but its remark about names is no refusal', () => {
    expect(
      refusedRights('web-1', null, 'sudo: unable to resolve host web-1: Name or service not known\n'),
    ).toBe(null);
  });
});

describe('what a command on a host ended with', () => {
  it('is 255 of ssh only where the far end told no end of its own', () => {
    expect(judged(ended(255, 'client_loop: send disconnect'), { elsewhereFor: 9_000 })).toEqual({
      kind: 'failed',
      reason: 'the connection to web-1 broke: client_loop: send disconnect',
      exitCode: null,
      elsewhereFor: 9_000,
    });
    expect(judged(ended(255, 'odd'), { endedThere: 255 })).toEqual({
      kind: 'failed',
      reason: 'on web-1 it ended with 255: odd',
      exitCode: 255,
    });
  });

  it('is what the far end says, though the way back broke afterwards', () => {
    expect(judged(ended(255), { endedThere: 0 })).toEqual({ kind: 'succeeded', summary: 'done on web-1' });
    expect(judged(ended(null, '', { stopped: true }), { endedThere: 0 })).toMatchObject({
      kind: 'succeeded',
    });
  });

  it('never says that nothing was touched where it began, or where nobody can tell', () => {
    for (const begun of [true, false])
      for (const result of [
        ended(255),
        ended(null),
        ended(null, '', { stopped: true }),
        ended(null, '', { lost: true }),
      ])
        expect(judged(result, { begun, elsewhereFor: 1 })).not.toHaveProperty('untouched');
    for (const code of [1, 97, 124, 137]) expect(judged(ended(code))).not.toHaveProperty('untouched');
  });

  it('says for how long what was not heard of may go on', () => {
    for (const more of [{ stopped: true }, { timedOut: true }, { lost: true }])
      expect(judged(ended(null, '', more), { elsewhereFor: 7 })).toHaveProperty('elsewhereFor', 7);
  });
});

it('a word of the far end is one only with its tag, and to the letter', () => {
  expect(farWord('medic-1a begun', 'medic-1a')).toEqual({ kind: 'begun' });
  expect(farWord('medic-1a ended 3', 'medic-1a')).toEqual({ kind: 'ended', number: 3 });
  for (const line of [
    'medic-1b begun',
    'begun',
    'medic-1a ended',
    'medic-1a ended -1',
    'medic-1a ended x',
    'medic-1a over',
  ])
    expect(farWord(line, 'medic-1a')).toBe(null);
});

it('hosts and programs have no name that an object has by itself', () => {
  expect(hostsMeant({ hosts: 'toString', group: '__proto__' }, {})).toHaveProperty('refused');
  const facts = { name: 'web-1', local: false, manager: 'systemd', supervisorConf: null } as const;
  expect(vectorFor({ supervisor: ['true'] }, facts)).toHaveProperty('refused');
});
