import type { Redis } from 'ioredis';
import type { Checkpoint, Head } from '../../../../audit/checkpoint.ts';
import type { AuditLog } from '../../../../engine/audit.ts';
import type { Incident } from '../../../../incident/model/incident.ts';
import { isOpen } from '../../../../incident/model/phases.ts';
import type { Keys } from '../keys.ts';
import { keysFor } from '../scripts.ts';
import { readIncident } from './read-incident.ts';

/** How far a record has come, as `commit.lua` notes it: length, hash, and when the incident closed, where it has. */
export function noted(incident: Incident): string {
  const { id, head, milestones } = incident;
  return noteOf({ incident: id, ...head, closedAt: isOpen(incident) ? null : milestones.closed });
}

function readNote(incident: string, note: string): Head {
  const [length = '', hash = '', closedAt] = note.split(' ');
  return {
    incident,
    length: Number(length),
    hash,
    closedAt: closedAt === undefined ? null : Number(closedAt),
  };
}

function noteOf({ length, hash, closedAt }: Head): string {
  return `${length} ${hash}${closedAt === null ? '' : ` ${closedAt}`}`;
}

/** The chain of checkpoints on Redis; see `audit.lua`. */
export function createAuditLog(redis: Redis, keys: Keys): AuditLog {
  const run = (...args: string[]) => redis.medicAudit(...keysFor('audit', keys), ...args);
  const read = (text: string) => JSON.parse(text) as Checkpoint;
  const newestText = () => redis.lindex(keys.checkpoints, -1);
  return {
    async newest() {
      const text = await newestText();
      return text === null ? null : read(text);
    },
    async changed(most) {
      const all = Object.entries(await redis.hgetall(keys.changed));
      return all.slice(0, most).map(([incident, note]) => readNote(incident, note));
    },
    async append(checkpoint) {
      const last = await newestText();
      if ((last === null ? null : read(last).hash) !== (checkpoint.n === 1 ? null : checkpoint.before))
        return false;
      const heads = checkpoint.heads.flatMap((head) => [head.incident, noteOf(head)]);
      return (await run('append', last ?? '', JSON.stringify(checkpoint), ...heads)) === 1;
    },
    oldest: async (most) => (await redis.lrange(keys.checkpoints, 0, most - 1)).map(read),
    async renew(incidents) {
      for (const id of incidents) {
        const state = await redis.hget(keys.incident(id), 'state');
        if (state !== null) await run('renew', id, noted(readIncident(state)));
      }
    },
    async forget(oldest) {
      const [first] = await redis.lrange(keys.checkpoints, 0, 0);
      if (first === undefined || read(first).hash !== oldest[0]?.hash) return false;
      return (await run('forget', first, String(oldest.length))) === 1;
    },
  };
}
