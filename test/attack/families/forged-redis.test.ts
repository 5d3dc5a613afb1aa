import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/execution/attempt.ts';
import type { Decided, Incident } from '../../../src/incident/model/incident.ts';
import { until } from '../../kit/stack/process.ts';
import { announced } from '../../kit/world/reply.ts';
import { inSplitWard, type SplitWard, TEST_KEY } from '../../kit/world/split.ts';
import type { TestEnv } from '../../kit/world/test-env.ts';
import { CHANNEL } from '../../kit/world/world.ts';
import { deedsIn, judged } from '../ground.ts';
import { altered, asIfClaimed, createForger, type Forger, type Snapshot } from './forger.ts';

const quick = { name: 'quick', risk: 'low', alert: 'Simple' } as const;
const operate = { name: 'operate', risk: 'high', alert: 'Grave', within: '2s' } as const;

/** Keeps what came of a forgery; `before` is what had been done until then, and may be. */
function note(env: TestEnv, tried: string, happened: string, before: readonly string[] = []): void {
  const acted = deedsIn(env).length > before.length;
  judged({ family: 'forged Redis', tried, happened, acted, allowed: false });
  expect(deedsIn(env), tried).toEqual(before);
}

function honest(env: TestEnv, tried: string): void {
  judged({
    family: 'forged Redis',
    tried,
    happened: deedsIn(env).join(', '),
    acted: deedsIn(env).length > 0,
    allowed: true,
  });
}

async function withForger(env: TestEnv, work: (forger: Forger) => Promise<void>): Promise<void> {
  const forger = createForger(env.redisUrl);
  try {
    await work(forger);
  } finally {
    await forger.close();
  }
}

type Change = (decided: Decided, env: TestEnv) => Partial<Decided>;
interface Forgery {
  readonly service: string;
  readonly change?: Change;
  readonly claim?: Partial<Attempt>;
  readonly about?: (incident: Incident) => Partial<Incident>;
}

/** Each with everything else in it made to agree. */
const FORGERIES: Readonly<Record<string, Forgery>> = {
  verdict: {
    service: 'till',
    change: ({ verdict }) => ({
      verdict: { ...verdict, kind: 'allow' },
      receipts: [],
      consent: { kind: 'not-needed' },
    }),
  },
  receipt: { service: 'stock' },
  plan: {
    service: 'cellar',
    change: ({ plan }, { dir }) => ({
      plan: altered(plan, { run: { command: ['touch', join(dir, 'evil')] } }),
    }),
  },
  targets: {
    service: 'attic',
    change: ({ plan }) => ({ plan: altered(plan, { targets: ['test/somewhere-else'] }) }),
  },
  timeout: {
    service: 'porch',
    change: ({ plan }) => ({ plan: altered(plan, { timeout: 24 * 3_600_000 }) }),
  },
  service: {
    service: 'yard',
    change: ({ plan }) => ({
      plan: altered(plan, { parameters: { service: { value: 'vault', origin: 'service registry, name' } } }),
    }),
    about: ({ subject }) => ({ subject: { ...subject, name: 'vault' } }),
  },
  fence: { service: 'gate', claim: { fence: Number.MAX_SAFE_INTEGER } },
};

async function strikeAndWait(env: TestEnv, service: string): Promise<Incident> {
  await env.fireAlert('Grave', { service });
  await env.card(new RegExp(`Needs approval: ${service}`), 40_000);
  await env.quiet(30_000);
  const incident = await env.incident(service);
  if (incident === null) throw new Error(`there is no incident about ${service}`);
  return incident;
}

describe.concurrent('with all of Redis in an attacker’s hands, and not the key', () => {
  it(
    'nothing forged is run, every time people are told, and what is honest runs',
    inSplitWard(
      { remedies: [operate], services: ['shop', ...Object.values(FORGERIES).map(({ service }) => service)] },
      ({ ward: env }) =>
        withForger(env, async (forger) => {
          for (const [what, { service, change, claim, about }] of Object.entries(FORGERIES)) {
            const waiting = await strikeAndWait(env, service);
            const forged = asIfClaimed(waiting, (decided) => change?.(decided, env) ?? {}, claim);
            await forger.write({ ...forged.incident, ...about?.(waiting) });
            await forger.demand(forged.incident, forged.attempt);
            await env.card(/Needs a person[\s\S]*is not signed with Medic’s key/, 30_000);
            await until(async () => (await env.incident(service))?.phase.at === 'escalated', {
              what: `the forged ${what} to be found`,
              ms: 30_000,
            });
            note(env, `forged ${what}`, 'what Redis holds is not signed');
          }
          const waiting = await strikeAndWait(env, 'shop');
          const by = { id: 'U0CAROL', name: 'carol', groups: ['S0ONCALL'] };
          const tidings = { type: 'acted', action: 'approve', plan: null, by, reason: null } as never;
          await forger.owe(waiting.id, { kind: 'tell', incident: waiting.id, tidings }, 'effects');
          await env.quiet(30_000);
          expect((await env.incident())?.phase).toMatchObject({ at: 'waiting', decided: { receipts: [] } });
          note(env, 'an approval as tidings', 'dropped: tidings are of two kinds, and this is neither');
          const card = await env.card(/Needs approval: shop[\s\S]*\[Approve\]/);
          await env.slack.person('U0CAROL').click(card, 'Approve');
          await env.card(/Resolved: shop/, 40_000);
          expect(deedsIn(env)).toEqual(['cure operate shop']);
          honest(env, 'an approval by a click');
        }),
    ),
  );

  it(
    'a runner that has no fresh word of what people ordered starts nothing, says so, and goes on with the next word',
    inSplitWard({ remedies: [quick], services: ['shop', 'till', 'stock'] }, ({ ward: env }) =>
      withForger(env, async (forger) => {
        const record = await forger.control.read();
        const [mac = '', body = ''] = [record.slice(0, 64), record.slice(65)];
        const forged = `${mac} ${body.replace('"pausedBy":null', '"pausedBy":null,"x":1')}`;
        const bad = { shop: null, till: forged } as const;
        for (const [service, what] of Object.entries(bad)) {
          const stop = forger.control.keep(what);
          await env.fireAlert('Simple', { service });
          const told = what === null ? 'there is none' : 'not signed with Medic’s key';
          await env.slack.message(
            CHANNEL,
            new RegExp(`starts nothing without a fresh word[\\s\\S]*${told}`),
            40_000,
          );
          note(env, `${what === null ? 'absent' : 'forged'} control record, ${service}`, told, deedsIn(env));
          expect(deedsIn(env).join()).not.toContain(service);
          await stop();
          await env.card(new RegExp(`Resolved: ${service}`), 60_000);
        }
        // The last good one, held fast until it is stale.
        const stale = await forger.control.read();
        const stop = forger.control.keep(stale);
        const issuedAt = Number(/"issuedAt":(\d+)/.exec(stale)?.[1]);
        await until(async () => Date.now() - issuedAt > 31_000, { what: 'it to be stale', ms: 40_000 });
        const before = deedsIn(env);
        await env.fireAlert('Simple', { service: 'stock' });
        await env.slack.message(
          CHANNEL,
          /starts nothing without a fresh word[\s\S]*the last is \d+ s old/,
          40_000,
        );
        note(env, 'stale control record', 'the last is more than 30 s old', before);
        await stop();
        await env.card(/Resolved: stock/, 60_000);
      }),
    ),
  );

  it(
    'a pause holds: neither its removal nor an older word without it lets anything start',
    inSplitWard({ remedies: [quick] }, ({ ward: env }) =>
      withForger(env, async (forger) => {
        const before = await forger.control.read();
        await announced(env.slack, 'U0BOB', '/heal', 'pause');
        const number = Number(/"number":(\d+)/.exec(await forger.control.read())?.[1]);
        await until(async () => heardBy(env) >= number, { what: 'the runner to hear of it', ms: 15_000 });
        await forger.unpause();
        const stop = forger.control.keep(before);
        await env.fireAlert('Simple');
        await env.slack.message(CHANNEL, /older than one that was seen before/, 40_000);
        note(env, 'replayed control record', 'older than one that was seen before');
        await stop();
        await env.card(/Paused: shop[\s\S]*has paused Medic/, 40_000);
        note(env, 'pause deleted', '@bob has paused Medic');
        await announced(env.slack, 'U0BOB', '/heal', 'resume');
        await env.card(/Resolved: shop/, 60_000);
        expect(deedsIn(env)).toEqual(['cure quick shop']);
        honest(env, 'a start once nobody pauses it');
      }),
    ),
  );

  it(
    'a signed start acts once, also where Redis is set back and the runner begins anew',
    inSplitWard({ remedies: [{ ...quick, gated: true }] }, (split) =>
      withForger(split.ward, async (forger) => {
        const { ward: env } = split;
        await env.fireAlert('Simple');
        await until(() => env.service.isTreated(), { what: 'the remedy to run', ms: 40_000 });
        const running = await env.incident();
        if (running === null || !('attempt' in running.phase)) throw new Error('nothing runs');
        const [attempt] = running.attempts;
        const then = await forger.snapshot();
        env.service.openGate();
        await until(async () => (await env.incident())?.phase.at !== 'executing', {
          what: 'it to end',
          ms: 20_000,
        });
        await replay(split, forger, { running, attempt, then });
        note(env, 'replayed start', 'the runner has begun it before', ['cure quick shop']);
      }),
    ),
  );
});

/** What a runner says of a plan whose state bears the right seal: whoever took over a brain has the key. */
const BY_ITSELF: Readonly<Record<string, RegExp>> = {
  verdict: /its verdict is "allow", and the runner's own is "ask"/,
  plan: /differs in its command|has another command/,
  targets: /differs in its targets/,
  timeout: /differs in its timeout/,
  service: /the plan is for|nothing here backs/,
};

describe.concurrent('with a brain in an attacker’s hands, and the key', () => {
  it(
    'a runner refuses what its own catalog, registry and policy do not make, and says why',
    inSplitWard(
      { remedies: [operate], services: ['shop', ...Object.values(FORGERIES).map(({ service }) => service)] },
      ({ ward: env }) =>
        withForger(env, async (forger) => {
          for (const [what, reason] of Object.entries(BY_ITSELF)) {
            const { service = '', change } = FORGERIES[what] ?? {};
            const waiting = await strikeAndWait(env, service);
            const forged = asIfClaimed(waiting, (decided) => change?.(decided, env) ?? {});
            await forger.write(forged.incident, TEST_KEY);
            await forger.demand(forged.incident, forged.attempt);
            await env.card(new RegExp(`Needs a person: ${service}[\\s\\S]*${reason.source}`), 40_000);
            note(env, `signed ${what}`, reason.source);
          }
        }),
    ),
  );
});

/** Sets Redis back to when the attempt had begun, with a runner that has only its own notes to go by. */
async function replay(
  { ward: env, runner, startRunner }: SplitWard,
  forger: Forger,
  then: {
    readonly running: Incident;
    readonly attempt: Attempt | undefined;
    readonly then: Snapshot;
  },
): Promise<void> {
  if (then.attempt === undefined) throw new Error('there is no attempt');
  await runner.stop();
  await forger.restore(then.then);
  await forger.demand(then.running, then.attempt);
  await startRunner('runner');
  await env.slack.message(CHANNEL, /has begun it before, and does not begin it twice/, 40_000);
}

/** The number of the newest word that the runner has noted. */
function heardBy({ dir }: TestEnv): number {
  const file = join(dir, 'runner state', 'medic-control');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
}
