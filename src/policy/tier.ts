import type { Service } from '../config/settings.ts';
import type { Risk } from '../playbooks/manifest.ts';
import type { Plan } from '../playbooks/plan.ts';
import type { Tier } from './verdict.ts';

const ORDER: readonly Risk[] = ['low', 'medium', 'high'];

/** More than this part of user traffic is a person's decision. */
const TRAFFIC = 0.5;

/** What the tier of a plan depends on beyond the plan itself. */
export interface Circumstances {
  /** Null where the registry does not know what the plan acts on. */
  readonly service: Service | null;
  /** False where nothing fires, e.g. after `/diagnose`. */
  readonly alertFiring: boolean;
}

/** What of a plan its tier depends on. */
export type Tiered = Pick<
  Plan,
  'risk' | 'category' | 'look' | 'idempotent' | 'targets' | 'maxTargets' | 'rollback' | 'requestedBy'
>;

/** The effective tier: it starts at the declared risk and only rises. */
export function tierOf(plan: Tiered, circumstances: Circumstances): Tier {
  const raises = raisesOf(plan, circumstances);
  const effective = raises.reduce((tier, raise) => higher(tier, raise.to), plan.risk);
  const raisedBy = raises
    .filter((raise) => higher(plan.risk, raise.to) !== plan.risk)
    .map((raise) => raise.because);
  return { declared: plan.risk, effective, raisedBy };
}

function raisesOf(
  plan: Tiered,
  { service, alertFiring }: Circumstances,
): { readonly to: Risk; readonly because: string }[] {
  const raises: { to: Risk; because: string }[] = [];
  const raise = (when: boolean, to: Risk, because: string) => when && raises.push({ to, because });
  raise(
    plan.category === 'security' || plan.category === 'schema',
    'high',
    `a ${plan.category} change is always high`,
  );
  raise(service === null, 'high', 'its target is not in the service registry');
  raise(
    (plan.look ?? null) === null,
    'high',
    'its playbook declares no look, so Medic cannot see the fault for itself',
  );
  raise(!plan.idempotent, 'high', 'running it twice is not the same as once');
  raise(
    plan.targets.length > plan.maxTargets,
    'high',
    `it reaches ${plan.targets.length} targets, more than ${plan.maxTargets}`,
  );
  raise((service?.traffic_share ?? 0) > TRAFFIC, 'high', 'it serves more than half of user traffic');
  raise('run' in plan.rollback && !plan.rollback.rehearsed, 'medium', 'its rollback was never rehearsed');
  raise(!alertFiring && plan.requestedBy.kind === 'medic', 'high', 'no alert is firing');
  return raises;
}

function higher(a: Risk, b: Risk): Risk {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}
