import { clicksFor } from '../clicks.ts';
import type { Wishes } from '../plan.ts';
import type { Act, PlannedAlert } from './act.ts';
import { FLEET, type FleetService } from './fleet.ts';
import { type AlertName, REMEDIES } from './playbooks.ts';
import type { Chance } from './random.ts';

/** Nothing falls ill before everything stands. */
const CALM = 1_000;
const GAP = 1_500;
const ILLNESS = [9_000, 20_000] as const;

/** Episodes: a service falls ill, or two at once, is told of, is perhaps touched by people, and recovers in the end. */
export function episodesOf(wishes: Wishes, chance: Chance): Act[] {
  const { incidents, replicas, gap = GAP, alerts = ALERTS, services, illness = ILLNESS } = wishes;
  const fleet = FLEET.filter(({ name }) => services?.includes(name) ?? true);
  const free = new Map(fleet.map(({ name }) => [name, 0]));
  const acts: Act[] = [];
  let at = CALM;
  for (let begun = 0; begun < incidents; ) {
    const fallen = whoFalls(fleet, free, at, chance).slice(0, incidents - begun);
    const begin = Math.max(at, ...fallen.map(({ name }) => free.get(name) ?? 0));
    const episodes = fallen.map((service) => {
      const length = chance.between(...illness);
      free.set(service.name, begin + length + chance.between(1_500, 4_000));
      return episode(service, { name: chance.pick(alerts), at: begin, length, replicas }, chance);
    });
    // Both are told of in one webhook.
    const alert = episodes.flatMap(({ first }) => first);
    acts.push({
      kind: 'webhook',
      at: begin,
      alerts: alert,
      to: recipients(replicas, chance),
      mayWait: episodes.every(({ mayWait }) => mayWait),
    });
    acts.push(...episodes.flatMap((one) => one.acts));
    begun += fallen.length;
    at += Math.round(gap * (0.4 + 1.2 * chance.next()));
  }
  return acts;
}

/** A service that is well now, and sometimes another with it; where none is, the next to be. */
function whoFalls(
  fleet: readonly FleetService[],
  free: ReadonlyMap<string, number>,
  at: number,
  chance: Chance,
): readonly FleetService[] {
  const earliest = Math.min(...free.values());
  const idle = fleet.filter(({ name }) => (free.get(name) ?? 0) <= Math.max(at, earliest));
  const [first, ...others] = idle;
  if (first === undefined) throw new Error('the fleet has no service');
  const one = chance.pick([first, ...others]);
  const [second, ...rest] = idle.filter((service) => service !== one);
  return second !== undefined && chance.odds(0.1) ? [one, chance.pick([second, ...rest])] : [one];
}

const ALERTS: readonly [AlertName, ...AlertName[]] = [
  ...REMEDIES.map(({ alert }) => alert),
  ...(['Quick', 'Slow', 'Pooled', 'Middling', 'Middling', 'Middling', 'Grave', 'Riddle'] as const),
] as unknown as readonly [AlertName, ...AlertName[]];

interface Episode {
  readonly name: AlertName;
  readonly at: number;
  readonly length: number;
  readonly replicas: number;
}

function episode(
  { name: service }: FleetService,
  { name, at, length, replicas }: Episode,
  chance: Chance,
): { readonly first: PlannedAlert; readonly mayWait: boolean; readonly acts: readonly Act[] } {
  const end = at + length;
  const alert = (status: 'firing' | 'resolved', startsAt = at, endsAt = end): PlannedAlert => ({
    service,
    name,
    status,
    startsAt,
    endsAt: status === 'resolved' ? endsAt : null,
  });
  const to = () => recipients(replicas, chance);
  // A sender has one address for an alert, from its beginning to its end.
  const mayWait = chance.odds(0.3);
  const webhook = (when: number, ...alerts: PlannedAlert[]): Act => ({
    kind: 'webhook',
    at: when,
    alerts,
    to: to(),
    mayWait,
  });
  const stops = at + chance.between(500, Math.floor(length / 2));
  const again = chance.odds(0.15) ? stops + chance.between(100, 1_000) : null;
  // What resolves in the end is what began last.
  const resolved = alert('resolved', again ?? at);
  const acts: Act[] = [
    { kind: 'fall-ill', service, at: at - 50 },
    { kind: 'recover', service, at: end - 50 },
    webhook(end, resolved),
    ...clicksFor(name, service, at, chance),
  ];
  // Alertmanager repeats itself, and its peers repeat each other.
  if (chance.odds(0.4)) acts.push(webhook(at + chance.between(5, 3_000), alert('firing')));
  if (chance.odds(0.2)) acts.push(webhook(end + chance.between(5, 1_500), resolved));
  // Something else is noticed about the same service, once it is under way.
  if (chance.odds(0.25)) {
    const second: AlertName = name === 'Riddle' ? 'Quick' : 'Riddle';
    const late = at + chance.between(20, 4_000);
    const other = { service, name: second, startsAt: late } as const;
    acts.push(webhook(late, { ...other, status: 'firing', endsAt: null }));
    acts.push(webhook(end, { ...other, status: 'resolved', endsAt: end }));
  }
  if (again !== null) {
    // It stops and begins again, and sometimes the two are heard in the wrong order.
    const heard = chance.odds(0.4) ? again + chance.between(1, 200) : stops;
    acts.push(webhook(heard, alert('resolved', at, stops)), webhook(again, alert('firing', again)));
  }
  return { first: alert('firing'), mayWait, acts };
}

/** One replica, or several that are told of the same at once. */
function recipients(replicas: number, chance: Chance): number[] {
  const first = chance.between(0, replicas - 1);
  return chance.odds(0.2) ? [first, (first + 1) % replicas, first] : [first];
}
