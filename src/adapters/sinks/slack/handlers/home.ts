import type { App, BlockButtonAction } from '@slack/bolt';
import type { Home } from '../home.ts';
import { asked, type HandlerContext } from './handler-context.ts';

/** The Home tab: it is drawn when somebody comes, and its buttons answer in it. */
export function handleHome(app: App, parts: HandlerContext, home: Home): void {
  app.event('app_home_opened', async ({ event }) => {
    if (event.tab === 'home') await home.show({ id: event.user });
  });
  // A button that leads to a thread asks for nothing, but Slack wants to hear that it was pressed.
  app.action(/^home:open-\d+$/, async ({ ack }) => ack());
  app.action('home:refresh', async ({ ack, body }) => {
    await ack();
    await home.show({ id: body.user.id });
  });
  for (const order of ['pause', 'resume'] as const) {
    app.action<BlockButtonAction>(`home:${order}`, async ({ ack, body, action }) => {
      const who = { id: body.user.id, name: body.user.name, team: body.user.team_id };
      const once = `slack-action-${body.user.id}-${action.action_ts}`;
      const what = order === 'pause' ? '“Pause everything”' : '“Resume”';
      const answer = await asked(parts, who, what, ({ person }) =>
        parts.desk.heal({ text: order, by: person, once }),
      );
      // As with every click: only what is recorded is acknowledged. What is drawn afterwards says what became of it.
      await ack();
      await home.show({ id: who.id }, answer.text);
    });
  }
}
