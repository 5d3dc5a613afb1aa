import type { Redis } from 'ioredis';
import type { Claim, Commit, Committed, Store } from '../../engine/store.ts';
import type { CrowdAlert } from '../../incident/crowd.ts';
import { type Incident, isIll, wantsTurn } from '../../incident/incident.ts';
import type { TimelineEntry } from '../../incident/timeline.ts';
import { subjectKey } from '../../intake/alert.ts';
import type { Keys } from './keys.ts';
import { readIncident } from './read-incident.ts';
import { KEPT_SECONDS } from './retention.ts';

/** An alert that is back within this time of its incident's closing is a relapse, milliseconds. */
const RELAPSE = 30 * 60_000;

type Part = Pick<
  Store,
  | 'load'
  | 'loadMany'
  | 'findOpen'
  | 'findOpenAbout'
  | 'attachedTo'
  | 'heard'
  | 'lately'
  | 'open'
  | 'closed'
  | 'commit'
  | 'obstacle'
  | 'timeline'
>;

/** Incidents, their indexes and their record. Every change is one run of `commit.lua`. */
export function createIncidentStore(redis: Redis, keys: Keys): Part {
  const fields = (key: string, names: readonly string[]) =>
    names.length === 0 ? Promise.resolve([]) : redis.hmget(key, ...names);
  const run = async (
    id: string,
    subject: string,
    once: string | null,
    change: object,
    texts: readonly string[] = [],
  ) => {
    const named = commitKeys(keys, id, subject, once);
    const answer = await redis.medicCommit(...named, JSON.stringify(change), ...texts);
    return JSON.parse(answer) as Committed;
  };
  const read = rememberingReader();
  return {
    async load(id) {
      const state = await redis.hget(keys.incident(id), 'state');
      return state === null ? null : read.read(id, state);
    },
    async loadMany(ids) {
      const states = await statesOf(redis, keys, ids);
      return ids.map((id, index) => readable(id, states[index] ?? null, read.known));
    },
    findOpen: (subject) => redis.hget(keys.open, subject),
    findOpenAbout: (subjects) => fields(keys.open, subjects),
    attachedTo: (fingerprints) => fields(keys.attached, fingerprints),
    async heard(incident, fingerprints) {
      const stored = await fields(keys.crowd(incident), fingerprints);
      const known = fingerprints.flatMap((fingerprint, index) => {
        const alert = stored[index];
        return typeof alert === 'string' ? [[fingerprint, JSON.parse(alert) as CrowdAlert] as const] : [];
      });
      return Object.fromEntries(known);
    },
    async lately(subject) {
      const [incident, at] = (await redis.get(keys.recent(subject)))?.split(' ') ?? [];
      return incident === undefined ? null : { incident, at: Number(at) };
    },
    open: () => redis.hvals(keys.open),
    closed: (most) => closedLately(redis, keys, most),
    async commit(commit) {
      const { incident, entries, once } = commit;
      const texts = [incident, ...entries].map((one) => JSON.stringify(one));
      const committed = await run(incident.id, subjectKey(incident.subject), once, changeOf(commit), texts);
      return committed.kind === 'committed' ? { ...committed, next: committed.next ?? [] } : committed;
    },
    async obstacle({ id, version }, claim) {
      const looked = await run(id, '-', null, { look: true, id, expected: version, claim });
      return looked.kind === 'refused' ? looked.obstacle : null;
    },
    async timeline(id) {
      const entries = await redis.lrange(keys.timeline(id), 0, -1);
      return entries.map((entry) => JSON.parse(entry) as TimelineEntry);
    },
  };
}

/** How many states are asked for at once: others get their answers in between. */
const SLICE = 25;

async function statesOf(redis: Redis, keys: Keys, ids: readonly string[]): Promise<(string | null)[]> {
  const states: (string | null)[] = [];
  for (let start = 0; start < ids.length; start += SLICE) {
    const slice = ids.slice(start, start + SLICE).map((id) => redis.hget(keys.incident(id), 'state'));
    states.push(...(await Promise.all(slice)));
  }
  return states;
}

/** Null for one that is gone or that a newer Medic wrote: a list of many does without it. */
function readable(id: string, state: string | null, known: Reader['known']): Incident | null {
  try {
    return state === null ? null : (known(id, state) ?? readIncident(state));
  } catch {
    return null;
  }
}

/** The newest first. One that is gone, because its time was up, goes from the index as well. */
async function closedLately(redis: Redis, keys: Keys, most: number): Promise<readonly string[]> {
  if (most < 1) return [];
  const ids = await redis.zrevrange(keys.closed, 0, most - 1);
  const there = await Promise.all(ids.map((id) => redis.exists(keys.incident(id))));
  const gone = ids.filter((_, index) => there[index] === 0);
  if (gone.length > 0) await redis.zrem(keys.closed, ...gone);
  return ids.filter((_, index) => there[index] === 1);
}

/** How many read incidents are remembered. */
const REMEMBERED = 200;

/** Reads a state that is letter for letter the one read before only once: in a storm the same incident is loaded again and again. */
function rememberingReader(): Reader {
  const known = new Map<string, { readonly state: string; readonly incident: Incident }>();
  const before = (id: string, state: string) => {
    const one = known.get(id);
    return one?.state === state ? one.incident : null;
  };
  return {
    read(id, state) {
      const incident = before(id, state) ?? readIncident(state);
      known.delete(id);
      known.set(id, { state, incident });
      const [oldest] = known.keys();
      if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
      return incident;
    },
    known: before,
  };
}

interface Reader {
  read(id: string, state: string): Incident;
  /** What is remembered, for a list that must not push out what is worked on. */
  known(id: string, state: string): Incident | null;
}

/** In the order in which `commit.lua` names them. */
function commitKeys(keys: Keys, id: string, subject: string, once: string | null): string[] {
  return [
    keys.incident(id),
    keys.timeline(id),
    keys.owed,
    keys.open,
    keys.attached,
    keys.unshown,
    keys.once(once ?? '-'),
    keys.pause,
    keys.locks,
    keys.cooldowns,
    keys.running,
    keys.ill,
    keys.queue,
    keys.queueSeen,
    keys.strikes,
    keys.tripped,
    keys.openings,
    keys.fences,
    keys.seat,
    keys.silences,
    keys.recent(subject),
    keys.crowd(id),
    keys.closed,
  ];
}

function changeOf(commit: Commit): object {
  const { incident, expected, owe, answers, once, claim, release, opening } = commit;
  const given = <Value>(name: string, value: Value | null) => (value === null ? {} : { [name]: value });
  return {
    id: incident.id,
    expected,
    version: incident.version,
    owe: owe.map(({ id, incident: owner, effect }) => ({
      id,
      effect: JSON.stringify({ incident: owner, effect }),
    })),
    subject: subjectKey(incident.subject),
    closed: incident.phase.at === 'closed',
    ill: isIll(incident),
    waits: wantsTurn(incident.phase),
    attached: commit.attached,
    fingerprints: incident.phase.at === 'closed' ? Object.keys(incident.alerts) : [],
    crowd: Object.fromEntries(
      Object.entries(commit.crowd).map(([fingerprint, alert]) => [fingerprint, JSON.stringify(alert)]),
    ),
    strikes: commit.strikes,
    breaker: commit.breaker,
    keptSeconds: KEPT_SECONDS,
    relapseWithin: RELAPSE,
    ...given('answers', answers),
    ...given('once', once),
    ...given<Claim>('claim', claim),
    ...given('release', release),
    ...given('opening', opening),
    ...given('closedAt', incident.milestones.closed),
  };
}
