import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scratchDir } from '../kit/stack/guardian.ts';
import { PATIENCE } from '../kit/stack/patience.ts';
import { freePort, until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { reply } from '../kit/world/reply.ts';
import { runMedic } from '../kit/world/run-medic.ts';
import { openTestEnv, type TestEnv } from '../kit/world/test-env.ts';
import { postWebhook, statusOfLarge, webhookOf } from '../kit/world/webhook.ts';
import { CHANNEL } from '../kit/world/world.ts';

const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const ease = { name: 'ease', risk: 'low', alert: 'Small' } as const;

interface Readiness {
  readonly ready: boolean;
  readonly parts: Record<string, { readonly ok: boolean; readonly detail: string }>;
}

/** Waits until `/readyz` says so, and gives what it says. */
async function readiness(env: TestEnv, ready: boolean): Promise<Readiness> {
  const status = ready ? 200 : 503;
  return until(
    async () => {
      const response = await fetch(`${env.medic.url}/readyz`);
      const state = (await response.json()) as Readiness;
      return response.status === status && state;
    },
    { what: `/readyz to answer ${status}`, ms: 20_000 },
  );
}

describe('a wrong configuration', () => {
  const RIGHT = {
    REDIS_URL: 'redis://127.0.0.1:1',
    SLACK_BOT_TOKEN: 'xoxb-1234567890',
    SLACK_APP_TOKEN: 'xapp-1234567890',
    SLACK_CHANNEL: 'C0INCIDENTS',
    ALERT_TOKEN: 'a-secret-that-is-long-enough',
  };

  it('of the environment stops the start with every error by name, exit code 78, and no secret', async () => {
    const { code, said } = await runMedic({
      REDIS_URL: 'http://somewhere',
      SLACK_BOT_TOKEN: 'wrong-bot-token',
      PROMETHEUS_URL: 'not a url',
      OPENAI_API_KEY: 'sk-lonely-key',
      ALERT_TOKEN: 'short',
    });
    expect(code).toBe(78);
    for (const name of [
      'REDIS_URL',
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'SLACK_CHANNEL',
      'PROMETHEUS_URL',
      'OPENAI_MODEL',
      'ALERT_TOKEN',
    ])
      expect(said).toMatch(new RegExp(`environment: ${name}: \\S+`));
    expect(said).not.toMatch(/wrong-bot-token|sk-lonely-key|short\b/);
  });

  it('of medic.yml stops the start with every error by its path', async () => {
    const dir = await scratchDir('wrong');
    try {
      const file = join(dir.path, 'medic.yml');
      await writeFile(
        file,
        [
          'policy: { cancel_window: soon, approvals: 9, colour: red }',
          'roles: { operators: { users: U0BOB } }',
          'services: { shop: { traffic_share: 7, owners: [bob] } }',
        ].join('\n'),
      );
      const { code, said } = await runMedic({ ...RIGHT, MEDIC_CONFIG: file });
      expect(code).toBe(78);
      for (const path of [
        ':1:11: policy.cancel_window: "soon" is no duration',
        ':1:32: policy.approvals: ',
        ':1:46: policy.colour: is not known',
        ':2:23: roles.operators.users: ',
        ':3:21: services.shop.traffic_share: ',
        ':3:48: services.shop.owners.0: write a Slack user',
      ])
        expect(said).toContain(`${file}${path}`);
      await writeFile(file, 'policy: [unclosed');
      expect((await runMedic({ ...RIGHT, MEDIC_CONFIG: file })).said).toContain(
        `${file}:1:18: the YAML is broken`,
      );
      const gone = await runMedic({ ...RIGHT, MEDIC_CONFIG: join(dir.path, 'gone.yml') });
      expect(gone.said).toContain('MEDIC_CONFIG names this file, and it is not there');
    } finally {
      await dir.remove();
    }
  });

  it('of Redis’s address is told with the address and what to do', async () => {
    const port = await freePort();
    const { code, said } = await runMedic({ ...RIGHT, REDIS_URL: `redis://:pass-word@127.0.0.1:${port}` });
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`medic did not start: Redis at 127\\.0\\.0\\.1:${port}`));
    expect(said).not.toContain('pass-word');
  });
});

describe('the HTTP side', () => {
  let env: TestEnv;
  beforeAll(async () => {
    env = await openTestEnv({ remedies: [ease] });
  });
  afterAll(() => env.stop());
  const post = (body: object | string, options?: Parameters<typeof postWebhook>[2]) =>
    postWebhook(env.medic.url, body, options);

  it('says that it lives, and how ready it is', async () => {
    const alive = await fetch(`${env.medic.url}/healthz`);
    expect(alive.status).toBe(200);
    expect(await alive.json()).toMatchObject({ alive: true });
    const { parts } = await readiness(env, true);
    expect(parts.redis).toMatchObject({ ok: true, detail: expect.stringContaining('appendfsync always') });
    expect(parts.slack).toMatchObject({ ok: true });
  });

  it('takes no webhook without the token, whatever its body', async () => {
    for (const token of [null, 'wrong', `${env.env.ALERT_TOKEN}x`]) {
      const response = await post('not even JSON', { token });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('refuses what is no webhook of Alertmanager, and says what is wrong where', async () => {
    const [alert] = (webhookOf({ name: 'Small' }) as { alerts: object[] }).alerts;
    const bad = { ...webhookOf({ name: 'Small' }), alerts: [{ ...alert, startsAt: 'yesterday', labels: 3 }] };
    const response = await post(bad);
    expect(response.status).toBe(422);
    const { problems } = (await response.json()) as { problems: string[] };
    expect(problems.join('\n')).toMatch(/alerts\.0\.labels: [\s\S]*alerts\.0\.startsAt: /);
    expect((await post({ version: '3', groupKey: '', alerts: [] })).status).toBe(422);
    expect((await post('[]')).status).toBe(422);
    expect((await post('{"version":')).status).toBe(400);
    expect(await statusOfLarge(env.medic.url, 9 * 1024 * 1024)).toBe(413);
  });

  it('takes what a real Alertmanager sent, on each of its paths, once', async () => {
    const captured = async (name: string) =>
      readFile(new URL(`../kit/payloads/${name}.json`, import.meta.url), 'utf8');
    const answers = [
      await post(await captured('firing'), { path: '/alert' }),
      await post(await captured('firing'), { path: '/api/v1/alert/immediate' }),
      await post(await captured('resolved'), { path: '/api/v1/alert/immediate' }),
      await post(await captured('firing-and-resolved'), { path: '/api/v1/alert/batch' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as {
      accepted: number;
      incidents: string[];
    }[];
    expect(bodies.map(({ accepted }) => accepted)).toEqual([1, 1, 1, 2]);
    // The same alert again says nothing new, and of the group only the disk that is still full opens something.
    expect(bodies.map(({ incidents }) => incidents.length)).toEqual([1, 0, 1, 1]);
    const nginx = await env.slack.message(CHANNEL, /Alerts resolved: main\/nginx/, 10_000);
    expect(env.slack.textOf(nginx)).toContain('nginx on web-1 does not answer');
    expect(env.slack.textOf(nginx)).toContain('nobody has confirmed that it is healthy');
    const disk = await env.slack.message(CHANNEL, /Opened by an alert[\s\S]*DiskFull/, 10_000);
    expect(env.slack.textOf(disk)).toContain('mountpoint /srv/data2');
    expect(env.slack.print(CHANNEL)).not.toMatch(/mountpoint \/srv\/data\b/);
  });

  it('counts what it took, refused and did, under names that begin with medic_', async () => {
    await env.fireAlert('Small');
    await env.card('Resolved', 20_000);
    const metrics = await (await fetch(`${env.medic.url}/metrics`)).text();
    const value = (line: string) =>
      Number(
        metrics
          .split('\n')
          .find((each) => each.startsWith(line))
          ?.split(' ')
          .at(-1),
      );
    expect(value('medic_alerts_received_total{source="alertmanager",status="firing"}')).toBe(4);
    expect(value('medic_alerts_received_total{source="alertmanager",status="resolved"}')).toBe(2);
    expect(value('medic_webhooks_refused_total{reason="unauthorised"}')).toBe(3);
    expect(value('medic_webhooks_refused_total{reason="malformed"}')).toBe(4);
    expect(value('medic_webhooks_refused_total{reason="too-large"}')).toBe(1);
    expect(value('medic_incidents_opened_total{by="alert",severity="critical"}')).toBe(3);
    expect(value('medic_incidents_closed_total{how="healed"}')).toBe(1);
    expect(value('medic_attempts_total{playbook="ease",purpose="fix",result="succeeded"}')).toBe(1);
    expect(value('medic_verifications_total{outcome="proven"}')).toBe(1);
    expect(value('medic_slack_calls_total{method="chat.postMessage",result="ok"}')).toBeGreaterThan(5);
    expect(value('medic_collector_duration_seconds_count{collector="probes"}')).toBeGreaterThan(0);
    const names = [...metrics.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(names.filter((name) => !/^(medic|process|nodejs)_/.test(name ?? ''))).toEqual([]);
  });

  it('writes no secret into its log', () => {
    const log = env.log();
    expect(log).toContain('medic is up');
    for (const name of ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'ALERT_TOKEN'] as const)
      expect(log).not.toContain(env.env[name]);
  });

  it('ends within seconds and with code 0 when asked to', async () => {
    const begun = performance.now();
    await env.medic.stop();
    expect(await env.medic.ended).toBe('with code 0');
    expect(performance.now() - begun).toBeLessThan(5_000 * PATIENCE);
  });
});

describe.concurrent('when something it needs is away', () => {
  it(
    'Slack: it is not ready, says why, and is ready again when Slack is back',
    inTestEnv({ remedies: [ease] }, async (env) => {
      await env.slack.faults.down();
      const away = await readiness(env, false);
      expect(away.parts.slack).toMatchObject({ ok: false, detail: expect.stringMatching(/Slack/) });
      expect(away.parts.redis).toMatchObject({ ok: true });
      await env.slack.faults.up();
      await readiness(env, true);
    }),
  );

  it(
    'Redis: alerts are refused with when to come again, and none is lost afterwards',
    inTestEnv({ remedies: [mend], pace: { cancel_window: '1h' } }, async (env) => {
      await env.fireAlert('Middling');
      await env.card('[Cancel]', 10_000);
      await env.redis.stop();
      const away = await readiness(env, false);
      expect(away.parts.redis).toMatchObject({
        ok: false,
        detail: expect.stringMatching(/Redis at 127\.0\.0\.1:\d+ cannot be reached: /),
      });
      const strange = webhookOf({ name: 'Strange', labels: { service: 'cellar' } });
      const refused = await postWebhook(env.medic.url, strange);
      expect(refused.status).toBe(503);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await reply(env.slack, 'U0BOB', '/heal', 'status')).toMatch(/\*?not\*? recorded/);
      await env.redis.start();
      await readiness(env, true);
      // As Alertmanager does.
      expect((await postWebhook(env.medic.url, strange)).status).toBe(200);
      await env.card('Needs a person: cellar', 15_000);
      const card = await env.card('[Run now]', 10_000);
      await env.slack.person('U0BOB').click(card, 'Run now');
      await env.card('Resolved: shop', 20_000);
      expect(env.service.playbookRuns()).toEqual(['cure mend shop']);
    }),
  );

  it(
    'a Redis that evicts is refused at the start, with the setting to change',
    inTestEnv({ remedies: [ease] }, async (env) => {
      const redis = new Redis(env.redisUrl);
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      redis.disconnect();
      const { code, said } = await runMedic({ ...env.env, PORT: '0' });
      expect(code).toBe(1);
      expect(said).toMatch(/maxmemory-policy allkeys-lru[\s\S]*Set it to noeviction/);
    }),
  );
});

describe.concurrent('asked to end while a playbook runs', () => {
  it(
    'it waits for the playbook, goes on telling what it does, and lets people stop it',
    inTestEnv({ remedies: [{ ...ease, gated: true }] }, async (env) => {
      await env.fireAlert('Small');
      await env.slack.until(() => env.service.isTreated(), 'remedy to begin', 10_000);
      process.kill(env.medic.pid, 'SIGTERM');
      const card = await env.card('[Stop]', 15_000);
      await env.slack.person('U0BOB').click(card, 'Stop');
      expect(await env.medic.ended).toBe('with code 0');
      expect(env.service.isTreated()).toBe(false);
      expect(env.service.finished()).toEqual([]);
      await env.restart();
      await env.slack.message(CHANNEL, /A person is needed[\s\S]*was stopped/, 15_000);
      expect(env.service.playbookRuns()).toEqual(['cure ease shop']);
    }),
  );
});

describe.concurrent('over HTTP instead of Socket Mode', () => {
  it(
    'commands, buttons and events come through the same port',
    inTestEnv({ remedies: [mend], mode: 'http', pace: { cancel_window: '1h' } }, async (env) => {
      await env.slack.verifyUrl();
      expect(await reply(env.slack, 'U0BOB', '/heal', 'list')).toContain('/heal mend service=…');
      await env.fireAlert('Middling');
      const card = await env.card('[Run now]', 10_000);
      await env.slack.person('U0DAVE').click(card, 'Run now');
      await env.slack.person('U0DAVE').told(CHANNEL, /operator role/);
      env.slack.person('U0DAVE').react(card, 'x');
      await env.card('Cancelled', 10_000);
      expect(env.service.playbookRuns()).toEqual([]);
    }),
  );

  it(
    'a request whose signature is wrong, old, dated ahead or missing does nothing',
    inTestEnv({ remedies: [mend], mode: 'http' }, async (env) => {
      env.service.breakDown();
      const body = new URLSearchParams({
        command: '/heal',
        text: 'pause',
        user_id: 'U0BOB',
        trigger_id: 'forged',
        channel_id: CHANNEL,
      }).toString();
      const now = Math.floor(Date.now() / 1000);
      const forgeries: Record<string, string>[] = [
        {},
        { 'x-slack-request-timestamp': String(now), 'x-slack-signature': `v0=${'0'.repeat(64)}` },
        signed('another-signing-secret', body, now),
        signed(env.env.SLACK_SIGNING_SECRET ?? '', body, now - 600),
        signed(env.env.SLACK_SIGNING_SECRET ?? '', body, now + 600),
      ];
      for (const headers of forgeries) {
        const response = await fetch(`${env.medic.url}/slack/events`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
          body,
        });
        expect(response.status).toBe(401);
      }
      expect(await reply(env.slack, 'U0BOB', '/heal', 'status')).toBe('No incident is open.');
    }),
  );
});

/** Slack's signature over a body. */
function signed(secret: string, body: string, seconds: number): Record<string, string> {
  const digest = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': `v0=${digest}` };
}
