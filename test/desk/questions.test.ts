import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '../../src/config/settings.ts';
import { diagnose } from '../../src/desk/commands/diagnose.ts';
import { askQuestion, meantBy, recordOf, witnessIn } from '../../src/desk/questions.ts';
import { answerQuestion, collectAnswer, othersIn } from '../../src/engine/effects/answer-question.ts';
import type { Collectors, Finding } from '../../src/evidence/collector.ts';
import type { Plain } from '../../src/evidence/collectors/arguments.ts';
import { host } from '../../src/evidence/collectors/host.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { createRedactor } from '../../src/observability/redact.ts';
import { httpRig } from '../adapters/http/rig.ts';
import { alert, dave, evidenceItem, shop } from '../kit/incident/fixtures.ts';
import { opened } from '../kit/incident/walk.ts';
import { saying } from '../kit/saying.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { startRedis } from '../kit/stack/redis.ts';

let redis: Awaited<ReturnType<typeof startRedis>>;
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('desk-questions');
  redis = await startRedis({ dir: join(scratch.path, 'redis') });
});
afterAll(async () => {
  await redis?.stop();
  await scratch?.remove();
});

const settings = Settings.parse({
  environment: 'test',
  services: {
    shop: { environment: 'test' },
    till: { environment: 'test' },
    bank: { environment: 'production' },
  },
});
const { redact } = createRedactor();
const signal = new AbortController().signal;

/** Where every host says whom it was asked about, and a secret. */
const gossip: Collectors = {
  answer: async ({ collector, arguments: asked }) =>
    collector === host.name ? told(host.arguments.parse(asked)) : [],
};
const told = ({ about: subject }: Plain): readonly Finding[] => [
  {
    kind: 'log',
    title: 'Gossip',
    source: 'gossip',
    query: `about ${subject.name}`,
    window: { from: 1, to: 60_000 },
    observedAt: 60_000,
    text: `error: ${subject.name} is unwell, password=hunter2-and-more`,
    data: null,
    link: 'https://gossip.example.com',
    witness: `log/${subject.name}.log`,
  },
];

/** A desk on the real core and a real Redis, with an open incident about the shop. */
async function desk() {
  const rig = await httpRig(redis.url);
  await rig.intake.accept([alert('Down', { labels: { service: 'shop' } })]);
  const incident = await rig.incident();
  if (incident === null) throw new Error('no incident opened');
  const log = createLogger({ level: 'silent', redact });
  const { store, engine } = rig;
  const clerk = { engine, store, settings, catalog: () => new Map(), redact, log };
  const answering = {
    store,
    world: { collectors: gossip, sources: { bind: async () => ({}) }, model: null },
    settings,
    catalog: () => new Map(),
    redact,
    live: null,
    signal,
  };
  const present = async () => (await rig.incident()) ?? expect.fail('the incident is gone');
  return { ...rig, incident, clerk, answering, present };
}

const asking = (incident: string, text: string, once = text) => ({ incident, text, by: dave, once });

describe('a question at the desk', () => {
  it('is kept without its secrets, once for each delivery, and names the incident it is about', async () => {
    const { clerk, incident, present } = await desk();
    const question = asking(incident.id, '  why does\npassword=hunter2-and-more fail? ', 'one');
    expect(await askQuestion(clerk, question)).toEqual({ text: null, incident: incident.id });
    expect(await askQuestion(clerk, question)).toEqual({ text: null, incident: incident.id });
    expect((await present()).questions.map(({ text }) => text)).toEqual([
      'why does password=[redacted:password] fail?',
    ]);
  });

  it('that says nothing is answered with what could be asked, and one about nothing is refused', async () => {
    const { clerk, incident, present } = await desk();
    expect(await askQuestion(clerk, asking(incident.id, '   '))).toEqual({
      text: saying('Ask me something'),
    });
    expect((await present()).asked).toBe(0);
    expect(await askQuestion(clerk, asking('inc-nowhere', 'why?'))).toMatchObject({ refused: true });
  });

  it('beyond the fifth that waits is refused with the reason', async () => {
    const { clerk, incident } = await desk();
    for (const text of ['1?', '2?', '3?', '4?', '5?']) await askQuestion(clerk, asking(incident.id, text));
    expect(await askQuestion(clerk, asking(incident.id, '6?'))).toEqual({
      text: saying(
        'I did not take this question: 5 questions wait for their answers already: ask again when one is answered.',
      ),
      refused: true,
    });
  });

  it('is answered from facts of its own, which are kept as they were gathered first', async () => {
    const { clerk, engine, incident, answering, present, store } = await desk();
    await askQuestion(clerk, asking(incident.id, 'what do the logs of till say?'));
    const gathered = await collectAnswer(answering, await present(), 'q1');
    const again = await collectAnswer(answering, await present(), 'q1');
    expect(again).toEqual(gathered);
    const kept = await store.loadEvidence(incident.id, 'q1');
    expect(kept.map(({ id, title }) => `${id} ${title}`)).toEqual([
      'Q1E1 Alert Down',
      'Q1E2 Gossip',
      'Q1E3 Gossip (till)',
    ]);
    await engine.dispatch(incident.id, gathered ?? expect.fail());
    const answered = await answerQuestion(answering, await present(), 'q1');
    expect(answered).toMatchObject({
      type: 'answered',
      answer: { model: null, struck: [], note: expect.stringContaining('No model is configured') },
    });
    expect(JSON.stringify(answered)).toContain('error: till is unwell, password=[redacted:password]');
    await engine.dispatch(incident.id, answered ?? expect.fail());
    expect((await present()).questions).toEqual([]);
    // Who comes late finds nothing to answer.
    expect(await answerQuestion(answering, await present(), 'q1')).toBeNull();
    expect(await collectAnswer(answering, await present(), 'q1')).toBeNull();
  });
});

describe('a question about another service', () => {
  const probes = (healthy: Readonly<Record<string, boolean>>): Collectors => ({
    answer: async ({ collector, arguments: asked }) => {
      if (collector !== host.name) return [];
      const { name } = host.arguments.parse(asked).about;
      const text = healthy[name] === true ? 'healthy: answered 200 in 3 ms' : 'unhealthy: answered 500';
      return [
        {
          ...{ kind: 'probe', title: 'Probe health', source: 'http', query: `GET ${name}`, window: null },
          ...{ observedAt: Date.now(), text, link: null, witness: `probe/${name}` },
          data: { type: 'facts', facts: { healthy: healthy[name] === true, status: 200, milliseconds: 3 } },
        },
      ];
    },
  });
  const answerTo = async (text: string, healthy: Readonly<Record<string, boolean>>) => {
    const { clerk, engine, incident, answering, present } = await desk();
    const parts = { ...answering, world: { ...answering.world, collectors: probes(healthy) } };
    await askQuestion(clerk, asking(incident.id, text));
    await engine.dispatch(incident.id, (await collectAnswer(parts, await present(), 'q1')) ?? expect.fail());
    const answered = await answerQuestion(parts, await present(), 'q1');
    return answered?.type === 'answered' ? answered.answer : expect.fail();
  };

  it('is answered with how that service is now, and with nothing of the incident’s own', async () => {
    const { note, claims } = await answerTo('is till affected too?', { till: true });
    expect(note).toMatch(/^till looks healthy now: health answered 200 in 3 ms \([\d.]+ s ago\)\./);
    expect(note).not.toContain('shop');
    expect(claims.map(({ text }) => text)).toEqual(['Probe health (till)']);
  });

  it('says so where it is not well, and speaks of both where both are named', async () => {
    const { note } = await answerTo('are shop and till down?', { shop: true });
    expect(note).toMatch(/shop does not look healthy now: Down is firing/);
    expect(note).toMatch(/till does not look healthy now: health is unhealthy: answered 500/);
  });
});

describe('/diagnose', () => {
  it('opens nothing for a name that nobody knows, and offers the nearest ones', async () => {
    const { clerk, store } = await desk();
    const before = await store.open();
    const answer = await diagnose(clerk, 'tlil is slow', dave, 'one');
    expect(answer).toMatchObject({ refused: true, text: saying('Did you mean till?') });
    expect(await diagnose(clerk, 'what is up?', dave, 'two')).toMatchObject({
      refused: true,
      text: saying('Services I know: shop, till, bank.'),
    });
    expect(await store.open()).toEqual(before);
  });

  it('leads to the incident that is open about what was described, by its service or by its alert', async () => {
    const { clerk, store, incident } = await desk();
    const before = await store.open();
    for (const text of ['shop is slow', 'what is Down?'])
      expect(await diagnose(clerk, text, dave, text)).toMatchObject({
        incident: incident.id,
        refused: true,
        text: saying(/already has an open incident\. Open for \d+ s: gathering evidence/),
      });
    expect(await store.open()).toEqual(before);
  });
});

describe('a question of somebody from another workspace', () => {
  it('is answered from what is known of its own subject, and of no other service', async () => {
    const { clerk, incident, answering, present, store } = await desk();
    const guest = { ...dave, channel: null };
    await askQuestion(clerk, { ...asking(incident.id, 'what do the logs of till say?'), by: guest });
    await collectAnswer(answering, await present(), 'q1');
    const kept = await store.loadEvidence(incident.id, 'q1');
    expect(kept.map(({ title }) => title)).toEqual(['Alert Down', 'Gossip']);
  });
});

describe('a question looks at other services', () => {
  it('that are registered, of the same environment, and named as they are', () => {
    const named = (text: string) =>
      othersIn(text, { ...shop, environment: 'test' }, settings).map(({ name }) => name);
    expect(named('is till or shop up?')).toEqual(['till']);
    expect(named('what about the Till?')).toEqual(['till']);
    expect(named('until when? and bank?')).toEqual([]);
  });
});

describe('of the incidents of one thread a question means', () => {
  const incident = (name: string, at: number, closed = false) => {
    const { incident: one } = opened('Small');
    const phase = closed ? ({ at: 'closed', how: 'healed', reason: 'x' } as const) : one.phase;
    const subject = { ...one.subject, name };
    return { ...one, id: name, subject, phase, milestones: { ...one.milestones, opened: at } };
  };
  const meant = (text: string, ...incidents: ReturnType<typeof incident>[]) => meantBy(text, incidents)?.id;

  it('the one it names, else the newest that is open, else the newest', () => {
    const [shop, till] = [incident('shop', 1), incident('till', 2)];
    expect(meant('is shop up?', shop, till)).toBe('shop');
    expect(meant('is it up?', shop, till)).toBe('till');
    expect(meant('is it up?', shop, incident('till', 2, true))).toBe('shop');
    expect(meant('is it up?', incident('shop', 1, true), incident('till', 2, true))).toBe('till');
  });
});

describe('a part of the record in full', () => {
  it('is the evidence of a round, the newest by default, each item with where it comes from and its link', async () => {
    const { clerk, engine, incident, store } = await desk();
    const at = Date.UTC(2026, 0, 1, 3, 0, 0);
    const evidence = [
      evidenceItem({
        text: 'all of it',
        link: 'https://logs.example.com',
        window: { from: at, to: at + 1000 },
      }),
      evidenceItem({
        id: 'E2',
        title: 'Probe',
        status: 'failed',
        witness: 'probe/http://shop/healthz',
        observedAt: at,
      }),
    ];
    await store.saveEvidence(incident.id, 1, evidence);
    await engine.dispatch(incident.id, { type: 'evidence-collected', round: 1, evidence });
    const wanted = {
      title: 'Evidence, round 1',
      sections: [
        {
          heading: 'E1 · a fact',
          note: '/var/log/shop.log · from 2026-01-01 03:00:00 UTC to 2026-01-01 03:00:01 UTC · told by the log shop',
          text: 'all of it',
          link: 'https://logs.example.com',
        },
        {
          heading: 'E2 · Probe',
          note: 'could not be read · /var/log/shop.log · seen at 2026-01-01 03:00:00 UTC · told by the health check http://shop/healthz',
          text: 'nothing of note',
          link: null,
        },
      ],
    };
    const part = (round: number | null) =>
      ({ incident: incident.id, part: { kind: 'evidence', round } }) as const;
    expect(await recordOf(clerk, part(1))).toEqual(wanted);
    expect(await recordOf(clerk, part(null))).toEqual(wanted);
    expect(await recordOf(clerk, part(7))).toBeNull();
  });

  it('is what was read for a question', async () => {
    const { clerk, incident, store } = await desk();
    await store.saveEvidence(incident.id, 'q1', [evidenceItem({ id: 'Q1E1' })]);
    const part = { kind: 'question', question: 'q1' } as const;
    expect(await recordOf(clerk, { incident: incident.id, part })).toMatchObject({
      sections: [{ heading: 'Q1E1 · a fact' }],
    });
    const other = { kind: 'question', question: 'q9' } as const;
    expect(await recordOf(clerk, { incident: incident.id, part: other })).toBeNull();
  });

  it('is nothing where a plan had no dry run', async () => {
    const { clerk, incident } = await desk();
    expect(
      await recordOf(clerk, { incident: incident.id, part: { kind: 'dry-run', plan: 'p1' } }),
    ).toBeNull();
  });

  it.each([
    ['log//var/log/shop.log', 'the log /var/log/shop.log'],
    ['state/supervisorctl/shop', 'its supervisor, supervisorctl'],
    ['host/web-1', 'the host web-1'],
    ['service/production/shop', 'shop itself'],
    ['systemd/web-1/shop.service', 'systemd on web-1'],
    ['kernel/web-1', 'the kernel on web-1'],
    ['alertmanager/Down', 'the alert Down itself'],
    ['shop/web-1:80', 'the exporter shop/web-1:80'],
  ])('names the witness %s in words', (witness, words) => {
    expect(witnessIn(witness)).toBe(words);
  });
});
