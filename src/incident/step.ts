import type { BoundAlert } from '../evidence/alert-source.ts';
import { say, type Text } from '../lib/text/text.ts';
import type { Reading } from '../verification/reading.ts';
import { attachAlerts } from './alerts/attach-alerts.ts';
import { learn, link, noteRelapse } from './alerts/linked-incidents.ts';
import { lookLater, muting } from './alerts/mute.ts';
import { blank, opens } from './alerts/open.ts';
import { noteBound, weighRecheck } from './alerts/recheck.ts';
import { settled } from './alerts/settle.ts';
import { escalate } from './end.ts';
import { recordChart } from './evidence/chart.ts';
import { investigate } from './evidence/gather.ts';
import { consider, listen } from './evidence/investigate.ts';
import {
  begin,
  change,
  type Draft,
  emit,
  enter,
  type Refusal,
  record,
  refuse,
  type Step,
  seal,
} from './model/draft.ts';
import type { IncidentEvent } from './model/event.ts';
import { type Incident, type Phase, SET_BACK, UNSIGNED, type Waiting } from './model/incident.ts';
import { currentPlan, isRunning, traitsOf } from './model/phases.ts';
import type { StepContext } from './model/step-context.ts';
import { whyStale } from './model/timers.ts';
import { recordFeedback } from './people/feedback.ts';
import { confirm, handOver, hearPager, keepCalling, ringLadder, take } from './people/ladder.ts';
import { act } from './people/people.ts';
import { diagnose, heal } from './people/person-commands.ts';
import { converse } from './people/question.ts';
import { weighDryRun } from './plan/planning.ts';
import { replan } from './plan/replan.ts';
import { checkQueue, onClaimRefused, onQueueChecked } from './run/queue.ts';
import { execute, finish, report } from './run/run.ts';
import { weighSample } from './run/verify.ts';
import { onRevalidated, ring, showPlan } from './run/waiting.ts';

/**
 * The whole behaviour of an incident: what one event makes of it. Pure: the same incident, event and circumstances always give
 * the same answer. `incident` is null where none is open about the event's subject yet.
 */
export function step(incident: Incident | null, event: IncidentEvent, context: StepContext): Step {
  const current = incident ?? (opens(event) ? blank(event, context.now) : null);
  if (current === null) return refuse('there is no such incident');
  if (current.phase.at === 'closed' && !AFTERWARDS.includes(event.type))
    return refuse('this incident is closed');
  const { unsigned, setBack, ...signed } = current;
  const draft = begin(signed);
  const sealed = (made: Draft) => seal(keepCalling(signed, made, event, context), context);
  if (setBack === true && event.type === 'claimed') return sealed(escalate(draft, SET_BACK, context));
  if (unsigned === true && current.phase.at !== 'closed') return sealed(endUnsigned(draft, event, context));
  const drawn = transition(draft, event, context);
  if ('kind' in drawn) return drawn;
  if (drawn === draft) return refuse('it says nothing new');
  return sealed(drawn);
}

/** Nobody knows who wrote what is stored: people are told, and whatever was to happen next has to be asked for anew. New alerts are heard. */
function endUnsigned(draft: Draft, event: IncidentEvent, context: StepContext): Draft {
  const heard = event.type === 'alerts' ? attachAlerts(draft, event.alerts, context) : draft;
  return heard.incident.phase.at === 'closed' ? heard : escalate(heard, UNSIGNED, context);
}

/** Records that a person's wish was refused: part of the audit, and no change of the incident's course. */
export function noteRefusal(
  incident: Incident,
  event: IncidentEvent,
  reason: Text,
  context: StepContext,
): Step {
  const by = 'by' in event ? event.by.id : null;
  const { unsigned: _unsigned, setBack: _setBack, ...signed } = incident;
  const what = event.type === 'acted' ? event.action : event.type;
  return seal(record(begin(signed), { kind: 'refused', event: what, by, reason }), context);
}

/** What still concerns an incident that is closed. */
const AFTERWARDS: readonly IncidentEvent['type'][] = [
  'shown',
  'guest-came',
  'relapsed',
  'neighbour-over',
  'diagnosis-judged',
  'asked',
  'question-evidence',
  'answered',
  'charted',
];

const EARLIER = 'it answers a question of an earlier round';

function transition(draft: Draft, event: IncidentEvent, context: StepContext): Draft | Refusal {
  const { phase } = draft.incident;
  switch (event.type) {
    case 'alerts':
      return handleAlerts(draft, event.alerts, context);
    case 'diagnosis-requested':
      return diagnose(draft, event, context);
    case 'heal-requested':
      return heal(draft, event, context);
    case 'evidence-collected':
      return event.round === draft.incident.round
        ? consider(noteBound(draft, event.bound ?? {}), event.evidence, context)
        : refuse(EARLIER);
    case 'model-answered':
      return event.round === draft.incident.round
        ? listen(draft, event.answer, event.evidence, context)
        : refuse(EARLIER);
    case 'shown':
      return firstShown(draft, context);
    case 'acted':
      return act(draft, event, context);
    case 'task':
      return report(draft, event.attempt, event.line);
    case 'attempt-ended':
      return isRunning(phase) && phase.attempt === event.attempt
        ? finish(draft, phase, event.result, context)
        : refuse('that attempt has ended');
    case 'timer':
      return rang(draft, event, context);
    case 'your-turn':
      return isQueued(phase) ? checkQueue(draft, phase) : refuse('it does not wait for its turn');
    case 'guest-came':
    case 'relapsed':
    case 'neighbour-over':
      return learn(draft, event);
    case 'replan-requested':
      return replan(draft, event, context);
    case 'diagnosis-judged':
      return recordFeedback(draft, event, context);
    case 'asked':
    case 'question-evidence':
    case 'answered':
      return converse(draft, event, context);
    case 'charted':
      return recordChart(draft, event.chart);
    case 'call-taken':
      return take(draft, event.by, context);
    case 'call-handed':
      return handOver(draft, event, context);
    case 'pager-said':
      return hearPager(draft, event, context);
    case 'sink-told':
      return confirm(draft, event, context);
    case 'rechecked':
      return weighRecheck(noteBound(draft, seenIn(event.readings)), event.readings, context);
    case 'dry-run-ended':
    case 'plan-shown':
    case 'reproved':
    case 'looked':
    case 'claimed':
    case 'claim-refused':
    case 'sampled':
      return aboutPlan(draft, event, context);
    default:
      return event satisfies never;
  }
}

type AboutPlan = Extract<IncidentEvent, { readonly plan: string }>;

/** Results that concern one plan: of a plan that is no longer current, or in another phase, they come too late. */
function aboutPlan(
  before: Draft,
  event: Exclude<AboutPlan, { readonly type: 'acted' }>,
  context: StepContext,
): Draft | Refusal {
  const { phase } = before.incident;
  if (currentPlan(before.incident)?.plan.id !== event.plan) return refuse('that plan is no longer current');
  const draft = 'readings' in event ? noteBound(before, seenIn(event.readings)) : before;
  switch (event.type) {
    case 'dry-run-ended':
      return phase.at === 'preparing' ? weighDryRun(draft, phase, event, context) : late(phase);
    case 'plan-shown':
      return phase.at === 'waiting' ? showPlan(draft, phase, event.diff, context) : late(phase);
    case 'reproved':
      return phase.at === 'reproving' ? onRevalidated(draft, phase, event, context) : late(phase);
    case 'claimed':
      return phase.at === 'starting' ? execute(draft, phase, context) : late(phase);
    case 'looked':
      return isQueued(phase) ? onQueueChecked(draft, phase, event.obstacle, context) : late(phase);
    case 'claim-refused':
      return phase.at === 'starting' ? onClaimRefused(draft, phase, event.obstacle, context) : late(phase);
    case 'sampled':
      return phase.at === 'verifying' ? weighSample(draft, phase, event.readings, context) : late(phase);
    default:
      return event satisfies never;
  }
}

/** The alerts that were seen active at their source while it was read. */
function seenIn(readings: readonly Reading[]): Readonly<Record<string, BoundAlert>> {
  return Object.assign({}, ...readings.map((reading) => (reading.kind === 'alert' ? reading.seen : {})));
}

/** Whether a plan waits for its turn, and nobody holds it back. */
function isQueued(phase: Phase): phase is Waiting {
  return phase.at === 'waiting' && phase.for === 'turn' && phase.held === null;
}

function late(phase: Phase): Refusal {
  return refuse(`the incident is ${phase.at} by now`);
}

function handleAlerts(draft: Draft, alerts: Parameters<typeof attachAlerts>[1], context: StepContext): Draft {
  const heard = attachAlerts(draft, alerts, context);
  if (heard === draft || heard.incident.phase.at === 'closed') return heard;
  if (draft.incident.subject.kind === 'storm')
    return isNews(draft.incident) ? escalateStorm(heard, context) : heard;
  if (draft.incident.version === 0) return investigate(link(heard, context));
  const first = Object.keys(draft.incident.alerts).length === 0 ? noteRelapse(heard, context) : heard;
  return isNews(draft.incident) ? investigate(first) : first;
}

/** In a storm nobody can tell what a fix would do: what is beyond the limit is counted, and a person is called. */
function escalateStorm(draft: Draft, context: StepContext): Draft {
  const { incidents, within } = context.settings.intake.storm;
  const reason = say`more than ${incidents} incidents opened within ${within / 1000} s: further alerts are only counted here; nothing runs for them by itself`;
  return escalate(draft, reason, context);
}

/** The first alert is looked into: also where a person had opened the incident, and what they asked for has come to an end. */
function isNews({ version, alerts, phase }: Incident): boolean {
  if (version === 0) return true;
  return Object.keys(alerts).length === 0 && traitsOf(phase).life === 'rests';
}

function firstShown(draft: Draft, context: StepContext): Draft | Refusal {
  const { milestones } = draft.incident;
  if (milestones.thread !== null) return refuse('it was shown before');
  return change(draft, { milestones: { ...milestones, thread: context.now } });
}

/** A timer rang. A stale one is refused. */
function rang(
  draft: Draft,
  { name, serves }: Extract<IncidentEvent, { readonly type: 'timer' }>,
  context: StepContext,
): Draft | Refusal {
  const { phase } = draft.incident;
  const stale = whyStale(draft.incident, name, serves);
  if (stale !== null) return refuse(say`${stale}`);
  switch (name) {
    case 'window':
    case 'approval':
    case 'reminder':
    case 'turn':
      return phase.at === 'waiting' ? ring(draft, phase, name, context) : late(phase);
    case 'sample':
      return phase.at === 'verifying'
        ? emit(draft, { kind: 'sample', plan: phase.decided.plan.id })
        : late(phase);
    case 'unmute':
      return phase.at === 'muted' ? unmute(draft, phase, context) : late(phase);
    case 'settle':
      return settled(draft);
    case 'recheck':
      return emit(draft, { kind: 'recheck' });
    case 'escalation':
      return ringLadder(draft);
    case 'reproof':
      return phase.at === 'reproving'
        ? emit(draft, { kind: 'reprove', plan: phase.decided.plan.id })
        : late(phase);
    default:
      return name satisfies never;
  }
}

/** The silence is over, or was lifted: what still fires is looked at, once. */
function unmute(draft: Draft, phase: Extract<Phase, { at: 'muted' }>, context: StepContext): Draft {
  const still = muting(draft.incident, context);
  if (still !== null) {
    const { until, words } = still;
    return lookLater(enter(draft, { ...phase, until, words }), context);
  }
  return investigate(record(draft, { kind: 'unmuted' }));
}
