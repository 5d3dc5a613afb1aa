import type { createProjectionStore } from '../adapters/redis/projections.ts';
import { createSlackApp, type SlackApp } from '../adapters/slack/app.ts';
import { createPacer } from '../adapters/slack/pacer.ts';
import { createProjector } from '../adapters/slack/projector.ts';
import type { Contacts } from '../config/environment.ts';
import type { Shared } from '../config/load.ts';
import type { Desk } from '../engine/desk.ts';
import type { Notifier } from '../engine/notifier.ts';
import { openingSeverity } from '../incident/loudness.ts';
import { registered } from '../intake/subject.ts';
import type { Logger } from '../observability/logger.ts';
import type { Metrics } from '../observability/metrics.ts';
import { channelOf } from './channel.ts';

export interface Chat {
  readonly slack: SlackApp;
  readonly pacer: ReturnType<typeof createPacer>;
  readonly notifier: Notifier;
}

interface ChatParts {
  readonly desk: Desk;
  readonly projections: ReturnType<typeof createProjectionStore>;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** How people are reached, and reach Medic. */
export function chatOf(
  contacts: Contacts,
  { settings }: Shared,
  { desk, projections, metrics, log }: ChatParts,
): Chat {
  const slack = createSlackApp({
    mode: contacts.SLACK_APP_TOKEN === undefined ? 'http' : 'socket',
    botToken: contacts.SLACK_BOT_TOKEN,
    appToken: contacts.SLACK_APP_TOKEN,
    signingSecret: contacts.SLACK_SIGNING_SECRET,
    apiUrl: contacts.SLACK_API_URL,
    desk,
    projections,
    groups: [...new Set(Object.values(settings.roles).flatMap(({ groups }) => groups))],
    logger: log,
  });
  const pacer = createPacer();
  const notifier = createProjector({
    client: slack.client,
    pacer,
    meter: (method, result, seconds) => {
      metrics.slackCalls.inc({ method, result });
      metrics.slackCallDuration.observe({ method }, seconds);
    },
    store: projections,
    channelFor: (incident) =>
      channelOf(incident.subject, openingSeverity(incident), settings, contacts.SLACK_CHANNEL),
    serviceOf: ({ subject }) => {
      const service = registered(subject, settings);
      return service === null
        ? null
        : { name: subject.name, owners: service.owners, dashboards: service.dashboards };
    },
  });
  return { slack, pacer, notifier };
}
