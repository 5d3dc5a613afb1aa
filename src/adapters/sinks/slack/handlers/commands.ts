import type { App, RespondFn, SlashCommand } from '@slack/bolt';
import { link } from '../blocks/text.ts';
import type { Acting } from '../people.ts';
import { openDiagnosis } from './dialogs/diagnosing.ts';
import { type Follower, follow } from './following.ts';
import { type Answer, acknowledged, asked, type HandlerContext } from './handler-context.ts';
import { asWritten } from './written.ts';

/** `/heal` and `/diagnose`: acknowledged with the desk's answer, which only the person who typed sees, unless it concerns everybody. */
export function handleCommands(app: App, parts: HandlerContext): void {
  for (const name of ['/heal', '/diagnose'] as const) {
    app.command(name, async ({ command, ack, respond }) => {
      const who = whoIn(command);
      const text = asWritten(command.text).trim();
      if (name === '/diagnose' && text === '') {
        const place = { channel: command.channel_id };
        const opening = {
          trigger: command.trigger_id,
          who,
          place,
          again: 'Send `/diagnose` once more.',
          title: 'Diagnose',
        };
        await openDiagnosis(parts, opening, '');
        return ack();
      }
      const once = `slack-command-${command.trigger_id}`;
      const wish = asked(parts, who, `\`${name}\``, ({ person }) => {
        const input = { text, by: person, once };
        return name === '/heal' ? parts.desk.heal(input) : parts.desk.diagnose(input);
      });
      const { answer, late } = await acknowledged(wish, async (soon) => {
        const shown = soon === null ? 'Working on it …' : soon.text;
        await (shown === null ? ack() : ack({ response_type: audienceOf(soon, command), text: shown }));
      });
      if (late && answer.text !== null)
        await respond({ response_type: audienceOf(answer, command), text: answer.text });
      const { incident, refused } = answer.reply ?? {};
      if (incident !== undefined && !refused)
        void follow(parts, incident, listener(parts, respond, name === '/heal' ? 'thread' : 'settled', late));
    });
  }
}

function whoIn(command: SlashCommand): Acting {
  const { user_id: id, user_name: name, team_id: team, channel_id: channel } = command;
  return { id, name, team, channel };
}

/** What concerns everybody is shown in the channel where it was done; in a conversation of two there is nobody else. */
function audienceOf(
  answer: Answer | null,
  { channel_id: channel }: SlashCommand,
): 'in_channel' | 'ephemeral' {
  const open = answer?.reply?.forEverybody === true && /^[CG]/.test(channel);
  return open ? 'in_channel' : 'ephemeral';
}

/** How often Slack takes an answer to one command. */
const ANSWERS = 5;

/**
 * Hears of it through the command's own answers: Slack shows each as a message of its own and replaces none, so there are
 * few, and the last one is kept for the end.
 */
function listener(
  parts: HandlerContext,
  respond: RespondFn,
  until: Follower['until'],
  late: boolean,
): Follower {
  let left = ANSWERS - (late ? 1 : 0);
  return {
    until,
    hears: 'what matters',
    async told(text, thread, last) {
      if (left > 1 || last) {
        left -= 1;
        const where = thread === null ? '' : ` · ${link(thread, 'Open the thread')}`;
        await respond({ response_type: 'ephemeral', text: `${text}${where}` }).catch((err: unknown) => {
          parts.log.debug({ err }, 'the response URL did not take the answer');
          left = 0;
        });
      }
      return left > 0 ? 'heard' : 'gone';
    },
  };
}
