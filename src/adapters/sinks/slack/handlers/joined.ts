import type { App } from '@slack/bolt';

/** Medic itself was invited into a channel: what is owed there can be shown now. */
export function handleInvitations(app: App, self: () => string | null, invited: () => Promise<void>): void {
  app.event('member_joined_channel', async ({ event }) => {
    if (event.user === self()) await invited();
  });
}
