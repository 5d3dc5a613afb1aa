import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import type { Decided, Incident } from '../../src/incident/model/incident.ts';
import { currentPlan } from '../../src/incident/model/phases.ts';
import type { Plan } from '../../src/playbooks/plan.ts';
import { startModelServer } from '../kit/model/server.ts';
import { holding } from '../kit/model/witness.ts';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { runMedic } from '../kit/world/run-medic.ts';
import { saidTwice } from '../kit/world/said.ts';
import { ancestorsOf, inSplitWard, runnersPart, type SplitWard } from '../kit/world/split.ts';
import { postAlert, type TestEnv } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';

const quick = { name: 'quick', risk: 'low', alert: 'Simple' } as const;
const gated = { ...quick, gated: true } as const;
const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const operate = { name: 'operate', risk: 'high', alert: 'Grave', dryRun: true } as const;

interface Readiness {
  readonly ready: boolean;
  readonly role: string;
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>;
}

const readinessOf = async (url: string) => (await (await fetch(`${url}/readyz`)).json()) as Readiness;
const environmentOf = (pid: number) => readFileSync(`/proc/${pid}/environ`, 'utf8');

/** The process of the remedy, once it runs. */
async function remedyIn({ service, dir }: TestEnv): Promise<number> {
  await until(() => service.isTreated(), { what: 'the remedy to run', ms: 15_000 });
  return Number(readFileSync(join(dir, service.name, 'pid'), 'utf8'));
}

/** Writes another plan into the store, behind Medic's back, while it waits. */
async function rewritePlan(env: TestEnv, change: (decided: Decided) => Partial<Decided>): Promise<void> {
  const redis = connect(env.redisUrl, { failFast: true });
  try {
    const incident = (await env.incident()) as Incident;
    const decided = currentPlan(incident) as Decided;
    const phase = { ...incident.phase, decided: { ...decided, ...change(decided) } };
    await redis.hset(keysOf('medic').incident(incident.id), 'state', JSON.stringify({ ...incident, phase }));
  } finally {
    redis.disconnect();
  }
}

function withDigest({ digest: _digest, ...plan }: Plan): Plan {
  return { ...plan, digest: createHash('sha256').update(JSON.stringify(plan)).digest('hex') };
}

describe.concurrent('a brain and a runner', () => {
  it(
    'heal together: the brain talks, and what touches the service descends from the runner, which knows no secret of the brain',
    inSplitWard({ remedies: [gated] }, async ({ ward: env, runner }) => {
      expect((await env.fireAlert('Simple')).status).toBe(200);
      const remedy = await remedyIn(env);
      expect(ancestorsOf(remedy)).toContain(runner.pid);
      expect(ancestorsOf(remedy)).not.toContain(env.medic.pid);
      for (const pid of [remedy, runner.pid]) {
        expect(environmentOf(pid)).not.toMatch(/SLACK|OPENAI|ALERT_TOKEN/);
        expect(environmentOf(pid)).not.toContain(env.slack.botToken);
      }
      env.service.openGate();
      await env.card(/Resolved: shop/, 30_000);
      await env.quiet();
      expect(env.service.playbookRuns()).toEqual(['cure quick shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'say in /readyz what they are, and a runner answers to nothing but health and metrics',
    inSplitWard({ remedies: [quick] }, async ({ ward: env, runner }) => {
      const brains = await readinessOf(env.medic.url);
      expect(brains).toMatchObject({ role: 'brain', ready: true, parts: { runner: { ok: true } } });
      expect(Object.keys(brains.parts).sort()).toEqual(['redis', 'runner', 'slack']);
      const runners = await readinessOf(runner.url);
      expect(runners).toMatchObject({ role: 'runner', ready: true });
      expect(Object.keys(runners.parts)).toEqual(['redis']);
      expect((await fetch(`${runner.url}/healthz`)).status).toBe(200);
      expect(await (await fetch(`${runner.url}/metrics`)).text()).toContain('medic_');
      expect((await postAlert(runner.url, 'firing', 'Simple')).status).toBe(404);
      expect((await fetch(`${runner.url}/slack/events`, { method: 'POST' })).status).toBe(404);
    }),
  );

  it(
    'need each other: without a runner a plan waits and nothing runs, and it goes on with the next one',
    inSplitWard({ remedies: [mend], pace: { cancel_window: '3s' } }, async (split) => {
      const { ward: env } = split;
      await env.fireAlert('Middling');
      await env.card(/runs in/);
      await split.runner.kill();
      // The window passes, and its premises cannot be read again.
      const phase = async () => (await env.incident())?.phase.at;
      await until(async () => (await phase()) === 'reproving', { what: 'the window to pass', ms: 20_000 });
      await until(async () => (await readinessOf(env.medic.url)).parts.runner?.ok === false, {
        what: 'the brain to miss its runner',
        ms: 20_000,
      });
      expect((await fetch(`${env.medic.url}/readyz`)).status).toBe(200);
      expect(await phase()).toBe('reproving');
      expect(env.service.playbookRuns()).toEqual([]);
      await split.startRunner('next runner');
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it(
    'do not need each other at every moment: a runner brings what it runs to its end without a brain, and the next brain tells it',
    inSplitWard({ remedies: [gated] }, async ({ ward: env }) => {
      await env.fireAlert('Simple');
      await remedyIn(env);
      await env.kill();
      env.service.openGate();
      const phase = async () => (await env.incident())?.phase.at;
      await until(async () => (await phase()) === 'verifying', { what: 'the fix to end', ms: 15_000 });
      await env.restart();
      await env.card(/Resolved: shop/, 40_000);
      await env.quiet(40_000);
      expect(env.service.finished()).toEqual(['cure quick shop']);
      expect(saidTwice(env.slack)).toEqual([]);
    }),
  );

  it('ask the model that only the brain knows of, where no known pattern decides', async () => {
    const model = await startModelServer();
    model.script(
      holding({
        cause: 'The shop has overheated.',
        playbook: 'quick',
        claims: [
          { text: 'Its alert fires.', from: ['alert', /is firing/] },
          { text: 'Its log says that it broke.', from: ['log', /broke/] },
          { text: 'Its health check fails.', from: ['probe', /unhealthy/] },
        ],
      }),
    );
    const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: model.apiKey, OPENAI_MODEL: 'test-model' };
    try {
      await inSplitWard({ remedies: [quick], env }, async ({ ward: env }) => {
        await env.fireAlert('Strange');
        await env.slack.message(CHANNEL, /Diagnosis\W+by the model/, 20_000);
        await env.card(/Resolved: shop/, 30_000);
        expect(model.requests).toHaveLength(1);
      })();
    } finally {
      await model.stop();
    }
  });
});

describe.concurrent('a plan that was changed in the store', () => {
  const EVIL = (dir: string) => ({ command: ['touch', join(dir, 'evil')] });

  /** Brings a plan before an approver, has it rewritten, approved, and sees it refused. */
  const refusing = async (
    { ward: env }: SplitWard,
    change: (decided: Decided) => Partial<Decided>,
    reason: RegExp,
  ) => {
    await env.fireAlert('Grave');
    const card = await env.card('[Approve]', 20_000);
    await env.quiet();
    await rewritePlan(env, change);
    await env.slack.person('U0CAROL').click(card, 'Approve');
    await env.slack.message(CHANNEL, reason, 30_000);
    await env.card(/Needs a person: shop/, 60_000);
    await env.quiet(30_000);
    expect(existsSync(join(env.dir, 'evil'))).toBe(false);
    expect(env.service.playbookRuns()).toEqual([]);
  };
  const plain = { ...operate, dryRun: false, within: '2s' } as const;

  it(
    'is refused by the runner, and nothing runs',
    inSplitWard({ remedies: [plain] }, (split) =>
      refusing(
        split,
        ({ plan }) => ({ plan: { ...plan, run: EVIL(split.ward.dir) } }),
        /is not signed with Medic’s key/,
      ),
    ),
  );

  it(
    'is refused even where everything else in the store agrees with it',
    inSplitWard({ remedies: [plain] }, (split) =>
      refusing(
        split,
        ({ plan, verdict }) => {
          const forged = withDigest({ ...plan, run: EVIL(split.ward.dir) });
          return { plan: forged, verdict: { ...verdict, planDigest: forged.digest } };
        },
        /is not signed with Medic’s key/,
      ),
    ),
  );

  it(
    'is not even rehearsed',
    inSplitWard({ remedies: [{ ...operate, within: '2s' }] }, (split) =>
      refusing(
        split,
        ({ plan }) => ({ plan: { ...plan, dryRun: EVIL(split.ward.dir) } }),
        /is not signed with Medic’s key/,
      ),
    ),
  );
});

describe('least privilege', () => {
  it('is kept at the start: a runner with what only a brain needs, or a brain with access to the infrastructure, does not start', async () => {
    await inTestEnv({ remedies: [quick] }, async (env) => {
      const runner = await runMedic({
        ...(await runnersPart(env.env)),
        SLACK_BOT_TOKEN: env.slack.botToken,
        ALERT_TOKEN: 'a-token-for-this-machine-only',
        OPENAI_API_KEY: 'sk-of-the-model',
      });
      expect(runner.code).toBe(78);
      for (const name of ['SLACK_BOT_TOKEN', 'ALERT_TOKEN', 'OPENAI_API_KEY'])
        expect(runner.said).toContain(`environment: ${name}: unset it`);
      expect(runner.said).not.toContain(env.slack.botToken);
      const brain = await runMedic({ ...env.env, MEDIC_ROLE: 'brain', KUBECONFIG: '/etc/kubeconfig' });
      expect(brain.code).toBe(78);
      expect(brain.said).toContain('environment: KUBECONFIG: unset it');
    })();
  });
});
