import { describe, expect, it } from 'vitest';
import type { TimelineEvent } from '../../src/incident/model/timeline.ts';
import { diagnosed, ended, lookAfter, prepared, type Walk, WELL } from '../kit/incident/walk.ts';
import { askedIn, ROWS, type Row, whatIsWrong } from './rows.ts';

const row: Row = { ...(ROWS[0] as Row), playbook: 'ease' };
const healed = (result?: Parameters<typeof ended>[1]): Walk =>
  lookAfter(lookAfter(ended('Small', result), 1, WELL), 4000, WELL);
const judged = ({ incident }: Walk, of: Row = row, ill: readonly string[] = []) =>
  whatIsWrong(of, incident, ill);

describe('the judge of the table', () => {
  it('finds nothing wrong with what its own playbook healed, and what is well', () => {
    expect(judged(healed())).toBeNull();
  });

  it('is not content with a word of recovery while the host is ill', () => {
    expect(judged(healed(), row, ['shop.service is failed'])).toBe(
      'called healed, but shop.service is failed',
    );
  });

  it('is not content where another playbook healed, or where the fix is not why it is well', () => {
    expect(judged(healed(), { ...row, playbook: 'mend' })).toBe('healed by ease and not by mend');
    const failed = healed({ kind: 'failed', reason: 'no space', exitCode: 2 });
    expect(judged(failed)).toMatch(/^recovered: .*it failed: no space/);
  });

  it('is not content where a person is needed', () => {
    const grave = diagnosed('Grave');
    expect(judged(grave.feed(prepared(grave)))).toMatch(/^asked for approval: /);
    expect(judged(diagnosed('Unheard'))).toMatch(/^escalated: /);
  });
});

describe('a person was asked', () => {
  const told = (...happenings: readonly Partial<TimelineEvent>[]) =>
    askedIn(happenings.map((happening) => ({ happening: happening as TimelineEvent })));

  it('where one was called or an approval was asked for, be it that it healed all the same later', () => {
    expect(told({ kind: 'opened' }, { kind: 'approval-asked' }, { kind: 'closed' })).toBe(true);
    expect(told({ kind: 'opened' }, { kind: 'escalated' }, { kind: 'closed' })).toBe(true);
  });

  it('and nowhere else: a cancel window asks nobody', () => {
    expect(told({ kind: 'opened' }, { kind: 'window-opened' }, { kind: 'closed' })).toBe(false);
  });
});
