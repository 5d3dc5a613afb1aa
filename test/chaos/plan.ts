import { FLEET, type FleetService, PEOPLE } from './fleet.ts';
import { type AlertName, REMEDIES } from './playbooks.ts';
import { type Chance, chanceOf } from './random.ts';

/** An alert of a webhook; times are milliseconds from the start of the run. */
export interface PlannedAlert {
  readonly service: string;
  readonly name: AlertName;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: number;
  readonly endsAt: number | null;
}

/** What happens to Slack, by the names of the emulator's faults. */
export type SlackFault =
  | {
      readonly what: 'rateLimit';
      readonly method: string;
      readonly times: number;
      readonly retryAfter: number;
    }
  | { readonly what: 'serverError' | 'hang' | 'loseAnswer'; readonly method: string; readonly times: number }
  | { readonly what: 'landLate'; readonly method: string; readonly afterMs: number }
  | { readonly what: 'duplicate'; readonly times: number }
  | { readonly what: 'disconnect' | 'dropSockets' }
  | { readonly what: 'down'; readonly forMs: number };

export type Button = 'Run now' | 'Cancel' | 'Hold' | 'Resume' | 'Approve' | 'Reject' | 'Stop';

/** One thing that is done to Medic or its world. */
export type Deed =
  | { readonly kind: 'fall-ill' | 'recover'; readonly service: string }
  /** Sent to these replicas, one copy each, at the same moment. */
  | { readonly kind: 'webhook'; readonly alerts: readonly PlannedAlert[]; readonly to: readonly number[] }
  /**
   * Waits until the service's card offers the button, and presses it. `offset` counts from the plan's deadline, `delay` from when
   * the button was seen.
   */
  | {
      readonly kind: 'click';
      readonly service: string;
      readonly button: Button;
      readonly user: string;
      readonly offset: number | null;
      readonly delay: number;
    }
  | { readonly kind: 'kill'; readonly replica: number; readonly downMs: number }
  | { readonly kind: 'roll' }
  | { readonly kind: 'redis'; readonly downMs: number }
  | { readonly kind: 'slack'; readonly fault: SlackFault }
  | { readonly kind: 'pause'; readonly forMs: number };

/** A deed and its time, milliseconds from the start. */
export type Act = Deed & { readonly at: number };

export interface Schedule {
  readonly seed: number;
  readonly incidents: number;
  readonly replicas: number;
  /** In order of time. */
  readonly acts: readonly Act[];
  /** When the last act is due. */
  readonly length: number;
}

export interface Wishes {
  readonly seed: number;
  readonly incidents: number;
  readonly replicas: number;
  /** Milliseconds between the beginnings of two episodes, on average. */
  readonly gap?: number;
  /** The alerts to choose from; all by default. */
  readonly alerts?: readonly [AlertName, ...AlertName[]];
  /** The services that fall ill; all by default. */
  readonly services?: readonly string[];
  /** How long a service is ill, unless something helps it: from, to, milliseconds. */
  readonly illness?: readonly [number, number];
  /** Mean times between troubles, milliseconds. */
  readonly troubles?: Partial<Record<'kill' | 'roll' | 'redis' | 'slack' | 'pause', number>>;
}

const TROUBLES = { kill: 7_000, roll: 60_000, redis: 45_000, slack: 4_000, pause: 40_000 } as const;
const GAP = 1_500;
const ILLNESS = [8_000, 15_000] as const;
/** Nothing is pulled before everything stands. */
const CALM = 1_000;

/** What is done, and when, for a seed: the same wishes always give the same schedule. */
export function schedule(wishes: Wishes): Schedule {
  const { seed, incidents, replicas, gap = GAP } = wishes;
  const chance = chanceOf(seed);
  const episodes = episodesOf({ ...wishes, gap }, chance.fork());
  const length = Math.max(...episodes.map(({ at }) => at));
  const acts = [...episodes, ...troublesOf(wishes, length, chance.fork())].sort((a, b) => a.at - b.at);
  return { seed, incidents, replicas, acts, length: Math.max(length, ...acts.map(({ at }) => at)) };
}

/** Episodes: a service falls ill, is told of, is perhaps touched by people, and recovers in the end. */
function episodesOf(
  {
    incidents,
    gap,
    replicas,
    alerts = ALERTS,
    services,
    illness = ILLNESS,
  }: Wishes & { readonly gap: number },
  chance: Chance,
): Act[] {
  const fleet = FLEET.filter(({ name }) => services?.includes(name) ?? true);
  const free = new Map(fleet.map(({ name }) => [name, 0]));
  const acts: Act[] = [];
  let at = CALM;
  for (let number = 0; number < incidents; number += 1) {
    const idle = fleet.filter(({ name }) => (free.get(name) ?? 0) <= at);
    const [first, ...others] = idle.length > 0 ? idle : soonest(free);
    if (first === undefined) break;
    const service = chance.pick([first, ...others]);
    const begin = Math.max(at, free.get(service.name) ?? 0);
    const length = chance.between(...illness);
    acts.push(...episode(service, { name: chance.pick(alerts), at: begin, length, replicas }, chance));
    free.set(service.name, begin + length + chance.between(1_500, 4_000));
    at += Math.round(gap * (0.4 + 1.2 * chance.next()));
  }
  return acts;
}

function soonest(free: ReadonlyMap<string, number>): FleetService[] {
  const earliest = Math.min(...free.values());
  return FLEET.filter(({ name }) => free.get(name) === earliest);
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
): Act[] {
  const end = at + length;
  const alert = (status: 'firing' | 'resolved', startsAt = at, endsAt = end): PlannedAlert => ({
    service,
    name,
    status,
    startsAt,
    endsAt: status === 'resolved' ? endsAt : null,
  });
  const to = () => recipients(replicas, chance);
  const webhook = (when: number, ...alerts: PlannedAlert[]): Act => ({
    kind: 'webhook',
    at: when,
    alerts,
    to: to(),
  });
  const acts: Act[] = [
    { kind: 'fall-ill', service, at: at - 50 },
    { kind: 'recover', service, at: end - 50 },
    webhook(at, alert('firing')),
    webhook(end, alert('resolved')),
    ...clicksFor(name, service, at, chance),
  ];
  // Alertmanager repeats itself, and its peers repeat each other.
  if (chance.odds(0.4)) acts.push(webhook(at + chance.between(5, 3_000), alert('firing')));
  if (chance.odds(0.2)) acts.push(webhook(end + chance.between(5, 1_500), alert('resolved')));
  // Something else is noticed about the same service, once it is under way.
  if (chance.odds(0.25)) {
    const second: AlertName = name === 'Riddle' ? 'Quick' : 'Riddle';
    const late = at + chance.between(20, 4_000);
    const other = { service, name: second, startsAt: late } as const;
    acts.push(webhook(late, { ...other, status: 'firing', endsAt: null }));
    acts.push(webhook(end, { ...other, status: 'resolved', endsAt: end }));
  }
  if (chance.odds(0.15)) acts.push(...flap(webhook, alert, at, length, chance));
  return acts;
}

/** It stops and begins again, and sometimes the two are heard in the wrong order. */
function flap(
  webhook: (when: number, ...alerts: PlannedAlert[]) => Act,
  alert: (status: 'firing' | 'resolved', startsAt?: number, endsAt?: number) => PlannedAlert,
  at: number,
  length: number,
  chance: Chance,
): Act[] {
  const stops = at + chance.between(500, Math.floor(length / 2));
  const again = stops + chance.between(100, 1_000);
  const swapped = chance.odds(0.4);
  const gap = chance.between(1, 200);
  return [
    webhook(swapped ? again + gap : stops, alert('resolved', at, stops)),
    webhook(again, alert('firing', again)),
  ];
}

/** One replica, or several that are told of the same at once. */
function recipients(replicas: number, chance: Chance): number[] {
  const first = chance.between(0, replicas - 1);
  return chance.odds(0.2) ? [first, (first + 1) % replicas, first] : [first];
}

type Click = Omit<Extract<Act, { readonly kind: 'click' }>, 'kind' | 'at' | 'service'>;

/** What people do about a plan: nothing, one thing, or several at once. */
function clicksFor(name: AlertName, service: string, at: number, chance: Chance): Act[] {
  const { operator, approver, approver2, stranger } = PEOPLE;
  const press = (button: Button, user: string, delay = chance.between(0, 900)): Click => ({
    button,
    user,
    delay,
    offset: null,
  });
  const around = (button: Button, user: string): Click => ({
    button,
    user,
    delay: 0,
    offset: chance.between(-60, 60),
  });
  const choices: Readonly<Record<string, readonly [Click[], ...Click[][]]>> = {
    window: [
      [],
      [],
      [press('Run now', operator)],
      [press('Run now', stranger)],
      [press('Cancel', stranger)],
      [around('Cancel', stranger)],
      [around('Cancel', operator), around('Cancel', stranger)],
      [around('Cancel', stranger), around('Run now', operator)],
      [press('Run now', operator, 300), press('Cancel', stranger, 300)],
      [press('Hold', stranger, 200), press('Resume', operator, 1_200)],
      [press('Hold', stranger, 200)],
    ],
    approval: [
      [],
      [press('Approve', approver)],
      [press('Approve', approver)],
      [press('Approve', stranger)],
      [press('Approve', approver, 400), press('Approve', approver2, 400)],
      [press('Approve', approver, 400), press('Reject', operator, 380)],
      [press('Approve', approver, 400), press('Cancel', stranger, 400)],
      [press('Reject', operator)],
    ],
    running: [[], [], [press('Stop', operator, 100)], [press('Stop', stranger, 100)]],
  };
  const kind = name === 'Middling' || name === 'Vain' ? 'window' : name === 'Grave' ? 'approval' : 'running';
  const clicks = chance.pick(choices[kind] as readonly [Click[], ...Click[][]]);
  return clicks.map((click) => ({ kind: 'click', service, at, ...click }));
}

type Trouble = (at: number, chance: Chance) => Deed;

function troublesOf({ replicas, troubles }: Wishes, length: number, chance: Chance): Act[] {
  const every = { ...TROUBLES, ...troubles };
  const kinds: Readonly<Record<keyof typeof every, Trouble>> = {
    kill: () => ({
      kind: 'kill',
      replica: chance.between(0, replicas - 1),
      downMs: chance.between(50, 4_000),
    }),
    roll: () => ({ kind: 'roll' }),
    redis: () => ({ kind: 'redis', downMs: chance.pick([100, 700, 2_500, 7_000]) }),
    slack: () => ({ kind: 'slack', fault: slackFault(chance) }),
    pause: () => ({ kind: 'pause', forMs: chance.between(1_500, 6_000) }),
  };
  return Object.entries(kinds).flatMap(([name, trouble]) => {
    const mean = every[name as keyof typeof every];
    const acts: Act[] = [];
    for (let at = CALM + pauseOf(mean, chance); at < length; at += pauseOf(mean, chance))
      acts.push({ ...trouble(at, chance), at });
    return acts;
  });
}

function pauseOf(mean: number, chance: Chance): number {
  return Math.round(mean * (0.3 + 1.4 * chance.next()));
}

function slackFault(chance: Chance): SlackFault {
  const method = chance.pick(['chat.postMessage', 'chat.postMessage', 'chat.update', '*']);
  const times = chance.between(1, 3);
  return chance.pick<() => SlackFault>([
    () => ({ what: 'rateLimit', method, times, retryAfter: chance.between(1, 2) }),
    () => ({ what: 'serverError', method, times }),
    () => ({ what: 'hang', method, times: 1 }),
    () => ({ what: 'loseAnswer', method, times }),
    () => ({ what: 'landLate', method: 'chat.postMessage', afterMs: chance.between(200, 8_000) }),
    () => ({ what: 'duplicate', times }),
    () => ({ what: 'disconnect' }),
    () => ({ what: 'dropSockets' }),
    () => ({ what: 'down', forMs: chance.pick([300, 1_500, 6_500]) }),
  ])();
}
