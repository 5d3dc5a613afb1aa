import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Incident } from '../../incident/model/incident.ts';
import { currentPlan } from '../../incident/model/phases.ts';
import { plainly } from '../../lib/text/text-read.ts';
import type { Plan } from '../../playbooks/plan.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { Conclusion } from './past.ts';

interface Decision {
  readonly plan: Pick<Plan, 'playbook'>;
  readonly verdict: Pick<Verdict, 'kind' | 'tier'>;
}

/** What an incident has come to. Pure. */
export function conclusionOf({ diagnosis, phase }: Incident): Conclusion {
  const rested = 'decided' in phase ? phase.decided : null;
  const reason = 'reason' in phase && phase.reason !== null ? plainly(phase.reason) : null;
  return conclusion(diagnosis, currentPlan({ phase }) ?? rested, reason);
}

/** What a diagnosis says, and what was decided on it. Pure. */
export function conclusion(
  diagnosis: Diagnosis | null,
  decided: Decision | null,
  reason: string | null,
): Conclusion {
  const [best] = diagnosis?.hypotheses ?? [];
  const stands = diagnosis?.conclusion.kind === 'cause';
  const abstained = diagnosis?.conclusion.kind === 'abstained' ? diagnosis.conclusion.reason : null;
  return {
    stands,
    by: best === undefined ? null : (diagnosis?.by.kind ?? null),
    fault: best?.fault ?? best?.pattern ?? null,
    object: best?.object ?? null,
    cause: best?.cause ?? null,
    confidence: best?.confidence ?? null,
    playbook: decided?.plan.playbook ?? best?.playbook ?? null,
    tier: decided?.verdict.tier.effective ?? null,
    decision: decided?.verdict.kind ?? null,
    reason: stands && decided !== null ? null : (abstained ?? reason),
  };
}
