import { statementsOf } from '../../../../src/adapters/collectors/kubernetes/facts/all.ts';
import { findingsOf } from '../../../../src/adapters/collectors/kubernetes/findings.ts';
import type { Library } from '../../../../src/diagnosis/faults/library.ts';
import { recognise } from '../../../../src/diagnosis/faults/recognise.ts';
import type { Evidence } from '../../../../src/evidence/evidence.ts';
import { NOW, type Shop } from './shop.ts';

/** What the collector of Kubernetes would bring of it. */
export function evidenceOf(shop: Shop): readonly Evidence[] {
  const statements = statementsOf(shop.objects(), { now: NOW, symptom: NOW, namespaces: ['shop'] });
  const shown = { now: NOW, source: 'kubernetes', query: 'GET', subjects: new Set<never>() };
  return findingsOf(statements, shown).map((finding, place) => ({
    ...finding,
    id: `E${place + 1}`,
    status: 'ok',
  })) as unknown as readonly Evidence[];
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
