import type { App } from '@slack/bolt';
import { type HandlerParts, tell } from './answer.ts';

const HELP = [
  'I watch alerts, find out what is wrong, and run playbooks to mend it. You can ask me:',
  '• `/diagnose <service>` to find out what is wrong with a service',
  '• `/heal` to see the playbooks, `/heal <playbook> key=value …` to run one',
  '• `/heal help` for everything else',
  'In an incident’s thread, the buttons on its card decide; a :x: on any of its messages cancels what waits.',
].join('\n');

/** A mention is answered with what Medic understands, to the one who asked. */
export function handleMentions(app: App, parts: HandlerParts): void {
  app.event('app_mention', async ({ event }) => {
    if (event.user === undefined) return;
    await tell(parts, { channel: event.channel, thread: event.thread_ts }, event.user, HELP);
  });
}
