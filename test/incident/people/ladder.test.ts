import { describe, expect, it } from 'vitest';
import { openCall } from '../../../src/incident/model/call.ts';
import type { Effect } from '../../../src/incident/model/effect.ts';
import { alert, alice, bob, dave, settings } from '../../kit/incident/fixtures.ts';
import { opened, type Walk } from '../../kit/incident/walk.ts';

type Timer = Extract<Effect, { readonly kind: 'timer' }>;

const MINUTE = 60_000;
const LADDER = [{ tell: 'owners' }, { tell: 'SONCALL', after: '5m' }, { tell: 'pagerduty', after: '10m' }];

function withLadder(escalation: readonly object[] = LADDER) {
  return { settings: settings({ services: { shop: { hosts: ['web-1'], owners: ['UOWNER'] } }, escalation }) };
}

/** An incident that needs a person, because nobody knows its cause. */
function called(circumstances: object = withLadder()): Walk {
  return opened('Unheard', circumstances).feed({ type: 'evidence-collected', round: 1, evidence: [] });
}

function timers(walked: Walk): readonly Timer[] {
  return walked.effects.filter((one): one is Timer => one.kind === 'timer' && one.name === 'escalation');
}

/** Lets the newest timer of the ladder ring when it is due. */
function ring(walked: Walk, changed: object = {}): Walk {
  const timer = timers(walked).at(-1);
  if (timer === undefined) throw new Error('no timer of the ladder was set');
  return walked.feed(
    { type: 'timer', name: 'escalation', serves: timer.serves },
    timer.at - walked.now,
    changed,
  );
}

function toldOf(walked: Walk): readonly string[] {
  return walked.incident.call?.told.map(({ tell }) => tell) ?? [];
}

function pager(taken: boolean, at: number, who = 'Ada Example') {
  return { type: 'pager-said', from: 'pagerduty', taken, who, at } as const;
}

describe('a call for a person', () => {
  it('tells the first rung at once, and each further one at its time, as long as nobody takes it', () => {
    const walked = called();
    const from = walked.now;
    expect(toldOf(walked)).toEqual(['owners']);
    ring(walked);
    expect([walked.now - from, toldOf(walked)]).toEqual([5 * MINUTE, ['owners', 'SONCALL']]);
    expect(walked.told.at(-1)).toEqual({
      kind: 'called',
      call: 1,
      tell: 'SONCALL',
      sink: 'slack',
      who: ['SONCALL'],
    });
    ring(walked);
    expect([walked.now - from, toldOf(walked)]).toEqual([10 * MINUTE, ['owners', 'SONCALL', 'pagerduty']]);
    expect(walked.told.at(-1)).toEqual({
      kind: 'called',
      call: 1,
      tell: 'pagerduty',
      sink: 'pagerduty',
      who: [],
    });
    expect(walked.incident.call?.next).toBeNull();
  });

  it('says nothing more than that a person is needed, where no ladder is configured', () => {
    const walked = called({ settings: settings() });
    expect(walked.told.at(-1)).toMatchObject({ kind: 'escalated' });
    expect([timers(walked), toldOf(walked), openCall(walked.incident)?.nth]).toEqual([[], [], 1]);
  });

  it('that is handed over stays with whoever is on it until the other says so', () => {
    const walked = called().feed({ type: 'call-taken', by: dave }, 1000);
    walked.feed({ type: 'call-handed', by: dave, to: bob.id }, 1000);
    expect(walked.told.at(-1)).toEqual({ kind: 'call-handed', call: 1, by: 'UDAVE', to: 'UBOB' });
    expect(walked.incident.call?.taken?.by).toBe('UDAVE');
    walked.feed({ type: 'call-taken', by: alice }, 1000);
    expect(walked.incident.call?.taken?.by).toBe('UDAVE');
    walked.feed({ type: 'call-taken', by: bob }, 1000);
    expect(walked.incident.call).toMatchObject({ nth: 1, taken: { by: 'UBOB', at: walked.now } });
    expect(walked.incident.call?.handed).toBeUndefined();
  });

  it('goes on climbing when it is handed to somebody before anybody is on it', () => {
    const walked = called().feed({ type: 'call-handed', by: dave, to: bob.id }, 1000);
    ring(walked);
    expect(toldOf(walked)).toEqual(['owners', 'SONCALL']);
  });

  it('is handed to nobody by a stranger, to oneself, or to whoever is on it already', () => {
    const walked = called().feed({ type: 'call-taken', by: dave }, 1000);
    const { version } = walked.incident;
    walked.feed({ type: 'call-handed', by: { ...alice, stranger: true }, to: bob.id });
    walked.feed({ type: 'call-handed', by: alice, to: alice.id });
    walked.feed({ type: 'call-handed', by: alice, to: dave.id });
    expect(walked.incident.version).toBe(version);
  });

  it('stops climbing once somebody says that they are on it, and says who', () => {
    const walked = called().feed({ type: 'call-taken', by: dave }, 1000);
    expect(walked.incident.call?.taken).toEqual({ by: 'UDAVE', via: 'slack', at: walked.now });
    expect(walked.told.at(-1)).toEqual({ kind: 'call-taken', call: 1, by: 'UDAVE', via: 'slack' });
    ring(walked);
    expect([walked.refusals.at(-1), toldOf(walked)]).toEqual([
      'the incident is escalated by now',
      ['owners'],
    ]);
    walked.feed({ type: 'call-taken', by: alice });
    expect(walked.refusals.at(-1)).toBe('UDAVE is on it already');
  });

  it('is not taken by somebody of another workspace', () => {
    const walked = called().feed({ type: 'call-taken', by: { ...dave, stranger: true } });
    expect([walked.refusals.at(-1), walked.incident.call?.taken]).toEqual([
      'only people of this workspace can take it',
      null,
    ]);
  });

  it('is taken by whoever acts on the incident', () => {
    const walked = called().feed({
      type: 'heal-requested',
      subject: { kind: 'service', name: 'shop', environment: 'production' },
      by: bob,
      playbook: 'mend',
      parameters: {},
    });
    expect(walked.incident.call?.taken?.by).toBe('UBOB');
  });

  it('begins anew, from the first rung, when whoever took it in the pager gives it back', () => {
    const walked = called();
    ring(ring(walked)).feed(pager(true, walked.now + 1000), 2000);
    expect(walked.incident.call?.taken).toMatchObject({ by: 'Ada Example', via: 'pagerduty' });
    walked.feed(pager(false, walked.now + 5000), 6000);
    expect(walked.told.at(-1)).toEqual({
      kind: 'call-dropped',
      call: 2,
      by: 'Ada Example',
      via: 'pagerduty',
    });
    expect([walked.incident.call?.nth, toldOf(walked)]).toEqual([2, ['owners']]);
    ring(ring(walked));
    expect(toldOf(walked)).toEqual(['owners', 'SONCALL', 'pagerduty']);
  });

  it('believes the later of two words of a pager, whichever comes first', () => {
    const inOrder = called();
    const at = inOrder.now;
    inOrder.feed(pager(true, at + 1000), 5000).feed(pager(false, at + 2000));
    const late = called()
      .feed(pager(false, at + 2000), 5000)
      .feed(pager(true, at + 1000));
    expect([inOrder.incident.call?.taken, late.incident.call?.taken]).toEqual([null, null]);
    expect(late.refusals.at(-1)).toBe('a later word is known');
  });

  it('does not believe a word from before it began', () => {
    const walked = called();
    walked.feed(pager(true, walked.now - 10 * MINUTE));
    expect([walked.refusals.at(-1), walked.incident.call?.taken]).toEqual(['a later word is known', null]);
  });

  it('ends with the incident, and no timer calls anybody after that', () => {
    const walked = called();
    walked.feed(
      {
        type: 'alerts',
        subject: walked.incident.subject,
        alerts: [alert('Unheard', { status: 'resolved', endsAt: walked.now })],
      },
      1000,
    );
    walked.feed({ type: 'rechecked', readings: [] });
    expect(walked.phase('closed').how).toBe('resolved');
    expect(walked.incident.call).toMatchObject({ ended: walked.now, next: null });
    ring(walked);
    expect([walked.refusals.at(-1), toldOf(walked)]).toEqual(['this incident is closed', ['owners']]);
  });

  it('begins anew for a trouble that came after somebody took the one before', () => {
    const walked = called().feed({ type: 'call-taken', by: dave });
    const fired = alert('Other');
    walked.feed({ type: 'alerts', subject: walked.incident.subject, alerts: [fired] }, MINUTE);
    walked.feed({
      type: 'diagnosis-requested',
      subject: walked.incident.subject,
      by: bob,
      text: 'look again',
    });
    walked.feed({ type: 'evidence-collected', round: walked.incident.round, evidence: [] });
    expect(walked.incident.call).toMatchObject({ nth: 2, taken: null });
  });

  it('gives whoever was told a minute after Medic was away, however long ago the call began', () => {
    const walked = called();
    const back = walked.now + 60 * MINUTE;
    const timer = timers(walked).at(-1);
    walked.feed({ type: 'timer', name: 'escalation', serves: timer?.serves ?? '' }, 60 * MINUTE, {
      aliveSince: back,
    });
    expect([toldOf(walked), walked.incident.call?.next]).toEqual([['owners'], back + MINUTE]);
    ring(walked, { aliveSince: back });
    expect(toldOf(walked)).toEqual(['owners', 'SONCALL', 'pagerduty']);
  });

  it('knows when a sink has told whoever it wakes', () => {
    const walked = ring(ring(called()));
    walked.feed({ type: 'sink-told', sink: 'pagerduty', call: 1 }, 500);
    expect(walked.incident.call?.told.at(-1)?.confirmed).toBe(walked.now);
    walked.feed({ type: 'sink-told', sink: 'pagerduty', call: 1 });
    expect(walked.refusals.at(-1)).toBe('it is known');
  });
});
