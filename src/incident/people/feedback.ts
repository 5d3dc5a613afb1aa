import { change, type Draft, type Refusal, record, refuse } from '../model/draft.ts';
import type { IncidentEvent } from '../model/event.ts';
import { heldIn, waitsForPeople } from '../model/holds.ts';
import type { Incident, Judgement } from '../model/incident.ts';
import { currentPlan } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { holdBack } from './hold.ts';

/** How many people's words an incident keeps. */
const MOST = 20;

/** A person says whether the diagnosis was right, also after the end. What they said before no longer counts. */
export function recordFeedback(
  draft: Draft,
  { round, by, verdict, really }: Extract<IncidentEvent, { readonly type: 'diagnosis-judged' }>,
  context: StepContext,
): Draft | Refusal {
  const { incident } = draft;
  const { diagnosis } = incident;
  if (diagnosis === null) return refuse('there is no diagnosis to judge yet');
  if (round !== undefined && round !== diagnosis.round)
    return refuse('that diagnosis is out of date: judge the newest one in the thread');
  const best = diagnosis.conclusion.kind === 'cause' ? diagnosis.hypotheses[0] : undefined;
  const { cause = null, playbook = null } = best ?? {};
  const judgement = { by: by.id, at: context.now, verdict, cause, playbook, really };
  const before = incident.judgements.find((one) => one.by === by.id);
  if (before !== undefined && isSame(before, judgement)) return refuse('you have said so already');
  const others = incident.judgements.filter((one) => one !== before);
  const noted = change(draft, { judgements: [...others, judgement].slice(-MOST) });
  const told = record(noted, { kind: 'judged', judgement });
  return verdict === 'wrong' && restsOnIt(incident) ? holdFor(told, judgement, context) : told;
}

function isSame(one: Judgement, other: Judgement): boolean {
  const said = ({ verdict, cause, playbook, really }: Judgement) =>
    JSON.stringify([verdict, cause, playbook, really]);
  return said(one) === said(other);
}

/** Whether a plan that Medic made of the diagnosis would go on by itself. */
function restsOnIt(incident: Incident): boolean {
  const { phase } = incident;
  const byMedic = currentPlan(incident)?.plan.requestedBy.kind === 'medic';
  return byMedic && heldIn(phase) === null && !waitsForPeople(phase);
}

function holdFor(draft: Draft, { by, really }: Judgement, context: StepContext): Draft {
  const reason = `the diagnosis is wrong${really === null ? '' : `: ${really}`}`;
  return holdBack(draft, { by, reason }, context) ?? draft;
}
