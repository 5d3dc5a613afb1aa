import { walk } from '../../../src/app/replay/walk.ts';
import type { Diagnosis } from '../../../src/diagnosis/diagnosis.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { currentPlan } from '../../../src/incident/model/phases.ts';
import type { StepContext } from '../../../src/incident/model/step-context.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { type Answer, SILENCE } from './answer.ts';
import type { Collected } from './collect.ts';

/** What Medic concludes, and what it would do: the incident's own steps, without any of their effects on the world. Pure. */
export function conclude(collected: Collected, context: StepContext): Answer {
  const { opening, evidence, bound, openedAt = context.now } = collected;
  const walked = walk({ ...opening, evidence, bound, openedAt }, context);
  return walked === null
    ? { ...SILENCE, reason: 'no incident opened' }
    : answerOf(walked, collected.evidence);
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
