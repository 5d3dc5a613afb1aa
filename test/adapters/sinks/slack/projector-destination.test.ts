import { describe, expect, test } from 'vitest';
import type { HostThread } from '../../../../src/adapters/sinks/slack/projection/notifier.ts';
import type { Incident } from '../../../../src/incident/model/incident.ts';
import type { Channel } from '../../../kit/slack/types.ts';
import { decided, incidentIn, OPENED, timelineOf, untilWindow } from '../../../kit/slack-sink/example.ts';
import { callsOf, cardText, keysIn, memoryTroubles, stage, written } from '../../../kit/slack-sink/stage.ts';

const FALLBACK = 'C0INCIDENTS';
const MEANT = 'C0PAYMENTS';
const timeline = timelineOf(...untilWindow);
const investigating = incidentIn({ at: 'investigating', doing: 'collecting' });
const approval = incidentIn(
  { at: 'waiting', for: 'approval', decided, deadline: OPENED + 600_000, held: null, turn: null },
  { version: 5 },
);
const closed = incidentIn({ at: 'closed', how: 'recovered', reason: 'all resolved' }, { version: 6 });

function channel(id: string, name: string, change: Partial<Channel> = {}): Channel {
  const members = ['U0ALICE', 'U0MEDIC'];
  return { id, name, topic: '', is_private: false, is_archived: false, members, ...change };
}

const incidents = channel(FALLBACK, 'incidents');

function staged(meant: Partial<Channel>, options: { readonly channel?: string } = {}) {
  const channels = [incidents, channel(MEANT, 'payments', meant)];
  const troubles = memoryTroubles();
  return stage({ slack: { channels }, channel: MEANT, fallback: FALLBACK, troubles, ...options }).then(
    (all) => ({ ...all, troubles }),
  );
}

/** As the engine has it once it was told where the thread is. */
function told(
  incident: Incident,
  { thread }: { readonly thread: { channel: string; ts: string } },
): Incident {
  return { ...incident, formerThread: thread };
}

describe('an incident whose channel takes nothing', () => {
  test.each([
    [
      'a private one that Medic is not in',
      { is_private: true, members: ['U0ALICE'] },
      MEANT,
      '/invite @Medic',
    ],
    ['an archived one', { is_archived: true }, MEANT, 'Unarchive it'],
    ['one that there is not', {}, '#nowhere', 'no channel #nowhere'],
  ] as const)('is told in the channel of last resort, which says so (%s)', async (_, meant, to, remedy) => {
    const { slack, notifier, troubles } = await staged(
      { ...meant, ...('members' in meant ? { members: [...meant.members] } : {}) } as Partial<Channel>,
      { channel: to },
    );
    const shown = await notifier.project(investigating, timeline, OPENED, null);
    expect(shown.thread.channel).toBe(FALLBACK);
    expect(keysIn(slack, FALLBACK)[0]).toBe('card');
    expect(cardText(slack)).toContain('Told here because Medic cannot post in');
    expect(cardText(slack)).toContain(remedy);
    expect(await troubles.list()).toEqual([expect.stringContaining(remedy)]);
  });

  test('stays there: it is not told twice when the process dies before the thread is known', async () => {
    const { slack, notifier, restarted } = await staged({ is_archived: true });
    await notifier.project(investigating, timeline, OPENED, null);
    slack.person('U0ALICE').unarchive(MEANT);
    await restarted().project(approval, timeline, OPENED + 1000, null);
    expect(keysIn(slack, MEANT)).toEqual([]);
    expect(keysIn(slack, FALLBACK).filter((key) => key === 'card')).toHaveLength(1);
    expect(cardText(slack)).toContain('Needs approval');
  });

  test('waits for it where there is no other, and the remedy is known until it is shown', async () => {
    const troubles = memoryTroubles();
    const { slack, notifier } = await stage({
      slack: { channels: [{ ...incidents, is_archived: true }] },
      fallback: FALLBACK,
      troubles,
    });
    await expect(notifier.project(investigating, timeline, OPENED, null)).rejects.toThrow(
      /not up to date in C0INCIDENTS: the channel is archived/,
    );
    expect(await troubles.list()).toEqual([expect.stringContaining('Unarchive it')]);
    slack.person('U0ALICE').unarchive(FALLBACK);
    await notifier.project(investigating, timeline, OPENED, null);
    expect(cardText(slack)).toContain('Investigating');
    expect(cardText(slack)).not.toContain('Told here');
    expect(await troubles.list()).toEqual([]);
  });

  test('is no matter of a Slack that is away or asks to wait', async () => {
    const { slack, notifier } = await staged({});
    slack.faults.answerError('chat.postMessage', 'internal_error');
    await expect(notifier.project(investigating, timeline, OPENED, null)).rejects.toThrow('did not say');
    slack.faults.rateLimit('chat.postMessage');
    await expect(notifier.project(investigating, timeline, OPENED, null)).rejects.toThrow('asks to wait');
    expect(keysIn(slack, FALLBACK)).toEqual([]);
  });
});

describe('a channel that is archived in the middle of an incident', () => {
  test('loses the incident to the channel of last resort where a person is needed, with its card, buttons and story', async () => {
    const { slack, notifier, restarted } = await staged({});
    const before = await notifier.project(investigating, timeline.slice(0, 2), OPENED, null);
    slack.person('U0ALICE').archive(MEANT);
    const shown = await notifier.project(told(approval, before), timeline, OPENED + 1000, null);
    expect(shown).toMatchObject({ thread: { channel: FALLBACK }, plan: decided.plan.id });
    expect(cardText(slack)).toContain('[Approve]');
    expect(keysIn(slack, FALLBACK)).toEqual(
      expect.arrayContaining(['card', 'evidence-1', `dry-run-${decided.plan.id}`]),
    );
    const calls = callsOf(slack, 'chat.postMessage');
    await restarted().project(told(approval, shown), timeline, OPENED + 2000, null);
    await restarted().project(told(approval, before), timeline, OPENED + 2000, null);
    expect(callsOf(slack, 'chat.postMessage')).toBe(calls);
    expect(new Set(keysIn(slack, FALLBACK)).size).toBe(keysIn(slack, FALLBACK).length);
  });

  test('is owed the rest where nobody is needed, and gets it when it is back', async () => {
    const { slack, notifier } = await staged({});
    const before = await notifier.project(investigating, timeline.slice(0, 2), OPENED, null);
    slack.person('U0ALICE').archive(MEANT);
    await expect(notifier.project(told(closed, before), timeline, OPENED + 1000, null)).rejects.toThrow(
      'archived',
    );
    expect(keysIn(slack, FALLBACK)).toEqual([]);
    slack.person('U0ALICE').unarchive(MEANT);
    await notifier.project(told(closed, before), timeline, OPENED + 2000, null);
    expect(cardText(slack, MEANT)).toContain('Recovered');
  });
});

describe('a channel that Medic was put out of', () => {
  test('is joined again by itself where it is public, in the middle of an incident too', async () => {
    const { slack, notifier } = await staged({});
    const before = await notifier.project(investigating, timeline.slice(0, 2), OPENED, null);
    slack.person('U0ALICE').kick(MEANT);
    await notifier.project(told(approval, before), timeline, OPENED + 1000, null);
    expect(cardText(slack, MEANT)).toContain('[Approve]');
    expect(keysIn(slack, FALLBACK)).toEqual([]);
  });

  test('goes on where it was once Medic is invited again, where it is private and nobody was needed meanwhile', async () => {
    const { slack, notifier } = await staged({ is_private: true });
    const before = await notifier.project(investigating, timeline.slice(0, 2), OPENED, null);
    slack.person('U0ALICE').kick(MEANT);
    await expect(notifier.project(told(closed, before), timeline, OPENED + 1000, null)).rejects.toThrow(
      '/invite',
    );
    slack.person('U0ALICE').invite(MEANT);
    await notifier.project(told(closed, before), timeline, OPENED + 2000, null);
    expect(cardText(slack, MEANT)).toContain('Recovered');
    expect(keysIn(slack, MEANT).filter((key) => key === 'card')).toHaveLength(1);
  });
});

describe('an incident whose thread is gone', () => {
  test('is told by itself where it was told in another’s', async () => {
    const { slack, notifier } = await staged({});
    const host: HostThread = {
      incident: 'I0',
      subject: 'orders',
      closed: null,
      relapsed: null,
      channel: MEANT,
      ts: '1772345400.000100',
    };
    const linked = { ...investigating, link: { kind: 'neighbour' as const, incident: 'I0' } };
    const shown = await notifier.project(linked, timeline, OPENED, host);
    const [card, ...thread] = written(slack, MEANT);
    expect(shown.thread).toEqual({ channel: MEANT, ts: card?.ts });
    expect(new Set(thread.map(({ thread_ts }) => thread_ts))).toEqual(new Set([card?.ts]));
    expect(cardText(slack, MEANT)).toContain('its old thread was deleted');
  });

  test('is told anew where it was its own, and from then on no more than once', async () => {
    const { slack, notifier, restarted } = await staged({});
    const before = await notifier.project(investigating, timeline.slice(0, 1), OPENED, null);
    slack.faults.answerError('chat.postMessage', 'thread_not_found');
    const shown = await notifier.project(told(approval, before), timeline, OPENED + 1000, null);
    expect(shown.thread.ts).not.toBe(before.thread.ts);
    const calls = callsOf(slack, 'chat.postMessage');
    await restarted().project(told(approval, shown), timeline, OPENED + 2000, null);
    expect(callsOf(slack, 'chat.postMessage')).toBe(calls);
  });
});

test.each([
  ['private', { is_private: true }],
  ['shared with another organisation', { is_ext_shared: true }],
] as const)('a channel that is %s and has Medic in it takes everything', async (_, change) => {
  const { slack, notifier } = await staged(change);
  await notifier.project(approval, timeline, OPENED, null);
  expect(cardText(slack, MEANT)).toContain('[Approve]');
  expect(cardText(slack, MEANT)).not.toContain('Told here');
});

test('an app that may not read its own messages posts all the same after a lost answer', async () => {
  const { slack, notifier, restarted } = await stage({
    slack: { scopes: ['chat:write'] },
    fallback: MEANT,
  });
  slack.faults.answerError('chat.postMessage', 'internal_error');
  await expect(notifier.project(investigating, timeline, OPENED, null)).rejects.toThrow('did not say');
  const shown = await restarted().project(investigating, timeline, OPENED + 1000, null);
  expect(shown.thread.channel).toBe(FALLBACK);
});
