import type { Redis } from 'ioredis';
import type { Seal } from '../../../../engine/orders/seal.ts';
import { distrusted, type Incident } from '../../../../incident/model/incident.ts';
import type { Keys } from '../keys.ts';
import { alertsIn, alertsNamedIn } from './alerts-apart.ts';
import { readIncident } from './read-incident.ts';

/** How many are asked for and read at once: other work gets its turn in between. */
const SLICE = 25;

/** A state as it lies there, with the seal it bears, if any, and the alerts beside it, if any or if not asked for. */
export interface Stored {
  readonly state: string;
  readonly mac: string;
  readonly alerts?: string;
}

/** What a seal of a state is about: another incident's does not fit. */
export function aboutState(id: string): string {
  return `incident ${id}`;
}

/** What is stored of an incident; null where nothing is. All that is asked for is read at one moment. */
export async function storedOf(
  redis: Redis,
  keys: Keys,
  id: string,
  fields: { readonly seal: boolean; readonly alerts: boolean },
): Promise<Stored | null> {
  const names = ['state', ...(fields.seal ? ['seal'] : []), ...(fields.alerts ? ['alerts'] : [])];
  const values = await redis.hmget(keys.incident(id), ...names);
  const of = (name: string) => values[names.indexOf(name)] ?? undefined;
  const [state, alerts] = [of('state'), of('alerts')];
  return state === undefined
    ? null
    : { state, mac: of('seal') ?? '', ...(alerts === undefined ? {} : { alerts }) };
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
    const all = await Promise.all(
      slice.map((id) => storedOf(redis, keys, id, { seal: withSeal, alerts: true })),
    );
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
  /** The hash of the alerts that are remembered of an incident and lay beside its state; null where there are none. */
  alertsOf(id: string): string | null;
  read(id: string, stored: Stored): Incident;
  /** Reads one of a list, which must not push out what is worked on. */
  glance(id: string, stored: Stored): Incident;
}

/** What is remembered of an incident. `alerts` is the hash of its alerts, where they lie beside it and are those that its state names. */
interface Remembered {
  readonly stored: Stored;
  readonly incident: Incident;
  readonly alerts: string | null;
}

/**
 * Reads a state that is letter for letter the one read before only once, and one that this process wrote not at all: in a storm the same
 * incident is loaded again and again. Alerts beside a state are read only where it names others than those remembered. One that does not
 * bear the seal it must bear, or has other alerts beside it than it names, is read as an incident without a plan.
 */
export function rememberingReader(seal: Seal | null): Reader {
  const known = new Map<string, Remembered>();
  const look = (id: string, stored: Stored): Remembered => {
    const one = known.get(id);
    if (one?.stored.state === stored.state && one.stored.mac === stored.mac) return one;
    const hash = alertsNamedIn(stored.state);
    const beside = hash === null ? null : besideOf(one, stored, hash);
    const incident = readIncident(stored.state, beside?.alerts);
    const fit = beside?.fit ?? true;
    const isSigned =
      seal === null || (incident.id === id && fit && seal.fits(aboutState(id), stored.state, stored.mac));
    return {
      stored,
      incident: isSigned ? incident : distrusted({ ...incident, id }),
      alerts: fit ? hash : null,
    };
  };
  const remember = (one: Remembered, id = one.incident.id) => {
    known.delete(id);
    known.set(id, one);
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
      remember({ stored, incident, alerts: alertsNamedIn(stored.state) });
      if (seal !== null) note(incident.id, incident.version);
    },
    alertsOf: (id) => known.get(id)?.alerts ?? null,
    read(id, stored) {
      const one = look(id, stored);
      const { incident } = one;
      remember(one, id);
      if (seal === null || incident.unsigned === true) return incident;
      // Redis may also have forgotten its last moments: only what would act has to know.
      if (incident.version < (newest.get(id) ?? 0)) return { ...incident, setBack: true };
      note(id, incident.version);
      return incident;
    },
    glance: (id, stored) => look(id, stored).incident,
  };
}

/** The alerts that a state names: those remembered where they are the same, else those that lie beside it. */
function besideOf(known: Remembered | undefined, { alerts }: Stored, hash: string) {
  return known?.alerts === hash
    ? { alerts: known.incident.alerts, fit: true }
    : alertsIn(alerts ?? null, hash);
}
