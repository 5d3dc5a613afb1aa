import type { KnownBlock } from '@slack/types';
import type { QuietHours } from '../../../../../config/settings.ts';
import { cardLevel } from '../../../../../incident/alerts/notification-level.ts';
import { firingAlerts, type Incident } from '../../../../../incident/model/incident.ts';
import { currentPlan } from '../../../../../incident/model/phases.ts';
import { plainly } from '../../../../../lib/text/text-read.ts';
import { alertNames, describedBy, isQuoted, knownHow, whatBreaks, whereBroken } from '../alerts.ts';
import { clip, fitBlocks, LIMITS } from '../limits.ts';
import { showAll } from '../record-button.ts';
import type { KnownServer, Message, PrimaryIncident, ServiceCard } from '../service.ts';
import {
  capital,
  context,
  counted,
  listed,
  mention,
  oneLine,
  section,
  sentence,
  span,
  time,
  timely,
} from '../text.ts';
import { buttonsOf } from './buttons.ts';
import { callLines } from './call-lines.ts';
import { footer } from './card-footer.ts';
import { cause, fix } from './card-lines.ts';
import { dependantLine, foundLines, releaseLine } from './found-lines.ts';
import { companyOf, hostLine } from './links.ts';
import { nextStep } from './next-step.ts';
import { notification } from './notification.ts';
import { alertCounts, namesIn } from './overflow.ts';
import { endOf, headingOf, SEVERITY } from './status.ts';
import { toolsOf } from './tools.ts';

export interface CardView {
  /** Epoch milliseconds of record, for the countdown. */
  readonly now: number;
  readonly service?: ServiceCard | null;
  readonly host?: PrimaryIncident | null;
  /** Address of the thread in which it was told before; null where it has none, or nobody knows it. */
  readonly former?: string | null;
  /** Who has paused Medic; null where nobody has. */
  readonly pausedBy?: string | null;
  /** False while the thread does not yet show what the buttons are about. */
  readonly buttons?: boolean;
  readonly quietHours?: QuietHours | null;
  readonly servers?: readonly KnownServer[];
  /** Slack ids of the people and groups who may approve. */
  readonly approvers?: readonly string[];
}

/** The one message of an incident that stands in the channel. */
export interface CardMessage extends Message {
  /** Whether one in another's thread is shown in the channel as well. */
  readonly broadcast: boolean;
}

/**
 * The one message a person half asleep reads: what is broken, why, how sure, what happens next and when, and what a thumb
 * can do about it.
 */
export function card(incident: Incident, view: CardView): CardMessage {
  const { service = null, host = null, quietHours = null, servers = [], pausedBy = null } = view;
  const status = headingOf(incident, pausedBy !== null);
  const name = oneLine(service?.name ?? incident.subject.name) || 'unnamed';
  const blocks: KnownBlock[] = [
    {
      type: 'header',
      text: {
        type: 'plain_text',
        text: `${status.emoji} ${status.word}: ${clip(name, LIMITS.header - 50)}`,
        emoji: true,
      },
    },
    section(...broken(incident), ...releaseLine(incident), ...dependantLine(service?.dependants ?? [])),
    ...cause(incident),
    ...foundLines(incident),
    ...fix(currentPlan(incident)),
    ...next(incident, view, pausedBy),
    ...context(...callLines(incident)),
    ...ending(incident),
    ...context(...hostLine(incident, host, view.former ?? null), ...companyOf(incident)),
  ];
  const last = [
    ...wholeAnswer(incident),
    ...(view.buttons === false ? [] : buttonsOf(incident)),
    ...toolsOf(incident),
    ...footer(incident, service, servers),
  ];
  return {
    text: clip(notification(incident, status.word, name, pausedBy), LIMITS.fallback),
    blocks: fitBlocks(blocks, last),
    broadcast: cardLevel(incident, quietHours) !== 'quiet',
  };
}

/** All that was read for whoever asked, behind a button: the answer itself is short. */
function wholeAnswer({ id, phase, evidence, round }: Incident): KnownBlock[] {
  const answered = phase.at === 'closed' && phase.how === 'answered' && evidence.length > 0;
  return answered ? showAll({ i: id, k: 'evidence', r: round }) : [];
}

/** How severe it is and what is broken, in one line, and since when. */
function broken(incident: Incident): string[] {
  const severity = SEVERITY[incident.severity];
  if (incident.openedBy.kind === 'person' && Object.keys(incident.alerts).length === 0)
    return askedFor(incident);
  const what = timely(whatBreaks(incident), 400);
  const over = isOver(incident);
  return [
    `${severity.emoji} *${capital(severity.word)}:* ${over && isQuoted(incident) ? `the alert said “${what}”` : what}`,
    ...(over ? [] : describedBy(incident).map((said) => timely(said, 600))),
    ...whereBroken(incident),
    ...askedFor(incident),
    ...knownHow(incident.subject, incident.because),
    ...(incident.subject.kind === 'storm' || incident.crowd.total > 0 ? crowded(incident) : since(incident)),
  ];
}

/** Who asked, and for what. */
function askedFor({ openedBy, title, subject }: Incident): string[] {
  if (openedBy.kind !== 'person') return [];
  const about = title.trim() === subject.name ? '' : `: “${timely(title, 300)}”`;
  return [`:speech_balloon: ${mention(openedBy.user)} asked for it${about}`];
}

/** The alert's words are of the time when it fired: with figures in them they would read as if they were so now. */
function isOver(incident: Incident): boolean {
  return incident.phase.at === 'closed' || alertCounts(incident).firing === 0;
}

const ENDED: Readonly<Record<number, string>> = {
  1: 'The alert has resolved',
  2: 'Both alerts have resolved',
};

function since(incident: Incident): string[] {
  const firing = firingAlerts(incident);
  const all = Object.values(incident.alerts);
  if (firing.length === 0) {
    return all.length === 0 ? [] : [ENDED[all.length] ?? `All ${all.length} alerts have resolved`];
  }
  const began = time(Math.min(...firing.map((alert) => alert.startsAt)), 'day');
  const names = firing.length > 1 && firing.length <= 3 ? `: ${listed(alertNames(firing))}` : '';
  // Nothing is heard of it any more: what fired then may have resolved long ago.
  if (incident.phase.at === 'closed')
    return [`${counted(firing.length, 'alert')} had not resolved when this closed${names}`];
  return [`${counted(firing.length, 'alert')} firing since ${began}${names}`];
}

/** More alerts than anybody reads: how many there are, and of what. */
function crowded(incident: Incident): string[] {
  const { total, firing } = alertCounts(incident);
  return [
    `*${counted(total, 'alert')}*, ${firing > 0 ? `${firing} of them firing` : 'none of them firing any more'}`,
    namesIn(incident).join(' · '),
  ];
}

function next(incident: Incident, { now, approvers = [] }: CardView, pausedBy: string | null): KnownBlock[] {
  const [first, ...rest] = isUnexplained(incident)
    ? ['a person takes over']
    : nextStep(incident, now, { pausedBy, approvers });
  return first === undefined ? [] : [section(`*Next:* ${first}`, ...rest)];
}

/** Whether a person is called because nobody knows the cause, which the line of the cause says already. */
function isUnexplained({ diagnosis, phase }: Incident): boolean {
  const conclusion = diagnosis?.conclusion;
  return (
    phase.at === 'escalated' &&
    conclusion?.kind === 'abstained' &&
    plainly(phase.reason).startsWith(conclusion.reason)
  );
}

function ending(incident: Incident): KnownBlock[] {
  if (incident.phase.at !== 'closed') return [];
  const { milestones, phase } = incident;
  const took = milestones.closed === null ? '' : ` in ${span(milestones.closed - milestones.opened)}`;
  return [section(`*${endOf(incident).word}${took}.* ${capital(sentence(phase.reason, 600))}`)];
}
