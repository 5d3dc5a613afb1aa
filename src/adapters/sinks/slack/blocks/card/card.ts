import type { KnownBlock } from '@slack/types';
import type { QuietHours } from '../../../../../config/settings.ts';
import { cardLevel } from '../../../../../incident/alerts/notification-level.ts';
import { firingAlerts, type Incident } from '../../../../../incident/model/incident.ts';
import { currentPlan } from '../../../../../incident/model/phases.ts';
import { plainly } from '../../../../../lib/text/text-read.ts';
import { alertNames, describedBy, whatBreaks, whereBroken } from '../alerts.ts';
import { clip, fitBlocks, LIMITS } from '../limits.ts';
import { timely } from '../plain.ts';
import type { KnownServer, Message, PrimaryIncident, ServiceCard } from '../service.ts';
import { capital, context, counted, listed, oneLine, section, sentence, span, time } from '../text.ts';
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

/** How severe it is and what is broken, in one line, and since when. */
function broken(incident: Incident): string[] {
  const severity = SEVERITY[incident.severity];
  return [
    `${severity.emoji} *${capital(severity.word)}:* ${timely(whatBreaks(incident), 400)}`,
    ...describedBy(incident).map((said) => timely(said, 600)),
    ...whereBroken(incident),
    ...(incident.subject.kind === 'storm' || incident.crowd.total > 0 ? crowded(incident) : since(incident)),
  ];
}

function since(incident: Incident): string[] {
  const firing = firingAlerts(incident);
  const all = Object.values(incident.alerts);
  if (firing.length === 0) {
    return all.length === 0 ? [] : [`No alert is firing any more (${all.length} resolved)`];
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
