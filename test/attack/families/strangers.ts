import { exampleSeed } from '../../kit/slack/defaults.ts';
import type { LocalSlack, Message } from '../../kit/slack/server.ts';
import type { SlackUser } from '../../kit/slack/types.ts';
import { openTestEnv, type TestEnv, type TestEnvOptions } from '../../kit/world/test-env.ts';
import { payloadOf, type Relay, type Sent, startRelay } from '../relay.ts';

const seed = exampleSeed();
const [someone] = seed.users;
const like = (id: string, more: Partial<SlackUser>): SlackUser => ({
  ...(someone as SlackUser),
  id,
  name: id.toLowerCase(),
  ...more,
});

/** People who have no part in it, besides those of the example. */
const USERS: SlackUser[] = [
  ...seed.users,
  like('U0EVE', { team_id: 'T0ELSEWHERE' }),
  like('U0GONE', { deleted: true }),
  like('U0GUEST', { is_restricted: true }),
  like('U0ROBOT', { is_bot: true }),
];

/** Where whoever is there may approve. */
export const ROOM = 'C0PAYMENTS';

/** Every one of them is named, so that nothing but who they are speaks against them. */
export const ROLES = {
  operators: { users: ['U0BOB', 'U0EVE', 'U0GONE', 'U0ROBOT'] },
  approvers: { users: ['U0CAROL', 'U0EVE', 'U0GONE', 'U0ROBOT'], channels: [ROOM] },
};

/** A ward that Slack reaches over HTTP, with an attacker on the way who has also got hold of the signing secret. */
export async function withRelay(
  options: TestEnvOptions,
  play: (env: TestEnv, relay: Relay) => Promise<void>,
): Promise<void> {
  const env = await openTestEnv({ ...options, mode: 'http', slack: { users: USERS } });
  const relay = await startRelay(`${env.medic.url}/slack/events`, env.slack.signingSecret);
  try {
    env.slack.setEventsUrl(relay.url);
    await play(env, relay);
  } catch (error) {
    if (error instanceof Error) error.message += `\n\nMedic's log:\n${env.log().slice(-4_000)}`;
    throw error;
  } finally {
    await relay.stop();
    await env.stop();
  }
}

const isDeed = ({ body }: Sent) => !body.startsWith('{');

/** What Slack would send for this, which does not arrive; events of what others do are sent all the time. */
export async function caught(
  relay: Relay,
  act: () => Promise<unknown>,
  is: (sent: Sent) => boolean = isDeed,
): Promise<Sent> {
  relay.holdBack(true);
  const before = relay.heard.length;
  await act();
  relay.holdBack(false);
  const sent = relay.heard.slice(before).find(is);
  if (sent === undefined) throw new Error('nothing was sent');
  return sent;
}

/** The button of a card as Slack tells that somebody pressed it. */
export const pressed = (slack: LocalSlack, relay: Relay, user: string, card: Message, button: string) =>
  caught(relay, () => slack.person(user).click(card, button));

/** What a press carries: the incident, the plan, and the dry run that stood beside it. */
export function carriedBy(sent: Sent): Record<string, unknown> {
  const [action] = payloadOf(sent).actions as { readonly value: string }[];
  return JSON.parse(action?.value ?? '{}') as Record<string, unknown>;
}
