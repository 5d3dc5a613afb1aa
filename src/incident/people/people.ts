import { mayApprove, mayOperate } from '../../approval/authorise.ts';
import type { Person, Receipt } from '../../approval/person.ts';
import { evidenceDigest } from '../../approval/receipt.ts';
import { person, say } from '../../lib/text/text.ts';
import { partsOf } from '../../lib/text/text-read.ts';
import { endQuiet, escalate } from '../end.ts';
import { type Draft, enter, type Refusal, record, refuse } from '../model/draft.ts';
import type { IncidentEvent } from '../model/event.ts';
import {
  type Decided,
  type Incident,
  isQuiet,
  markOf,
  type Waiting,
  wantedByPerson,
} from '../model/incident.ts';
import { currentPlan, isRunning, notStarted } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { tooLate } from '../plan/phase-rules.ts';
import { reprove } from '../plan/planning.ts';
import { tryAgain } from '../run/waiting.ts';
import { hold, resume } from './hold.ts';
import { minding } from './wary.ts';

type Acted = Extract<IncidentEvent, { readonly type: 'acted' }>;

/** A person pressed a button or reacted. Every refusal says why. */
export function act(draft: Draft, event: Acted, context: StepContext): Draft | Refusal {
  const { phase } = draft.incident;
  const decided = currentPlan(draft.incident);
  if (decided === null)
    return refuse(phase.at === 'closed' ? 'this incident is closed' : 'there is no plan yet');
  if (event.plan !== null && event.plan !== decided.plan.id)
    return refuse('this plan is no longer the current one');
  const acted = perform(draft, decided, event, context);
  if ('kind' in acted) return acted;
  // One approval of several is none yet.
  const isPartial = event.action === 'approve' && acted.incident.phase.at === 'waiting';
  return isPartial ? acted : minding(acted, event.action, event.by.id);
}

function perform(draft: Draft, decided: Decided, event: Acted, context: StepContext): Draft | Refusal {
  switch (event.action) {
    case 'cancel':
      return cancel(draft, decided, event, context);
    case 'hold':
      return hold(draft, { by: event.by.id, reason: event.reason }, context);
    case 'resume':
      return operated(event, context) ?? resume(draft, event.by.id, context);
    case 'run-now':
      return operated(event, context) ?? runNow(draft, event, context);
    case 'approve':
      return approve(draft, event, context);
    case 'reject':
      return operated(event, context) ?? reject(draft, event, context);
    case 'stop':
      return operated(event, context) ?? stop(draft, event);
    case 'escalate':
      return callPerson(draft, event, context);
    case 'try-again':
      return operated(event, context) ?? tryAgain(draft, event.by.id, context);
    default:
      return event.action satisfies never;
  }
}

function operated(event: Acted, context: StepContext): Refusal | null {
  const authorised = mayOperate(event.by, context.settings.roles);
  return authorised.kind === 'refused' ? authorised : null;
}

/** Anyone may cancel a plan that has not started: stopping is always safe. */
function cancel(
  draft: Draft,
  decided: Decided,
  { by, reason }: Acted,
  context: StepContext,
): Draft | Refusal {
  const { phase } = draft.incident;
  if (!notStarted(phase)) return refuse(tooLate(phase));
  const told = record(draft, { kind: 'cancelled', plan: decided.plan.id, by: by.id, reason });
  const cancelled = enter(told, { at: 'cancelled', decided, by: by.id, reason });
  return isQuiet(cancelled.incident) ? endQuiet(cancelled, null, context) : cancelled;
}

function runNow(draft: Draft, event: Acted, context: StepContext): Draft | Refusal {
  const { phase } = draft.incident;
  if (phase.at !== 'waiting') return refuse(tooLate(phase));
  if (phase.for === 'approval') return refuse('it needs approval, which cannot be skipped');
  // Which of two ills is the cause is a judgement, and a person may judge otherwise. The other obstacles are facts.
  if (phase.for === 'turn' && (phase.turn?.kind !== 'upstream' || wantedByPerson(phase.decided)))
    return refuse(say`it is next: ${partsOf(phase.turn?.obstacle ?? 'it waits for its turn')}`);
  if (!hasSeen(phase, event)) return refuse(UNSHOWN);
  const { by } = event;
  const told = record(draft, { kind: 'run-now', plan: phase.decided.plan.id, by: by.id });
  return reprove(told, phase, { kind: 'hurried', by: by.id, at: context.now }, context);
}

const UNSHOWN = 'the card did not show the plan as it is now yet: wait a moment, and look again';

/** Whether a person who wants a plan had its dry run before them, and not an earlier one. */
function hasSeen({ decided, deadline, held }: Waiting, { diff }: Acted): boolean {
  return diff === undefined ? deadline !== null || held !== null : diff === markOf(decided);
}

function approve(draft: Draft, event: Acted, context: StepContext): Draft | Refusal {
  const { phase } = draft.incident;
  if (phase.at !== 'waiting' || phase.for !== 'approval') return refuse(tooLate(phase));
  if (!hasSeen(phase, event)) return refuse(UNSHOWN);
  const { by } = event;
  const { decided } = phase;
  const authorised = mayApprove(by, decided.plan, decided.receipts, context.settings.roles);
  if (authorised.kind === 'refused') return authorised;
  const receipt = receiptOf(draft.incident, decided, by, context);
  const receipts = [...decided.receipts, receipt];
  const missing = Math.max(0, decided.verdict.approvals - receipts.length);
  const told = record(draft, { kind: 'approved', plan: decided.plan.id, receipt, missing });
  const approved: Waiting = { ...phase, decided: { ...decided, receipts } };
  return missing > 0
    ? enter(told, approved)
    : reprove(told, approved, { kind: 'approved', at: context.now, quiet: isQuiet(draft.incident) }, context);
}

function receiptOf({ evidence }: Incident, decided: Decided, by: Person, context: StepContext): Receipt {
  return {
    user: by.id,
    ...(by.team === undefined ? {} : { team: by.team }),
    at: context.now,
    planDigest: decided.plan.digest,
    policyDigest: context.policyDigest,
    diffHash: decided.diff?.hash ?? null,
    evidenceDigest: evidenceDigest(evidence),
  };
}

function reject(draft: Draft, { by, reason }: Acted, context: StepContext): Draft | Refusal {
  const { phase } = draft.incident;
  if (phase.at !== 'waiting' || phase.for !== 'approval') return refuse(tooLate(phase));
  const plan = phase.decided.plan.id;
  const told = record(draft, { kind: 'rejected', plan, by: by.id, reason });
  return escalate(
    told,
    say`${person(by.id)} rejected ${phase.decided.plan.title}${reason === null ? '' : `: ${reason}`}`,
    context,
  );
}

function stop(draft: Draft, { by }: Acted): Draft | Refusal {
  const { phase } = draft.incident;
  if (!isRunning(phase)) return refuse('nothing is running');
  if (phase.stop !== null) return refuse('it is being stopped already');
  const told = record(draft, { kind: 'stop-asked', attempt: phase.attempt, by: by.id });
  return enter(told, { ...phase, stop: by.id });
}

function callPerson(draft: Draft, { by, reason }: Acted, context: StepContext): Draft | Refusal {
  if (!notStarted(draft.incident.phase)) return refuse(tooLate(draft.incident.phase));
  return escalate(
    draft,
    say`${person(by.id)} called a person${reason === null ? '' : `: ${reason}`}`,
    context,
  );
}
