import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { createAuditSource } from '../../src/adapters/stores/redis/record/audit-source.ts';
import { createRedisStore } from '../../src/adapters/stores/redis/store.ts';
import { subjectKey } from '../../src/alerts/alert.ts';
import { exportRecords } from '../../src/audit/export.ts';
import { createVerifier, type Verdict } from '../../src/audit/verify.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import type { Message } from '../kit/slack/server.ts';
import { until } from '../kit/stack/process.ts';
import { reply } from '../kit/world/reply.ts';
import { saidTwice } from '../kit/world/said.ts';
import { CHANNEL } from '../kit/world/world.ts';
import { readBefore } from './before.ts';
import { SERVICES, type Upgraded, upgrade } from './upgraded.ts';

const keys = keysOf('medic');
const before = readBefore();

/** The newest state of the incident about a service, open or the one that the old Medic closed. */
async function incidentOf({ redis }: Upgraded, service: string): Promise<Incident> {
  const store = createRedisStore(redis, keys);
  const subject = subjectKey({ kind: 'service', name: service, environment: 'test' });
  const id = (await store.findOpen(subject)) ?? (await store.lately(subject))?.incident;
  const incident = id === undefined ? null : await store.load(id);
  if (incident === null) throw new Error(`there is no incident about ${service}`);
  return incident;
}

/** A message of the old Medic, as it stood then. */
function asItWas(part: string, key: RegExp): Message {
  const found = Object.values(before.slack)
    .flat()
    .find(
      ({ metadata, blocks }) =>
        key.test(String(metadata?.event_payload.key)) && JSON.stringify(blocks).includes(part),
    );
  if (found === undefined) throw new Error(`the old Medic posted nothing of ${part}`);
  return found;
}

/** Puts an old message back as it stood, as for somebody whose Slack lags behind, and gives it. */
function lagging({ slack }: Upgraded, old: Message): Message {
  const all = slack.state.messages.get(CHANNEL) ?? [];
  const place = all.findIndex(({ ts }) => ts === old.ts);
  const again = structuredClone(old);
  all[place] = again;
  return again;
}

/** What `medic audit verify` finds. */
async function verified({ redis }: Upgraded): Promise<Verdict> {
  const verifier = createVerifier();
  const records = exportRecords(createAuditSource(redis, keys), { since: null, until: null, service: null });
  for await (const record of records) verifier.take(record);
  return verifier.verdict();
}

describe('today’s Medic, started on what an old one left when it was killed', () => {
  let upgraded: Upgraded;
  const person = (user: string) => upgraded.slack.person(user);
  const remedies = () =>
    Object.fromEntries([...upgraded.patients].map(([name, one]) => [name, one.playbookRuns()]));
  beforeAll(async () => {
    upgraded = await upgrade();
  });
  afterAll(() => upgraded?.stop());

  it('reads every incident, and the record of each is whole, though no checkpoint knows the old ones', async () => {
    for (const service of SERVICES)
      expect((await incidentOf(upgraded, service)).head.length).toBeGreaterThan(0);
    expect(await verified(upgraded)).toMatchObject({ problems: [], incidents: SERVICES.length });
  });

  it('gives up a plan of before it looked for itself, in words, when somebody presses Run now on the old card', async () => {
    await person('U0BOB').click(await upgraded.card('shop'), 'Run now');
    await upgraded.card(
      'shop',
      /Needs a person[\s\S]*was not started; it was made before Medic looked for itself/,
    );
  });

  it('mends by a new plan what the old one was given up for', async () => {
    await person('U0BOB').command(CHANNEL, '/heal', 'mend service=shop');
    await person('U0CAROL').click(await upgraded.card('shop', '[Approve]'), 'Approve');
    await upgraded.card('shop', /Resolved: shop/);
    expect(remedies().shop).toEqual(['cure mend shop']);
  });

  it('takes an approval given on the old card, and refuses in words one on a card that Slack shows late', async () => {
    await person('U0CAROL').click(await upgraded.card('till'), 'Approve');
    await upgraded.card(
      'till',
      /Needs a person[\s\S]*was not started; it was made before Medic looked for itself/,
    );
    const receipts = (await incidentOf(upgraded, 'till')).phase;
    expect(receipts).toMatchObject({ decided: { receipts: [{ user: 'U0CAROL' }] } });
    await person('U0CAROL').click(lagging(upgraded, asItWas('Needs approval: till', /^approval/)), 'Approve');
    await person('U0CAROL').told(CHANNEL, /Nothing was changed/);
  });

  it('goes on with a plan that somebody held, for those who may, and lets anybody cancel it', async () => {
    await person('U0DAVE').click(await upgraded.card('desk', '[Resume]'), 'Resume');
    await person('U0DAVE').told(CHANNEL, /operator role/);
    await person('U0BOB').click(await upgraded.card('desk', '[Resume]'), 'Resume');
    await person('U0DAVE').click(await upgraded.card('desk', /runs in[\s\S]*\[Cancel\]/), 'Cancel');
    await upgraded.card('desk', /Cancelled: desk[\s\S]*cancelled by @U0DAVE/);
  });

  it('goes on watching whether a fix of before has helped', async () => {
    upgraded.patients.get('stock')?.recover();
    await upgraded.card('stock', /Resolved: stock/);
    expect((await incidentOf(upgraded, 'stock')).attempts).toHaveLength(1);
  });

  it('calls a person about a fix that was running when the old one was killed, and does not run it again', async () => {
    await upgraded.card('gate', /Needs a person: gate/);
    expect((await incidentOf(upgraded, 'gate')).attempts).toMatchObject([
      { result: { kind: 'interrupted' } },
    ]);
  });

  it('keeps silences and modes, and looks at what still fires once somebody ends them', async () => {
    expect(await reply(upgraded.slack, 'U0BOB', '/heal', 'silences')).toMatch(/lamp.*a deploy/);
    expect(await reply(upgraded.slack, 'U0BOB', '/heal', 'mode')).toMatch(/\*supervised\* for `lamp`/);
    expect((await incidentOf(upgraded, 'lamp')).phase.at).toBe('muted');
    await person('U0BOB').command(CHANNEL, '/heal', 'unsilence lamp');
    await upgraded.card('lamp', /Needs a/, 60_000);
  });

  it('takes a judgement of an incident that had closed, by the button of the old message', async () => {
    await person('U0DAVE').click(asItWas('Simple', /^diagnosis/), 'Right');
    await until(async () => (await incidentOf(upgraded, 'post')).judgements.length === 1, {
      what: 'the judgement to be kept',
      ms: 10_000,
    });
    expect((await incidentOf(upgraded, 'post')).phase.at).toBe('closed');
  });

  it('has by then run nothing but that, said nothing twice, and let go of every lock', async () => {
    await until(
      async () =>
        Object.keys(await createRedisStore(upgraded.redis, keys).pendingNotifications()).length === 0,
      {
        what: 'everything to stand in Slack',
        ms: 60_000,
      },
    );
    const nothing = Object.fromEntries(SERVICES.map((service) => [service, []]));
    expect(remedies()).toEqual({ ...nothing, shop: ['cure mend shop'] });
    expect(saidTwice(upgraded.slack)).toEqual([]);
    expect(await upgraded.redis.hgetall(keys.locks)).toEqual({});
  });

  it('has put all that has changed since under checkpoints, and tells the newest in its metrics', async () => {
    const newest = async () => (await verified(upgraded)).checkpoints.newest;
    await until(async () => (await verified(upgraded)).unknown === 0, {
      what: 'every incident to be known to a checkpoint',
      ms: 40_000,
    });
    expect(await verified(upgraded)).toMatchObject({ problems: [], incidents: SERVICES.length });
    const metrics = async () => (await fetch(`${upgraded.medic.url}/metrics`)).text();
    await until(
      async () => (await metrics()).includes(`\nmedic_audit_checkpoints ${(await newest())?.n}\n`),
      {
        what: 'the number of the newest checkpoint among the metrics',
        ms: 40_000,
      },
    );
    expect(await metrics()).toMatch(/^medic_audit_head_info\{checkpoint="\d+",hash="[0-9a-f]{64}"\} 1$/m);
  });
});
