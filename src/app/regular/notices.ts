import { type Announcer, createAnnouncer } from '../../adapters/sinks/slack/announcer.ts';
import type { Secrets } from '../../config/environment.ts';
import { type Announce, type Notices, tellNotices } from '../../engine/health/losses.ts';
import type { Mutex } from '../../engine/showing/show.ts';
import { withoutSecrets } from '../../lib/secrets.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { Chat } from '../chat.ts';

interface TellerParts {
  readonly notices: Notices;
  readonly mutex: Mutex;
  readonly chat: Pick<Chat, 'slack' | 'pacer'>;
  readonly metrics: Metrics;
  readonly redact: (text: string) => string;
}

/** Says what is about no incident in the channel for all, without secrets. */
export function announcerOf(
  { SLACK_CHANNEL }: Pick<Secrets, 'SLACK_CHANNEL'>,
  { chat, metrics, redact }: Pick<TellerParts, 'chat' | 'metrics' | 'redact'>,
): Announcer {
  const { announce, told } = createAnnouncer({
    client: chat.slack.client,
    pacer: chat.pacer,
    channel: SLACK_CHANNEL,
    meter: (method, result, seconds) => {
      metrics.slackCalls.inc({ method, result });
      metrics.slackCallDuration.observe({ method }, seconds);
    },
  });
  return { told, announce: (id, text, how) => announce(id, withoutSecrets(text, redact), how) };
}

/** The regular work of telling people what is about no incident: one replica at a time, and not while Slack cannot be reached. */
export function noticeTeller(
  announce: Announce,
  { notices, mutex, chat }: Pick<TellerParts, 'notices' | 'mutex' | 'chat'>,
): () => Promise<unknown> {
  return async () =>
    chat.slack.ready().ok && mutex.withLock('notices', async () => tellNotices(notices, announce));
}
