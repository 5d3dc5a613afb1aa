import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHeal } from '../../src/intake/command.ts';

const run = (playbook: string, parameters: Record<string, string> = {}) => ({
  kind: 'run',
  playbook,
  parameters,
});

describe('/heal', () => {
  it.each([
    ['', { kind: 'help' }],
    ['  help  ', { kind: 'help' }],
    ['list', { kind: 'list' }],
    ['status', { kind: 'status' }],
    ['pause', { kind: 'pause' }],
    ['resume', { kind: 'resume' }],
    ['restart', run('restart')],
    ['run restart service=shop', run('restart', { service: 'shop' })],
    ['restart service=shop  to=v1', run('restart', { service: 'shop', to: 'v1' })],
    ['restart query=a=b', run('restart', { query: 'a=b' })],
    ['restart note="two words"', run('restart', { note: 'two words' })],
    ['restart note=“two words”', run('restart', { note: 'two words' })],
    ['restart constructor=x', run('restart', { constructor: 'x' })],
  ])('%j is read', (text, expected) => {
    expect(readHeal(text)).toEqual(expected);
  });

  it.each([
    ['restart shop', '"shop" is not of the form key=value'],
    ['restart service=', '"service=" is not of the form key=value'],
    ['restart Service=shop', '"Service=shop" is not of the form key=value'],
    ['restart a=1 a=2', '"a" is given twice'],
    ['restart note="open', 'a quote is not closed'],
  ])('%j is malformed, and why', (text, reason) => {
    expect(readHeal(text)).toEqual({ kind: 'malformed', reason });
  });

  it('takes any text without failing, and makes nothing of it that was not written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const command = readHeal(text);
        if (command.kind === 'run') expect(text.replaceAll('"', '')).toContain(command.playbook);
      }),
    );
  });
});
