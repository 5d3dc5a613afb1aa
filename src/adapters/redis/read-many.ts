import type { Redis } from 'ioredis';
import type { Incident } from '../../incident/incident.ts';
import type { Keys } from './keys.ts';
import { readIncident } from './read-incident.ts';

/** How many are asked for and read at once: other work gets its turn in between. */
const SLICE = 25;

/** Null for one that is gone or that a newer Medic wrote: a list of many does without it. */
export async function readMany(
  redis: Redis,
  keys: Keys,
  ids: readonly string[],
  known: Reader['known'],
): Promise<readonly (Incident | null)[]> {
  const read: (Incident | null)[] = [];
  for (let start = 0; start < ids.length; start += SLICE) {
    const slice = ids.slice(start, start + SLICE);
    const states = await Promise.all(slice.map((id) => redis.hget(keys.incident(id), 'state')));
    read.push(...slice.map((id, index) => readable(id, states[index] ?? null, known)));
  }
  return read;
}

function readable(id: string, state: string | null, known: Reader['known']): Incident | null {
  try {
    return state === null ? null : (known(id, state) ?? readIncident(state));
  } catch {
    return null;
  }
}

/** The newest first. One that is gone, because its time was up, goes from the index as well. */
export async function closedLately(redis: Redis, keys: Keys, most: number): Promise<readonly string[]> {
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
export function rememberingReader(): Reader {
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
