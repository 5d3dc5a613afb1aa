import { statementsOf } from '../../../../src/adapters/collectors/kubernetes/facts/all.ts';
import { findingsOf } from '../../../../src/adapters/collectors/kubernetes/findings.ts';
import type { Library } from '../../../../src/diagnosis/faults/library.ts';
import { recognise } from '../../../../src/diagnosis/faults/recognise.ts';
import type { Evidence } from '../../../../src/evidence/evidence.ts';
import { item } from '../../../kit/faults/facts.ts';
import { NOW, type Shop } from './shop.ts';

/** What the collectors of Kubernetes and of its containers would bring of it. */
export function evidenceOf(shop: Shop): readonly Evidence[] {
  const statements = statementsOf(shop.objects(), { now: NOW, symptom: NOW, namespaces: ['shop'] });
  const shown = { now: NOW, source: 'kubernetes', query: 'GET', subjects: new Set<never>() };
  const found = findingsOf(statements, shown).map((finding, place) => ({
    ...finding,
    id: `E${place + 1}`,
    status: 'ok',
  })) as unknown as readonly Evidence[];
  if (shop.metrics.length === 0) return found;
  return [...found, item(`E${found.length + 1}`, shop.metrics, { witness: 'exporter/kubelet/n1' })];
}

/** The roots that are recognised, each where it lies. */
export function namedIn(shop: Shop, library: Library): readonly string[] {
  return rootsIn(evidenceOf(shop), library);
}

export function rootsIn(evidence: readonly Evidence[], library: Library): readonly string[] {
  return recognise(library, evidence, { symptom: NOW, needs: new Map() }).map(
    ({ fault, object }) => `${fault.name} in ${object}`,
  );
}
