import { registered } from '../../alerts/subject.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { joined, person, type Said, say } from '../../lib/text/text.ts';
import { partsOf } from '../../lib/text/text-read.ts';
import { decide, modeOf } from '../../policy/decide.ts';
import { begin } from '../model/draft.ts';
import { heldIn } from '../model/holds.ts';
import { fires, type Incident } from '../model/incident.ts';
import { currentPlan } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { withoutHolder } from './phase-rules.ts';
import { groundsOf, makePlan } from './plan-builder.ts';
import { valuesOf } from './replan.ts';

/** Who thinks of which playbook in place of the plan that stands there, and what is known for its values. */
export interface Thought {
  readonly by: string;
  readonly playbook: string;
  readonly evidence: readonly Evidence[];
}

type Known = Pick<StepContext, 'settings' | 'catalog' | 'policyDigest' | 'now'>;

/** When a plan of this playbook would run if this person asked for it as it stands now: what policy would say, and who holds it back. */
export function whenItRuns(incident: Incident, thought: Thought, context: Known): Said {
  const { by, playbook, evidence } = thought;
  const { settings, catalog } = context;
  const { policy } = settings;
  const mode = modeOf(incident.subject, policy);
  if (mode === 'observe') return say`It would only be noted: nothing is run here`;
  const held = heldByOther(incident, by);
  const standing = valuesOf(currentPlan(incident), playbook);
  const grounds = { ...groundsOf(incident, evidence, settings), standing };
  const wish = { playbook, parameters: {}, by: { kind: 'person', user: by } } as const;
  const made = makePlan(begin(incident), wish, grounds, { catalog });
  // Values are missing, and what they come to is not known.
  if (made.kind === 'refused') return say`When it runs depends on the values you give it${after(held)}`;
  const verdict = decide({
    plan: made.plan,
    subject: incident.subject,
    diagnosis: null,
    service: registered(incident.subject, settings),
    alertFiring: fires(incident),
    settings: policy,
    policyDigest: context.policyDigest,
    now: context.now,
  });
  switch (verdict.kind) {
    case 'allow':
      return say`It would run at once, if a look shows that it is needed; if not, it asks first${after(held)}`;
    case 'wait':
      return say`It would run by itself after a cancel window of ${minutes(verdict.window)}${after(held)}`;
    case 'ask':
      return verdict.approvals > 1
        ? say`It would run once ${verdict.approvals} other people approve it`
        : say`It would run once somebody else approves it`;
    case 'observe':
      return say`It would only be noted: nothing is run here`;
    case 'deny':
      return say`It would not run: ${joined(verdict.reasons.map(partsOf), '; ')}`;
    default:
      return verdict.kind satisfies never;
  }
}

/** Whose wish it is that things stand as they do, for somebody who is about to change that; null where it is nobody's but theirs. */
export function atWhoseWish(incident: Incident, by: string): Said | null {
  const { phase } = incident;
  const held = heldByOther(incident, by);
  if (held !== null) {
    const why = held.reason === null ? '' : say`: ${held.reason}`;
    return say`${person(held.by)} holds the plan that stands there${why}`;
  }
  if (phase.at === 'cancelled')
    return phase.by === by ? null : say`${person(phase.by)} cancelled the last plan`;
  const requester = currentPlan(incident)?.plan.requestedBy;
  if (requester?.kind !== 'person' || requester.user === by) return null;
  return say`${person(requester.user)} asked for the plan that stands there`;
}

/** Who else than this person holds the plan back; null where nobody does. */
function heldByOther({ phase }: Pick<Incident, 'phase'>, by: string) {
  const held = heldIn(phase);
  return held === null ? null : withoutHolder(held, by);
}

function after(held: ReturnType<typeof heldByOther>): Said {
  return held === null
    ? []
    : say`; but only once somebody resumes it: the hold of ${person(held.by)} goes on`;
}

function minutes(milliseconds: number): string {
  return milliseconds < 90_000
    ? `${Math.round(milliseconds / 1000)} s`
    : `${Math.round(milliseconds / 60_000)} min`;
}
