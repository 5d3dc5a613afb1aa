import type { Redis } from 'ioredis';
import type { Seal } from '../../../../engine/orders/seal.ts';
import { distrusted, type Incident } from '../../../../incident/model/incident.ts';
import type { Keys } from '../keys.ts';
import { readIncident } from './read-incident.ts';

/** How many are asked for and read at once: other work gets its turn in between. */
const SLICE = 25;

/** A state as it lies there, with the seal it bears, if any. */
export interface Stored {
  readonly state: string;
  readonly mac: string;
}

/** What a seal of a state is about: another incident's does not fit. */
export function aboutState(id: string): string {
  return `incident ${id}`;
}

/** What is stored of an incident; null where nothing is. */
export async function storedOf(
  redis: Redis,
  keys: Keys,
  id: string,
  withSeal: boolean,
): Promise<Stored | null> {
  if (!withSeal) {
    const state = await redis.hget(keys.incident(id), 'state');
    return state === null ? null : { state, mac: '' };
  }
  const [state, mac] = await redis.hmget(keys.incident(id), 'state', 'seal');
  return typeof state === 'string' ? { state, mac: mac ?? '' } : null;
}

/** Null for one that is gone or that a newer Medic wrote: a list of many does without it. */
export async function readMany(
  redis: Redis,
  keys: Keys,
  ids: readonly string[],
  reader: Reader,
  withSeal: boolean,
): Promise<readonly (Incident | null)[]> {
  const read: (Incident | null)[] = [];
  for (let start = 0; start < ids.length; start += SLICE) {
    const slice = ids.slice(start, start + SLICE);
    const all = await Promise.all(slice.map((id) => storedOf(redis, keys, id, withSeal)));
    read.push(...slice.map((id, index) => readable(id, all[index] ?? null, reader)));
  }
  return read;
}

function readable(id: string, stored: Stored | null, reader: Reader): Incident | null {
  try {
    return stored === null ? null : reader.glance(id, stored);
  } catch {
    return null;
  }
}

/** Of so many incidents it is remembered how far they had come. */
const NEWEST = 10_000;
/** How many read incidents are remembered. */
const REMEMBERED = 200;

interface Reader {
  /** Notes what this process wrote itself. */
  wrote(incident: Incident, stored: Stored): void;
  read(id: string, stored: Stored): Incident;
  /** Reads one of a list, which must not push out what is worked on. */
  glance(id: string, stored: Stored): Incident;
}

/**
 * Reads a state that is letter for letter the one read before only once, and one that this process wrote not at all: in a storm the same incident is loaded again and again. One that
 * does not bear the seal it must bear is read as an incident without a plan.
 */
export function rememberingReader(seal: Seal | null): Reader {
  const known = new Map<string, { readonly stored: Stored; readonly incident: Incident }>();
  const glance = (id: string, stored: Stored) => {
    const one = known.get(id);
    if (one?.stored.state === stored.state && one.stored.mac === stored.mac) return one.incident;
    const incident = readIncident(stored.state);
    const isSigned =
      seal === null || (incident.id === id && seal.fits(aboutState(id), stored.state, stored.mac));
    return isSigned ? incident : distrusted({ ...incident, id });
  };
  const remember = (stored: Stored, incident: Incident, id = incident.id) => {
    known.delete(id);
    known.set(id, { stored, incident });
    const [oldest] = known.keys();
    if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
  };
  const newest = new Map<string, number>();
  const note = (id: string, version: number) => {
    newest.delete(id);
    newest.set(id, version);
    const [oldest] = newest.keys();
    if (newest.size > NEWEST && oldest !== undefined) newest.delete(oldest);
  };
  return {
    wrote(incident, stored) {
      remember(stored, incident);
      if (seal !== null) note(incident.id, incident.version);
    },
    read(id, stored) {
      const incident = glance(id, stored);
      remember(stored, incident, id);
      if (seal === null || incident.unsigned === true) return incident;
      // Redis may also have forgotten its last moments: only what would act has to know.
      if (incident.version < (newest.get(id) ?? 0)) return { ...incident, setBack: true };
      note(id, incident.version);
      return incident;
    },
    glance,
  };
}
