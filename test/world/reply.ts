import { expect } from 'vitest';
import type { LocalSlack } from '../slack/server.ts';
import { CHANNEL } from './world.ts';

/** Slack tells people that the app failed when it takes longer. */
const PATIENCE = 3_000;

/** Runs a slash command in the incident channel and gives the answer, which must be for that person's eyes only and in time. */
export async function reply(slack: LocalSlack, user: string, command: string, text = ''): Promise<string> {
  const ephemerals = () =>
    (slack.state.messages.get(CHANNEL) ?? []).filter((message) => message.ephemeral_to !== undefined);
  const before = ephemerals().length;
  const begun = performance.now();
  await slack.person(user).command(CHANNEL, command, text);
  expect(performance.now() - begun, `${command} ${text} answers in time`).toBeLessThan(PATIENCE);
  const answers = ephemerals().slice(before);
  expect(answers.map((message) => message.ephemeral_to)).toEqual([user]);
  return answers.map((message) => slack.textOf(message)).join('\n');
}
