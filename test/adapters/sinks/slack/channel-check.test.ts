import { describe, expect, it } from 'vitest';
import { createChannelCheck } from '../../../../src/adapters/sinks/slack/channel-check.ts';
import { createWebClient } from '../../../../src/adapters/sinks/slack/connection/web-client.ts';
import { channelsNamed } from '../../../../src/app/channel.ts';
import { Settings } from '../../../../src/config/settings.ts';
import type { SlackOptions } from '../../../kit/slack/server.ts';
import type { Channel } from '../../../kit/slack/types.ts';
import { callsOf, hurried, memoryTroubles, newLog, slackWith } from '../../../kit/slack-sink/stage.ts';

function channel(id: string, name: string, change: Partial<Channel> = {}): Channel {
  const members = ['U0ALICE', 'U0MEDIC'];
  return { id, name, topic: '', is_private: false, is_archived: false, members, ...change };
}

const settings = Settings.parse({
  services: { shop: { channel: '#ops' }, till: { channel: 'nowhere' } },
  routes: [
    { severity: 'critical', channel: 'C0GONE' },
    { environment: 'test', channel: 'C0OLD' },
    { severity: 'info', channel: 'C0SECRET' },
  ],
  roles: { approvers: { channels: ['C0GONE'] } },
});
const CHANNELS = [
  channel('C0INCIDENTS', 'incidents'),
  channel('C0OPS', 'ops'),
  channel('C0OLD', 'old', { is_archived: true }),
  channel('C0SECRET', 'secret', { is_private: true, members: ['U0ALICE'] }),
];

async function checking(options: SlackOptions = {}) {
  const slack = await slackWith({ channels: CHANNELS, ...options });
  const troubles = memoryTroubles();
  const log = newLog();
  const client = createWebClient({ token: slack.botToken, apiUrl: slack.apiUrl, timeout: 1000, log });
  const named = channelsNamed(settings, 'C0INCIDENTS');
  return { slack, troubles, log, look: createChannelCheck(named, { client, pacer: hurried, troubles, log }) };
}

describe('the channels that the configuration names', () => {
  it('are asked about, and those that are not there or take nothing are named with where they are written', async () => {
    const { troubles, log, look } = await checking();
    await look();
    expect((await troubles.list()).toSorted()).toEqual([
      'Slack shows Medic no channel C0GONE (routes.0.channel, roles.approvers.channels.0): correct it, or invite Medic there with `/invite @Medic` where it is private.',
      'Slack shows Medic no channel C0SECRET (routes.2.channel): correct it, or invite Medic there with `/invite @Medic` where it is private.',
      'Slack shows Medic no channel nowhere (services.till.channel): correct it, or invite Medic there with `/invite @Medic` where it is private.',
      'The channel C0OLD (routes.1.channel) is archived, and takes no messages: unarchive it, or name another.',
    ]);
    const warned = log.lines.filter(({ level }) => level === 'warn');
    expect(warned.map(({ fields }) => (fields as { channel: string }).channel).toSorted()).toEqual([
      'C0GONE',
      'C0OLD',
      'C0SECRET',
      'nowhere',
    ]);
  });

  it('are asked about again until they are there, and no longer then', async () => {
    const { slack, troubles, log, look } = await checking();
    await look();
    slack.person('U0ALICE').invite('C0SECRET');
    await look();
    expect((await troubles.list()).join('\n')).not.toContain('C0SECRET');
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(4);
    const before = callsOf(slack, 'conversations.info');
    await look();
    // C0GONE and C0OLD; the name is looked for in the list.
    expect(callsOf(slack, 'conversations.info') - before).toBe(2);
  });

  it('are no trouble where Slack does not say', async () => {
    const { slack, troubles, look } = await checking();
    await slack.stop();
    await look();
    expect(await troubles.list()).toEqual([]);
  });
});
