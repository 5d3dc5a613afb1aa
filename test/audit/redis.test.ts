import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Keys, keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { createAuditLog } from '../../src/adapters/stores/redis/record/audit-log.ts';
import { createAuditSource } from '../../src/adapters/stores/redis/record/audit-source.ts';
import { createRedisStore } from '../../src/adapters/stores/redis/store.ts';
import { type Checkpoint, nextCheckpoint } from '../../src/audit/checkpoint.ts';
import { addCheckpoints, forgetCheckpoints } from '../../src/engine/audit.ts';
import type { Store } from '../../src/engine/store/store.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { chain, type TimelineEvent } from '../../src/incident/model/timeline.ts';
import { opened } from '../kit/incident/walk.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { commit, rigFor } from '../kit/store/rig.ts';
import { runMedic } from './medic.ts';
import { exportOf, found } from './records.ts';

const rig = rigFor('one server');
let keys: Keys;
let namespace: string;
let store: Store;
let scratch: Scratch;
beforeEach(async () => {
  namespace = `test-${randomUUID()}`;
  keys = keysOf(namespace);
  store = createRedisStore(rig.redis, keys);
  scratch = await scratchDir('audit');
});
afterEach(() => scratch.remove());

const memory = () => ({ source: () => createAuditSource(rig.redis, keys) });
const seal = () => addCheckpoints(createAuditLog(rig.redis, keys), Date.now());
const at = (name: string) => join(scratch.path, name);
const env = () => ({ REDIS_URL: rig.url, MEDIC_NAMESPACE: namespace });
const audit = (...words: string[]) => runMedic(['audit', ...words], env());

/** An incident about a service of its own, as it is before anything of it is stored. */
function fresh(name: string): Incident {
  const { incident } = opened('Small', {}, { kind: 'service', name, environment: 'production' });
  const hash = createHash('sha256').update(incident.id).digest('hex');
  return { ...incident, version: 0, alerts: {}, head: { hash, length: 0 } };
}

/** Puts something on record, and says what was acknowledged. */
async function tell(incident: Incident, ...happenings: readonly TimelineEvent[]): Promise<Incident> {
  const { entries, head } = chain(incident.head, Date.now(), happenings);
  const next = { ...incident, version: incident.version + 1, head };
  const committed = await store.commit(commit({ incident: next, entries }));
  expect(committed.kind).toBe('committed');
  return next;
}
const said = (reason: string): TimelineEvent => ({ kind: 'escalated', reason });

/** How many entries of each incident there are among these lines. */
function countedByIncident(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const [, id] = /^\{"kind":"entry","incident":"([^"]+)"/.exec(line) ?? [];
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

describe('an export while others write', () => {
  it('holds all that was acknowledged before it began, and verifies, each time', async () => {
    const acknowledged = new Map<string, number>();
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let nth = 0; writing; nth += 1) {
        let incident = fresh(`shop-${writer}-${nth}`);
        for (let entry = 0; entry < 6 && writing; entry += 1) {
          incident = await tell(incident, said(`${entry}`), said('and more'));
          acknowledged.set(incident.id, incident.head.length);
        }
      }
    });
    const sealing = (async () => {
      while (writing) await seal();
    })();
    try {
      for (let round = 0; round < 4; round += 1) {
        const known = new Map(acknowledged);
        const lines = await exportOf(memory());
        const verdict = await found(lines);
        expect(verdict.problems).toEqual([]);
        const exported = countedByIncident(lines);
        for (const [id, length] of known) expect(exported.get(id), id).toBeGreaterThanOrEqual(length);
      }
    } finally {
      writing = false;
      await Promise.all([...writers, sealing]);
    }
  });

  it('holds it also after Redis was killed in the middle', async () => {
    const acknowledged = new Map<string, Incident['head']>();
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      let incident = fresh(`shop-${writer}`);
      while (writing) {
        try {
          incident = await tell(incident, said('more'));
        } catch {
          return;
        }
        acknowledged.set(incident.id, incident.head);
        await seal().catch(() => undefined);
      }
    });
    await expect.poll(() => acknowledged.size).toBe(4);
    await rig.restart();
    writing = false;
    await Promise.all(writers);
    await seal();
    const lines = await exportOf(memory());
    expect((await found(lines)).problems).toEqual([]);
    for (const [id, { hash, length }] of acknowledged)
      expect(
        lines.some(
          (line) => line.includes(`"${id}"`) && line.includes(`"seq":${length}`) && line.includes(hash),
        ),
      ).toBe(true);
  });

  it('reads checkpoints that are forgotten meanwhile, without a gap', async () => {
    const DAY = 24 * 3_600_000;
    const log = createAuditLog(rig.redis, keys);
    const began = Date.now() - 200 * DAY;
    const all: Checkpoint[] = [];
    for (let nth = 0; nth < 1200; nth += 1) all.push(nextCheckpoint(all.at(-1) ?? null, began + nth, []));
    await rig.redis.rpush(keys.checkpoints, ...all.map((one) => JSON.stringify(one)));
    const numbers: number[] = [];
    for await (const { n } of createAuditSource(rig.redis, keys).checkpoints()) {
      numbers.push(n);
      if (n === 500) await forgetCheckpoints(log, Date.now());
    }
    expect(numbers).toEqual(all.map(({ n }) => n));
    expect((await log.oldest(1))[0]?.n).toBeGreaterThan(1);
  });
});

describe('medic audit', () => {
  /** Two incidents under a checkpoint, and one that is newer. */
  async function recorded(): Promise<readonly Incident[]> {
    const first = await tell(fresh('shop'), said('one'), said('two'));
    const second = await tell(fresh('till'), said('one'));
    await seal();
    return [first, second, await tell(fresh('desk'), said('one'))];
  }

  it('exports into a file that is there once it is whole, and verifies it without Redis', async () => {
    await recorded();
    const file = at('audit.jsonl');
    const exported = await audit('export', '--out', file);
    expect(exported).toMatchObject({
      code: 0,
      out: `exported 3 incidents with 4 entries and 1 checkpoint to ${file}\n`,
    });
    expect(await readdir(scratch.path)).toEqual(['audit.jsonl']);
    const text = await readFile(file, 'utf8');
    expect((await runMedic(['audit', 'verify', '-'], {}, text)).code).toBe(0);
    const verified = await runMedic(['audit', 'verify', file], {});
    expect(verified.err).toBe('');
    expect(verified.code).toBe(0);
    expect(verified.out).toMatch(
      /^3 incidents with 4 entries, 1 checkpoint\nthe newest checkpoint is 1:[0-9a-f]{64}\n1 incident no checkpoint knows[\s\S]*It is whole/,
    );
  });

  it('writes the same lines to the standard output, and what it wrote as JSON to the other', async () => {
    await recorded();
    const { code, out, err } = await audit('export', '--json', '--service', 'till');
    expect(code).toBe(0);
    expect(out.split('\n').filter((line) => line.startsWith('{"kind":"incident"'))).toHaveLength(1);
    expect(JSON.parse(err)).toMatchObject({ incidents: 1, entries: 1, checkpoints: 1, file: null });
  });

  it('finds what was changed in Redis and in a file, says where, and ends with 1', async () => {
    const [first] = await recorded();
    const file = at('audit.jsonl');
    await audit('export', '--out', file);
    const id = first?.id ?? '';
    const [entry = ''] = await rig.redis.lrange(keys.timeline(id), 0, 0);
    await rig.redis.lset(keys.timeline(id), 0, entry.replace('"one"', '"nothing"'));
    const online = await audit('verify', '--json');
    expect(online.code).toBe(1);
    expect(JSON.parse(online.out)).toMatchObject({
      found: 1,
      exitCode: 1,
      problems: [{ line: null, incident: id, what: expect.stringContaining('entry 1 was changed') }],
    });
    const lines = (await readFile(file, 'utf8')).split('\n');
    const place = lines.findIndex((line) => line.includes('"seq":1') && line.includes(id));
    await writeFile(file, lines.with(place, (lines[place] ?? '').replace('"one"', '"nothing"')).join('\n'));
    const offline = await runMedic(['audit', 'verify', file], {});
    expect(offline.code).toBe(1);
    expect(offline.out).toContain(`  ✗ line ${place + 1}: ${id}: entry 1 was changed`);
  });

  it('finds a whole incident that was removed from Redis with everything that names it', async () => {
    const [, second] = await recorded();
    const id = second?.id ?? '';
    await rig.redis.del(keys.timeline(id), keys.incident(id), keys.evidence(id, 1));
    await rig.redis.hdel(keys.open, 'production/service/till');
    const { code, out } = await audit('verify');
    expect(code).toBe(1);
    expect(out).toContain(
      `✗ ${id}: the whole incident is missing: entry 1 is missing, which checkpoint 1 knows`,
    );
  });

  it('compares with a checkpoint that is held elsewhere', async () => {
    await recorded();
    const { newest } = await seal();
    const held = `${newest?.n}:${newest?.hash}`;
    expect((await audit('verify', '--head', held)).code).toBe(0);
    const { code, out } = await audit('verify', '--head', `9:${'a'.repeat(64)}`);
    expect(code).toBe(1);
    expect(out).toContain('you hold checkpoint 9, and the newest here is 2');
  });

  it('says what is wrong where nothing can be looked at, and ends with 2', async () => {
    const nothing = at('nothing.jsonl');
    expect(await runMedic(['audit', 'verify', nothing], {})).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^medic audit: .*nothing\.jsonl cannot be read: ENOENT/),
    });
    await writeFile(nothing, 'hello\n');
    expect(await runMedic(['audit', 'verify', nothing], {})).toMatchObject({
      code: 2,
      err: expect.stringContaining('is no export: its first line is not that of `medic audit export`'),
    });
    await writeFile(nothing, '');
    expect(await runMedic(['audit', 'verify', nothing], {})).toMatchObject({
      code: 2,
      err: expect.stringContaining('it is empty'),
    });
    await writeFile(nothing, `${JSON.stringify({ kind: 'medic-audit', version: 99 })}\n`);
    expect(await runMedic(['audit', 'verify', nothing], {})).toMatchObject({
      code: 2,
      err: expect.stringContaining('a newer Medic wrote it'),
    });
    expect(await runMedic(['audit', 'verify'], {})).toMatchObject({
      code: 2,
      err: expect.stringContaining('REDIS_URL: is not set'),
    });
    expect(await runMedic(['audit', 'export'], { REDIS_URL: 'redis://127.0.0.1:1' })).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/Redis at 127\.0\.0\.1:1 cannot be reached/),
    });
  });

  it('leaves no file where an export fails, and none of its own is in the way', async () => {
    await recorded();
    const file = at('nowhere/audit.jsonl');
    expect(await audit('export', '--out', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('ENOENT'),
    });
    const there = at('audit.jsonl');
    await appendFile(there, 'before\n');
    await runMedic(['audit', 'export', '--out', there], { REDIS_URL: 'redis://127.0.0.1:1' });
    expect(readFileSync(there, 'utf8')).toBe('before\n');
    expect(await readdir(scratch.path)).toEqual(['audit.jsonl']);
  });
});
