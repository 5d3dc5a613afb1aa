import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { createAuditSource } from '../../src/adapters/stores/redis/record/audit-source.ts';
import { createRedisStore } from '../../src/adapters/stores/redis/store.ts';
import { withoutSecretsIn } from '../../src/app/checks/audit-source.ts';
import { exportRecords, linesOf } from '../../src/audit/export.ts';
import { replayOrLint } from '../../src/cli/replay/replay.ts';
import { readWish } from '../../src/cli/usage.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { chain } from '../../src/incident/model/timeline.ts';
import { fact, item } from '../kit/faults/facts.ts';
import { shipped } from '../kit/faults/shipped.ts';
import { looked, T0 } from '../kit/incident/fixtures.ts';
import { opened, type Walk } from '../kit/incident/walk.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { commit, rigFor } from '../kit/store/rig.ts';

/** Every command reads the whole catalog, on a machine that others keep busy. */
const PATIENCE = 60_000;
const LIBRARY = shipped().library;
const rig = rigFor('one server');
let scratch: Scratch;
let namespace: string;
beforeEach(async () => {
  scratch = await scratchDir('replay');
  namespace = `test-${randomUUID()}`;
});
afterEach(() => scratch.remove());
const at = (name: string) => join(scratch.path, name);

const DISK = 'filesystem/web-1:/';
const full = (names: Readonly<Record<string, number>>): readonly Evidence[] =>
  Object.entries(names).map(([name, value], place) => {
    const stated = fact(name as never, DISK, value, { within: ['host/web-1', 'service/shop'], at: T0 });
    const text = stated.quote;
    return item(`E${place + 1}`, [stated], {
      text,
      observedAt: T0,
      witness: `instrument/${name.split('.')[0]}`,
      hash: createHash('sha256').update(text).digest('hex'),
    });
  });
const FULL = full({ 'system.filesystem.utilization': 0.97, 'node_exporter.filesystem.utilization': 0.99 });

/** The same, where Medic had looked for what the playbook is for. */
const SEEN = 'on web-1: / is 97 % full';
const LOOKED = [
  ...FULL,
  item('E3', [], {
    ...{ text: SEEN, witness: 'host/web-1', hash: createHash('sha256').update(SEEN).digest('hex') },
    data: {
      type: 'look',
      playbooks: ['clean_disk'],
      spec: { disk: { path: '/', used: 0.85 } },
      reading: looked('fault', { words: SEEN }),
    },
  }),
];

/** An incident of the past, concluded from by a library that had these faults. */
function past(library = LIBRARY, evidence = FULL): Walk {
  return opened('DiskFull', { library, catalog: new Map() }).feed({
    type: 'evidence-collected',
    round: 1,
    evidence,
  });
}

/** Puts it on record in Redis, as the engine does. */
async function stored(walked: Walk, evidence = FULL): Promise<string> {
  const keys = keysOf(namespace);
  const store = createRedisStore(rig.redis, keys);
  const { incident, told } = walked;
  const origin = { hash: createHash('sha256').update(incident.id).digest('hex'), length: 0 };
  const { entries, head } = chain(origin, T0, told);
  const { kind } = await store.commit(commit({ incident: { ...incident, version: 1, head }, entries }));
  expect(kind).toBe('committed');
  await store.saveEvidence(incident.id, 1, evidence);
  return incident.id;
}

async function exported(name: string, evidence = true): Promise<string> {
  const source = createAuditSource(rig.redis, keysOf(namespace));
  const span = { since: null, until: null, service: null };
  const lines: string[] = [];
  const records = exportRecords(source, span, { evidence: evidence ? withoutSecretsIn() : null });
  for await (const line of linesOf(records)) lines.push(line);
  // `linesOf` answers with the end as its last line.
  writeFileSync(at(name), `${lines.join('\n')}\n`);
  return at(name);
}

async function medic(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const wish = readWish(words);
  if (wish.kind !== 'replay' && wish.kind !== 'lint') throw new Error(JSON.stringify(wish));
  const parts = { out: '', err: '' };
  const into = (name: 'out' | 'err') => ({
    write(text: string | Uint8Array) {
      parts[name] += String(text);
      return true;
    },
  });
  const env = {
    MEDIC_CONFIG: at('medic.yml'),
    REDIS_URL: rig.url,
    MEDIC_NAMESPACE: namespace,
    ...environment,
  };
  writeFileSync(at('medic.yml'), 'services: { shop: { hosts: [web-1] } }\n');
  const code = await replayOrLint(wish, env, { in: Readable.from(['']), out: into('out'), err: into('err') });
  return { code, ...parts };
}

describe('medic replay', { timeout: PATIENCE }, () => {
  it('concludes anew from what was found, and says what differs from what was concluded', async () => {
    const id = await stored(past(LIBRARY, LOOKED), LOOKED);
    const { code, out } = await medic(['replay', id, '--json']);
    const answer = JSON.parse(out);
    expect(answer.was).toMatchObject({ stands: true, fault: 'disk_full', object: DISK, playbook: null });
    // Its playbook came later.
    expect(answer.now).toMatchObject({ fault: 'disk_full', object: DISK, playbook: 'clean_disk' });
    expect(answer.differs).toContain('playbook');
    expect(code).toBe(1);
  });

  it('names the cause of an incident that nobody could explain then', async () => {
    const id = await stored(
      opened('DiskFull', { catalog: new Map() }).feed({
        type: 'evidence-collected',
        round: 1,
        evidence: FULL,
      }),
    );
    const { out } = await medic(['replay', id]);
    expect(out).toContain('disk_full');
    expect(out).toMatch(/cause +none +\S/);
    expect(out).toMatch(/What differs: cause/);
  });

  it('needs neither Redis nor Slack where an export with evidence is at hand', async () => {
    const id = await stored(past());
    const file = await exported('audit.jsonl');
    const { code, out } = await medic(['replay', '--from', file, '--json'], { REDIS_URL: '' });
    expect(JSON.parse(out)).toMatchObject({ incident: id, now: { fault: 'disk_full' }, exitCode: code });
    const without = await medic(['replay', id, '--from', await exported('bare.jsonl', false)]);
    expect(without).toMatchObject({ code: 2 });
    expect(without.err).toContain('medic audit export --evidence');
  });

  it('keeps it as a scenario that gives the same answer, and holds what was concluded as expected', async () => {
    const id = await stored(past());
    const first = JSON.parse((await medic(['replay', id, '--keep', at('kept'), '--json'])).out);
    const again = JSON.parse((await medic(['replay', at('kept'), '--json'], { REDIS_URL: '' })).out);
    expect(again).toMatchObject({ incident: id, was: first.was, now: first.now, differs: first.differs });
    const scenario = parse(readFileSync(at('kept/scenario.yml'), 'utf8'));
    expect(scenario.expected).toEqual({ fault: 'disk_full', object: DISK, playbook: 'none' });
    expect((await medic(['replay', id, '--keep', at('kept')])).err).toContain('holds something already');
  });

  it('says where what was found is not what is on record', async () => {
    const id = await stored(past());
    const keys = keysOf(namespace);
    const forged = full({
      'system.filesystem.utilization': 0.2,
      'node_exporter.filesystem.utilization': 0.2,
    });
    await rig.redis.set(keys.evidence(id, 1), JSON.stringify(forged));
    const { out } = await medic(['replay', id]);
    expect(out).toContain('not what the record has the hashes of: E1 and E2');
  });

  it('says what is missing of an incident that cannot be replayed', async () => {
    const id = await stored(past());
    expect((await medic(['replay', `${id}x`])).err).toContain(`did you mean ${id}?`);
    expect((await medic(['replay', id, '--round', '7'])).err).toContain('has no round 7');
    await rig.redis.del(keysOf(namespace).evidence(id, 1));
    expect(await medic(['replay', id])).toMatchObject({ code: 2, err: expect.stringContaining('90 days') });
    expect(readWish(['replay'])).toMatchObject({
      kind: 'wrong',
      why: expect.stringContaining('which incident'),
    });
    expect(readWish(['replay', '--kep'])).toMatchObject({
      why: expect.stringContaining('did you mean --keep?'),
    });
  });
});

const OWN = `name: shop_disk_full
title: The disk of the shop is full
object: filesystem
summary: '{object} is full.'
cause: Nobody cleaned it up.
prevention: Clean it up.
signs:
  - claim: 'The kernel says {value}.'
    any: [{ fact: system.filesystem.utilization, at_least: 0.9 }]
  - claim: Its inodes are used up.
    any: [{ fact: system.filesystem.inodes.utilization, at_least: 0.9 }]
  - claim: Its exporter says so.
    any: [{ fact: node_exporter.filesystem.utilization, at_least: 0.999 }]
unless:
  - because: it may not be written
    fault: filesystem_read_only
    any: [{ fact: system.filesystem.read_only, is: true }]
`;

describe('medic lint', { timeout: PATIENCE }, () => {
  const written = (name: string, text: string) => {
    mkdirSync(at('own'), { recursive: true });
    writeFileSync(at(join('own', name)), text);
  };

  it('names every mistake in files of faults by line and column, with what to write instead', async () => {
    written(
      'shop_disk_full.yml',
      OWN.replace('at_least: 0.9 }]\n  - claim: Its in', 'at_leats: 0.9 }]\n  - claim: Its in').replace(
        'filesystem_read_only',
        'filesystem_readonly',
      ),
    );
    const { code, out } = await medic(['lint', at('own')]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /shop_disk_full\.yml:9:\d+: signs\.0\.any\.0\.at_leats: is not known: did you mean at_least\?/,
    );
  });

  it('knows the faults of the catalog, which a file may name, and says nothing of their files', async () => {
    written('shop_disk_full.yml', OWN);
    expect(await medic(['lint', at('own')])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^Nothing is wrong \(1 fault in /m),
    });
    expect(await medic(['lint', at('own/shop_disk_full.yml')])).toMatchObject({ code: 0 });
    written('shop_disk_full.yml', OWN.replace('filesystem_read_only', 'filesystem_readonly'));
    const { code, out } = await medic(['lint', at('own')]);
    expect(code).toBe(1);
    expect(out).toMatch(
      /shop_disk_full\.yml:16:\d+: unless\.0\.fault: .*did you mean filesystem_read_only\?/,
    );
  });

  it('finds nothing wrong with what ships', async () => {
    expect(await medic(['lint'])).toMatchObject({ code: 0 });
  });

  it('shows sign by sign how a fault would have done in an incident', async () => {
    written('shop_disk_full.yml', OWN);
    const id = await stored(past());
    const { code, out } = await medic(['lint', at('own'), '--try', id]);
    expect(code).toBe(0);
    expect(out).toContain('shop_disk_full came near, with 1 of 3 signs in filesystem web-1:/');
    expect(out).toContain(`+ The kernel says 97 %.\n      E1: ${FULL[0]?.text}`);
    expect(out).toContain(
      '- missing: Its inodes are used up.\n      nothing was read of system.filesystem.inodes.utilization',
    );
    expect(out).toContain(`- missing: Its exporter says so.\n      E2: ${FULL[1]?.text}`);
  });

  it('says what excluded a fault of which every sign was there', async () => {
    const evidence = [
      ...FULL,
      ...full({ 'system.filesystem.inodes.utilization': 0.99 }).map((one) => ({ ...one, id: 'E3' })),
    ];
    const id = await stored(past(LIBRARY, evidence), evidence);
    const { out } = await medic(['lint', '--try', id]);
    expect(out).toMatch(
      /disk_full is ruled out in filesystem web-1:\/[\s\S]*! excluded, as its inodes have run out\n +E3: /,
    );
  });
});
