import type { Diagnosis } from '../../../src/diagnosis/diagnosis.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { Effect } from '../../../src/incident/model/effect.ts';
import type { IncidentEvent } from '../../../src/incident/model/event.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { currentPlan } from '../../../src/incident/model/phases.ts';
import type { StepContext } from '../../../src/incident/model/step-context.ts';
import { step } from '../../../src/incident/step.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { type Answer, SILENCE } from './answer.ts';
import type { Collected } from './collect.ts';

/** Who asks where no alert does. */
const ASKER = { id: 'U0EVAL', name: 'Eval', groups: [] };
/** An incident that is looked at again and again comes to an end here. */
const MOST_ROUNDS = 8;

/** What Medic concludes, and what it would do: the incident's own steps, without any of their effects on the world. Pure. */
export function conclude(collected: Collected, context: StepContext): Answer {
  const walked = walk(collected, context);
  return walked === null
    ? { ...SILENCE, reason: 'no incident opened' }
    : answerOf(walked, collected.evidence);
}

function walk({ opening, evidence, bound }: Collected, context: StepContext): Incident | null {
  const { subject, alerts, question } = opening;
  const first: IncidentEvent =
    question === null
      ? { type: 'alerts', subject, alerts }
      : { type: 'diagnosis-requested', subject, by: ASKER, text: question };
  let incident: Incident | null = null;
  let now = context.now;
  const events: IncidentEvent[] = [first];
  for (let round = 0; round < MOST_ROUNDS && events.length > 0; round += 1) {
    const event = events.shift() as IncidentEvent;
    const stepped = step(incident, event, { ...context, now });
    if (stepped.kind === 'refused') return incident;
    incident = stepped.incident;
    for (const { effect } of stepped.owed) {
      const next = whatComes(effect, evidence, bound);
      if (next === null) continue;
      if (effect.kind === 'timer') now = Math.max(now, effect.at);
      events.push(next);
    }
  }
  return incident;
}

/** What the world answers to an effect that a conclusion needs; the others are left undone. */
function whatComes(
  effect: Effect,
  evidence: Collected['evidence'],
  bound: Collected['bound'],
): IncidentEvent | null {
  if (effect.kind === 'collect') return { type: 'evidence-collected', round: effect.round, evidence, bound };
  if (effect.kind === 'timer' && effect.name === 'settle')
    return { type: 'timer', name: effect.name, serves: effect.serves };
  return null;
}

function answerOf(incident: Incident, evidence: readonly Evidence[]): Answer {
  const { diagnosis, phase } = incident;
  const decided = currentPlan(incident) ?? ('decided' in phase ? phase.decided : null);
  const plan =
    decided === null
      ? null
      : {
          playbook: decided.plan.playbook,
          byItself: decided.verdict.kind === 'allow' || decided.verdict.kind === 'wait',
        };
  const reason = 'reason' in phase && phase.reason !== null ? plainly(phase.reason) : null;
  if (diagnosis === null) return { ...SILENCE, plan, reason: reason ?? 'no cause was proposed' };
  const [best] = diagnosis.hypotheses;
  const { conclusion } = diagnosis;
  const { fault, object } = nameOf(diagnosis);
  return {
    stands: conclusion.kind === 'cause',
    fault,
    object,
    confidence: best?.confidence ?? null,
    words: {
      summary: diagnosis.summary,
      cause: best?.cause ?? '',
      claims: best?.claims.map(({ text }) => text) ?? [],
    },
    plan,
    citations: citationsOf(diagnosis, evidence),
    reason: conclusion.kind === 'cause' ? null : conclusion.reason,
  };
}

/** The fault of the first hypothesis, and where it lies. */
function nameOf({ hypotheses }: Diagnosis): Pick<Answer, 'fault' | 'object'> {
  const [best] = hypotheses;
  return { fault: best?.fault ?? best?.pattern ?? null, object: best?.object ?? null };
}

/** Those of every hypothesis, and how many of them stand in the evidence to the letter. */
function citationsOf({ hypotheses, struck }: Diagnosis, evidence: readonly Evidence[]): Answer['citations'] {
  const texts = new Map(evidence.map(({ id, text }) => [id, text]));
  const made = hypotheses.flatMap(({ claims }) => claims.flatMap(({ citations }) => citations));
  const resolved = made.filter(({ evidence: id, quote }) => texts.get(id)?.includes(quote) === true);
  return { made: made.length + struck.length, resolved: resolved.length };
}
