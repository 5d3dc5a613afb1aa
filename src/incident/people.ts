import { mayApprove, mayOperate } from '../approval/authorise.ts';
import type { Person, Receipt } from '../approval/person.ts';
import { change, type Draft, enter, type Refusal, refuse, tell } from './draft.ts';
import { close, escalate } from './end.ts';
import type { IncidentEvent } from './event.ts';
import type { Given } from './given.ts';
import {
  atRest,
  currentPlan,
  type Decided,
  isQuiet,
  isRunning,
  markOf,
  type Phase,
  type Waiting,
  wantedByPerson,
} from './incident.ts';
import { investigate } from './investigate.ts';
import { makePlan, reprove, submit } from './planning.ts';
import { waitOn } from './turn.ts';
import { arm } from './waiting.ts';

type Acted = Extract<IncidentEvent, { readonly type: 'acted' }>;

/** A person pressed a button or reacted. Every refusal says why. */
export function act(draft: Draft, event: Acted, given: Given): Draft | Refusal {
  const { phase } = draft.incident;
  const decided = currentPlan(draft.incident);
  if (decided === null)
    return refuse(phase.at === 'closed' ? 'this incident is closed' : 'there is no plan yet');
  if (event.plan !== null && event.plan !== decided.plan.id)
    return refuse('this plan is no longer the current one');
  switch (event.action) {
    case 'cancel':
      return cancel(draft, decided, event, given);
    case 'hold':
      return hold(draft, event);
    case 'resume':
      return operated(event, given) ?? resume(draft, event, given);
    case 'run-now':
      return operated(event, given) ?? runNow(draft, event, given);
    case 'approve':
      return approve(draft, event, given);
    case 'reject':
      return operated(event, given) ?? reject(draft, event, given);
    case 'stop':
      return operated(event, given) ?? stop(draft, event);
    case 'escalate':
      return callPerson(draft, event, given);
    default:
      return event.action satisfies never;
  }
}

function operated(event: Acted, given: Given): Refusal | null {
  const authorised = mayOperate(event.by, given.settings.roles);
  return authorised.kind === 'refused' ? authorised : null;
}

/** Anyone may cancel a plan that has not started: stopping is always safe. */
function cancel(draft: Draft, decided: Decided, { by, reason }: Acted, given: Given): Draft | Refusal {
  const { phase } = draft.incident;
  if (!notStarted(phase)) return refuse(tooLate(phase));
  const told = tell(draft, { kind: 'cancelled', plan: decided.plan.id, by: by.id, reason });
  const cancelled = enter(told, { at: 'cancelled', decided, by: by.id, reason: reason ?? 'no reason given' });
  return isQuiet(cancelled.incident)
    ? close(cancelled, 'recovered', 'every alert resolved', given)
    : cancelled;
}

function notStarted(phase: Phase): boolean {
  if (phase.at === 'verifying') return phase.after.kind !== 'fix';
  return ['preparing', 'waiting', 'reproving', 'starting', 'observed', 'muted'].includes(phase.at);
}

function tooLate(phase: Phase): string {
  switch (phase.at) {
    case 'executing':
      return 'it is running already; press Stop to end it';
    case 'verifying':
    case 'rolling-back':
      return 'it has run already';
    case 'cancelled':
      return `<@${phase.by}> has cancelled it already`;
    default:
      return 'it is no longer waiting';
  }
}

function hold(draft: Draft, { by, reason }: Acted): Draft | Refusal {
  const { phase } = draft.incident;
  if (phase.at !== 'waiting' || phase.for === 'approval')
    return refuse(phase.at === 'waiting' ? 'it waits for a person anyway' : tooLate(phase));
  if (phase.held !== null) return refuse(`<@${phase.held.by}> holds it already`);
  const held = { by: by.id, reason: reason ?? 'a closer look' };
  const told = tell(draft, { kind: 'held', plan: phase.decided.plan.id, ...held });
  return enter(told, { ...phase, deadline: null, held });
}

function resume(draft: Draft, { by }: Acted, given: Given): Draft | Refusal {
  const { phase } = draft.incident;
  if (phase.at !== 'waiting' || phase.held === null) return refuse('nobody holds it');
  const plan = phase.decided.plan.id;
  const told = tell(draft, { kind: 'resumed', plan, by: by.id, deadline: null });
  if (phase.for === 'turn') return waitOn(told, { ...phase, held: null }, given);
  return arm(told, phase, phase.decided.verdict.window, given);
}

function runNow(draft: Draft, event: Acted, given: Given): Draft | Refusal {
  const { phase } = draft.incident;
  if (phase.at !== 'waiting') return refuse(tooLate(phase));
  if (phase.for === 'approval') return refuse('it needs approval, which cannot be skipped');
  // Which of two ills is the cause is a judgement, and a person may judge otherwise. The other obstacles are facts.
  if (phase.for === 'turn' && (phase.turn?.kind !== 'upstream' || wantedByPerson(phase.decided)))
    return refuse(`it is next: ${phase.turn?.obstacle ?? 'it waits for its turn'}`);
  if (!hasSeen(phase, event)) return refuse(UNSHOWN);
  const { by } = event;
  const told = tell(draft, { kind: 'run-now', plan: phase.decided.plan.id, by: by.id });
  return reprove(told, phase, { kind: 'hurried', by: by.id, at: given.now }, given);
}

const UNSHOWN = 'the card did not show the plan as it is now yet: wait a moment, and look again';

/** Whether a person who wants a plan had its dry run before them, and not an earlier one. */
function hasSeen({ decided, deadline, held }: Waiting, { diff }: Acted): boolean {
  return diff === undefined ? deadline !== null || held !== null : diff === markOf(decided);
}

function approve(draft: Draft, event: Acted, given: Given): Draft | Refusal {
  const { phase } = draft.incident;
  if (phase.at !== 'waiting' || phase.for !== 'approval') return refuse(tooLate(phase));
  if (!hasSeen(phase, event)) return refuse(UNSHOWN);
  const { by } = event;
  const { decided } = phase;
  const authorised = mayApprove(by, decided.plan, decided.receipts, given.settings.roles);
  if (authorised.kind === 'refused') return authorised;
  const receipt = receiptOf(decided, by, given);
  const receipts = [...decided.receipts, receipt];
  const missing = Math.max(0, decided.verdict.approvals - receipts.length);
  const told = tell(draft, { kind: 'approved', plan: decided.plan.id, receipt, missing });
  const approved: Waiting = { ...phase, decided: { ...decided, receipts } };
  return missing > 0
    ? enter(told, approved)
    : reprove(told, approved, { kind: 'approved', at: given.now, quiet: isQuiet(draft.incident) }, given);
}

function receiptOf(decided: Decided, by: Person, given: Given): Receipt {
  return {
    user: by.id,
    at: given.now,
    planDigest: decided.plan.digest,
    policyDigest: given.policyDigest,
    diffHash: decided.diff?.hash ?? null,
  };
}

function reject(draft: Draft, { by, reason }: Acted, given: Given): Draft | Refusal {
  const { phase } = draft.incident;
  if (phase.at !== 'waiting' || phase.for !== 'approval') return refuse(tooLate(phase));
  const plan = phase.decided.plan.id;
  const told = tell(draft, { kind: 'rejected', plan, by: by.id, reason });
  return escalate(
    told,
    `<@${by.id}> rejected ${phase.decided.plan.title}${reason === null ? '' : `: ${reason}`}`,
    given,
  );
}

function stop(draft: Draft, { by }: Acted): Draft | Refusal {
  const { phase } = draft.incident;
  if (!isRunning(phase)) return refuse('nothing is running');
  if (phase.stop !== null) return refuse('it is being stopped already');
  const told = tell(draft, { kind: 'stop-asked', attempt: phase.attempt, by: by.id });
  return enter(told, { ...phase, stop: by.id });
}

function callPerson(draft: Draft, { by, reason }: Acted, given: Given): Draft | Refusal {
  if (!notStarted(draft.incident.phase)) return refuse(tooLate(draft.incident.phase));
  return escalate(draft, `<@${by.id}> called a person${reason === null ? '' : `: ${reason}`}`, given);
}

/** `/heal`: a person's own plan, through the same gates, without the thresholds of a diagnosis. */
export function heal(
  draft: Draft,
  event: Extract<IncidentEvent, { readonly type: 'heal-requested' }>,
  given: Given,
): Draft | Refusal {
  const refusal = mayOperate(event.by, given.settings.roles);
  if (refusal.kind === 'refused') return refusal;
  const { incident } = draft;
  if (incident.phase.at !== 'investigating' && !atRest(incident))
    return refuse(`${incident.id} has a plan under way already: cancel it first, or wait for it`);
  const by = { kind: 'person', user: event.by.id } as const;
  const made = makePlan(draft, { playbook: event.playbook, parameters: event.parameters, by }, [], given);
  if (made.kind === 'refused') return refuse(made.problems.join('; '));
  const opened = openedBy(made.draft, event.by);
  return submit(opened, made.plan, null, given);
}

/** `/diagnose`: looks, or looks again where nothing is under way, which resumes what rests and so takes an operator. */
export function diagnose(
  draft: Draft,
  event: Extract<IncidentEvent, { readonly type: 'diagnosis-requested' }>,
  given: Given,
): Draft | Refusal {
  const { incident } = draft;
  const opened = openedBy(draft, event.by);
  if (incident.version === 0) return investigate(change(opened, { title: event.text }));
  if (!atRest(incident)) return refuse(`${incident.id} is under way already; its thread tells how far it is`);
  const authorised = mayOperate(event.by, given.settings.roles);
  return authorised.kind === 'refused' ? authorised : investigate(opened);
}

function openedBy(draft: Draft, by: Person): Draft {
  return draft.incident.version > 0 ? draft : tell(draft, { kind: 'opened', by: `<@${by.id}>`, alerts: [] });
}
