import { expect, test } from 'vitest';
import { createPacer, LaneBusy, type PacerClock } from '../../src/adapters/slack/pacer.ts';

/** A clock that moves only when somebody waits. */
function patientClock(): PacerClock {
  let now = 0;
  return {
    now: () => now,
    wait: async (milliseconds) => {
      await new Promise(setImmediate);
      now += milliseconds;
    },
  };
}

const PACE = { burst: 3, perSecond: 1 };

test('a burst goes at once, and the rest one a second, first come first served', async () => {
  const clock = patientClock();
  const pacer = createPacer({ clock, patience: 60_000 });
  const came: [number, number][] = [];
  await Promise.all(
    [0, 1, 2, 3, 4, 5].map(async (who) => {
      await pacer.turn('C1', PACE);
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
  for (let turn = 0; turn < 3; turn += 1) await pacer.turn('C1', PACE);
  await pacer.turn('C2', PACE);
  expect(clock.now()).toBe(0);
});

test('a pause that Slack asks for is kept', async () => {
  const clock = patientClock();
  const pacer = createPacer({ clock });
  await pacer.turn('C1', PACE);
  pacer.hold('C1', 5000);
  await pacer.turn('C1', PACE);
  expect(clock.now()).toBe(5000);
});

test('a queue that is too long sends people away with the time to come back', async () => {
  const clock = patientClock();
  const pacer = createPacer({ clock, patience: 4000 });
  pacer.hold('C1', 30_000);
  const refused = await pacer.turn('C1', PACE).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LaneBusy);
  expect(refused).toMatchObject({ wait: 30_000 });
});

test('a pacer that is closed lets nobody wait any longer', async () => {
  const pacer = createPacer();
  for (let turn = 0; turn < 3; turn += 1) await pacer.turn('C1', { burst: 3, perSecond: 0.1 });
  const waiting = pacer.turn('C1', { burst: 3, perSecond: 0.1 }).catch((error: unknown) => error);
  pacer.close();
  expect(await waiting).toBeInstanceOf(LaneBusy);
});
