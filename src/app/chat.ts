import type { KnownServer } from '../adapters/sinks/slack/blocks/service.ts';
import { createChannelCheck } from '../adapters/sinks/slack/channel-check.ts';
import { createSlackApp, type SlackApp } from '../adapters/sinks/slack/connection/app.ts';
import type { Meter } from '../adapters/sinks/slack/connection/calls.ts';
import { createPacer } from '../adapters/sinks/slack/connection/pacer.ts';
import { createLive } from '../adapters/sinks/slack/projection/live.ts';
import { createProjector } from '../adapters/sinks/slack/projection/projector.ts';
import { slackSink } from '../adapters/sinks/slack/sink.ts';
import type { createProjectionStore } from '../adapters/stores/redis/beside/projections.ts';
import { registered } from '../alerts/subject.ts';
import type { Secrets } from '../config/environment.ts';
import type { Shared } from '../config/load.ts';
import { serversOf } from '../config/servers.ts';
import type { Server } from '../config/settings.ts';
import type { Desk } from '../desk/desk.ts';
import type { HealthWarnings } from '../engine/health/health-warnings.ts';
import type { HomeViewers } from '../engine/showing/home-viewers.ts';
import type { Live } from '../engine/showing/notifier.ts';
import { openingSeverity } from '../incident/alerts/notification-level.ts';
import type { Sink } from '../notify/sink.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { affectedBy } from '../services/neighbourhood.ts';
import { channelOf, channelsNamed } from './channel.ts';

export interface Chat {
  readonly slack: SlackApp;
  readonly pacer: ReturnType<typeof createPacer>;
  readonly sink: Sink;
  readonly live: Live;
  /** Asks Slack about the channels that are named and not yet known to be there. */
  readonly lookForChannels: () => Promise<void>;
}

interface ChatParts {
  /** The desk, which may say where a thread is and what is wrong with the chat. */
  readonly deskFor: (chat: Pick<SlackApp, 'threadsOf' | 'troubles'>) => Desk;
  readonly projections: ReturnType<typeof createProjectionStore>;
  readonly visitors: HomeViewers;
  readonly troubles: HealthWarnings;
  readonly invited: () => Promise<void>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** How people are reached, and reach Medic. */
export function chatOf(
  contacts: Secrets,
  { env, settings }: Shared,
  { deskFor, projections, visitors, troubles, invited, metrics, log }: ChatParts,
): Chat {
  const pacer = createPacer();
  const meter: Meter = (method, result, seconds) => {
    metrics.slackCalls.inc({ method, result });
    metrics.slackCallDuration.observe({ method }, seconds);
  };
  const slack: SlackApp = createSlackApp({
    mode: contacts.SLACK_APP_TOKEN === undefined ? 'http' : 'socket',
    botToken: contacts.SLACK_BOT_TOKEN,
    appToken: contacts.SLACK_APP_TOKEN,
    signingSecret: contacts.SLACK_SIGNING_SECRET,
    apiUrl: contacts.SLACK_API_URL,
    // Both are asked only when somebody comes, and there is a chat by then.
    desk: deskFor({
      threadsOf: (incidents) => slack.threadsOf(incidents),
      troubles: () => slack.troubles(),
    }),
    projections,
    visitors,
    pacer,
    meter,
    invited,
    groups: [...new Set(Object.values(settings.roles).flatMap(({ groups }) => groups))],
    logger: log,
  });
  const told = async (about: string, words: string | null) => {
    if (words !== null)
      log.warn({ about, remedy: words }, 'what belongs into a channel cannot be told there');
    await troubles.tell(about, words);
  };
  const notifier = createProjector({
    client: slack.client,
    pacer,
    meter,
    store: projections,
    troubles: { tell: told },
    log,
    fallback: contacts.SLACK_CHANNEL,
    channelFor: (incident) =>
      channelOf(incident.subject, openingSeverity(incident), settings, contacts.SLACK_CHANNEL),
    audience: {
      approvers: [...settings.roles.approvers.users, ...settings.roles.approvers.groups],
      quietHours: settings.quiet_hours,
    },
    servers: knownServers({ env, settings }),
    serviceOf: ({ subject }) => {
      const service = registered(subject, settings);
      return service === null
        ? null
        : {
            name: subject.name,
            owners: service.owners,
            dashboards: service.dashboards,
            dependants: affectedBy(subject, settings),
          };
    },
  });
  const live = createLive({ client: slack.client, store: projections, log });
  const look = createChannelCheck(channelsNamed(settings, contacts.SLACK_CHANNEL), {
    client: slack.client,
    pacer,
    meter,
    troubles,
    log,
  });
  return {
    slack,
    pacer,
    sink: slackSink(
      notifier,
      projections,
      async (id) => (await slack.threadsOf([{ id }])).get(id)?.url ?? null,
    ),
    live,
    lookForChannels: async () => (slack.ready().ok ? look() : undefined),
  };
}

/** The servers of the settings, by every address that people reach them at. */
function knownServers(shared: Pick<Shared, 'env' | 'settings'>): readonly KnownServer[] {
  const { prometheus, alertmanager } = serversOf(shared);
  const known = (kind: KnownServer['kind'], servers: readonly Server[]) =>
    servers.flatMap(({ url, external_url: external }) =>
      [url, external].flatMap((address) =>
        address === undefined ? [] : [{ kind, host: new URL(address).host }],
      ),
    );
  return [...known('Prometheus', prometheus), ...known('Alertmanager', alertmanager)];
}
