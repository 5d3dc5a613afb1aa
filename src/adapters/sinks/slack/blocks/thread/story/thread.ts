import type { Diagnosis } from '../../../../../../diagnosis/diagnosis.ts';
import { notificationLevel } from '../../../../../../incident/alerts/notification-level.ts';
import type { Incident } from '../../../../../../incident/model/incident.ts';
import type { TimelineEntry } from '../../../../../../incident/model/timeline.ts';
import type { Plan } from '../../../../../../playbooks/plan.ts';
import { didNotLastMessage, guestsMessage, linkedMessage } from '../../card/links.ts';
import { crowdMessage } from '../../card/overflow.ts';
import { clip, fitMessage, LIMITS } from '../../limits.ts';
import {
  type Audience,
  type KnownServer,
  type Message,
  NOBODY,
  type PrimaryIncident,
  type ServiceCard,
} from '../../service.ts';
import { context, words } from '../../text.ts';
import { lookedAnewMessage } from '../anew-message.ts';
import { approvalMessage, reminderMessage } from '../approval-message.ts';
import { attemptMessage } from '../attempt-message.ts';
import { calledMessage, droppedMessage, handedMessage, takenMessage } from '../call-message.ts';
import { chartMessage } from '../chart-message.ts';
import { diagnosisMessage, type Sources } from '../diagnosis-message.ts';
import { dryRunMessage } from '../dry-run-message.ts';
import { evidenceMessage } from '../evidence-message.ts';
import { holdKeptMessage, judgedMessage } from '../people-message.ts';
import { planMessage } from '../plan-message.ts';
import { questionMessage } from '../question-message.ts';
import { last, type ThreadSection } from '../thread-section.ts';
import { verificationMessage } from '../verification-message.ts';
import {
  alertsMessage,
  closedMessage,
  escalatedMessage,
  modelFailedMessage,
  mutedMessage,
  notPlannedMessage,
  openedMessage,
  unmutedMessage,
} from './event-messages.ts';
import { chapters } from './thread-keys.ts';

export interface StoryView {
  readonly service?: ServiceCard | null;
  /** The incident in whose thread this is told; null where it has a thread of its own. */
  readonly host?: PrimaryIncident | null;
  readonly audience?: Audience;
  readonly servers?: readonly KnownServer[];
}

/** One message of the thread. The same key is the same message, however often its text changes. */
export interface ThreadMessage extends Message {
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
export function threadMessages(
  incident: Incident,
  timeline: readonly TimelineEntry[],
  view: StoryView = {},
): ThreadMessage[] {
  const about = incident.link === null ? null : words(view.service?.name ?? incident.subject.name, 100);
  const scene = sceneOf(incident, timeline, view);
  return chapters(timeline).map((chapter) => {
    const told = bearing(about, tell(chapter, scene));
    const { text, blocks, classic, short = text, live, picture, moot } = told;
    return {
      key: chapter.key,
      seq: chapter.entries.at(-1)?.seq ?? 0,
      began: chapter.entries[0]?.at ?? 0,
      newest: chapter.entries.at(-1)?.at ?? 0,
      text: clip(text, LIMITS.fallback),
      short,
      blocks: fitMessage(blocks),
      ...(classic ? { classic: fitMessage(classic) } : {}),
      ...(live ? { live } : {}),
      ...(picture ? { picture } : {}),
      ...(moot ? { moot } : {}),
      ...(isForChannel(chapter, timeline, scene.audience) ? { broadcast: true } : {}),
    };
  });
}

/** What the messages of a thread are told from. */
interface Scene {
  readonly incident: Incident;
  readonly service: ServiceCard | null;
  readonly host: PrimaryIncident | null;
  readonly audience: Audience;
  readonly servers: readonly KnownServer[];
  readonly sources: Sources;
  planOf(id: string): Plan | null;
  /** The items that the best cause of a round stands on, the first to be cited first, each with its first quote; none before it is diagnosed. */
  carrying(round: number): ReadonlyMap<string, string>;
}

function sceneOf(
  incident: Incident,
  timeline: readonly TimelineEntry[],
  { service = null, host = null, audience = NOBODY, servers = [] }: StoryView,
): Scene {
  const links = new Map<string, string | null>();
  const plans = new Map<string, Plan>();
  const carrying = new Map<number, ReadonlyMap<string, string>>();
  for (const { happening } of timeline) {
    if (happening.kind === 'planned') plans.set(happening.plan.id, happening.plan);
    if (happening.kind === 'diagnosed') carrying.set(happening.diagnosis.round, citedIn(happening.diagnosis));
    if (happening.kind !== 'evidence') continue;
    for (const { id, link } of happening.items) links.set(`${happening.round} ${id}`, link);
  }
  return {
    incident,
    service,
    host,
    audience,
    servers,
    sources: (round, id) => links.get(`${round} ${id}`) ?? null,
    planOf: (id) => plans.get(id) ?? null,
    carrying: (round) => carrying.get(round) ?? new Map(),
  };
}

function citedIn({ hypotheses: [best] }: Diagnosis): ReadonlyMap<string, string> {
  const cited = new Map<string, string>();
  for (const { evidence, quote } of best?.claims.flatMap(({ citations }) => citations) ?? [])
    if (!cited.has(evidence)) cited.set(evidence, quote);
  return cited;
}

/** Whether a message is shown in the channel as well. Where nobody is known who may decide, the channel is asked. */
function isForChannel(
  { key, entries }: ThreadSection,
  timeline: readonly TimelineEntry[],
  audience: Audience,
): boolean {
  const [first] = entries;
  // The plan's own message tells of an approval as well, and is no call for it.
  if (first === undefined || key.startsWith('plan-')) return false;
  const loudness = notificationLevel(first.happening, timeline);
  return (
    loudness === 'call' || loudness === 'announce' || (loudness === 'ask' && audience.approvers.length === 0)
  );
}

/** Whether a message calls somebody: it goes before others. */
export function callsPeople(key: string): boolean {
  return /^(escalated|approval-|reminder-|called-|call-handed-|call-dropped-)/.test(key);
}

/** In a thread that several incidents share, each message says what it is about. */
function bearing(about: string | null, message: Message): Message {
  if (about === null || message.named) return message;
  const { text, blocks, classic, short = text } = message;
  const head = context(`*${about}*`);
  return {
    ...message,
    text: `${about}: ${text}`,
    short: `${about}: ${short}`,
    blocks: [...head, ...blocks],
    ...(classic ? { classic: [...head, ...classic] } : {}),
  };
}

/** Whether a message of the thread is about this plan and must stand before the plan's buttons appear. */
export function standsBefore(plan: string, key: string): boolean {
  const dryRun = `dry-run-${plan}`;
  return key === `plan-${plan}` || key === dryRun || key.startsWith(`${dryRun}-`);
}

function tell(chapter: ThreadSection, scene: Scene): Message {
  const { incident, service, host, audience, sources } = scene;
  const about = (plan: string) => ({ incident, audience, plan: scene.planOf(plan) });
  if (chapter.key.startsWith('approval-'))
    return approvalMessage(chapter, about(last(chapter, 'approval-asked')?.plan ?? ''));
  switch (chapter.entries[0]?.happening.kind) {
    case 'opened':
      return openedMessage(chapter, incident.subject, scene.servers);
    case 'alert-attached':
    case 'alert-refired':
    case 'alert-resolved':
      return alertsMessage(chapter, incident);
    case 'alerts-counted':
      return crowdMessage(chapter);
    case 'linked':
      return linkedMessage(chapter, incident, host);
    case 'guest-came':
      return guestsMessage(chapter, incident);
    case 'did-not-last':
      return didNotLastMessage(chapter, incident);
    case 'muted':
      return mutedMessage(chapter);
    case 'unmuted':
      return unmutedMessage();
    case 'looked-anew':
      return lookedAnewMessage(chapter);
    case 'evidence':
      return evidenceMessage(chapter, incident.id, scene.carrying);
    case 'diagnosed':
    case 'second-opinion':
      return diagnosisMessage(chapter, incident.id, sources);
    case 'model-failed':
      return modelFailedMessage(chapter);
    case 'not-planned':
      return notPlannedMessage(chapter);
    case 'escalated':
      return escalatedMessage(chapter, { incident, service, audience });
    case 'called':
      return calledMessage(chapter, incident);
    case 'call-taken':
      return takenMessage(chapter, incident);
    case 'call-handed':
      return handedMessage(chapter, incident);
    case 'call-dropped':
      return droppedMessage(chapter, { incident, service, audience });
    case 'dry-run':
      return dryRunMessage(chapter, incident.id);
    case 'started':
    case 'task':
    case 'stop-asked':
    case 'ended':
      return attemptMessage(chapter);
    case 'watching':
    case 'sampled':
    case 'outcome':
      return verificationMessage(chapter, incident);
    case 'closed':
      return closedMessage(chapter, incident);
    case 'judged':
      return judgedMessage(chapter);
    case 'asked':
    case 'question-evidence':
    case 'answered':
      return questionMessage(chapter, incident);
    case 'charted':
      return chartMessage(chapter, incident);
    case 'hold-kept':
      return holdKeptMessage(chapter, incident);
    case 'reminded':
      return reminderMessage(chapter, about(last(chapter, 'reminded')?.plan ?? ''));
    default:
      return planMessage(chapter);
  }
}
