import type { Redis } from 'ioredis';
import type { Keys } from '../../src/adapters/stores/redis/keys.ts';
import { subjectKey } from '../../src/alerts/alert.ts';
import type { Effect } from '../../src/incident/model/effect.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import type { TimelineEntry } from '../../src/incident/model/timeline.ts';
import type { Firing } from './rules/record.ts';

/** What Medic keeps in Redis, read without its own code, which may be what is being tried. */
export interface Memory {
  /** Ids of all incidents, open and closed. */
  incidents(): Promise<readonly string[]>;
  load(id: string): Promise<Incident | null>;
  /** The open incident about a service. */
  openAbout(service: string): Promise<Incident | null>;
  timeline(id: string): Promise<readonly TimelineEntry[]>;
  /** Alerts of an incident beyond those that it holds itself. */
  crowd(id: string): Promise<readonly Firing[]>;
  owed(): Promise<readonly { readonly id: string; readonly effect: Effect }[]>;
  /** Incidents whose thread is behind, and those with which a pager is, after its name. */
  unshown(): Promise<readonly string[]>;
  /** Subjects with alerts that are still kept back. */
  keptBack(): Promise<readonly string[]>;
  /** What Medic notes about the thread of an incident. */
  notes(id: string): Promise<ThreadNotes>;
  isPaused(): Promise<boolean>;
}

export interface ThreadNotes {
  /** Time stamp of the thread that it is told in; null where in none. */
  readonly thread: string | null;
  /** Whether Slack is to be asked again, because a message may land late. */
  readonly doubted: boolean;
  /** Messages that tell others in short, by the keys of what they hold. */
  readonly catchUps: readonly { readonly key: string; readonly holds: readonly string[] }[];
}

export function memoryIn(redis: Redis, keys: Keys): Memory {
  const prefix = keys.incident('');
  const load = async (id: string) => {
    const [state, alerts] = await redis.hmget(keys.incident(id), 'state', 'alerts');
    if (typeof state !== 'string') return null;
    // Those of a storm lie beside the state.
    return { alerts: JSON.parse(alerts ?? '{}'), ...JSON.parse(state) } as Incident;
  };
  return {
    load,
    async incidents() {
      const ids = new Set<string>();
      let cursor = '0';
      do {
        const [next, found] = await redis.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000);
        for (const key of found) ids.add(key.slice(prefix.length));
        cursor = next;
      } while (cursor !== '0');
      return [...ids];
    },
    async openAbout(service) {
      const subject = subjectKey({ kind: 'service', name: service, environment: 'test' });
      const id = await redis.hget(keys.open, subject);
      return id === null ? null : load(id);
    },
    async timeline(id) {
      const entries = await redis.lrange(keys.timeline(id), 0, -1);
      return entries.map((entry) => JSON.parse(entry) as TimelineEntry);
    },
    async crowd(id) {
      return firingsIn(await redis.hgetall(keys.crowd(id)));
    },
    async owed() {
      const owed = await redis.hgetall(keys.owed);
      return Object.entries(owed).map(([id, stored]) => ({
        id,
        effect: (JSON.parse(stored) as { effect: Effect }).effect,
      }));
    },
    unshown: async () => [...(await redis.hkeys(keys.unshown)), ...(await redis.hkeys(keys.untold))],
    keptBack: () => redis.hkeys(keys.bagsDue),
    async notes(id) {
      const stored = Object.entries(await redis.hgetall(keys.messages(id)));
      const notes = stored.map(([name, note]) => ({
        name,
        hash: (JSON.parse(note) as { hash: string }).hash,
      }));
      return {
        thread: threadIn(stored),
        doubted: notes.some(({ name, hash }) => name === '~doubt' && hash !== ''),
        catchUps: notes
          .filter(({ name, hash }) => name.startsWith('~folded-') && hash !== '')
          .map(({ name, hash }) => ({
            key: `catch-up-${name.slice('~folded-'.length)}`,
            holds: JSON.parse(hash) as string[],
          })),
      };
    },
    isPaused: async () => (await redis.exists(keys.pause)) === 1,
  };
}

function threadIn(notes: readonly (readonly [string, string])[]): string | null {
  const note = notes.find(([name]) => name === '~thread-at')?.[1];
  return note === undefined ? null : (JSON.parse(note) as { ts: string }).ts;
}

function firingsIn(fields: Readonly<Record<string, string>>): readonly Firing[] {
  return Object.entries(fields).flatMap(([fingerprint, stored]) => {
    const found = JSON.parse(stored) as { startsAt?: number; alert?: { startsAt?: number } };
    const startsAt = found.alert?.startsAt ?? found.startsAt;
    return startsAt === undefined ? [] : [{ fingerprint, startsAt }];
  });
}
