import type { App } from '@slack/bolt';
import { acknowledged, asked, type HandlerParts } from './answer.ts';

/** `/heal` and `/diagnose`: acknowledged with the desk's answer, which only the person who typed sees. */
export function handleCommands(app: App, parts: HandlerParts): void {
  for (const name of ['/heal', '/diagnose'] as const) {
    app.command(name, async ({ command, ack, respond }) => {
      const once = `slack-command-${command.trigger_id}`;
      const who = { id: command.user_id, name: command.user_name };
      const wish = asked(parts, who, `\`${name}\``, ({ person }) => {
        const input = { text: command.text.trim(), by: person, once };
        return name === '/heal' ? parts.desk.heal(input) : parts.desk.diagnose(input);
      });
      const { answer, late } = await acknowledged(wish, async (soon) => {
        const text = soon === null ? 'Working on it …' : soon.text;
        await (text === null ? ack() : ack({ response_type: 'ephemeral', text }));
      });
      if (late && answer.text !== null) await respond({ response_type: 'ephemeral', text: answer.text });
    });
  }
}
