import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHeal } from '../../src/desk/commands/read-heal.ts';

const HOUR = 3_600_000;
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
    ['silence shop 2h', { kind: 'silence', service: 'shop', duration: 2 * HOUR, reason: '' }],
    [
      'silence all 1h30m Bob\'s   "deploy',
      { kind: 'silence', service: null, duration: 1.5 * HOUR, reason: 'Bob\'s "deploy' },
    ],
    ['silence shop 7d', { kind: 'silence', service: 'shop', duration: 168 * HOUR, reason: '' }],
    ['silences', { kind: 'silences' }],
    ['unsilence s-4f2a', { kind: 'unsilence', which: 's-4f2a' }],
    ['unsilence all', { kind: 'unsilence', which: null }],
    ['reset shop', { kind: 'reset', service: 'shop' }],
    ['Status', { kind: 'status' }],
    ['Pause now please', { kind: 'pause' }],
    ['history', { kind: 'history', service: null }],
    ['history shop', { kind: 'history', service: 'shop' }],
    ['History all', { kind: 'history', service: null }],
    ['mode', { kind: 'modes' }],
    ['mode observe', { kind: 'mode', mode: 'observe', scope: null }],
    ['mode Supervised shop', { kind: 'mode', mode: 'supervised', scope: 'shop' }],
    ['mode tiered all', { kind: 'mode', mode: 'tiered', scope: null }],
    ['mode default', { kind: 'mode', mode: null, scope: null }],
    ['mode default production', { kind: 'mode', mode: null, scope: 'production' }],
    ['Restart service=shop', run('restart', { service: 'shop' })],
    ['run status', run('status')],
  ])('%j is read', (text, expected) => {
    expect(readHeal(text)).toEqual(expected);
  });

  it.each([
    ['restart shop', '"shop" is not of the form key=value'],
    ['restart service=', '"service=" is not of the form key=value'],
    ['restart Service=shop', '"Service=shop" is not of the form key=value'],
    ['restart a=1 a=2', '"a" is given twice'],
    ['restart note="open', 'a quote is not closed'],
    ['silence', 'a silence needs a service and a duration'],
    ['silence shop', 'a silence needs a service and a duration'],
    ['silence shop soon', '"soon" is no duration such as 45m, 2h or 1d'],
    ['silence shop 2', '"2" is no duration such as 45m, 2h or 1d'],
    ['silence shop 0m', 'a silence lasts from 1 minute to 7 days'],
    ['silence shop 7d1m', 'a silence lasts from 1 minute to 7 days'],
    ['unsilence', 'say which silence to end'],
    ['unsilence shop store', 'say which silence to end'],
    ['reset', 'name one service'],
    ['run', 'name a playbook'],
    ['history shop store', 'name one service, or none'],
    ['mode sleepy', '"sleepy" is no mode'],
    ['mode observe shop store', 'name one service or environment, or all'],
  ])('%j is malformed, and why', (text, reason) => {
    expect(readHeal(text)).toMatchObject({ kind: 'malformed', reason });
  });

  it('that is malformed is answered with the form of what was meant', () => {
    expect(readHeal('silence shop')).toMatchObject({ form: expect.stringContaining('/heal silence') });
    expect(readHeal('unsilence')).toMatchObject({ form: expect.stringContaining('/heal unsilence') });
    expect(readHeal('reset')).toMatchObject({ form: expect.stringContaining('/heal reset') });
    expect(readHeal('restart shop')).toMatchObject({ form: expect.stringContaining('/heal <playbook>') });
  });

  it('takes any text without failing, and makes nothing of it that was not written', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const command = readHeal(text);
        if (command.kind === 'run')
          expect(text.replaceAll('"', '').toLowerCase()).toContain(command.playbook);
      }),
    );
  });
});
