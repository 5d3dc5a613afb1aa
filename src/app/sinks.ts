import { createPagerDuty } from '../adapters/sinks/pagerduty.ts';
import { pagerDutyInlet } from '../adapters/sinks/pagerduty-inlet.ts';
import { createWebhook } from '../adapters/sinks/webhook.ts';
import { webhookInlet } from '../adapters/sinks/webhook-inlet.ts';
import type { Secrets } from '../config/environment.ts';
import type { PagerName } from '../config/escalation.ts';
import type { Settings } from '../config/settings.ts';
import type { HealthWarnings } from '../engine/health/health-warnings.ts';
import type { Incident } from '../incident/model/incident.ts';
import type { Inlet } from '../notify/inlet.ts';
import { type Pager, pagerSink, type Standings } from '../notify/pager.ts';
import type { Sink } from '../notify/sink.ts';

type Told = Pick<Settings, 'pagerduty' | 'webhook'>;

/** A pager where what it takes is configured, and where it says who is on it; null where something is missing. */
interface Kind {
  pager(contacts: Secrets, settings: Told): Pager | null;
  inlet(contacts: Secrets): Inlet | null;
}

/** Every pager there is. What is written of one in `medic.yml` and its secrets decide whether Medic has it. */
const KINDS: Readonly<Record<PagerName, Kind>> = {
  pagerduty: {
    pager: ({ PAGERDUTY_ROUTING_KEY: routingKey }, { pagerduty }) =>
      routingKey === undefined ? null : createPagerDuty({ url: pagerduty.url, routingKey }),
    inlet: ({ PAGERDUTY_WEBHOOK_SECRET: secrets }) =>
      secrets === undefined ? null : pagerDutyInlet(secrets.split(',').map((one) => one.trim())),
  },
  webhook: {
    pager: ({ WEBHOOK_SECRET: secret }, { webhook: { url } }) =>
      secret === undefined || url === undefined ? null : createWebhook({ url, secret }),
    inlet: ({ WEBHOOK_SECRET: secret }) => (secret === undefined ? null : webhookInlet(secret)),
  },
};

/** The names of the pagers that are configured. */
export function pagersOf(contacts: Secrets, settings: Told): readonly string[] {
  return Object.entries(KINDS).flatMap(([name, kind]) =>
    kind.pager(contacts, settings) === null ? [] : [name],
  );
}

interface SinkParts {
  readonly chat: Sink;
  readonly standings: Standings;
  readonly threadOf: (incident: Incident) => Promise<string | null>;
  readonly troubles: Pick<HealthWarnings, 'tell'>;
}

/** Every place where incidents are told, by its name: Slack, and the pagers that are configured. */
export function sinksOf(
  contacts: Secrets,
  settings: Told,
  { chat, standings, threadOf, troubles }: SinkParts,
): ReadonlyMap<string, Sink> {
  const pagers = Object.values(KINDS).flatMap((kind) => kind.pager(contacts, settings) ?? []);
  const sinks = pagers.map((pager) => {
    const trouble = (words: string | null) => troubles.tell(`sink ${pager.name}`, words);
    return pagerSink(pager, { standings, threadOf, trouble });
  });
  return new Map([chat, ...sinks].map((sink) => [sink.name, sink]));
}

/** Where pagers say who is on it. */
export function inletsOf(contacts: Secrets): readonly Inlet[] {
  return Object.values(KINDS).flatMap((kind) => kind.inlet(contacts) ?? []);
}
