import { expect } from 'vitest';
import { until } from '../../kit/stack/process.ts';
import { answer } from '../../kit/world/reply.ts';
import type { TestEnv } from '../../kit/world/test-env.ts';
import { CHANNEL } from '../../kit/world/world.ts';
import { deedsIn, judged } from '../ground.ts';
import { edited, type Json, type Relay, type Said, type Sent, type Signing } from '../relay.ts';
import { carriedBy, caught, pressed, ROLES, ROOM, withRelay } from './strangers.ts';

const FAMILY = 'not the right person';
const SERVICES = ['shop', 'till', 'porch', 'yard'] as const;
const remedies = [
  { name: 'operate', risk: 'high', alert: 'Grave', dosed: true },
  { name: 'quick', risk: 'low', alert: 'Simple' },
] as const;

const user = (change: Json) => (payload: Json) => ({
  ...payload,
  user: { ...(payload.user as Json), ...change },
});
const value = (change: Json) => (payload: Json) => {
  const [action] = payload.actions as Json[];
  const carried = { ...(JSON.parse(String(action?.value)) as Json), ...change };
  return { ...payload, actions: [{ ...action, value: JSON.stringify(carried) }] };
};
const action = (change: Json) => (payload: Json) => ({
  ...payload,
  actions: [{ ...(payload.actions as Json[])[0], ...change }],
});
const team = { id: 'T0ELSEWHERE', domain: 'elsewhere' };
const enterprise = { id: 'E0ELSEWHERE', name: 'Elsewhere' };

type Change = (payload: Json) => Json;

/** Each a click on Approve by somebody who may, with one thing about it changed and signed anew. */
const CLICKS: Readonly<Record<string, Change>> = {
  'an approver’s id of another team': user({ team_id: 'T0ELSEWHERE' }),
  'an approver’s id of another team, in its own workspace': (payload) => ({
    ...user({ team_id: 'T0ELSEWHERE' })(payload),
    team,
  }),
  'an approver’s id of another organisation': (payload) => ({
    ...user({ team_id: 'T0ELSEWHERE', enterprise_id: 'E0ELSEWHERE' })(payload),
    enterprise,
    is_enterprise_install: true,
  }),
  'a stranger in a shared channel': user({ id: 'U0EVE', team_id: 'T0ELSEWHERE' }),
  'a stranger whose team is left out': user({ id: 'U0EVE', team_id: undefined }),
  'somebody whom nobody knows': user({ id: 'U0NOBODY', team_id: undefined }),
  'somebody who was deactivated': user({ id: 'U0GONE' }),
  'a bot': user({ id: 'U0ROBOT' }),
  'Medic itself': user({ id: 'U0MEDIC' }),
  'a guest, in the room whose members approve': (payload) => ({
    ...user({ id: 'U0GUEST' })(payload),
    channel: { id: ROOM, name: 'payments' },
  }),
  'a member without a role': user({ id: 'U0DAVE' }),
  'an id called __proto__': user({ id: '__proto__', team_id: undefined }),
  'a click for another app': (payload) => ({ ...payload, api_app_id: 'A0ANOTHER' }),
  'a plan that there is none of': value({ p: 'inc-0-p1' }),
  'no plan': value({ p: null, d: undefined }),
  'another dry run': value({ d: 'feedbeef' }),
  'another incident': value({ i: 'inc-0' }),
  'an incident called __proto__': value({ i: '__proto__' }),
  'Run now instead of Approve': action({ action_id: 'plan:run-now' }),
  'Resume instead of Approve': action({ action_id: 'plan:resume' }),
  'Try again instead of Approve': action({ action_id: 'plan:try-again' }),
  'a button called __proto__': action({ action_id: 'plan:__proto__' }),
  'a button called constructor': action({ action_id: 'plan:constructor' }),
};

/** Each the very click that would be right, signed as it must not be. */
const SIGNINGS: Readonly<Record<string, Signing>> = {
  'signed with another secret': { secret: 'another-secret' },
  'without a signature': { headers: { 'x-slack-signature': '' } },
  'with half a signature': { headers: { 'x-slack-signature': 'v0=' } },
  'with a signature of another version': { headers: { 'x-slack-signature': `v1=${'0'.repeat(64)}` } },
  'without a time': { headers: { 'x-slack-request-timestamp': '' } },
  'with a time that is none': { headers: { 'x-slack-request-timestamp': 'NaN' } },
};

/** What stands there, besides what runs: any change of it is a deed. */
async function standing(env: TestEnv): Promise<string> {
  const incidents = await Promise.all(SERVICES.map((name) => env.incident(name)));
  const phases = incidents.map((one) => {
    const phase = one?.phase;
    return phase?.at === 'waiting'
      ? `${phase.decided.plan.id} ${phase.decided.receipts.length}`
      : (phase?.at ?? 'none');
  });
  return JSON.stringify([...deedsIn(env), ...phases]);
}

/** Sends what an attacker made up, and keeps what came of it. */
async function attack(
  env: TestEnv,
  tried: string,
  send: () => Promise<Said>,
  allowed = false,
): Promise<void> {
  const before = await standing(env);
  const told = toldIn(env).length;
  const { status, words } = await send();
  const answer = await env.slack
    .until(() => toldIn(env)[told], 'an answer', status === 200 ? 500 : 1)
    .catch(() => words || 'nothing is said');
  if (allowed) await until(async () => (await standing(env)) !== before, { what: tried, ms: 30_000 });
  const acted = (await standing(env)) !== before;
  judged({ family: FAMILY, tried, happened: `${status} ${answer}`.slice(0, 110), acted, allowed });
}

/** What Medic has said to one person alone. */
function toldIn({ slack }: TestEnv): readonly string[] {
  const alone = (slack.state.messages.get(CHANNEL) ?? []).filter(
    ({ ephemeral_to }) => ephemeral_to !== undefined,
  );
  return alone.map(({ text }) => String(text));
}

async function clicks(env: TestEnv, relay: Relay): Promise<Sent> {
  const [sent, till] = [await press(env, relay, 'shop'), await press(env, relay, 'till')];
  const forge = (change?: Change, signing?: Signing) => () =>
    relay.forge(sent, edited(sent, change), signing);
  for (const [tried, change] of Object.entries(CLICKS)) await attack(env, tried, forge(change));
  for (const [tried, signing] of Object.entries(SIGNINGS))
    await attack(env, tried, forge(undefined, signing));
  await attack(env, 'another body under the same signature', () =>
    relay.again({ ...sent, body: edited(sent) }),
  );
  await attack(env, 'the plan of another incident', forge(value({ p: carriedBy(till).p })));
  await attack(env, 'another incident with this plan', forge(value({ i: carriedBy(till).i })));
  await attack(env, 'an approver', () => relay.forge(till, edited(till)), true);
  return sent;
}

const press = async (env: TestEnv, relay: Relay, service: string) =>
  pressed(env.slack, relay, 'U0CAROL', await env.card(new RegExp(`Needs approval: ${service}`)), 'Approve');

/** Whoever is not who they seem, and whatever they did not press. */
export const notTheRightPerson = () =>
  withRelay({ remedies, services: SERVICES, settings: { roles: ROLES } }, async (env, relay) => {
    for (const service of ['shop', 'till', 'porch']) {
      await env.fireAlert('Grave', { service });
      await env.card(new RegExp(`Needs approval: ${service}[\\s\\S]*\\[Approve\\]`), 30_000);
    }
    await env.quiet(30_000);
    const old = await clicks(env, relay);
    await env.card(/Resolved: till/, 30_000);
    await commands(env, relay);
    await dialogs(env, relay);
    await events(env, relay);
    await olderPlan(env, relay, old);
    expect(deedsIn(env)).toEqual(['cure operate 3 till', 'cure quick yard']);
  });

const FOREIGN: Readonly<Record<string, Json>> = {
  'of another team': { team_id: 'T0ELSEWHERE', team_domain: 'elsewhere' },
  'of another organisation': {
    team_id: 'T0ELSEWHERE',
    enterprise_id: 'E0ELSEWHERE',
    enterprise_name: 'Elsewhere',
  },
  'of a stranger': { user_id: 'U0EVE', team_id: 'T0ELSEWHERE' },
  'of somebody deactivated': { user_id: 'U0GONE' },
  'of a bot': { user_id: 'U0ROBOT' },
  'for another app': { api_app_id: 'A0ANOTHER' },
};

/** `/heal` of somebody who may run it, with their workspace changed. */
async function commands(env: TestEnv, relay: Relay): Promise<void> {
  env.services.get('yard')?.breakDown();
  const bob = env.slack.person('U0BOB');
  const run = await caught(relay, () => bob.command(CHANNEL, '/heal', 'quick service=yard'));
  const pause = await caught(relay, () => bob.command(CHANNEL, '/heal', 'pause'));
  const paused = async () =>
    (await answer(env.slack, 'U0BOB', '/heal', 'status')).toLowerCase().includes('paused');
  for (const [whose, change] of Object.entries(FOREIGN)) {
    const forge = (sent: Sent) =>
      relay.forge(
        sent,
        edited(sent, (payload) => ({ ...payload, ...change })),
      );
    await attack(env, `/heal quick ${whose}`, () => forge(run));
    await forge(pause);
    const acted = await paused();
    judged({
      family: FAMILY,
      tried: `/heal pause ${whose}`,
      happened: acted ? 'paused' : 'goes on',
      acted,
      allowed: false,
    });
  }
  await relay.forge(pause, edited(pause));
  const acted = await paused();
  judged({ family: FAMILY, tried: '/heal pause of an operator', happened: 'paused', acted, allowed: true });
  await bob.command(CHANNEL, '/heal', 'resume');
  await attack(env, '/heal quick of an operator', () => relay.forge(run, edited(run)), true);
  await env.card(/Resolved: yard/, 30_000);
}

/** The dialog that rejects a plan, sent by somebody of another workspace. */
async function dialogs(env: TestEnv, relay: Relay): Promise<void> {
  const bob = env.slack.person('U0BOB');
  await bob.click(await env.card(/Needs approval: porch/), 'Reject');
  const view = await bob.modal('Reject this fix');
  const sent = await caught(relay, () => bob.submit(view, { reason: 'because' }));
  const about = (change: Json) => (payload: Json) => {
    const shown = payload.view as Json;
    const metadata = { ...(JSON.parse(String(shown.private_metadata)) as Json), ...change };
    return { ...payload, view: { ...shown, private_metadata: JSON.stringify(metadata) } };
  };
  const changes = {
    'of another team': user({ team_id: 'T0ELSEWHERE' }),
    'of a bot': user({ id: 'U0ROBOT' }),
    'of a member without a role': user({ id: 'U0DAVE' }),
    'of another plan': about({ p: 'inc-0-p1' }),
    'of another incident': about({ i: (await env.incident('shop'))?.id }),
  };
  for (const [what, change] of Object.entries(changes))
    await attack(env, `the dialog of a rejection, ${what}`, () => relay.forge(sent, edited(sent, change)));
  await attack(env, 'the dialog of a rejection, of an operator', () => relay.forge(sent, edited(sent)), true);
}

/** Words in a thread, whoever seems to say them. */
async function events(env: TestEnv, relay: Relay): Promise<void> {
  const card = await env.card(/Needs approval: shop/);
  const carol = env.slack.person('U0CAROL');
  const isMention = ({ body }: Sent) => body.includes('app_mention') && body.includes('approve it');
  const say = async () => {
    carol.say(CHANNEL, '@medic approve it, run it now', { threadTs: card.ts });
    await env.slack.until(() => relay.heard.some(isMention), 'the mention');
  };
  const sent = await caught(relay, say, isMention);
  await attack(env, 'an order in words', () => relay.forge(sent, edited(sent)));
  const foreign = edited(sent, (payload) => ({ ...payload, team_id: 'T0ELSEWHERE' }));
  await attack(env, 'an order in words, of another team', () => relay.forge(sent, foreign));
}

/** The plan that stood there until another took its place, which is approved by its old button. */
async function olderPlan(env: TestEnv, relay: Relay, old: Sent): Promise<void> {
  const bob = env.slack.person('U0BOB');
  await bob.select(await env.card(/Needs approval: shop/), 'plan:more', 'Change its values');
  await bob.submit(await bob.modal('Make this plan'), { 'field:operate:dose': '5' });
  await env.card(/Needs approval: shop[\s\S]*\b5\b[\s\S]*\[Approve\]/);
  await env.quiet(30_000);
  await attack(env, 'the plan before the one that stands there', () => relay.forge(old, edited(old)));
}
