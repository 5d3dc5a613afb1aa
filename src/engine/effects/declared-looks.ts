import { registered } from '../../alerts/subject.ts';
import type { Settings } from '../../config/settings.ts';
import type { LooksArguments } from '../../evidence/collectors/looks.ts';
import { looksFor, type Wanted, withLimit } from '../../playbooks/look.ts';
import type { Catalog } from '../../playbooks/manifest.ts';

/** The looks that the catalog of this process declares, for what was asked about. */
export function declaredLooks(
  { about, alerts, rules, unitAlone }: LooksArguments,
  settings: Settings,
  catalog: Catalog,
): readonly Wanted[] {
  const service = registered(about, settings);
  const all = looksFor(catalog, { subject: about, service, alerts, evidence: [] });
  const wanted = unitAlone === true ? all.filter(({ spec }) => 'unit' in spec) : all;
  return service?.memory_limit === undefined ? withLimit(wanted, rules) : wanted;
}
