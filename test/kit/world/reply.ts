import { expect } from 'vitest';
import { DEFAULT_LIMITS } from '../slack/platform.ts';
import type { LocalSlack } from '../slack/server.ts';
import { PATIENCE } from '../stack/patience.ts';
import { CHANNEL } from './world.ts';

/** Slack tells people that the app failed when it takes longer, on a machine of its own. */
const LONGEST = DEFAULT_LIMITS.ackMs * PATIENCE;

/** Runs a slash command in the incident channel and gives the answer, which must be for that person's eyes only and in time. */
export async function reply(slack: LocalSlack, user: string, command: string, text = ''): Promise<string> {
  const { words, audience } = await answerTo(slack, user, command, text);
  expect(audience, `${command} ${text} is answered to ${user} alone`).toBe(user);
  return words;
}

/** Runs a slash command that changes something for everybody, and gives the answer, which everybody in the channel must see. */
export async function announced(
  slack: LocalSlack,
  user: string,
  command: string,
  text = '',
): Promise<string> {
  const { words, audience } = await answerTo(slack, user, command, text);
  expect(audience, `${command} ${text} is answered to all`).toBe('everybody');
  return words;
}

/** Runs a slash command and gives the answer, whoever sees it. */
export async function answer(slack: LocalSlack, user: string, command: string, text = ''): Promise<string> {
  return (await answerTo(slack, user, command, text)).words;
}

/** The answer, and who sees it. What an earlier command has still to say may come in between, so the newest one is taken. */
async function answerTo(
  slack: LocalSlack,
  user: string,
  command: string,
  text: string,
): Promise<{ readonly words: string; readonly audience: string }> {
  const answers = () =>
    (slack.state.messages.get(CHANNEL) ?? []).filter(
      ({ metadata, ephemeral_to }) => ephemeral_to !== undefined || metadata === undefined,
    );
  const before = answers().length;
  const begun = performance.now();
  await slack.person(user).command(CHANNEL, command, text);
  expect(performance.now() - begun, `${command} ${text} answers in time`).toBeLessThan(LONGEST);
  const answer = answers().slice(before).at(-1);
  if (answer === undefined) throw new Error(`${command} ${text} was not answered`);
  return { words: slack.textOf(answer), audience: answer.ephemeral_to ?? 'everybody' };
}
