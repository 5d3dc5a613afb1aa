import type { Alert, Subject } from '../../../../../../alerts/alert.ts';
import type { Closure, Incident } from '../../../../../../incident/model/incident.ts';
import { say } from '../../../../../../lib/text/text.ts';
import { alertLink, alertNames, knownHow, saidBy } from '../../alerts.ts';
import { figures } from '../../card/next-step.ts';
import { SEVERITY } from '../../card/status.ts';
import { readable, roundly } from '../../plain.ts';
import type { Audience, KnownServer, Message, ServiceCard } from '../../service.ts';
import {
  capital,
  code,
  context,
  counted,
  mention,
  section,
  sections,
  sentence,
  span,
  time,
  timely,
  words,
} from '../../text.ts';
import { answeredByRecovery } from '../answered.ts';
import { all, last, type ThreadSection } from '../thread-section.ts';

const WORDS: Readonly<Record<Closure, string>> = {
  healed: 'resolved',
  recovered: 'well again',
  resolved: 'its alerts have resolved',
  answered: 'answered',
};

const CLOSED: Readonly<Record<string, string>> = {
  healed: ':white_check_mark: *Resolved*',
  recovered: ':white_check_mark: *Recovered by itself*',
  resolved: ':white_circle: *Alerts resolved*',
  answered: ':memo: *Answered*',
};

/** Who or what opened the incident, and with which alerts. */
export function openedMessage(
  chapter: ThreadSection,
  subject: Subject,
  servers: readonly KnownServer[] = [],
): Message {
  const opened = last(chapter, 'opened');
  const alerts = opened?.alerts ?? [];
  const by = opened && opened.by !== 'alert' ? mention(opened.by) : 'an alert';
  const names = alertNames(alerts);
  const called = alerts
    .slice(0, 5)
    .map((alert) => words(alert.name, 80))
    .join(', ');
  // An alert is an alarm; a question is none.
  const emoji = alerts.length > 0 ? ':rotating_light:' : ':speech_balloon:';
  const head = `${emoji} *Opened by ${by}* at ${time(opened?.at ?? 0)}`;
  return {
    text: `Opened by ${by}${called === '' ? '' : `: ${called}`}`,
    blocks: sections([
      head,
      ...knownHow(subject, opened?.because),
      ...alerts.slice(0, 10).flatMap((alert, index) => alertLines(alert, names[index] ?? '', servers)),
      ...left(alerts.length - 10, 'alert'),
    ]),
  };
}

function alertLines(alert: Alert, name: string, servers: readonly KnownServer[]): string[] {
  const severity = SEVERITY[alert.severity];
  const labels = Object.entries(alert.labels)
    .filter(([name]) => name !== 'alertname' && name !== 'severity')
    .slice(0, 8)
    .map(([name, value]) => `${words(name, 40)} ${words(value, 60)}`);
  const said = timely(roundly(saidBy(alert)), 400);
  const source = alertLink(alert, servers);
  return [
    `${severity.emoji} ${name} (${severity.word}) since ${time(alert.startsAt, 'day')}${source === '' ? '' : ` · ${source}`}`,
    ...(said === '' ? [] : [`>${said}`]),
    ...(labels.length > 0 ? [labels.join(' · ')] : []),
  ];
}

/** Alerts that came, came again or went after the opening, one line each. */
export function alertsMessage(chapter: ThreadSection, incident: Incident): Message {
  const changes = all(chapter, 'alert-attached', 'alert-refired', 'alert-resolved');
  const known = [...changes, ...Object.values(incident.alerts)].map(({ alert }) => alert);
  const alerts = [...new Map(known.map((alert) => [alert.fingerprint, alert])).values()];
  const names = alertNames(alerts);
  const lines = changes.map((told) => {
    const name = names[alerts.findIndex(({ fingerprint }) => fingerprint === told.alert.fingerprint)];
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
export function modelFailedMessage(chapter: ThreadSection): Message {
  const failed = last(chapter, 'model-failed');
  const head = `:warning: *The model did not help* (${code(failed?.model ?? '', 80)}): ${words(failed?.reason ?? '', 600)}`;
  const text = `The model did not help: ${words(failed?.reason ?? '', 300)}`;
  return { text, blocks: [section(head, capital(words(failed?.fallback ?? '', 600)))] };
}

/** No plan came of it, and why. */
export function notPlannedMessage(chapter: ThreadSection): Message {
  const told = last(chapter, 'not-planned');
  const playbook = told?.playbook ? ` with ${code(told.playbook, 60)}` : '';
  const reason = sentence(say`${told?.reason ?? ''}`, 800);
  return {
    text: `No automatic fix: ${reason}`,
    blocks: [section(`:no_entry: *No automatic fix*${playbook}: ${reason}`)],
  };
}

/** What is known of those who are called, and of what for. */
export interface Called {
  readonly incident: Incident;
  readonly service: ServiceCard | null;
  readonly audience: Audience;
}

/** A person is needed: the one message that calls someone. */
export function escalatedMessage(chapter: ThreadSection, { incident, service, audience }: Called): Message {
  const told = last(chapter, 'escalated');
  const reason = sentence(told?.reason ?? '', 1200, readable);
  const name = words(incident.subject.name, 100);
  const severity = SEVERITY[incident.severity].word;
  const answered = answeredByRecovery(incident);
  if (answered !== null) {
    const was = `a person was needed for ${name} (${severity}): ${reason}`;
    return {
      named: true,
      text: `${answered}; ${was}`,
      blocks: [section(`:white_check_mark: *${answered}*; ${was}`)],
    };
  }
  if (hasGoneOn(incident)) {
    const was = `A person was called for ${name}`;
    return {
      named: true,
      text: `${was}: ${reason}. It has gone on since`,
      blocks: [
        section(`:sos: *${was}:* ${reason}`),
        ...context('It has gone on since: the card says how it stands now.'),
      ],
    };
  }
  const called = mentioned({ service, audience });
  return {
    named: true,
    text: `${called}A person is needed for ${name} (${severity}): ${reason}`,
    blocks: [
      section(`:sos: ${called}*A person is needed for ${name}* (${severity}): ${reason}`),
      ...context(
        `Nothing automatic starts ${untilWhat(incident)} or a person acts. The evidence is above in this thread.`,
      ),
    ],
  };
}

/** Whether nobody is waited for any more: it is looked into anew, or somebody chose what comes next. */
function hasGoneOn({ phase }: Incident): boolean {
  return phase.at !== 'escalated' && phase.at !== 'closed';
}

/** Mentions whoever a service belongs to. What nobody owns, such as a storm, must wake somebody too. */
export function mentioned({ service, audience }: Pick<Called, 'service' | 'audience'>): string {
  const owners = service?.owners ?? [];
  return (owners.length > 0 ? owners : audience.approvers)
    .slice(0, 10)
    .map((who) => `${mention(who)} `)
    .join('');
}

/** What, besides a person, sets things going again once a person was called. */
function untilWhat({ alerts, crowd }: Incident): string {
  const all = Object.values(alerts);
  const firing = crowd.firing > 0 || all.some(({ alert }) => alert.status === 'firing');
  return all.length > 0 && !firing ? 'until an alert fires again' : 'until the alerts resolve';
}

/** How it ended, with the times that matter, each counted from the opening. */
export function closedMessage(chapter: ThreadSection, incident: Incident): Message {
  const told = last(chapter, 'closed');
  const milestones = told?.milestones ?? incident.milestones;
  const took = milestones.closed === null ? '' : ` in ${span(milestones.closed - milestones.opened)}`;
  const known = CLOSED[told?.how ?? 'healed'] ?? ':white_check_mark: *Closed*';
  const byItself = told?.how === 'recovered' && incident.attempts.length === 0;
  const head = `${told?.how === 'recovered' && !byItself ? ':white_check_mark: *Well again*' : known}${took}`;
  const name = words(incident.subject.name, 100);
  const reason = sentence(told?.reason ?? '', 800);
  const times = figures(milestones, told?.how ?? 'healed').join(' · ');
  return {
    named: true,
    text: `${name}: ${WORDS[told?.how ?? 'healed']}${took}. ${capital(reason)}`,
    blocks: [
      section(`${head}: *${name}*. ${capital(reason)}`),
      ...context(times === '' ? '' : `Since it opened: ${times}`),
    ],
  };
}

/** A silence or a maintenance window began for it: until when nothing is done, and why. */
export function mutedMessage(chapter: ThreadSection): Message {
  const told = last(chapter, 'muted');
  const until = time(told?.until ?? 0, 'day');
  const reason = sentence(told?.words ?? '', 800);
  return {
    text: `Muted until ${until}: ${reason}`,
    blocks: [
      section(`:no_bell: *Muted until ${until}:* ${reason}`),
      ...context(
        'Medic investigates and reports, but changes nothing. Whatever still fires then gets a fresh look.',
      ),
    ],
  };
}

/** The silence is over. */
export function unmutedMessage(): Message {
  const text = 'No longer muted: whatever still fires gets a fresh look now';
  return { text, blocks: [section(`:bell: *No longer muted:* whatever still fires gets a fresh look now`)] };
}

function left(count: number, noun: string): string[] {
  return count > 0 ? [`_… and ${count} more ${noun}${count === 1 ? '' : 's'}_`] : [];
}
