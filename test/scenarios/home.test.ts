import { describe, expect, it } from 'vitest';
import type { Channel } from '../kit/slack/types.ts';
import { until } from '../kit/stack/process.ts';
import { homeOf } from '../kit/world/home.ts';
import { inTestEnv } from '../kit/world/in-test-env.ts';
import { cardsIn, saidTwice } from '../kit/world/said.ts';
import type { TestEnv } from '../kit/world/test-env.ts';

const mend = { name: 'mend', risk: 'medium', alert: 'Middling' } as const;
const ease = { name: 'ease', risk: 'low', alert: 'Small' } as const;

const MINIMUM = [
  'channels:history',
  'channels:join',
  'channels:read',
  'chat:write',
  'commands',
  'metadata.message:read',
];

/** What changes is to be seen within some ten seconds; a busy machine gets twice as long. */
const SOON = 20_000;
/** What was refused is tried again by the minute: whoever comes earlier was told. */
const EARLY = 30_000;

function channel(id: string, name: string, change: Partial<Channel> = {}): Channel {
  const members = ['U0ALICE', 'U0BOB', 'U0CAROL', 'U0DAVE', 'U0MEDIC'];
  return { id, name, topic: '', is_private: false, is_archived: false, members, ...change };
}

async function reads(env: TestEnv, user: string, wanted: RegExp): Promise<void> {
  await until(() => wanted.test(homeOf(env.slack, user)), {
    what: `the Home tab of ${user} to read ${wanted}`,
    ms: SOON,
  });
}

interface Readyz {
  readonly parts: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>;
}

async function readyz({ medic }: TestEnv): Promise<{ status: number; hindrances: string }> {
  const response = await fetch(`${medic.url}/readyz`);
  const { parts } = (await response.json()) as Readyz;
  return { status: response.status, hindrances: parts.hindrances?.detail ?? '' };
}

describe.concurrent('the Home tab', () => {
  it(
    'stays true while somebody looks at it, whichever replica is left to draw it',
    { timeout: 120_000 },
    inTestEnv({ remedies: [mend], pace: { cancel_window: '90s' } }, async (env) => {
      const bob = env.slack.person('U0BOB');
      const view = await bob.home(15_000);
      expect(homeOf(env.slack, 'U0BOB')).toContain('All is quiet');
      await env.fireAlert('Middling');
      await reads(env, 'U0BOB', /Waiting for you[\s\S]*\*shop\*[\s\S]*you may object/);
      const card = await env.card(/runs in/);
      const link = `${env.slack.url}/archives/C0INCIDENTS/p${card.ts.replace('.', '')}`;
      const drawn = () => JSON.stringify(env.slack.state.views.get(view.id)?.view.blocks);
      await until(() => drawn().includes(link), { what: 'a link to the card', ms: SOON });
      await env.replica('second');
      await env.kill();
      await env.slack.until(() => env.slack.connections() === 1, 'the second replica alone');
      await bob.click(card, 'Cancel');
      await reads(env, 'U0BOB', /\*Cancelled\*/);
    }),
  );

  it(
    'pauses everything by the hand of an operator, and nobody else is offered to',
    { timeout: 120_000 },
    inTestEnv({ remedies: [ease] }, async (env) => {
      const bob = env.slack.person('U0BOB');
      const view = await bob.home(15_000);
      expect(JSON.stringify(await env.slack.person('U0DAVE').home(15_000))).not.toContain('home:pause');
      await bob.click(view, 'home:pause');
      await reads(env, 'U0BOB', /\*Paused\* by @U0BOB/);
      await reads(env, 'U0DAVE', /\*Paused\* by @U0BOB/);
      await env.fireAlert('Small');
      await reads(env, 'U0BOB', /\*shop\*/);
      await env.card(/[Pp]aused/);
      expect(env.service.playbookRuns()).toEqual([]);
      await bob.click(view, 'home:resume');
      await until(() => env.service.finished().length > 0, { what: 'the fix', ms: 40_000 });
      await reads(env, 'U0BOB', /# Lately\n:white_check_mark:/);
    }),
  );

  it(
    'says what is wrong with Medic: a memory that may forget, no model, scopes that are missing',
    { timeout: 60_000 },
    inTestEnv({ remedies: [ease], slack: { scopes: MINIMUM } }, async (env) => {
      await env.slack.person('U0BOB').home(15_000);
      await reads(env, 'U0BOB', /No model is configured/);
      expect(homeOf(env.slack, 'U0BOB')).toMatch(/lacks the scope `files:write`: there are no charts/);
      await until(async () => (await readyz(env)).status === 200, { what: 'Medic to be ready', ms: SOON });
      const { hindrances } = await readyz(env);
      expect(hindrances).toContain('`files:write`');
    }),
  );
});

describe.concurrent('a channel that takes nothing', () => {
  it(
    'keeps no alert invisible: a new incident is told in the channel of last resort, and /readyz names the remedy',
    { timeout: 60_000 },
    inTestEnv(
      {
        remedies: [ease],
        slack: {
          channels: [
            channel('C0INCIDENTS', 'incidents'),
            channel('C0SECRET', 'secret', { is_private: true, members: ['U0ALICE'] }),
          ],
        },
        settings: { routes: [{ service: 'shop', channel: 'C0SECRET' }] },
      },
      async (env) => {
        await env.fireAlert('Small');
        await env.card(/Told here because Medic cannot post in/);
        expect((await readyz(env)).hindrances).toContain('/invite @Medic');
        await env.card(/Resolved/, 40_000);
        expect(saidTwice(env.slack)).toEqual([]);
      },
    ),
  );

  it(
    'is owed what belongs there, and shows it at once when Medic is invited',
    { timeout: 90_000 },
    inTestEnv(
      {
        remedies: [ease],
        slack: {
          channels: [channel('C0INCIDENTS', 'incidents', { is_private: true, members: ['U0ALICE'] })],
        },
      },
      async (env) => {
        await env.fireAlert('Small');
        await until(async () => (await readyz(env)).hindrances.includes('/invite @Medic'), {
          what: '/readyz to name the remedy',
          ms: 20_000,
        });
        expect((await readyz(env)).status).toBe(200);
        const begun = performance.now();
        env.slack.person('U0ALICE').invite('C0INCIDENTS');
        await until(() => cardsIn(env.slack).length === 1, { what: 'the card', ms: EARLY });
        expect(performance.now() - begun).toBeLessThan(EARLY);
        await env.card(/Resolved/, 40_000);
        expect(saidTwice(env.slack)).toEqual([]);
      },
    ),
  );
});
