import { createHash } from 'node:crypto';
import { registered } from '../../alerts/subject.ts';
import type { Diagnosis, Hypothesis } from '../../diagnosis/diagnosis.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { LookReading } from '../../evidence/looks/look.ts';
import { joined, person, type Said, say } from '../../lib/text/text.ts';
import { partsOf, plainly } from '../../lib/text/text-read.ts';
import { isSame } from '../../playbooks/look.ts';
import type { Plan } from '../../playbooks/plan.ts';
import { decide } from '../../policy/decide.ts';
import type { Verdict } from '../../policy/verdict.ts';
import { together } from '../../verification/judge.ts';
import { mute, muting } from '../alerts/mute.ts';
import { letSettle } from '../alerts/settle.ts';
import { endUnfixed, escalate } from '../end.ts';
import { type Draft, emit, enter, record } from '../model/draft.ts';
import type { IncidentEvent } from '../model/event.ts';
import {
  type Consent,
  type Decided,
  firingAlerts,
  type Held,
  isQuiet,
  mayHaveHealed,
  type Phase,
  type QueueEntry,
  type Waiting,
} from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';
import { restIn, takeBack } from '../people/take-back.ts';
import { doubtOf } from '../people/wary.ts';
import { verifyResolved } from '../run/start-verification.ts';
import { groundsOf, makePlan } from './plan-builder.ts';

/** Chooses the playbook of the best cause, freezes a plan of it and lets policy decide. */
export function planFor(
  draft: Draft,
  diagnosis: Diagnosis,
  evidence: readonly Evidence[],
  context: StepContext,
): Draft {
  const [best] = diagnosis.hypotheses;
  const playbook = best?.playbook ?? null;
  const none = (name: string | null, reason: Said) =>
    letSettle(draft, evidence, context) ?? noPlan(draft, name, reason, context);
  if (best === undefined || playbook === null) return none(null, say`${whyNone(best)}`);
  const wish = { playbook, parameters: best.parameters, by: { kind: 'medic' } } as const;
  const made = makePlan(draft, wish, groundsOf(draft.incident, evidence, context.settings), context);
  if (made.kind === 'refused') return none(playbook, say`${made.reason}`);
  const doubt = wasLookedAt(made.plan, evidence) ? null : say`Medic did not look at exactly what it acts on`;
  return submit(made.draft, made.plan, diagnosis, context, doubt);
}

/** A fault that is known is worth saying also where nothing here mends it: whoever is called knows what they are called for. */
function whyNone(best: Hypothesis | undefined): string {
  if (best?.dependency !== undefined)
    return `the cause lies in a dependency, ${best.dependency}, and no fix here mends that`;
  return best?.fault === undefined ? 'no playbook answers this cause' : 'no playbook mends this cause';
}

/** Whether a look shows the fault at the very things that the plan acts on. */
function wasLookedAt({ look, playbook }: Plan, evidence: readonly Evidence[]): boolean {
  if (look === null) return true;
  const looked = evidence.flatMap(({ data }) =>
    data?.type === 'look' && data.playbooks.includes(playbook) && isSame(data.spec, look.spec)
      ? [data.reading]
      : [],
  );
  const at = (host: string) => looked.filter((reading) => reading.host === host);
  const targets = look.hosts === null ? [looked] : look.hosts.map(at);
  return targets.every(
    (readings) => readings.length > 0 && readings.every(({ verdict }) => verdict === 'fault'),
  );
}

/** Verdicts by which Medic would act, or ask people whether it may. */
const MAY_ACT: readonly Verdict['kind'][] = ['allow', 'wait', 'ask'];

/**
 * Lets policy decide on a plan and goes where the verdict leads.
 *
 * @param doubt why people have to be asked for it although policy would not; null where there is none
 * @param anew how often it has been decided anew before
 */
export function submit(
  draft: Draft,
  plan: Plan,
  diagnosis: Diagnosis | null,
  context: StepContext,
  doubt: Said | null = null,
  anew = 0,
): Draft {
  const { incident } = draft;
  const decision = decide({
    plan,
    subject: incident.subject,
    diagnosis,
    service: registered(incident.subject, context.settings),
    alertFiring: firingAlerts(incident).length > 0,
    settings: context.settings.policy,
    policyDigest: context.policyDigest,
    now: context.now,
  });
  const byItself = decision.kind === 'allow' || decision.kind === 'wait';
  const doubts = [doubt, plan.requestedBy.kind === 'medic' ? doubtOf(incident) : null].filter(
    (one) => one !== null,
  );
  const verdict = doubts.length > 0 && byItself ? asking(decision, joined(doubts, '; '), context) : decision;
  const told = record(draft, { kind: 'planned', plan, verdict });
  const decided: Decided = { plan, verdict, diff: null, redrawn: false, receipts: [], consent: null, anew };
  const muted =
    plan.requestedBy.kind === 'medic' && MAY_ACT.includes(verdict.kind) ? muting(incident, context) : null;
  if (muted !== null) return mute(told, muted, decided, context);
  switch (verdict.kind) {
    case 'deny':
      return escalate(told, joined(verdict.reasons.map(partsOf), '; '), context);
    case 'observe':
      return record(enter(told, { at: 'observed', decided }), { kind: 'observed', plan: plan.id });
    case 'allow':
      // What a person asks for was not looked at yet.
      return isToBeLookedAt(plan)
        ? prepare(told, decided)
        : reprove(told, waitingFor(decided), NOT_NEEDED, context);
    case 'wait':
    case 'ask':
      return plan.dryRun === null && !isToBeLookedAt(plan)
        ? wait(told, decided, context)
        : prepare(told, decided);
    default:
      return verdict.kind satisfies never;
  }
}

const NOT_NEEDED: Consent = { kind: 'not-needed' };

/** Nobody has looked at what a person's own plan is for: its asker may be mistaken, and should hear so before it runs. */
function isToBeLookedAt({ look, requestedBy }: Plan): boolean {
  return requestedBy.kind === 'person' && (look ?? null) !== null;
}

function prepare(draft: Draft, decided: Decided): Draft {
  const before = restIn(draft.incident.phase);
  return emit(enter(draft, { at: 'preparing', decided, ...(before === null ? {} : { before }) }), {
    kind: 'dry-run',
    plan: decided.plan.id,
  });
}

/**
 * The dry run is in, and what a person's own plan is for was looked at. A dry run that failed is no basis for a decision: a person takes
 * over, unless it was that person's own, who may have mistyped it. Where the look does not show the fault, people have to agree that it runs all the same.
 */
export function weighDryRun(
  draft: Draft,
  { decided, held, before }: Extract<Phase, { at: 'preparing' }>,
  { result, looks }: Extract<IncidentEvent, { readonly type: 'dry-run-ended' }>,
  context: StepContext,
): Draft {
  const plan = decided.plan.id;
  if (result?.kind === 'failed') {
    const told = record(draft, { kind: 'dry-run', plan, diff: null, reason: result.reason });
    const reason = say`the dry run of ${decided.plan.playbook} failed: ${result.reason}`;
    return decided.plan.requestedBy.kind === 'person'
      ? takeBack(told, decided, { before: before ?? null, reason }, context)
      : escalate(told, reason, context);
  }
  const told =
    result === null ? draft : record(draft, { kind: 'dry-run', plan, diff: result.diff, reason: null });
  const rehearsed = result === null ? decided : { ...decided, diff: diffOf(result.diff) };
  const seen = looks === undefined || looks === null ? rehearsed : weighLooks(rehearsed, looks, context);
  const looked = result === null ? seen : weighWayBack(seen, result.noWayBack, context);
  if (looked.verdict.kind === 'allow' && (held ?? null) === null)
    return reprove(told, waitingFor(looked), NOT_NEEDED, context);
  return wait(told, looked, context, held);
}

/** What could not be undone is for people to decide. */
function weighWayBack(decided: Decided, why: string | undefined, context: StepContext): Decided {
  if (why === undefined || !('run' in decided.plan.rollback)) return decided;
  return needingApproval(
    decided,
    say`it could not be undone, as its rollback would be refused: ${why}`,
    context,
  );
}

/** A plan whose look does not show its fault needs people's word, and says why. */
function weighLooks(decided: Decided, looks: readonly LookReading[], context: StepContext): Decided {
  const verdict = together(looks);
  if (verdict === 'fault') return decided;
  const words = looks.map((one) => one.words).join('; ') || 'nothing could be looked at';
  const reason =
    verdict === 'unknown'
      ? say`Medic could not check if the fix is needed: ${words}`
      : say`the fix does not look needed: ${words}`;
  return { ...needingApproval(decided, reason, context), unseen: words };
}

export function diffOf(text: string): { readonly text: string; readonly hash: string } {
  return { text, hash: createHash('sha256').update(text).digest('hex') };
}

/** Puts a plan before people. Its window opens when they can see it, not before. */
export function wait(draft: Draft, decided: Decided, context: StepContext, held: Held | null = null): Draft {
  const before = waitingFor(decided);
  // One that needs approval waits for people anyway, who hear of whoever held it back.
  const asks = held === null ? before : waitingFor(withHolder(decided, held));
  const waiting = before.for === 'approval' ? asks : { ...before, held };
  return isQuiet(draft.incident)
    ? verifyResolved(enter(draft, waiting), waiting, context)
    : enter(draft, waiting);
}

/** A plan that waits for people anyway cannot be held as well: whoever is to approve it hears that somebody thought better of it. */
export function withHolder(decided: Decided, { by }: Held): Decided {
  const { verdict } = decided;
  return { ...decided, verdict: { ...verdict, doubt: doubted(verdict, say`${person(by)} held it back`) } };
}

/** A plan that waits, anew, for what its verdict asks for, with no time running yet. */
export function waitingFor(decided: Decided): Waiting {
  return {
    at: 'waiting',
    for: decided.verdict.kind === 'ask' ? 'approval' : 'window',
    decided: { ...decided, consent: null, receipts: [] },
    deadline: null,
    held: null,
    turn: null,
  };
}

/** A plan that waited, and now waits for people's word all the same: those who are asked hear of whoever held it back. */
export function waitingForPeople({ decided, held }: Waiting, reason: Said, context: StepContext): Waiting {
  const asked = needingApproval(decided, reason, context);
  return waitingFor(held === null ? asked : withHolder(asked, held));
}

/** A plan that was to go on by itself, and now needs a person all the same; what was approved before no longer counts. */
export function needingApproval(decided: Decided, reason: Said, context: StepContext): Decided {
  return { ...decided, verdict: asking(decided.verdict, reason, context), consent: null, receipts: [] };
}

function asking(verdict: Verdict, reason: Said, { settings }: StepContext): Verdict {
  const reasons = [...verdict.reasons, reason];
  const doubt = doubted(verdict, reason);
  return { ...verdict, kind: 'ask', reasons, doubt, window: settings.policy.approval_expires };
}

/** One more reason to ask: whoever decides hears of all of them, each once. */
function doubted({ doubt }: Verdict, reason: Said): Said {
  if (doubt === undefined) return reason;
  const before = partsOf(doubt);
  return plainly(before).includes(plainly(reason)) ? before : say`${before}; ${reason}`;
}

/**
 * A plan that has all it needs is claimed. `turn` is what it has waited for, if anything.
 *
 * The claim asks the world nothing, and is an effect all the same. Its premises were read by a runner, which goes by the rules that it
 * has; whether the fix starts is decided by a brain (`PERFORMERS`), which goes by its own once more. And until then the incident holds
 * when they were read: a claim that lay in a queue finds them out of date, and one that is refused keeps its place and its consent.
 */
export function start(draft: Draft, decided: Decided, turn: QueueEntry | null, { now }: StepContext): Draft {
  const starting = enter(draft, { at: 'starting', decided, turn, provenAt: now });
  return emit(starting, { kind: 'claim', plan: decided.plan.id });
}

/** Somebody or something consented to a plan that waited: its premises are read afresh first. */
export function reprove(draft: Draft, waiting: Waiting, consent: Consent, context: StepContext): Draft {
  const decided = { ...waiting.decided, consent };
  return emit(enter(draft, { at: 'reproving', decided, since: context.now, turn: waiting.turn }), {
    kind: 'reprove',
    plan: decided.plan.id,
  });
}

function noPlan(draft: Draft, playbook: string | null, reason: Said, context: StepContext): Draft {
  const told = record(draft, { kind: 'not-planned', playbook, reason });
  const words = playbook === null ? reason : say`${playbook} cannot be planned: ${reason}`;
  return endUnfixed(told, words, context);
}

/** Whether a plan was decided by other rules than those that hold now: then nothing of what was decided holds. */
export function isOfOtherRules({ verdict }: Decided, { policyDigest }: StepContext): boolean {
  return verdict.policyDigest !== policyDigest;
}

/** A plan is decided anew this often. Where its rules are still others then, two processes go by different ones, and would do so for ever. */
const MOST_ANEW = 3;

/**
 * The policy or the mode has changed since a plan was decided: it is decided anew, and what was approved or hurried before counts no
 * more. A plan that people were asked for goes on asking, whatever the rules say now.
 */
export function decideAnew(draft: Draft, decided: Decided, context: StepContext): Draft {
  const { plan, verdict, anew = 0 } = decided;
  if (anew >= MOST_ANEW) return unruly(draft, decided, context);
  const told = record(draft, { kind: 'rules-changed', plan: plan.id });
  const asked = verdict.kind === 'ask' ? say`people were asked for it before the rules changed` : null;
  return submit(told, plan, draft.incident.diagnosis, context, asked, anew + 1);
}

function unruly(draft: Draft, decided: Decided, context: StepContext): Draft {
  if (mayHaveHealed(draft.incident, decided)) return verifyResolved(draft, waitingFor(decided), context);
  const { id, title } = decided.plan;
  const reason =
    'the rules kept changing before it could start. Check that all Medic processes read the same medic.yml';
  const told = record(draft, { kind: 'withdrawn', plan: id, reason });
  return endUnfixed(told, say`${title} was not started; ${reason}`, context);
}

/**
 * Why a plan is void because its playbook is another one by now, or null where it is the same.
 *
 * @param playbookHash of the playbook's folder as it is now, which the catalog may not have noticed yet
 */
export function drifted({ plan }: Decided, playbookHash: string | null, context: StepContext): string | null {
  if (!context.catalog.has(plan.playbook)) return `${plan.playbook} is no longer in the catalog`;
  // Of a Medic that did not look for itself yet.
  if (plan.look === undefined) return 'it was made before Medic looked for itself';
  if (playbookHash !== plan.playbookHash) return `${plan.playbook} has changed since it was decided`;
  return null;
}
