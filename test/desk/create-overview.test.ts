import { describe, expect, it } from 'vitest';
import { asWritten } from '../../src/adapters/sinks/slack/handlers/written.ts';
import { progress, servicesLike, subjectIn } from '../../src/desk/commands/diagnose.ts';
import { createOverview } from '../../src/desk/create-overview.ts';
import type { ClerkParts } from '../../src/desk/parts.ts';
import type { Incident, Waiting } from '../../src/incident/model/incident.ts';
import { code, say, strong } from '../../src/lib/text/text.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { alice, bob, carol, dave, settings } from '../kit/incident/fixtures.ts';
import { diagnosed } from '../kit/incident/walk.ts';
import { saying } from '../kit/saying.ts';
import { about, closed, commit, next, rigFor } from '../kit/store/rig.ts';

const log = createLogger({ level: 'silent', redact: (text) => text });

/** A plan that waits, as it stands before people. */
function waiting(changes: Partial<Waiting> = {}): Waiting {
  const { decided } = diagnosed('Small').phase('reproving');
  return {
    at: 'waiting',
    for: 'approval',
    decided,
    deadline: Date.now() + 60_000,
    held: null,
    turn: null,
    ...changes,
  };
}

const askedBy = (user: string): Waiting => {
  const { decided, ...rest } = waiting();
  const plan = { ...decided.plan, requestedBy: { kind: 'person', user } as const };
  return { ...rest, decided: { ...decided, plan } };
};

describe('what a person finds when they come', () => {
  const rig = rigFor('one server');
  const keep = async (...all: readonly Incident[]) => {
    for (const one of all) await rig.store.commit(commit({ incident: one }));
  };
  const overview = (more: Partial<ClerkParts> = {}) =>
    createOverview({ store: rig.store, settings: settings(), log, ...more });
  const names = (all: readonly { readonly incident: Incident }[]) =>
    all.map(({ incident }) => incident.subject.name);

  it('is first what waits for them: what they may approve and have not asked for, and what they hold', async () => {
    const receipt = { user: carol.id, at: 1, planDigest: 'd', policyDigest: 'p', diffHash: null };
    const given = waiting();
    await keep(
      about('a', { phase: waiting() }),
      about('b', { phase: askedBy(alice.id) }),
      about('c', { phase: { ...given, decided: { ...given.decided, receipts: [receipt] } } }),
      about('d', { phase: waiting({ for: 'window', held: { by: dave.id, reason: 'a look' } }) }),
      about('e', { phase: waiting({ for: 'window' }) }),
    );
    const look = overview();
    expect(names((await look(alice)).mine).toSorted()).toEqual(['a', 'c', 'e']);
    expect(names((await look(carol)).mine).toSorted()).toEqual(['a', 'b', 'e']);
    expect(names((await look(bob)).mine)).toEqual(['e']);
    expect((await look(dave)).mine).toMatchObject([{ why: saying('you hold it: resume or cancel it') }]);
    expect([(await look(bob)).operator, (await look(dave)).operator]).toEqual([true, false]);
  });

  it('is at once what people ordered: pauses, modes, silences, and where automation is stopped', async () => {
    const look = overview({
      settings: settings({ policy: { modes: [{ service: 'cart', mode: 'observe' }] } }),
    });
    expect(await look(bob)).toMatchObject({
      pausedBy: null,
      mode: { everywhere: 'tiered', exceptions: [say`${strong('observe')} for ${code('cart')}`], orders: [] },
      silences: [],
      tripped: [],
    });
    await rig.store.pause(bob.id);
    const { now, silences } = await rig.store.heartbeat();
    const everything = { service: null, environment: null, mode: 'supervised', by: bob.id, at: now } as const;
    await rig.store.orderModes([everything], { since: silences.version, once: 'o1' });
    await rig.store.silence({
      id: 's-1',
      source: 'slack',
      by: bob.id,
      reason: '',
      from: 0,
      until: now + 60_000,
      service: 'shop',
      environment: null,
      matchers: [],
    });
    await rig.redis.hset(rig.keys.tripped, 'production/shop', String(now));
    const seen = await look(bob);
    expect(seen).toMatchObject({
      pausedBy: bob.id,
      mode: { everywhere: 'supervised', orders: [everything] },
    });
    expect(seen.silences).toEqual([saying('shop until')]);
    expect(seen.tripped).toEqual([saying('Automation of shop is stopped')]);
  });

  it('tells what closed last, newest first, also what closed since they came before', async () => {
    const look = overview();
    const [a, b] = [about('a'), about('b')];
    const end = (one: Incident, at: number) => {
      const over = closed(one);
      return keep({ ...over, milestones: { ...over.milestones, closed: at } });
    };
    await keep(a, b);
    expect((await look(bob)).closed).toEqual([]);
    await end(a, Date.now() - 2_000);
    expect((await look(bob)).closed.map(({ id }) => id)).toEqual(['inc-a']);
    await end(b, Date.now() - 1_000);
    const { closed: past, open } = await look(bob);
    expect([past.map(({ id }) => id), open]).toEqual([['inc-b', 'inc-a'], []]);
  });

  it('says that it is not known how Medic itself is, and shows the rest, where that cannot be told', async () => {
    const fails = overview({ condition: () => Promise.reject(new Error('no answer')) });
    expect((await fails(bob)).troubles).toEqual(['Medic’s own health is unknown right now.']);
    const told = overview({
      condition: async () => ({ troubles: ['No runner has been heard of.'], holds: [] }),
    });
    expect((await told(bob)).troubles).toEqual(['No runner has been heard of.']);
  });

  it('reads two hundred closed incidents once, and afterwards only those that came', async () => {
    const asked: number[] = [];
    const store = {
      ...rig.store,
      loadMany(ids: readonly string[]) {
        asked.push(ids.length);
        return rig.store.loadMany(ids);
      },
    };
    const look = createOverview({ store, settings: settings(), log });
    const all = Array.from({ length: 30 }, (_, index) => about(`s${index}`));
    await keep(...all);
    await keep(...all.slice(0, 29).map(closed));
    await look(bob);
    await look(bob);
    await keep(...all.slice(29).map(closed));
    await look(bob);
    expect(asked.toSorted((one, other) => one - other)).toEqual([0, 0, 1, 1, 1, 29]);
  });
});

describe('somebody who waits for an incident', () => {
  const rig = rigFor('one server');
  const far = async (incident: Incident) => {
    await rig.store.commit(commit({ incident }));
    return progress(rig, incident.id);
  };
  const { diagnosis } = diagnosed('Small').incident;

  it('hears how long facts have been gathered', async () => {
    const { now } = await rig.store.heartbeat();
    const one = about('a', { round: 1 });
    const told = await far({ ...one, milestones: { ...one.milestones, opened: now - 12_000 } });
    expect(told).toMatchObject({ settled: false });
    expect(plainly(told?.text ?? '')).toMatch(/^gathering evidence \(1[23] s\)$/);
  });

  it('hears the cause and what is waited for, and has then been answered', async () => {
    const told = await far(about('a', { diagnosis, phase: waiting() }));
    expect(told).toMatchObject({ settled: true });
    expect(plainly(told?.text ?? '')).toMatch(
      /^cause: cause of Small, \d+ % sure; needs approval, open until /,
    );
  });

  it.each<[string, Partial<Incident>, boolean, RegExp]>([
    [
      'at rest',
      { phase: { at: 'escalated', reason: 'nobody <@UBOB> knows', decided: null } },
      true,
      /^needs a person: nobody UBOB knows$/,
    ],
    [
      'closed',
      { phase: { at: 'closed', how: 'answered', reason: 'all is well' } },
      true,
      /^\S+ all is well$/,
    ],
    [
      'without a diagnosis in a cancel window',
      { phase: waiting({ for: 'window', deadline: null }) },
      false,
      /^about to fix$/,
    ],
  ])('hears of one that is %s', async (_, changes, settled, text) => {
    const told = await far(next({ ...about('a', changes), version: 0 }));
    expect(told?.settled).toBe(settled);
    expect(plainly(told?.text ?? '')).toMatch(text);
  });

  it('hears nothing of one that is not there', async () => {
    expect(await progress(rig, 'inc-none')).toBeNull();
  });
});

describe('what a person writes', () => {
  const known = settings({
    services: { shop: {}, 'shop-api': {}, 'pay.v2': {}, cellar: { environment: 'test' } },
  });

  it.each([
    ['shop', 'shop'],
    ['why is Shop so slow?', 'shop'],
    ['cellar and shop are down', 'cellar'],
    ['shop-api times out', 'shop-api'],
    ['“shop” is slow', 'shop'],
    ['*shop*: slow', 'shop'],
    ['is pay.v2 up', 'pay.v2'],
    ['https://shop.internal/health answers 500', 'shop'],
    ['the log says:shop', 'shop'],
  ])('%j is about the registered service %s', (text, name) => {
    expect(subjectIn(text, known, [])).toMatchObject({ kind: 'service', name });
  });

  it.each(['attic is damp', '“attic”, damp', 'workshop is shut', '!!!'])(
    '%j names nothing that is known',
    (text) => {
      expect(subjectIn(text, known, [])).toBeNull();
    },
  );

  it('names a host that runs a service, the subject of an open incident, or one of its alerts', () => {
    const served = settings({ services: { shop: { hosts: ['web-1.example.com'] } } });
    const strange = about('eu/team-a/api');
    const alerts = diagnosed('Small').incident.alerts;
    const open = [{ ...strange, alerts }];
    expect(subjectIn('web-1.example.com is slow', served, [])).toMatchObject({
      kind: 'target',
      name: 'web-1.example.com',
    });
    expect(subjectIn('what about eu/team-a/api?', served, open)).toEqual(strange.subject);
    expect(subjectIn('why Small?', served, open)).toEqual(strange.subject);
  });

  it('means the open incident about a service rather than another of its name', () => {
    const open = about('shop');
    const elsewhere = { ...open, subject: { ...open.subject, environment: 'elsewhere' } };
    expect(subjectIn('shop', known, [elsewhere])).toEqual(elsewhere.subject);
  });

  it.each([
    ['a &amp;&amp; b &lt;c&gt;', 'a && b <c>'],
    ['<http://shop.internal/x|shop.internal/x> is slow', 'shop.internal/x is slow'],
    ['<https://shop.internal/x?a=1&amp;b=2>', 'https://shop.internal/x?a=1&b=2'],
    ['ask <@U123|dave> in <#C1|general>', 'ask dave in general'],
    ['&amp;lt;', '&lt;'],
  ])('%j is read as %j', (written, read) => {
    expect(asWritten(written)).toBe(read);
  });

  it('is completed by services that begin with it, then by those that hold it', () => {
    expect(servicesLike('SHOP', known)).toEqual(['shop', 'shop-api']);
    expect(servicesLike('a', known)).toEqual(['cellar', 'pay.v2', 'shop-api']);
    expect(servicesLike('', known)).toHaveLength(4);
    expect(servicesLike('none', known)).toEqual([]);
  });
});
