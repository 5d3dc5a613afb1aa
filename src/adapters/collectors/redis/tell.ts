import type { ObjectId } from '../../../evidence/facts/fact.ts';
import { statesOf, type Told } from '../../../evidence/facts/tell.ts';
import { formatBytes, formatPart, formatSeconds } from '../quantity.ts';

/** What a Redis answered. */
export interface Answers {
  /** The fields of INFO. */
  readonly info: ReadonlyMap<string, string>;
  /** Of CONFIG GET; null where it may not be asked. */
  readonly config: ReadonlyMap<string, string> | null;
  /** When a command of the slow log began and how long it took, seconds; null where it may not be read. */
  readonly slow: readonly { readonly at: number; readonly took: number }[] | null;
}

type Values = Parameters<typeof statesOf>[2];
type Line = (text: string, values: Values) => Told;

/** The fields of what INFO prints. */
export function readInfo(text: string): ReadonlyMap<string, string> {
  const fields = text.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':');
    return line.startsWith('#') || colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
  });
  return new Map(fields);
}

/**
 * The lines of a Redis that answered, each with its facts.
 *
 * @param since when something seems wrong, epoch seconds
 */
export function linesOf(
  answers: Answers,
  of: ObjectId,
  within: readonly ObjectId[],
  since: number,
): readonly Told[] {
  const line = (text: string, values: Values): Told => ({ line: text, facts: statesOf(of, within, values) });
  const loading = answers.info.get('loading') === '1';
  return [
    line('it accepts connections and answers', { 'database.connect': 'accepted', 'redis.refusal': 'none' }),
    line(loading ? 'it still loads its data' : 'its data is loaded', { 'redis.loading': loading }),
    ...memoryLines(answers, line),
    ...clientLines(answers, line),
    ...persistenceLines(answers, line),
    ...roleLines(answers, line),
    ...slowLines(answers, line, since),
  ];
}

const numberIn = (fields: ReadonlyMap<string, string> | null, name: string): number | null => {
  const text = fields?.get(name);
  return text === undefined || text === '' || !Number.isFinite(Number(text)) ? null : Number(text);
};

function memoryLines({ info }: Answers, line: Line): readonly Told[] {
  const used = numberIn(info, 'used_memory');
  const limit = numberIn(info, 'maxmemory');
  const policy = info.get('maxmemory_policy');
  if (used === null || limit === null) return [];
  const of =
    limit === 0 ? ', and there is no limit' : ` of ${formatBytes(limit)} (${formatPart(used / limit)})`;
  return [
    line(`memory: ${formatBytes(used)}${of}; when it is full: ${policy ?? 'unknown'}`, {
      'redis.memory.used': limit === 0 ? 0 : used / limit,
      'redis.memory.limit': limit,
      'redis.memory.policy': policy,
    }),
  ];
}

function clientLines({ info, config }: Answers, line: Line): readonly Told[] {
  const open = numberIn(info, 'connected_clients');
  const most = numberIn(info, 'maxclients') ?? numberIn(config, 'maxclients');
  const rejected = numberIn(info, 'rejected_connections');
  if (open === null) return [];
  const of = most === null ? '' : ` of ${most}`;
  return [
    line(`clients: ${open}${of}; turned away since it started: ${rejected ?? 'unknown'}`, {
      'redis.clients.used': most === null || most === 0 ? null : open / most,
      'redis.connections.rejected': rejected,
    }),
  ];
}

function persistenceLines({ info, config }: Answers, line: Line): readonly Told[] {
  const saved = info.get('rdb_last_bgsave_status');
  const appended = info.get('aof_last_write_status');
  if (saved === undefined || appended === undefined) return [];
  const appends = info.get('aof_enabled') === '1';
  const isPrimary = info.get('role') === 'master';
  const stops =
    config?.get('stop-writes-on-bgsave-error') === 'yes' &&
    (config.get('save') ?? '') !== '' &&
    saved !== 'ok';
  const stopped = isPrimary && (stops || (appends && appended !== 'ok'));
  const writes = config === null ? '' : stopped ? '; it refuses writes because of that' : '; it takes writes';
  const file = appends ? `append-only file: ${appended}` : 'no append-only file';
  return [
    line(`last snapshot: ${saved}; ${file}${writes}`, {
      'redis.save.ok': saved === 'ok',
      'redis.aof.ok': !appends || appended === 'ok',
      'redis.writes.stopped': config === null ? null : stopped,
    }),
  ];
}

function roleLines({ info }: Answers, line: Line): readonly Told[] {
  const role = info.get('role');
  if (role === undefined) return [];
  const replicas = numberIn(info, 'connected_slaves');
  const link = role === 'slave' ? (info.get('master_link_status') ?? 'unknown') : 'none';
  const words = role === 'slave' ? `replica, its link to the primary is ${link}` : 'primary';
  return [
    line(`role: ${words}; replicas: ${replicas ?? 0}`, {
      'redis.role': role === 'slave' ? 'replica' : 'primary',
      'redis.primary.link': link,
      'redis.replicas': replicas,
    }),
  ];
}

function slowLines({ slow }: Answers, line: Line, since: number): readonly Told[] {
  if (slow === null) return [];
  const slowest = slow.filter(({ at }) => at >= since).reduce((most, { took }) => Math.max(most, took), 0);
  const text =
    slowest === 0 ? 'no slow command lately' : `the slowest command lately took ${formatSeconds(slowest)}`;
  return [line(text, { 'redis.slowest': slowest })];
}
