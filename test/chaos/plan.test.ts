import { describe, expect, it } from 'vitest';
import { schedule } from './plan.ts';
import type { Act } from './world/act.ts';
import { FLEET } from './world/fleet.ts';

const wishes = { seed: 5, incidents: 200, replicas: 3 };
const only = <Kind extends Act['kind']>(kind: Kind) =>
  schedule(wishes).acts.filter((act): act is Extract<Act, { kind: Kind }> => act.kind === kind);

describe('a schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(schedule(wishes)).toEqual(schedule(wishes));
    expect(schedule({ ...wishes, seed: 6 }).acts).not.toEqual(schedule(wishes).acts);
  });

  it('is in order of time', () => {
    const times = schedule(wishes).acts.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('makes every kind of trouble, and lets every service fall ill', () => {
    const kinds = new Set(schedule(wishes).acts.map(({ kind }) => kind));
    const all: Act['kind'][] = [
      'fall-ill',
      'recover',
      'webhook',
      'click',
      'kill',
      'freeze',
      'roll',
      'redis',
      'slack',
      'pause',
      'command',
      'pager',
    ];
    expect([...kinds].toSorted()).toEqual(all.toSorted());
    expect(new Set(only('fall-ill').map(({ service }) => service))).toEqual(
      new Set(FLEET.map(({ name }) => name)),
    );
  });

  it('has as many episodes as incidents are wished for, and tells the beginning and end of each', () => {
    expect(only('fall-ill')).toHaveLength(wishes.incidents);
    const alerts = only('webhook').flatMap((act) => act.alerts);
    const named = (status: string) =>
      new Set(
        alerts.filter((alert) => alert.status === status).map(({ service, name }) => `${name} ${service}`),
      );
    expect(named('resolved')).toEqual(named('firing'));
  });

  it('repeats itself, speaks of several at once, and tells some things in the wrong order', () => {
    const webhooks = only('webhook');
    const bodies = webhooks.map(({ alerts }) => JSON.stringify(alerts));
    expect(new Set(bodies).size).toBeLessThan(bodies.length);
    expect(webhooks.some(({ to }) => to.length > 1)).toBe(true);
    expect(webhooks.some(({ alerts }) => new Set(alerts.map(({ service }) => service)).size > 1)).toBe(true);
    const late = webhooks.some(({ at, alerts: [end] }) =>
      webhooks.some(
        ({ at: earlier, alerts: [begin] }) =>
          earlier < at &&
          begin?.status === 'firing' &&
          end?.status === 'resolved' &&
          begin.service === end.service &&
          begin.name === end.name &&
          begin.startsAt > (end.endsAt ?? Number.POSITIVE_INFINITY),
      ),
    );
    expect(late).toBe(true);
  });

  it('does not move the other troubles when one is turned off', () => {
    const others = (acts: readonly Act[]) => acts.filter(({ kind }) => kind !== 'redis');
    const calm = schedule({ ...wishes, troubles: { redis: 1e9 } });
    expect(others(calm.acts)).toEqual(others(schedule(wishes).acts));
  });
});
