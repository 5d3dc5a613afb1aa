import type { Wishes } from '../plan.ts';
import type { Act, Deed, SlackFault } from './act.ts';
import { FLEET, PEOPLE } from './fleet.ts';
import { REMEDIES } from './playbooks.ts';
import type { Chance } from './random.ts';

/** Mean times between troubles, milliseconds. */
const MEANS = {
  kill: 7_000,
  freeze: 30_000,
  roll: 60_000,
  redis: 45_000,
  slack: 4_000,
  pause: 40_000,
  command: 12_000,
  pager: 5_000,
} as const;
/** Nothing is pulled before everything stands. */
const CALM = 1_000;

export type TroubleName = keyof typeof MEANS;

const MOMENTS = ['now', 'run', 'run', 'message', 'answer'] as const;

const SERVICES = atLeastOne(FLEET.map(({ name }) => name));
const PLAYBOOKS = atLeastOne(REMEDIES.map(({ name }) => name));

type Trouble = (replicas: number, chance: Chance) => Deed;

const TROUBLES: Readonly<Record<TroubleName, Trouble>> = {
  kill: (replicas, chance) => ({
    kind: 'kill',
    replica: chance.odds(0.2) ? null : chance.between(0, replicas - 1),
    upon: chance.pick(MOMENTS),
    downMs: chance.between(50, 4_000),
  }),
  freeze: (replicas, chance) => ({
    kind: 'freeze',
    replica: chance.between(0, replicas - 1),
    forMs: chance.pick([300, 2_000, 7_000, 13_000]),
  }),
  roll: () => ({ kind: 'roll' }),
  redis: (_, chance) => ({
    kind: 'redis',
    upon: chance.pick(MOMENTS),
    downMs: chance.pick([100, 700, 2_500, 7_000]),
  }),
  slack: (_, chance) => ({ kind: 'slack', fault: slackFault(chance) }),
  pause: (_, chance) => ({ kind: 'pause', forMs: chance.between(1_500, 6_000) }),
  command: (_, chance) => wish(chance),
  pager: (_, chance) => (chance.odds(0.25) ? taking(chance) : atThePager(chance)),
};

/** What goes wrong from the start until `length`. Each kind has its own chance, so that one can be turned off without moving the others. */
export function troublesOf({ replicas, troubles }: Wishes, length: number, chance: Chance): Act[] {
  const every = { ...MEANS, ...troubles };
  return Object.entries(TROUBLES).flatMap(([name, trouble]) => {
    const own = chance.fork();
    const mean = every[name as TroubleName];
    const acts: Act[] = [];
    for (let at = CALM + pauseOf(mean, own); at < length; at += pauseOf(mean, own))
      acts.push({ ...trouble(replicas, own), at });
    return acts;
  });
}

/** Somebody does not wait for Medic's own plan, or wants to know. */
function wish(chance: Chance): Deed {
  const service = chance.pick(SERVICES);
  const user = chance.odds(0.8) ? PEOPLE.operator : PEOPLE.stranger;
  if (chance.odds(0.3)) return { kind: 'command', name: '/diagnose', text: `${service} is slow`, user };
  const playbook = chance.pick(PLAYBOOKS);
  return { kind: 'command', name: '/heal', text: `${playbook} service=${service}`, user };
}

function atThePager(chance: Chance): Deed {
  const what = chance.pick([
    'down',
    'loses-answers',
    'hangs',
    'acknowledges',
    'acknowledges',
    'gives-back',
  ] as const);
  return { kind: 'pager', what, forMs: chance.pick([500, 2_000, 6_000]) };
}

/** Somebody says in Slack that they are on it. */
function taking(chance: Chance): Deed {
  const user = chance.odds(0.5) ? PEOPLE.operator : PEOPLE.stranger;
  return {
    kind: 'click',
    service: chance.pick(SERVICES),
    button: 'I’m on it',
    user,
    offset: null,
    delay: chance.between(0, 2_000),
  };
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

function atLeastOne<T>([first, ...others]: readonly T[]): readonly [T, ...T[]] {
  if (first === undefined) throw new Error('there is nothing to choose from');
  return [first, ...others];
}
