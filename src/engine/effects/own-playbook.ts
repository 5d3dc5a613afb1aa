import type { OwnPlaybook } from '../../incident/plan/order.ts';
import { hashOf } from '../../playbooks/catalog.ts';
import type { Catalog } from '../../playbooks/manifest.ts';
import type { Plan } from '../../playbooks/plan.ts';

/** A plan's playbook as this process has it; null where it has none. */
export function ownPlaybook(plan: Plan | undefined, catalog: Catalog): OwnPlaybook | null {
  const playbook = plan === undefined ? undefined : catalog.get(plan.playbook);
  if (plan === undefined || playbook === undefined) return null;
  return { playbook, hash: presentHash(plan, catalog) };
}

/** The hash of a plan's playbook as it lies there now; null where it is gone or cannot be read. */
export function presentHash(plan: Plan, catalog: Catalog): string | null {
  const playbook = catalog.get(plan.playbook);
  try {
    return playbook === undefined ? null : hashOf(playbook.folder);
  } catch {
    return null;
  }
}
