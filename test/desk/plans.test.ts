import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createJobQueue } from '../../src/adapters/stores/bullmq/job-queue.ts';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../src/adapters/stores/redis/store.ts';
import { subjectKey } from '../../src/alerts/alert.ts';
import { fitsAll } from '../../src/alerts/matcher.ts';
import { runPlaybook } from '../../src/desk/commands/run.ts';
import { createDesk } from '../../src/desk/create-desk.ts';
import { matchersFor } from '../../src/desk/incident.ts';
import { choices, judge, replan } from '../../src/desk/plans.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { currentPlan } from '../../src/incident/model/phases.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createRedactor } from '../../src/observability/redact.ts';
import { mutedBy } from '../../src/silence/silence.ts';
import { alert, bob, dave, evidenceItem, given, settings, shop, telling } from '../kit/incident/fixtures.ts';
import { reproved } from '../kit/incident/walk.ts';
import { saying } from '../kit/saying.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { startRedis } from '../kit/stack/redis.ts';

let redis: Awaited<ReturnType<typeof startRedis>>;
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('desk-plans');
  redis = await startRedis({ dir: join(scratch.path, 'redis') });
});
afterAll(async () => {
  await redis?.stop();
  await scratch?.remove();
});

let rigs = 0;

/** A desk on the real core and a real Redis, with an incident whose diagnosis is in. What it owes is left to the test. */
async function rig(name: string) {
  rigs += 1;
  const [fast, patient] = [connect(redis.url, { failFast: true }), connect(redis.url, { failFast: false })];
  const keys = keysOf(`desk-plans-${rigs}`);
  const store = createRedisStore(fast, keys);
  const log = createLogger({ level: 'silent', redact: (text) => text });
  const jobQueue = createJobQueue({ redis: patient, prefix: keys.queues, log });
  const { catalog, library } = given();
  const shared = { store, settings: settings(), catalog: () => catalog, library, log };
  const engine = createEngine({
    ...shared,
    jobQueue,
    policyDigest: 'policy',
    redact: (text) => text,
    model: async () => false,
    observe: () => undefined,
  });
  onTestFinished(async () => {
    await jobQueue.close();
    fast.disconnect();
    patient.disconnect();
    await Promise.all([fast, patient].map((one) => one.status === 'end' || once(one, 'end')));
  });
  await engine.receive({ type: 'alerts', subject: shop, alerts: [alert(name)] });
  const id = (await store.findOpen(subjectKey(shop))) ?? '';
  const { now } = await store.heartbeat();
  const facts = { type: 'facts', facts: { previous_version: 'v1' } } as const;
  const evidence = [...telling(name, now), evidenceItem({ id: 'E3', kind: 'change', data: facts })];
  await engine.dispatch(id, {
    type: 'evidence-collected',
    round: 1,
    evidence: await store.saveEvidence(id, 1, evidence),
  });
  const { redact } = createRedactor();
  const parts = { ...shared, engine, redact };
  let clicks = 0;
  return {
    store,
    engine,
    id,
    async incident(): Promise<Incident> {
      const incident = await store.load(id);
      if (incident === null) throw new Error('the incident is gone');
      return incident;
    },
    desk: createDesk(parts),
    choices: (playbook: string | null = null, incident = id, by = bob.id) =>
      choices(parts, { incident, playbook, by }),
    async replan(playbook: string, parameters: Record<string, string>, by = bob) {
      clicks += 1;
      const plan = (await choices(parts, { incident: id, playbook: null, by: by.id }))?.plan ?? null;
      return replan(parts, { incident: id, plan, playbook, parameters, by, once: `replan-${clicks}` });
    },
    heal(playbook: string, parameters: Record<string, string>) {
      clicks += 1;
      return runPlaybook(parts, { kind: 'run', playbook, parameters }, bob, `heal-${clicks}`, null);
    },
    judge: (really: string, by = dave) =>
      judge(parts, { incident: id, verdict: 'wrong', really, by, once: `judge-${by.id}` }),
  };
}

describe('what may be chosen', () => {
  it('is every playbook that can be for the subject, the present first, with the present one’s fields', async () => {
    const { choices, id } = await rig('Grave');
    const offered = await choices();
    expect(offered).toMatchObject({
      incident: id,
      plan: `${id}-p1`,
      playbook: { name: 'undo', title: 'Run undo', risk: 'high' },
      refused: null,
      hold: null,
    });
    expect(offered?.playbooks.map(({ name }) => name)).toEqual(['undo', 'ease', 'soothe', 'mend', 'tune']);
    expect(offered?.fields).toMatchObject([{ name: 'service', kind: 'choice', options: ['shop'] }]);
  });

  it('for another playbook are its own fields, with what the evidence of this round says', async () => {
    const { choices } = await rig('Grave');
    expect((await choices('tune'))?.fields).toMatchObject([
      { name: 'service', kind: 'choice' },
      {
        name: 'release',
        kind: 'text',
        options: ['v1'],
        current: { value: 'v1', origin: 'E3, previous_version' },
      },
      { name: 'pace', kind: 'choice', options: ['slow', 'fast'], current: null },
      { name: 'percent', kind: 'number', min: 1, max: 50, current: { value: '10' } },
    ]);
    expect(await choices('nothing')).toMatchObject({ playbook: null, fields: [] });
  });

  it('says when it would run, and whose wish it is that things stand as they do', async () => {
    const { choices, engine, id, store } = await rig('Middling');
    await engine.dispatch(id, { type: 'acted', action: 'hold', plan: null, by: dave, reason: 'my host' });
    const said = async (playbook: string, by = bob.id) => {
      const { when = null, wish = null } = (await choices(playbook, id, by)) ?? {};
      return [when, wish].map((one) => (one === null ? null : plainly(one)));
    };
    expect(await said('ease')).toEqual([
      expect.stringMatching(/at once, .* but only once somebody resumes it: the hold of .*UDAVE/),
      expect.stringMatching(/UDAVE.* holds the plan that stands there: my host/),
    ]);
    expect(await said('ease', dave.id)).toEqual([
      'It would run at once, if a look shows that it is needed; if not, it asks first',
      null,
    ]);
    const mode = { service: null, environment: null, mode: 'supervised', by: bob.id, at: 0 } as const;
    const { silences } = await store.heartbeat();
    await store.orderModes([mode], { since: silences.version, once: 'mode-1' });
    expect((await said('ease'))[0]).toBe('It would run once somebody else approves it');
  });

  it('asks for a hold where the plan would go on by itself meanwhile, and says why not where it runs', async () => {
    const { choices, engine, id, incident, store } = await rig('Small');
    expect(await choices()).toMatchObject({ refused: null, hold: 'hold' });
    await engine.dispatch(id, reproved({ incident: await incident(), now: (await store.heartbeat()).now }));
    await engine.dispatch(id, { type: 'claimed', plan: `${id}-p1` });
    expect(await choices()).toMatchObject({
      refused: saying('running already'),
      hold: null,
    });
  });

  it('is nothing where there is no such incident', async () => {
    const { choices } = await rig('Grave');
    expect(await choices(null, 'inc-none')).toBeNull();
  });
});

describe('another plan', () => {
  it('takes the values as they are meant, and says what its owner has to know', async () => {
    const { replan, incident } = await rig('Small');
    expect(await replan('tune', { pace: ' fast ', percent: '', release: 'v1' })).toMatchObject({
      text: null,
    });
    const decided = currentPlan(await incident());
    expect(decided?.plan.parameters).toMatchObject({
      pace: { value: 'fast' },
      percent: { value: '10' },
      release: { value: 'v1', origin: 'E3, previous_version' },
    });
    const { text } = await replan('undo', {});
    expect(text && plainly(text)).toBe('It is your plan now, so someone else has to approve it.');
  });

  it('that may not be says what is wrong beside each value, and nothing is changed', async () => {
    const { replan, incident } = await rig('Grave');
    const reply = await replan('tune', { pace: 'reckless', percent: '51' });
    expect(reply).toMatchObject({
      text: saying('Nothing was changed: for “pace”'),
      refused: true,
      fields: {
        pace: '“reckless” is not known: it can be slow or fast',
        percent: '“51” cannot be used: give a number from 1 to 50',
      },
    });
    expect(currentPlan(await incident())?.plan.playbook).toBe('undo');
  });

  it('takes no secret for a value, and remembers none', async () => {
    const { replan, incident, store, id } = await rig('Grave');
    const secret = 'xoxb-1234567890-abcdefghij';
    const reply = await replan('tune', { pace: 'slow', release: secret });
    expect(reply).toMatchObject({
      refused: true,
      fields: { release: expect.stringContaining('looks like a secret') },
    });
    expect(JSON.stringify([await incident(), await store.timeline(id), reply])).not.toContain(secret);
  });

  it('takes no secret from a command either, be the command taken or refused', async () => {
    const { heal, incident, store, id, engine } = await rig('Grave');
    const secret = 'xoxb-1234567890-abcdefghij';
    const under = await heal('tune', { service: shop.name, pace: 'slow', release: secret });
    const { plan } = currentPlan(await incident()) ?? {};
    const cancel = {
      type: 'acted',
      action: 'cancel',
      plan: plan?.id ?? null,
      by: bob,
      reason: null,
    } as const;
    await engine.dispatch(id, cancel);
    const taken = await heal('tune', { service: shop.name, pace: 'slow', release: secret });
    for (const reply of [under, taken])
      expect(reply).toMatchObject({ refused: true, text: saying('looks like a secret') });
    expect(JSON.stringify([await incident(), await store.timeline(id), under, taken])).not.toContain(secret);
  });

  it('is refused to one who is no operator, which goes on record', async () => {
    const { replan, store, id } = await rig('Grave');
    expect(await replan('tune', { pace: 'slow' }, dave)).toMatchObject({
      text: saying('operator role'),
      refused: true,
    });
    expect((await store.timeline(id)).at(-1)?.happening).toMatchObject({
      kind: 'refused',
      event: 'replan-requested',
      by: dave.id,
    });
  });
});

describe('a word on the diagnosis', () => {
  it('is kept without secrets and not at any length, and the same delivery again changes nothing', async () => {
    const { judge, incident } = await rig('Grave');
    expect(await judge(`  the token was xoxb-1234567890-abcdefghij ${'x'.repeat(900)}`)).toEqual({
      text: null,
    });
    const { judgements, version } = await incident();
    expect(judgements).toMatchObject([
      { by: dave.id, verdict: 'wrong', cause: 'cause of Grave', playbook: 'undo' },
    ]);
    expect(judgements[0]?.really).toMatch(/^the token was \[redacted:token\] x+…$/);
    expect(judgements[0]?.really).toHaveLength(500);
    expect(await judge('something else')).toEqual({ text: null });
    expect((await incident()).version).toBe(version);
  });

  it('may go without what it really was', async () => {
    const { judge, incident } = await rig('Grave');
    await judge('   ');
    expect((await incident()).judgements[0]?.really).toBeNull();
  });
});

describe('what a press or a command may do', () => {
  it.each(['approve', 'run-now', 'resume', 'try-again'] as const)(
    'has nothing started by %s that does not name its plan; stopping is safe whatever plan it is',
    async (action) => {
      const { desk, id, incident } = await rig('Grave');
      const wish = { incident: id, plan: null, by: bob, reason: null } as const;
      const before = await incident();
      const reply = await desk.act({ ...wish, action, once: 'click-1' });
      expect(reply).toMatchObject({ refused: true, text: saying('which plan is meant') });
      expect(await incident()).toEqual(before);
      await desk.act({ ...wish, action: 'cancel', once: 'click-2' });
      expect((await incident()).phase.at).toBe('cancelled');
    },
  );

  it('lifts no pause and no silence that came after it, when it is delivered once more', async () => {
    const { desk, store } = await rig('Grave');
    const heal = (text: string, once: string) => desk.heal({ text, by: bob, once });
    await heal('pause', 'c1');
    await heal('resume', 'c2');
    await heal('pause', 'c3');
    expect(await heal('resume', 'c2')).toMatchObject({ refused: true });
    expect(await store.paused()).toBe(bob.id);
    await heal('silence shop 1h', 'c4');
    await heal('unsilence shop', 'c5');
    await heal('silence shop 1h', 'c6');
    expect(await heal('unsilence shop', 'c5')).toMatchObject({ refused: true });
    expect((await store.heartbeat()).silences.list).toHaveLength(1);
    await heal('mode observe shop', 'c7');
    expect(await heal('mode observe shop', 'c7')).toMatchObject({ refused: true });
  });
});

describe('from the card', () => {
  const silence = (
    desk: Awaited<ReturnType<typeof rig>>['desk'],
    incident: string,
    by = bob,
    more: object = {},
  ) =>
    desk.silence({
      incident,
      scope: 'alerts',
      duration: 3_600_000,
      reason: 'known',
      by,
      once: `silence-${by.id}`,
      ...more,
    });

  it('an operator silences the alerts that fire, and nothing else of the service', async () => {
    const { desk, id, store, incident } = await rig('Grave');
    const reply = await silence(desk, id);
    expect(plainly(reply.text ?? [])).toMatch(/silenced the alert Grave of shop until/);
    const [made] = (await store.heartbeat()).silences.list;
    expect(made).toMatchObject({ by: 'UBOB', service: 'shop', environment: 'production', reason: 'known' });
    const firing = Object.values((await incident()).alerts).map((one) => one.alert);
    expect(mutedBy(shop, firing, made ? [made] : [], made?.from ?? 0)).not.toBeNull();
    expect(mutedBy(shop, [alert('Other')], made ? [made] : [], made?.from ?? 0)).toBeNull();
  });

  it('nobody silences without the role, and the refusal names who may', async () => {
    const { desk, id, store } = await rig('Grave');
    const reply = await silence(desk, id, dave);
    expect(reply.refused).toBe(true);
    expect(plainly(reply.text ?? [])).toMatch(/needs the operator role: ask /);
    expect((await store.heartbeat()).silences.list).toEqual([]);
  });

  it('a dialog that is sent twice makes one silence, and one that was lifted is not made again', async () => {
    const { desk, id, store } = await rig('Grave');
    await silence(desk, id);
    const [made] = (await store.heartbeat()).silences.list;
    await store.unsilence(made?.id ?? '');
    await silence(desk, id);
    expect((await store.heartbeat()).silences.list).toEqual([]);
  });

  it('somebody who comes late is told what the record says', async () => {
    const { desk, id } = await rig('Grave');
    const told = await desk.told(id);
    expect(told?.incident.id).toBe(id);
    expect(told?.timeline.map(({ happening }) => happening.kind)).toContain('diagnosed');
    expect(await desk.told('inc-none')).toBeNull();
  });
});

describe('what the alerts of a silence have in common', () => {
  it('is what they are known by again, and never nothing, which would be everything', () => {
    const labels = (more: object) => ({ ...alert('A').labels, ...more });
    const one = { ...alert('A'), labels: labels({ alertname: 'A', instance: 'web-1' }) };
    const other = { ...alert('B'), labels: labels({ alertname: 'B.*', instance: 'web-2' }) };
    expect(matchersFor([])).toEqual([]);
    expect(matchersFor([{ ...one, labels: {} }])).toEqual([]);
    const both = matchersFor([one, other]);
    expect(both[0]).toEqual({ name: 'alertname', value: 'A|B\\.\\*', isRegex: true, isEqual: true });
    expect([one, other].every((each) => fitsAll(both, each))).toBe(true);
    expect(fitsAll(both, { labels: { ...one.labels, alertname: 'Bxx' } })).toBe(false);
  });
});
