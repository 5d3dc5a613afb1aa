import type { FactName } from '../evidence/facts/vocabulary.ts';
import { mustRead } from '../lib/linear.ts';
import type { Condition, Look, Manifest } from '../playbooks/manifest.ts';
import type { Causes } from './causes.ts';

/** Whether a known pattern of a playbook could speak for it: one about what the rule reads, or about any alert. */
export function answers({ answers: patterns, look, mends }: Manifest, causes: Causes): boolean {
  // A playbook that says which faults it mends is called for by those.
  if (mends.length > 0) return false;
  // Nor where its look would look at something else than what the rule is about.
  if (look === null || !factsOf(look).some((fact) => causes.ill.has(fact))) return false;
  return patterns.some(({ when }) => when.every((condition) => mayMeet(condition, causes)));
}

function mayMeet(condition: Condition, { metrics }: Causes): boolean {
  if ('quote' in condition) return false;
  const { alert } = condition;
  if (alert === 'any') return true;
  const pattern = mustRead(alert.reads);
  return metrics.some((metric) => pattern.test(metric));
}

/** What a look reads, in facts. */
function factsOf(look: Look): readonly FactName[] {
  if ('unit' in look) return ['systemd.unit.active_state', 'supervisor.program.state'];
  if ('disk' in look) return ['system.filesystem.utilization'];
  if ('memory' in look) return ['system.memory.available', 'process.memory.usage'];
  if ('workload' in look) return ['k8s.workload.replicas.missing', 'k8s.pod.ready'];
  return 'release' in look ? ['release.age'] : [];
}
