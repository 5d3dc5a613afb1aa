import { describe, expect, it } from 'vitest';
import { until } from '../kit/stack/process.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { saidTwice } from '../kit/world/said.ts';
import type { TestEnv } from '../kit/world/test-env.ts';

const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const pace = { cancel_window: '8s' } as const;

/** When the window ends; null while it does not run. */
async function deadlineOf(env: TestEnv): Promise<number | null> {
  const phase = (await env.incident())?.phase;
  return phase?.at === 'waiting' ? phase.deadline : null;
}

async function readiness(env: TestEnv): Promise<number> {
  return (await fetch(`${env.medic.url}/readyz`)).status;
}

describe.concurrent('a cancel window that runs when people can no longer be reached', () => {
  it.for([
    [
      'over HTTP, because Slack is away',
      'http',
      {
        break: (env: TestEnv) => env.slack.faults.down(),
        mend: (env: TestEnv) => env.slack.faults.up(),
      },
    ],
    [
      'though the connection stands, because Slack takes no call',
      'socket',
      {
        break: async (env: TestEnv) => env.slack.faults.serverError('*', { times: 10_000 }),
        mend: async (env: TestEnv) => env.slack.faults.clear(),
      },
    ],
  ] as const)(
    'does not run out, and starts anew when they can be (%s)',
    { timeout: 90_000 },
    ([, mode, slack]) =>
      inTestEnv({ remedies: [mend], pace, mode }, async (env) => {
        await env.fireAlert('Middling');
        await env.card(/runs in \d s/);
        const before = await deadlineOf(env);
        expect(before).not.toBeNull();
        await slack.break(env);
        await env.fireAlert('Slow', { severity: 'warning' });
        await until(async () => (await readiness(env)) === 503, { what: 'Medic to notice', ms: 10_000 });
        await until(async () => (await deadlineOf(env)) !== before, {
          what: 'its end to lapse',
          ms: 20_000,
        });
        expect(env.service.playbookRuns()).toEqual([]);
        await slack.mend(env);
        await until(async () => (await readiness(env)) === 200, { what: 'Slack to be back', ms: 10_000 });
        await until(() => env.service.finished().length > 0, { what: 'the fix', ms: 40_000 });
        expect(saidTwice(env.slack)).toEqual([]);
      })(),
  );
});
