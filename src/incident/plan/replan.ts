import { mayOperate } from '../../approval/authorise.ts';
import { compare } from '../../diagnosis/judge.ts';
import { type Said, say } from '../../lib/text/text.ts';
import type { Plan } from '../../playbooks/plan.ts';
import { type Draft, enter, type Refusal, record, refuse } from '../model/draft.ts';
import type { IncidentEvent } from '../model/event.ts';
import { heldIn, waitsForPeople } from '../model/holds.ts';
import type { Decided, Held, Incident, Phase } from '../model/incident.ts';
import { atRest, currentPlan, notStarted, traitsOf } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { trusting } from '../people/wary.ts';
import { tooLate, withHold, withoutHolder } from './phase-rules.ts';
import { groundsOf, makePlan } from './plan-builder.ts';
import { submit, withHolder } from './planning.ts';

/**
 * A person wants other values, or another playbook: a new plan of theirs takes the place of the one that stands there, with a verdict,
 * a dry run and approvals of its own. Whatever was under way for the plan before finds it gone.
 */
export function replan(
  draft: Draft,
  event: Extract<IncidentEvent, { readonly type: 'replan-requested' }>,
  context: StepContext,
): Draft | Refusal {
  const authorised = mayOperate(event.by, context.settings.roles);
  if (authorised.kind === 'refused') return authorised;
  const { incident } = draft;
  const refusal = noNewPlan(incident);
  if (refusal !== null) return refuse(refusal);
  const standing = currentPlan(incident);
  if (event.plan !== (standing?.plan.id ?? null)) return refuse('this plan is no longer the current one');
  const { playbook, parameters, by, round } = event;
  const evidence = round === incident.round ? event.evidence : [];
  const known = groundsOf(incident, evidence, context.settings);
  const grounds = { ...known, standing: valuesOf(standing, playbook) };
  const wish = { playbook, parameters, by: { kind: 'person', user: by.id } } as const;
  const made = makePlan(draft, wish, grounds, context);
  if (made.kind === 'refused') return refuse(say`${made.reason}`, made.fields);
  if (standing !== null && !atRest(incident) && isSame(made.plan, standing, context))
    return refuse('nothing would change: this is the plan that stands there');
  const told = standing === null || hasEnded(incident) ? made.draft : replaced(made.draft, standing, event);
  const diagnosis = standing?.plan.playbook === playbook ? incident.diagnosis : null;
  const minded = incident.wary?.by === by.id ? trusting(told) : told;
  const submitted = submit(minded, made.plan, diagnosis, context, doubtOf(incident, playbook, context));
  return keepHold(submitted, incident.phase, made.plan, by.id, context);
}

/**
 * Somebody else holds back what stood there: their hold goes on for what takes its place, and they are told. A plan that waits for people
 * anyway cannot be held, so that whoever is to approve it hears of them.
 */
function keepHold(draft: Draft, before: Phase, plan: Plan, by: string, context: StepContext): Draft {
  const stood = heldIn(before);
  const held = stood === null ? null : withoutHolder(stood, by);
  if (held === null) return draft;
  const { phase } = draft.incident;
  const kept = withHold(phase, held, context.now);
  const next = kept ?? heard(phase, held);
  const stands = kept !== null ? 'held' : waitsForPeople(phase) ? 'asks' : 'rests';
  const { title, id } = plan;
  return record(enter(draft, next), { kind: 'hold-kept', plan: id, title, holder: held.by, by, stands });
}

function heard(phase: Phase, held: Held): Phase {
  if (!waitsForPeople(phase)) return phase;
  if (phase.at === 'preparing') return { ...phase, decided: withHolder(phase.decided, held) };
  return phase.at === 'waiting' ? { ...phase, decided: withHolder(phase.decided, held) } : phase;
}

/** Why nobody may put another plan in place now, in words; null where an operator may. */
export function noNewPlan(incident: Incident): Said | null {
  const { phase, subject } = incident;
  if (subject.kind === 'storm') return say`it is about many things at once, and no playbook is`;
  if (phase.at === 'closed') return say`this incident is closed`;
  if (phase.at === 'investigating')
    return say`what is wrong is still being looked into: there is no plan yet`;
  return notStarted(phase) || atRest(incident) ? null : tooLate(phase);
}

/** The values of the plan that stands there, as far as they are for this playbook. */
export function valuesOf(standing: Decided | null, playbook: string): Plan['parameters'] {
  return standing?.plan.playbook === playbook ? standing.plan.parameters : {};
}

/** Whether a plan says what the standing one says, and would be decided by the same rules. */
function isSame(plan: Plan, { plan: standing, verdict }: Decided, context: StepContext): boolean {
  const names = Object.keys({ ...plan.parameters, ...standing.parameters });
  return (
    plan.playbook === standing.playbook &&
    plan.playbookHash === standing.playbookHash &&
    verdict.policyDigest === context.policyDigest &&
    names.every((name) => plan.parameters[name]?.value === standing.parameters[name]?.value)
  );
}

/** Whether the record tells the end of its plan already. */
function hasEnded({ phase }: Incident): boolean {
  return traitsOf(phase).plan === 'dropped';
}

function replaced(
  draft: Draft,
  { plan }: Decided,
  { by, playbook }: { readonly by: { readonly id: string }; readonly playbook: string },
): Draft {
  return record(draft, { kind: 'replaced', plan: plan.id, by: by.id, playbook });
}

/** A second opinion that contradicts the first stands, whoever asks for the first one's playbook. */
function doubtOf(
  { diagnosis, secondOpinion }: Incident,
  playbook: string,
  context: StepContext,
): Said | null {
  if (diagnosis === null || secondOpinion === null || diagnosis.hypotheses[0]?.playbook !== playbook)
    return null;
  const opinion = compare(diagnosis, secondOpinion, context.settings.policy.confidence);
  return opinion.verdict === 'contradicts' ? say`${opinion.words}` : null;
}
