import type { Looker, LookSpec } from '../../evidence/looks/look.ts';
import type { Check } from '../../playbooks/manifest.ts';
import type { Reading, SignalScope } from '../../verification/reading.ts';

type LookCheck = Extract<Check, { look: unknown } | { unit: unknown }>;

/**
 * Looks with the plan's own look, or at the service's unit, at the hosts that the plan acts on; at all of the service's where it names
 * none. The reading is as old as its oldest host. Rejects only where the looker does.
 */
export async function readLook(
  check: LookCheck,
  { look, service, symptomAt }: SignalScope,
  looker: Looker | null,
  signal: AbortSignal,
): Promise<Reading> {
  const missing = (reason: string): Reading => ({ check, kind: 'missing', reason });
  if ('look' in check && look === null) return missing('its playbook declares no look');
  if (service === null) return missing('nobody knows where to look: the service is not registered');
  if (looker === null) return missing('nothing is configured to look with');
  const unit: LookSpec = { unit: { is: 'failed' } };
  const spec = 'look' in check && look !== null ? look.spec : unit;
  const readings = await looker.look(spec, { service, hosts: look?.hosts ?? null, symptomAt }, signal);
  if (readings.length === 0) return missing('nobody looked');
  return { check, kind: 'look', readings, at: Math.min(...readings.map(({ at }) => at)) };
}
