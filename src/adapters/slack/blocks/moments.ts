import type { Incident } from '../../../incident/incident.ts';
import type { Alert } from '../../../intake/alert.ts';
import { all, type Chapter, last } from './chapter.ts';
import { figures } from './next-step.ts';
import type { Message, ServiceCard } from './service.ts';
import { SEVERITY } from './status.ts';
import {
  code,
  context,
  counted,
  link,
  mention,
  section,
  sections,
  sentence,
  span,
  time,
  words,
} from './text.ts';

const CLOSED: Readonly<Record<string, string>> = {
  healed: ':white_check_mark: *Resolved*',
  recovered: ':white_check_mark: *Recovered by itself*',
  answered: ':memo: *Answered*',
};

/** Who or what opened the incident, and with which alerts. */
export function openedMessage(chapter: Chapter): Message {
  const opened = last(chapter, 'opened');
  const alerts = opened?.alerts ?? [];
  const by = opened && opened.by !== 'alert' ? mention(opened.by) : 'an alert';
  const head = `:rotating_light: *Opened by ${by}* at ${time(opened?.at ?? 0)}`;
  return {
    text: `Opened by ${by}: ${alerts
      .map((alert) => words(alert.name, 80))
      .slice(0, 5)
      .join(', ')}`,
    blocks: sections([
      head,
      ...alerts.slice(0, 15).flatMap(alertLines),
      ...left(alerts.length - 15, 'alert'),
    ]),
  };
}

function alertLines(alert: Alert): string[] {
  const severity = SEVERITY[alert.severity];
  const labels = Object.entries(alert.labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity')
    .slice(0, 8)
    .map(([name, value]) => code(`${name}=${value}`, 80));
  const said = words(alert.annotations.summary ?? alert.annotations.description ?? '', 400);
  return [
    `${severity.emoji} *${words(alert.name, 120)}* (${severity.word}) since ${time(alert.startsAt)}${source(alert)}`,
    ...(said === '' ? [] : [`>${said}`]),
    ...(labels.length > 0 ? [labels.join(' ')] : []),
  ];
}

function source(alert: Alert): string {
  const text = link(alert.link, 'source');
  return text.startsWith('<') ? ` · ${text}` : '';
}

/** Alerts that came, came again or went after the opening, one line each. */
export function alertsMessage(chapter: Chapter): Message {
  const lines = all(chapter, 'alert-attached', 'alert-refired', 'alert-resolved').map((told) => {
    const name = `*${words(told.alert.name, 120)}*`;
    switch (told.kind) {
      case 'alert-attached':
        return `:bell: ${time(told.at)} ${name} joined (${SEVERITY[told.alert.severity].word})`;
      case 'alert-refired':
        return `:repeat: ${time(told.at)} ${name} fires again, ${counted(told.fires, 'time')} so far`;
      case 'alert-resolved':
        return `:white_check_mark: ${time(told.at)} ${name} resolved`;
      default:
        return told satisfies never;
    }
  });
  return {
    text: `Alerts: ${counted(lines.length, 'change')}`,
    blocks: sections([...left(lines.length - 20, 'earlier change'), ...lines.slice(-20)]),
  };
}

/** The model could not answer: what happened, and how Medic goes on without it. */
export function modelFailedMessage(chapter: Chapter): Message {
  const failed = last(chapter, 'model-failed');
  const head = `:warning: *The model did not help* (${code(failed?.model ?? '', 80)}): ${words(failed?.reason ?? '', 600)}`;
  const text = `The model did not help: ${words(failed?.reason ?? '', 300)}`;
  return { text, blocks: [section(head, words(failed?.fallback ?? '', 600))] };
}

/** No plan came of it, and why. */
export function notPlannedMessage(chapter: Chapter): Message {
  const told = last(chapter, 'not-planned');
  const playbook = told?.playbook ? ` with ${code(told.playbook, 60)}` : '';
  const reason = words(told?.reason ?? '', 800);
  return {
    text: `No automatic fix: ${reason}`,
    blocks: [section(`:no_entry: *No automatic fix*${playbook}: ${reason}`)],
  };
}

/** A person is needed: the one message that calls someone. */
export function escalatedMessage(chapter: Chapter, service: ServiceCard | null): Message {
  const told = last(chapter, 'escalated');
  const owners = (service?.owners ?? []).slice(0, 10).map(mention);
  const called = owners.length > 0 ? `${owners.join(' ')} ` : '';
  const reason = sentence(told?.reason ?? '', 1200);
  return {
    text: `${called}A person is needed: ${reason}`,
    blocks: [
      section(`:sos: ${called}*A person is needed:* ${reason}`),
      ...context(
        'Nothing automatic starts until the alerts resolve or a person acts. The evidence is above in this thread.',
      ),
    ],
  };
}

/** How it ended, with the times that matter, each counted from the opening. */
export function closedMessage(chapter: Chapter, incident: Incident): Message {
  const told = last(chapter, 'closed');
  const milestones = told?.milestones ?? incident.milestones;
  const took = milestones.closed === null ? '' : ` in ${span(milestones.closed - milestones.opened)}`;
  const head = `${CLOSED[told?.how ?? 'healed'] ?? ':white_check_mark: *Closed*'}${took}`;
  const name = words(incident.subject.name, 100);
  const reason = sentence(told?.reason ?? '', 800);
  const times = figures(milestones, told?.how ?? 'healed').join(' · ');
  const since = incident.openedBy.kind === 'alert' ? 'From the alert' : 'From the request';
  return {
    text: `${name}: ${told?.how === 'answered' ? 'answered' : 'resolved'}${took}. ${reason}`,
    blocks: [section(`${head}: *${name}*. ${reason}`), ...context(times === '' ? '' : `${since}: ${times}`)],
  };
}

/** A silence or a maintenance window began for it: until when nothing is done, and why. */
export function mutedMessage(chapter: Chapter): Message {
  const told = last(chapter, 'muted');
  const until = time(told?.until ?? 0, 'day');
  const reason = sentence(told?.words ?? '', 800);
  return {
    text: `Muted until ${until}: ${reason}`,
    blocks: [
      section(`:no_bell: *Muted until ${until}:* ${reason}`),
      ...context('It is looked into and told, and nothing is done. What still fires then is looked at.'),
    ],
  };
}

/** The silence is over. */
export function unmutedMessage(): Message {
  const text = 'No longer muted: what still fires is looked at now';
  return { text, blocks: [section(`:bell: *No longer muted:* what still fires is looked at now`)] };
}

function left(count: number, noun: string): string[] {
  return count > 0 ? [`_… and ${counted(count, noun)} more_`] : [];
}
