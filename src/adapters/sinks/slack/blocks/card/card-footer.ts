import type { KnownBlock } from '@slack/types';
import { firingAlerts, type Incident, type Judgement } from '../../../../../incident/model/incident.ts';
import { alertLink, namedLink } from '../alerts.ts';
import { LIMITS } from '../limits.ts';
import type { KnownServer, ServiceCard } from '../service.ts';
import { code, context, link, mention, mrkdwn, safeUrl, time, words } from '../text.ts';

/** Links, and in small print which incident it is and what people made of its diagnosis. */
export function footer(
  incident: Incident,
  service: ServiceCard | null,
  servers: readonly KnownServer[],
): KnownBlock[] {
  const links = linksOf(incident, service, servers);
  const about = `${code(incident.id, 80)} · ${words(incident.subject.environment, 60)} · opened ${time(incident.milestones.opened, 'day')}`;
  return [
    ...(links.length > 0
      ? [
          {
            type: 'context' as const,
            elements: links.slice(0, LIMITS.contextElements).map(mrkdwn),
          },
        ]
      : []),
    ...context(about, ...incident.judgements.slice(-3).map(judgementLine)),
  ];
}

/** What a person made of the diagnosis, in a few words. */
export function judgementLine({ by, verdict, really }: Judgement): string {
  const was = verdict === 'wrong' && really ? `: it was ${words(really, 300)}` : '';
  return `diagnosis called ${verdict} by ${mention(by)}${was}`;
}

/** Links a person may want: runbook and dashboards from the registry and the alerts, and the alert at its source. */
function linksOf(incident: Incident, service: ServiceCard | null, servers: readonly KnownServer[]): string[] {
  const firing = firingAlerts(incident)[0];
  const alert = firing ?? Object.values(incident.alerts)[0]?.alert;
  const notes = alert?.annotations ?? {};
  const dashboards = (service?.dashboards ?? []).slice(0, 4);
  const candidates: readonly (readonly [string, string | null | undefined, string])[] = [
    [':book:', notes.runbook_url ?? notes.runbook, namedLink(notes.runbook_url ?? notes.runbook, 'Runbook')],
    ...dashboards.map(
      (url, index) =>
        [':bar_chart:', url, link(url, `Dashboard${index > 0 ? ` ${index + 1}` : ''}`)] as const,
    ),
    [
      ':bar_chart:',
      notes.dashboard_url ?? notes.dashboard,
      namedLink(notes.dashboard_url ?? notes.dashboard, 'Alert dashboard'),
    ],
  ];
  const source = alertLink(alert, servers);
  return [
    ...candidates.filter(([, url]) => safeUrl(url) !== null).map(([emoji, , shown]) => `${emoji} ${shown}`),
    ...(source === '' ? [] : [`:mag: ${source}`]),
  ];
}
