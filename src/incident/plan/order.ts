import { flawIn } from '../../playbooks/freeze.ts';
import type { Playbook, Run } from '../../playbooks/manifest.ts';
import type { Plan } from '../../playbooks/plan.ts';
import { lackingConsent } from '../model/draft.ts';
import type { Effect } from '../model/effect.ts';
import type { Incident } from '../model/incident.ts';
import { currentPlan, isRunning } from '../model/phases.ts';

type Execute = Extract<Effect, { readonly kind: 'execute' }>;

/** How soon after its claim an attempt begins, or never; milliseconds. What was proven then may no longer hold. */
export const BEGIN_WITHIN = 60_000;

/** A playbook as the runner has it, and the hash of its folder at this moment; null where it cannot be read. */
export interface OwnPlaybook {
  readonly playbook: Playbook;
  readonly hash: string | null;
}

/**
 * What a runner makes of the demand to start an attempt:
 * - `in-order`: this may run
 * - `refused`: it must not, and why
 * - `stopped`: a person stopped it before it began
 */
export type OrderCheck =
  | { readonly kind: 'in-order'; readonly plan: Plan; readonly run: Run }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'stopped'; readonly by: string };

/**
 * Whether this attempt is one that was claimed, for a plan that is as it was frozen, with the consent its verdict asks for, and
 * that runs what the runner's own catalog says. The runner takes nobody's word for it: this is looked at where the access is.
 */
export function checkOrder(
  incident: Incident,
  effect: Execute,
  own: OwnPlaybook | null,
  now: number,
): OrderCheck {
  const { phase } = incident;
  const plan = currentPlan(incident)?.plan;
  if (plan === undefined || plan.id !== effect.plan) return refused('its plan is no longer current');
  const attempt = incident.attempts.find(({ id }) => id === effect.attempt);
  const wanted = effect.purpose === 'fix' ? 'executing' : 'rolling-back';
  if (!isRunning(phase) || phase.at !== wanted || phase.attempt !== effect.attempt || attempt === undefined)
    return refused('nobody has claimed it');
  if (attempt.planDigest !== plan.digest) return refused('it was claimed for another plan');
  const lacking = lackingConsent(phase.decided);
  if (lacking !== null) return refused(lacking);
  if (phase.stop !== null) return { kind: 'stopped', by: phase.stop };
  if (now - attempt.startedAt > BEGIN_WITHIN)
    return refused('nobody was there to begin it, and what was proven for it is out of date');
  return checkPlan(plan, effect.purpose, own);
}

/** Whether what the plan says for this purpose may be run as it stands. A rehearsal is run as well. */
export function checkPlan(
  plan: Plan,
  purpose: Execute['purpose'] | 'dry-run',
  own: OwnPlaybook | null,
): Exclude<OrderCheck, { readonly kind: 'stopped' }> {
  if (own === null) return refused(`${plan.playbook} is no longer in the catalog`);
  // A fix may write into its own folder what its rollback needs; the rollback was frozen with the plan.
  if (purpose !== 'rollback' && own.hash !== plan.playbookHash)
    return refused(`${plan.playbook} has changed since the plan was made`);
  const run = purpose === 'rollback' ? undoing(plan) : plan.run;
  if (run === null) return refused('its plan has no rollback');
  const flaw = flawIn(plan, own.playbook, TO_RUN[purpose]);
  return flaw === null ? { kind: 'in-order', plan, run } : refused(flaw);
}

const TO_RUN = { fix: ['run'], rollback: ['rollback'], 'dry-run': ['run', 'dryRun'] } as const;

function undoing({ rollback }: Plan): Run | null {
  return 'run' in rollback ? rollback.run : null;
}

function refused(reason: string): { readonly kind: 'refused'; readonly reason: string } {
  return { kind: 'refused', reason };
}
