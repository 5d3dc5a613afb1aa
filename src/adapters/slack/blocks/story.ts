import type { Incident } from '../../../incident/incident.ts';
import type { Happening, TimelineEntry } from '../../../incident/timeline.ts';
import { attemptMessage } from './attempt-message.ts';
import type { Chapter } from './chapter.ts';
import { chartMessage } from './chart-message.ts';
import { crowdMessage } from './crowd.ts';
import { diagnosisMessage } from './diagnosis-message.ts';
import { evidenceMessage } from './evidence-message.ts';
import { clip, fitBlocks, LIMITS } from './limits.ts';
import { didNotLastMessage, guestsMessage, linkedMessage } from './links.ts';
import {
  alertsMessage,
  closedMessage,
  escalatedMessage,
  modelFailedMessage,
  mutedMessage,
  notPlannedMessage,
  openedMessage,
  unmutedMessage,
} from './moments.ts';
import { judgedMessage, reminderMessage } from './people-message.ts';
import { dryRunMessage, planMessage } from './plan-message.ts';
import { questionMessage } from './question-message.ts';
import type { Host, Message, ServiceCard } from './service.ts';
import { context, words } from './text.ts';
import { verificationMessage } from './verification-message.ts';

export interface StoryView {
  readonly service?: ServiceCard | null;
  /** The incident in whose thread this is told; null where it has a thread of its own. */
  readonly host?: Host | null;
}

/** One message of the thread. The same key is the same message, however often its text changes. */
export interface StoryMessage extends Message {
  readonly key: string;
  /** The newest timeline entry in it. */
  readonly seq: number;
  /** When it began, and the newest of it; epoch milliseconds. */
  readonly began: number;
  readonly newest: number;
  /** Shown in the channel too, for outcomes that matter there. */
  readonly broadcast?: boolean;
}

/**
 * The thread of an incident: its timeline, told in messages in the order in which they began. Later entries of the same
 * matter change a message that stands already, so that progress is edited and not posted.
 */
export function story(
  incident: Incident,
  timeline: readonly TimelineEntry[],
  view: StoryView = {},
): StoryMessage[] {
  const about = incident.link === null ? null : words(view.service?.name ?? incident.subject.name, 100);
  return chapters(timeline).map((chapter) => {
    const { text, blocks, short = text, live } = bearing(about, tell(chapter, incident, view));
    const outcome = chapter.key === 'closed' || chapter.key.startsWith('escalated');
    return {
      key: chapter.key,
      seq: chapter.entries.at(-1)?.seq ?? 0,
      began: chapter.entries[0]?.at ?? 0,
      newest: chapter.entries.at(-1)?.at ?? 0,
      text: clip(text, LIMITS.fallback),
      short,
      blocks: fitBlocks(blocks),
      ...(live ? { live } : {}),
      ...(outcome ? { broadcast: true } : {}),
    };
  });
}

/** In a thread that several incidents share, each message says what it is about. */
function bearing(about: string | null, message: Message): Message {
  if (about === null) return message;
  const { text, blocks, short = text } = message;
  return {
    ...message,
    text: `${about}: ${text}`,
    short: `${about}: ${short}`,
    blocks: [...context(`*${about}*`), ...blocks],
  };
}

/** Whether a message of the thread is about this plan and must stand before the plan's buttons appear. */
export function standsBefore(plan: string, key: string): boolean {
  const dryRun = `dry-run-${plan}`;
  return key === `plan-${plan}` || key === dryRun || key.startsWith(`${dryRun}-`);
}

function chapters(timeline: readonly TimelineEntry[]): Chapter[] {
  const byKey = new Map<string, TimelineEntry[]>();
  const nth: Record<string, number> = {};
  for (const entry of timeline) {
    const key = keyOf(entry.happening, (name) => {
      nth[name] = (nth[name] ?? 0) + 1;
      return nth[name] === 1 ? name : `${name}-${nth[name]}`;
    });
    if (key === null) continue;
    const entries = byKey.get(key);
    if (entries) entries.push(entry);
    else byKey.set(key, [entry]);
  }
  return [...byKey].map(([key, entries]) => ({ key, entries }));
}

/** @param each numbers what is told anew every time it happens */
function keyOf(happening: Happening, each: (name: string) => string): string | null {
  switch (happening.kind) {
    case 'opened':
      return 'opened';
    case 'alert-attached':
    case 'alert-refired':
    case 'alert-resolved':
      return 'alerts';
    case 'alerts-counted':
    case 'linked':
    case 'did-not-last':
      return happening.kind;
    case 'guest-came':
      return 'guests';
    case 'evidence':
      return `evidence-${happening.round}`;
    case 'diagnosed':
    case 'second-opinion':
      return `diagnosis-${happening.diagnosis.by.kind}-${happening.diagnosis.round}`;
    case 'model-failed':
    case 'not-planned':
    case 'escalated':
    case 'muted':
    case 'unmuted':
      return each(happening.kind);
    case 'dry-run':
      return each(`dry-run-${happening.plan}`);
    case 'started':
      return `attempt-${happening.attempt.id}`;
    case 'task':
    case 'stop-asked':
    case 'ended':
      return `attempt-${happening.attempt}`;
    case 'watching':
    case 'sampled':
    case 'outcome':
      return `verify-${happening.plan}`;
    case 'closed':
      return 'closed';
    case 'judged':
      return 'judged';
    case 'asked':
      return `question-${happening.question.id}`;
    case 'question-evidence':
    case 'answered':
      return `question-${happening.question}`;
    case 'charted':
      return each(`chart-${happening.moment}`);
    case 'reminded':
      return each(`reminder-${happening.plan}`);
    case 'refused':
      return null;
    default:
      return `plan-${happening.kind === 'planned' ? happening.plan.id : happening.plan}`;
  }
}

function tell(chapter: Chapter, incident: Incident, { service = null, host = null }: StoryView): Message {
  switch (chapter.entries[0]?.happening.kind) {
    case 'opened':
      return openedMessage(chapter);
    case 'alert-attached':
    case 'alert-refired':
    case 'alert-resolved':
      return alertsMessage(chapter);
    case 'alerts-counted':
      return crowdMessage(chapter);
    case 'linked':
      return linkedMessage(chapter, incident, host);
    case 'guest-came':
      return guestsMessage(chapter);
    case 'did-not-last':
      return didNotLastMessage(chapter, incident);
    case 'muted':
      return mutedMessage(chapter);
    case 'unmuted':
      return unmutedMessage();
    case 'evidence':
      return evidenceMessage(chapter);
    case 'diagnosed':
    case 'second-opinion':
      return diagnosisMessage(chapter);
    case 'model-failed':
      return modelFailedMessage(chapter);
    case 'not-planned':
      return notPlannedMessage(chapter);
    case 'escalated':
      return escalatedMessage(chapter, service);
    case 'dry-run':
      return dryRunMessage(chapter);
    case 'started':
    case 'task':
    case 'stop-asked':
    case 'ended':
      return attemptMessage(chapter);
    case 'watching':
    case 'sampled':
    case 'outcome':
      return verificationMessage(chapter);
    case 'closed':
      return closedMessage(chapter, incident);
    case 'judged':
      return judgedMessage(chapter);
    case 'asked':
    case 'question-evidence':
    case 'answered':
      return questionMessage(chapter, incident);
    case 'charted':
      return chartMessage(chapter);
    case 'reminded':
      return reminderMessage(chapter);
    default:
      return planMessage(chapter);
  }
}
