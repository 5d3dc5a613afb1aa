import { expect } from 'vitest';
import { until } from '../../kit/stack/process.ts';
import { answer } from '../../kit/world/reply.ts';
import { openTestEnv, type TestEnv } from '../../kit/world/test-env.ts';
import { postWebhook, webhookOf } from '../../kit/world/webhook.ts';
import { CHANNEL } from '../../kit/world/world.ts';
import { deedsIn, judged } from '../ground.ts';
import { edited, type Relay, type Said, type Sent } from '../relay.ts';
import { caught, pressed, withRelay } from './strangers.ts';

const FAMILY = 'replay';
const remedies = [
  { name: 'operate', risk: 'high', alert: 'Grave' },
  { name: 'mend', risk: 'medium', alert: 'Middling' },
  { name: 'quick', risk: 'low', alert: 'Simple' },
] as const;

/** How often anything was begun on a service. */
const begun = (env: TestEnv, service: string) => env.services.get(service)?.playbookRuns().length ?? 0;

/** Keeps what came of something that was sent again: whether more has begun than what it is worth. */
async function note(
  env: TestEnv,
  service: string,
  tried: string,
  worth: number,
  said: string,
): Promise<void> {
  await env.quiet(30_000);
  const acted = begun(env, service) > worth;
  judged({
    family: FAMILY,
    tried,
    happened: `begun ${begun(env, service)} times: ${said}`.slice(0, 110),
    acted,
    allowed: false,
  });
}

function honest(env: TestEnv, service: string, tried: string): void {
  const happened = `begun ${begun(env, service)} time`;
  judged({ family: FAMILY, tried, happened, acted: begun(env, service) === 1, allowed: true });
}

const told = (said: readonly Said[]) =>
  said.map(({ status, words }) => `${status} ${words.slice(0, 60)}`).join(', ');

/** The very same request, to one Medic after the other, and to both at once. */
async function toAll(relay: Relay, sent: Sent, addresses: readonly string[]): Promise<string> {
  const every = [...addresses, ...addresses, ...addresses];
  return told(await Promise.all(every.map((address) => relay.again(sent, address))));
}

/** The same bytes again, at two replicas at once, too late, and from the future. */
export const replayed = () =>
  withRelay(
    { remedies, services: ['shop', 'till', 'yard', 'porch'], pace: { cancel_window: '1h' } },
    async (env, relay) => {
      const replica = await env.replica('replica');
      const both = [env.medic.url, replica.url].map((url) => `${url}/slack/events`);
      await clicks(env, relay, both);
      await runs(env, relay, both);
      await orders(env, relay, both);
      await webhooks(env, [env.medic.url, replica.url]);
      await words(env, relay);
    },
  );

async function clicks(env: TestEnv, relay: Relay, both: readonly string[]): Promise<void> {
  await env.fireAlert('Grave');
  const approve = await pressed(
    env.slack,
    relay,
    'U0CAROL',
    await env.card(/shop[\s\S]*\[Approve\]/, 30_000),
    'Approve',
  );
  for (const [what, after] of [
    ['a click from more than 5 minutes ago', -301],
    ['a click from more than 5 minutes ahead', 310],
    ['a click from the year 2100', 2.3e9],
  ] as const) {
    const said = await relay.forge(approve, approve.body, { after });
    await note(env, 'shop', what, 0, told([said]));
  }
  const said = await toAll(relay, approve, both);
  await env.card(/Resolved: shop/, 30_000);
  honest(env, 'shop', 'an approval');
  await note(env, 'shop', 'the approval, six times at two replicas at once', 1, said);
  env.services.get('shop')?.breakDown();
  await note(
    env,
    'shop',
    'the approval once more, when it is ill again',
    1,
    await toAll(relay, approve, both),
  );

  await env.fireAlert('Middling', { service: 'till' });
  const card = await env.card(/till[\s\S]*\[Run now\]/, 30_000);
  const [hurry, cancel] = [
    await pressed(env.slack, relay, 'U0BOB', card, 'Run now'),
    await pressed(env.slack, relay, 'U0BOB', card, 'Cancel'),
  ];
  const hurried = await toAll(relay, hurry, both);
  await env.card(/Resolved: till/, 30_000);
  honest(env, 'till', 'Run now');
  await note(env, 'till', 'Run now, six times at two replicas at once', 1, hurried);
  await note(env, 'till', 'Cancel of what has run', 1, await toAll(relay, cancel, both));
}

async function runs(env: TestEnv, relay: Relay, both: readonly string[]): Promise<void> {
  env.services.get('yard')?.breakDown();
  const bob = env.slack.person('U0BOB');
  const run = await caught(relay, () => bob.command(CHANNEL, '/heal', 'quick service=yard'));
  const said = await toAll(relay, run, both);
  await env.card(/Resolved: yard/, 30_000);
  honest(env, 'yard', '/heal quick');
  await note(env, 'yard', '/heal quick, six times at two replicas at once', 1, said);
  env.services.get('yard')?.breakDown();
  await note(env, 'yard', '/heal quick once more, when it is ill again', 1, await toAll(relay, run, both));
}

/** An order that was right then and would lift a later one now. */
async function orders(env: TestEnv, relay: Relay, both: readonly string[]): Promise<void> {
  const bob = env.slack.person('U0BOB');
  const order = (text: string) => bob.command(CHANNEL, '/heal', text);
  const kept = async (tried: string, text: string, sign: RegExp, said: string) => {
    const acted = !sign.test(await answer(env.slack, 'U0BOB', '/heal', text));
    judged({ family: FAMILY, tried, happened: said.slice(0, 110), acted, allowed: false });
  };
  await order('pause');
  const resume = await caught(relay, () => order('resume'));
  await relay.again(resume);
  await order('pause');
  await kept(
    '/heal resume, sent again after a new pause',
    'status',
    /paused/i,
    await toAll(relay, resume, both),
  );
  await order('resume');
  await order('silence till 1h');
  const unsilence = await caught(relay, () => order('unsilence till'));
  await relay.again(unsilence);
  await order('silence till 1h');
  await kept(
    '/heal unsilence, sent again after a new silence',
    'silences',
    /till/,
    await toAll(relay, unsilence, both),
  );
  await order('unsilence till');
  const mode = await caught(relay, () =>
    env.slack.person('U0CAROL').command(CHANNEL, '/heal', 'mode default till'),
  );
  await order('mode observe till');
  await relay.again(mode);
  await order('mode observe till');
  await kept(
    '/heal mode default, sent again after a new mode',
    'mode',
    /till[\s\S]*observe|observe[\s\S]*till/i,
    await toAll(relay, mode, both),
  );
}

/** The same notification of an alert, whoever kept it. */
async function webhooks(env: TestEnv, urls: readonly string[]): Promise<void> {
  env.services.get('porch')?.breakDown();
  const body = webhookOf({ name: 'Simple', labels: { service: 'porch' } });
  const send = () => Promise.all([...urls, ...urls, ...urls].map((url) => postWebhook(url, body)));
  const statuses = (await send()).map(({ status }) => status).join(', ');
  await env.card(/Resolved: porch/, 30_000);
  honest(env, 'porch', 'an alert');
  await note(env, 'porch', 'its notification, six times at two replicas at once', 1, statuses);
  const again = (await send()).map(({ status }) => status).join(', ');
  await env.card(/Needs a person: porch|Resolved: porch/, 30_000);
  await note(env, 'porch', 'its notification once more, when all is well', 1, again);
}

/** What somebody said in a thread, delivered once more. */
async function words(env: TestEnv, relay: Relay): Promise<void> {
  await env.fireAlert('Middling', { service: 'shop' });
  const card = await env.card(/shop[\s\S]*\[Run now\]/, 30_000);
  const isCross = ({ body }: Sent) => body.includes('reaction_added');
  const sent = await caught(
    relay,
    async () => {
      env.slack.person('U0DAVE').react(card, 'x');
      await env.slack.until(() => relay.heard.some(isCross), 'the reaction');
    },
    isCross,
  );
  const said = told([await relay.forge(sent, sent.body, { after: -301 })]);
  const waits = (await env.incident('shop'))?.phase.at === 'waiting';
  judged({
    family: FAMILY,
    tried: 'a cross from more than 5 minutes ago',
    happened: said,
    acted: !waits,
    allowed: false,
  });
  await relay.forge(sent, edited(sent));
  await until(async () => (await env.incident('shop'))?.phase.at === 'cancelled', {
    what: 'the cross',
    ms: 20_000,
  });
  judged({ family: FAMILY, tried: 'a cross', happened: 'cancelled', acted: true, allowed: true });
}

/** The same envelope of Socket Mode to both of two replicas. */
export async function replayedEnvelope(): Promise<void> {
  const env = await openTestEnv({ remedies });
  try {
    await env.replica('replica');
    await env.slack.until(() => env.slack.connections() === 2, 'both to be connected');
    await env.fireAlert('Grave');
    const card = await env.card(/shop[\s\S]*\[Approve\]/, 30_000);
    env.slack.faults.duplicate();
    await env.slack.person('U0CAROL').click(card, 'Approve');
    await env.card(/Resolved: shop/, 30_000);
    honest(env, 'shop', 'an envelope of Socket Mode');
    await note(env, 'shop', 'the same envelope, to another replica', 1, 'recorded once');
    expect(deedsIn(env)).toEqual(['cure operate shop']);
  } finally {
    await env.stop();
  }
}
