import { describe, expect, it } from 'vitest';
import { claimFor, releaseOf, strikesOf } from '../../src/engine/effects/claim.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { bob, settings, shop, T0 } from '../kit/incident/fixtures.ts';
import {
  diagnosed,
  executing,
  ILL,
  lookAfter,
  prepared,
  rechecked,
  reproved,
  resolved,
  starting,
  type Walk,
  WELL,
  watch,
} from '../kit/incident/walk.ts';

const SETTINGS = settings({ services: { shop: { hosts: ['web-1'], depends_on: ['database'] } } });
const NOW = { now: T0, silences: 0 };
const claim = (incident: Incident, at = NOW) => {
  const made = claimFor(incident, SETTINGS, at);
  if (made === null) throw new Error('nothing is to be claimed');
  return made;
};

/** A low-tier plan that runs, and the incident as it was before what comes next. */
function running(): { readonly walked: Walk; readonly attempt: string } {
  const walked = executing('Small');
  return { walked, attempt: walked.phase('executing').attempt };
}

describe('a claim', () => {
  it('locks the targets and every neighbourhood of the subject', () => {
    expect(claim(starting('Small').incident).locks).toEqual([
      'production/shop',
      'area:production/service/shop',
    ]);
  });

  it('lets what the subject depends on go first, unless a person wants it now', () => {
    const walked = starting('Small');
    expect(claim(walked.incident).upstream).toEqual(['production/service/database']);
    const asked = diagnosed('Dull');
    asked.feed({ type: 'heal-requested', subject: shop, by: bob, playbook: 'ease', parameters: {} });
    asked.feed(prepared(asked));
    asked.feed(reproved(asked)).phase('starting');
    expect(claim(asked.incident).upstream).toEqual([]);
  });

  it('goes by severity first, and by waiting time in the end', () => {
    const { incident } = starting('Small');
    const fresh = claim({ ...incident, severity: 'critical' }).priority;
    expect(claim({ ...incident, severity: 'warning' }).priority).toBeGreaterThan(fresh);
    const late = claim({ ...incident, severity: 'critical' }, { now: T0 + 1_300_000, silences: 0 }).priority;
    expect(claim({ ...incident, severity: 'info' }).priority).toBeLessThan(late);
  });
});

describe('the locks of an incident', () => {
  it('are kept through verification, and given back at its end', () => {
    const { walked, attempt } = running();
    const executing = walked.incident;
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'done' } });
    const verifying = walked.incident;
    expect(releaseOf(executing, verifying)).toBeNull();
    lookAfter(walked, 1, WELL);
    lookAfter(walked, 4000, WELL);
    expect(releaseOf(verifying, walked.incident)).toEqual({ at: 0 });
  });

  it.each([
    ['until its time is up, where nobody saw a lost attempt end', {}, T0 + 86_000],
    ['until it is witnessed to be over, where somebody did', { overAt: T0 + 1234 }, T0 + 1234],
  ])('outlast the incident %s', (_, over, at) => {
    const { walked, attempt } = running();
    const lost = { kind: 'interrupted', reason: 'its worker is gone', ...over } as const;
    walked.feed({ type: 'attempt-ended', attempt, result: lost });
    const verifying = walked.incident;
    watch(walked, 61_000, ILL);
    expect(releaseOf(verifying, walked.incident)).toEqual({ at });
  });
});

describe('a strike', () => {
  const struck = [{ target: 'production/shop', attempt: expect.stringMatching(/-a1$/) }];

  it('counts against a target whose fix did not help', () => {
    const { walked, attempt } = running();
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'done' } });
    const verifying = walked.incident;
    watch(walked, 61_000, ILL);
    expect(strikesOf(verifying, walked.incident)).toEqual(struck);
  });

  it('counts against a target whose fix helped and did not last, and not before', () => {
    const { walked, attempt } = running();
    walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'done' } });
    lookAfter(walked, 1, WELL);
    const verifying = walked.incident;
    lookAfter(walked, 4000, WELL);
    const closed = walked.incident;
    expect(strikesOf(verifying, closed)).toEqual([]);
    walked.feed({ type: 'relapsed', as: 'inc-next' });
    expect(strikesOf(closed, walked.incident)).toEqual(struck);
  });

  it.each([
    ['failed', { kind: 'failed', reason: 'no space left', exitCode: 2 }],
    ['timed out', { kind: 'timed-out', reason: 'it took longer than 10 s' }],
  ] as const)(
    'counts against a target whose fix %s, even where its service is well all the same',
    (_, result) => {
      const { walked, attempt } = running();
      walked.feed({ type: 'attempt-ended', attempt, result });
      lookAfter(walked, 1, WELL);
      const verifying = walked.incident;
      lookAfter(walked, 4000, WELL);
      expect(walked.phase('closed').how).toBe('recovered');
      expect(strikesOf(verifying, walked.incident)).toEqual(struck);
    },
  );

  it.each([
    ['changed nothing', { kind: 'succeeded', summary: 'done', changed: 0 }],
    ['was broken off', { kind: 'interrupted', reason: 'its worker died' }],
  ] as const)('counts against no target whose fix %s, where its service is well', (_, result) => {
    const { walked, attempt } = running();
    walked.feed({ type: 'attempt-ended', attempt, result });
    lookAfter(walked, 1, WELL);
    const verifying = walked.incident;
    lookAfter(walked, 4000, WELL);
    expect(walked.phase('closed').how).toBe('recovered');
    expect(strikesOf(verifying, walked.incident)).toEqual([]);
  });

  it('never counts a fix that did not begin, also where the trouble is back', () => {
    const { walked, attempt } = running();
    const before = walked.incident;
    walked.feed({
      type: 'attempt-ended',
      attempt,
      result: { kind: 'failed', reason: 'it could not log in', exitCode: 4, untouched: true },
    });
    walked.phase('escalated');
    expect(strikesOf(before, walked.incident)).toEqual([]);
    const closed = rechecked(resolved(walked)).incident;
    walked.phase('closed');
    walked.feed({ type: 'relapsed', as: 'inc-next' });
    expect(strikesOf(closed, walked.incident)).toEqual([]);
  });
});
