import { expect, test } from 'vitest';
import {
  createPacer,
  EDITS,
  LaneBusy,
  ORDERED_EDITS,
  type PacerClock,
  type Rank,
} from '../../../../src/adapters/sinks/slack/connection/pacer.ts';

/** A clock that moves only when somebody waits. */
function patientClock(): PacerClock {
  let now = 0;
  return {
    now: () => now,
    wait: async (milliseconds, signal) => {
      await new Promise(setImmediate);
      if (!signal.aborted) now += milliseconds;
    },
  };
}

const PACE = { burst: 3, perSecond: 1 };

test('a burst goes at once, and the rest one a second, first come first served', async () => {
  const clock = patientClock();
  const pacer = createPacer({
    clock,
    patience: { order: 60_000, card: 60_000, person: 60_000, story: 60_000 },
  });
  const came: [number, number][] = [];
  await Promise.all(
    [0, 1, 2, 3, 4, 5].map(async (who) => {
      await pacer.turn('C1', PACE, 'story');
      came.push([who, clock.now()]);
    }),
  );
  expect(came).toEqual([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 1000],
    [4, 2000],
    [5, 3000],
  ]);
});

test('one lane does not wait for another', async () => {
  const clock = patientClock();
  const pacer = createPacer({ clock });
  for (let turn = 0; turn < 3; turn += 1) await pacer.turn('C1', PACE, 'story');
  await pacer.turn('C2', PACE, 'story');
  expect(clock.now()).toBe(0);
});

test('a pause that Slack asks for is kept', async () => {
  const clock = patientClock();
  const pacer = createPacer({ clock });
  await pacer.turn('C1', PACE, 'card');
  pacer.hold('C1', 5000);
  await pacer.turn('C1', PACE, 'card');
  expect(clock.now()).toBe(5000);
});

test('a queue that is too long sends people away with the time to come back', async () => {
  const clock = patientClock();
  const pacer = createPacer({ clock, patience: { order: 4000, card: 4000, person: 4000, story: 4000 } });
  pacer.hold('C1', 30_000);
  const refused = await pacer.turn('C1', PACE, 'story').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LaneBusy);
  expect(refused).toMatchObject({ wait: 30_000 });
});

test('a pacer that is closed lets nobody wait any longer', async () => {
  const pacer = createPacer();
  for (let turn = 0; turn < 3; turn += 1) await pacer.turn('C1', { burst: 3, perSecond: 0.1 }, 'story');
  const waiting = pacer.turn('C1', { burst: 3, perSecond: 0.1 }, 'story').catch((error: unknown) => error);
  pacer.close();
  expect(await waiting).toBeInstanceOf(LaneBusy);
});

test('the card of a new incident comes before what needs a person, and that before all stories that wait', async () => {
  const pacer = createPacer({
    clock: patientClock(),
    patience: { order: 60_000, card: 60_000, person: 60_000, story: 60_000 },
  });
  const came: Rank[] = [];
  const ranks: Rank[] = ['story', 'story', 'story', 'story', 'person', 'card', 'person', 'card'];
  await Promise.all(
    ranks.map((rank) => pacer.turn('C1', { burst: 1, perSecond: 1 }, rank).then(() => came.push(rank))),
  );
  expect(came).toEqual(['story', 'card', 'card', 'person', 'person', 'story', 'story', 'story']);
});

test('those who are sent away are told to come back one after the other, and none of them after more than a minute', async () => {
  const pacer = createPacer({ clock: patientClock(), patience: { order: 0, card: 0, person: 0, story: 0 } });
  pacer.hold('C1', 30_000);
  const waits: number[] = [];
  for (let turn = 0; turn < 50; turn += 1)
    await pacer.turn('C1', PACE, 'story').catch((busy: LaneBusy) => waits.push(busy.wait));
  expect(waits.slice(0, 3)).toEqual([30_000, 31_500, 33_000]);
  expect(waits.at(-1)).toBe(60_000);
});

test('a story that cards overtake for too long goes away, and does not keep a worker waiting', async () => {
  const pacer = createPacer({
    clock: patientClock(),
    patience: { order: 60_000, card: 60_000, person: 60_000, story: 4_000 },
  });
  const pace = { burst: 1, perSecond: 1 };
  await pacer.turn('C1', pace, 'card');
  const story = pacer.turn('C1', pace, 'story').then(
    () => 'its turn came',
    (error: unknown) => error,
  );
  await Promise.all(Array.from({ length: 10 }, () => pacer.turn('C1', pace, 'card')));
  expect(await story).toBeInstanceOf(LaneBusy);
});

test('few wait at a time, however many come', async () => {
  const pacer = createPacer({ clock: patientClock() });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 200 }, () => pacer.turn('C1', { burst: 1, perSecond: 1 }, 'story')),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
});

test('a lane in which Slack asks for pauses, because others write there too, goes slower, and soon as before again', async () => {
  const clock = patientClock();
  const pacer = createPacer({ clock });
  const pace = { burst: 1, perSecond: 1 };
  const took = async () => {
    const before = clock.now();
    await pacer.turn('C1', pace, 'card');
    return clock.now() - before;
  };
  expect(await took()).toBe(0);
  expect(await took()).toBe(1000);
  pacer.hold('C1', 0);
  await took();
  expect(await took()).toBeGreaterThan(1400);
  for (let turn = 0; turn < 20; turn += 1) await took();
  expect(await took()).toBe(1000);
});

test('an order stands on many cards at once, whatever else was edited and waits', async () => {
  const clock = patientClock();
  const pacer = createPacer({ clock });
  for (let turn = 0; turn < EDITS.burst; turn += 1) await pacer.turn('edits', EDITS, 'story');
  const story = pacer.turn('edits', EDITS, 'story').catch((error: unknown) => error);
  await Promise.all(Array.from({ length: 28 }, () => pacer.turn('edits', ORDERED_EDITS, 'order')));
  expect(clock.now()).toBe(0);
  // Who shows the same card as the order comes back later, and keeps nothing from it.
  expect(await story).toBeInstanceOf(LaneBusy);
});

test('an order does not wait for the turn of whoever waits before it', async () => {
  const pacer = createPacer();
  const slow = { burst: 1, perSecond: 0.1 };
  await pacer.turn('edits', slow, 'card');
  const waits = pacer.turn('edits', slow, 'card').catch((error: unknown) => error);
  const began = performance.now();
  await pacer.turn('edits', { ...slow, burst: 10 }, 'order');
  expect(performance.now() - began).toBeLessThan(5_000);
  pacer.close();
  expect(await waits).toBeInstanceOf(LaneBusy);
});
