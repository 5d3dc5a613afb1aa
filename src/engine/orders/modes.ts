import { createHash } from 'node:crypto';
import type { Subject } from '../../alerts/alert.ts';
import type { Settings } from '../../config/settings.ts';
import { modeOf } from '../../policy/decide.ts';
import type { Mode } from '../../policy/verdict.ts';
import type { ModeOrder } from '../store/snapshot.ts';

/** What a mode is set for: a service with its environment, an environment, or, without either, everything. */
export type Scope = Pick<ModeOrder, 'service' | 'environment'>;

/** The settings for each list of orders: a list is read once, and what is known of settings is known of the same object. */
const known = new WeakMap<readonly ModeOrder[], { readonly from: Settings; readonly settings: Settings }>();

/** The settings as people have changed them: what they ordered comes first, the newest before all. */
export function withOrders(settings: Settings, orders: readonly ModeOrder[]): Settings {
  if (orders.length === 0) return settings;
  const before = known.get(orders);
  if (before?.from === settings) return before.settings;
  const modes = orders.map(({ service, environment, mode }) => ({
    mode,
    ...(service === null ? {} : { service }),
    ...(environment === null ? {} : { environment }),
  }));
  const { policy } = settings;
  const ordered = { ...settings, policy: { ...policy, modes: [...modes, ...policy.modes] } };
  known.set(orders, { from: settings, settings: ordered });
  return ordered;
}

/**
 * The digest of the policy for a subject under these orders. It is another one where the mode is another than the settings say, so
 * that what was decided before is void; and the settings' own where an order changes nothing for this subject.
 */
export function digestUnder(
  policyDigest: string,
  subject: Subject,
  settings: Settings,
  orders: readonly ModeOrder[],
): string {
  const mode = modeOf(subject, withOrders(settings, orders).policy);
  if (mode === modeOf(subject, settings.policy)) return policyDigest;
  return createHash('sha256').update(`${policyDigest} mode ${mode}`).digest('hex');
}

/** Whether what holds for the one scope holds for all of the other. */
export function covers(scope: Scope, other: Scope): boolean {
  if (scope.service !== null && scope.service !== other.service) return false;
  return scope.environment === null || scope.environment === other.environment;
}

/** The orders after a new one, which takes the place of all that it covers; a null `mode` only lifts those. */
export function afterOrder(
  orders: readonly ModeOrder[],
  order: Scope & { readonly mode: Mode | null; readonly by: string; readonly at: number },
): readonly ModeOrder[] {
  const { mode, ...whose } = order;
  const others = orders.filter((one) => !covers(order, one));
  return mode === null ? others : [{ ...whose, mode }, ...others];
}

const RANK: Readonly<Record<Mode, number>> = { observe: 0, supervised: 1, tiered: 2 };

/** What becomes of a subject by a change of mode. */
export interface Shift {
  readonly subject: Subject;
  readonly before: Mode;
  readonly after: Mode;
  /** Whether Medic may do more by itself than before. */
  readonly looser: boolean;
}

/** Whose mode another list of orders changes, of all that is registered, that a rule names, and that there may be besides. */
export function shiftsBetween(
  settings: Settings,
  before: readonly ModeOrder[],
  after: readonly ModeOrder[],
): readonly Shift[] {
  const [old, fresh] = [withOrders(settings, before).policy, withOrders(settings, after).policy];
  return subjectsIn(settings, [...before, ...after])
    .map((subject) => ({ subject, before: modeOf(subject, old), after: modeOf(subject, fresh) }))
    .filter((shift) => shift.before !== shift.after)
    .map((shift) => ({ ...shift, looser: RANK[shift.after] > RANK[shift.before] }));
}

/** The environments that anything is known to be in. */
export function environmentsIn({ environment, services, policy }: Settings): readonly string[] {
  const named = [...Object.values(services), ...policy.modes].flatMap((one) => one.environment ?? []);
  return [...new Set([environment, ...named])];
}

/** Stands for whatever a rule does not name; no service and no environment is called so. */
export const ANY = '*';

function subjectsIn(settings: Settings, orders: readonly ModeOrder[]): readonly Subject[] {
  const ruled = [...settings.policy.modes, ...orders].flatMap(({ service }) => service ?? []);
  const names = [...new Set([...Object.keys(settings.services), ...ruled, ANY])];
  const environments = [...environmentsIn(settings), ANY];
  return names.flatMap((name) =>
    environments.map((environment): Subject => ({ kind: 'service', name, environment })),
  );
}
