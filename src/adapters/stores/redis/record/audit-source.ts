import type { Redis } from 'ioredis';
import type { Checkpoint } from '../../../../audit/checkpoint.ts';
import type { AuditSource, StoredRecord } from '../../../../audit/export.ts';
import type { About } from '../../../../audit/records.ts';
import type { Incident } from '../../../../incident/model/incident.ts';
import type { Keys } from '../keys.ts';
import { clockOf } from '../server/time.ts';
import { unsealed } from './sealed.ts';

/** As many keys are looked at, and checkpoints read, in one go. */
const PAGE = 500;

/** The record of all incidents as it lies in Redis. Nothing is written. */
export function createAuditSource(redis: Redis, keys: Keys): AuditSource {
  return {
    now: () => clockOf(redis),
    checkpoints: () => checkpointsIn(redis, keys),
    incidents: () => incidentsIn(redis, keys),
    record: (id) => recordOf(redis, keys, id),
    evidence: (id, round) => evidenceOf(redis, keys, id, round),
  };
}

/** Those that there are when it begins. Where the oldest are forgotten meanwhile, the others have moved up by as many. */
async function* checkpointsIn(redis: Redis, keys: Keys): AsyncGenerator<Checkpoint> {
  const at = async (from: number, to: number) =>
    (await redis.lrange(keys.checkpoints, from, to)).map((text) => JSON.parse(text) as Checkpoint);
  const numberAt = async (place: number) => (await at(place, place))[0]?.n ?? null;
  const begin = await numberAt(0);
  const end = await numberAt(-1);
  if (begin === null || end === null) return;
  for (let read = 0, newest = 0; newest < end; ) {
    const now = await numberAt(0);
    const from = Math.max(0, read - ((now ?? begin) - begin));
    const page = await at(from, from + PAGE - 1);
    if ((await numberAt(0)) !== now) continue;
    if (page.length === 0) return;
    yield* page;
    read += page.length;
    newest = page.at(-1)?.n ?? end;
  }
}

/** By the keys themselves, whatever the indexes say: what somebody has struck from an index is still found. */
async function incidentsIn(redis: Redis, keys: Keys): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const keyOf of [keys.timeline, keys.incident]) {
    const prefix = keyOf('');
    const pattern = `${prefix.replaceAll(/[[\]*?\\]/g, '\\$&')}*`;
    let cursor = '0';
    do {
      const [next, names] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', PAGE);
      for (const name of names) found.add(name.slice(prefix.length));
      cursor = next;
    } while (cursor !== '0');
  }
  return [...found].sort();
}

/** State and entries as they stood at one moment. */
async function recordOf(redis: Redis, keys: Keys, id: string): Promise<StoredRecord | null> {
  const answers = await redis
    .multi()
    .hget(keys.incident(id), 'state')
    .lrange(keys.timeline(id), 0, -1)
    .exec();
  const [[stateError, state] = [null, null], [entriesError, entries] = [null, []]] = answers ?? [];
  const failed = stateError ?? entriesError;
  if (failed !== null) throw failed;
  const texts = entries as string[];
  if (state === null && texts.length === 0) return null;
  return { about: typeof state === 'string' ? aboutIn(state) : null, entries: texts };
}

/** What the state says, as any Medic wrote it; null where it cannot be read. */
function aboutIn(state: string): About | null {
  try {
    const { subject, title, severity, phase, milestones, head } = JSON.parse(state) as Incident;
    const { kind, name, environment } = subject;
    return {
      subject: { kind, name, environment },
      title,
      severity,
      phase: phase.at,
      openedAt: milestones.opened,
      closedAt: milestones.closed,
      head: { hash: head.hash, length: head.length },
    };
  } catch {
    return null;
  }
}

/** Its seal is not looked at: whoever reads the record compares what is found with the hashes on it. */
async function evidenceOf(
  redis: Redis,
  keys: Keys,
  id: string,
  round: number,
): Promise<readonly object[] | null> {
  const stored = await redis.get(keys.evidence(id, round));
  const text = stored === null ? null : unsealed(null, '', stored);
  if (text === null) return null;
  try {
    const items: unknown = JSON.parse(text);
    return Array.isArray(items)
      ? items.filter((one): one is object => typeof one === 'object' && one !== null)
      : null;
  } catch {
    return null;
  }
}
