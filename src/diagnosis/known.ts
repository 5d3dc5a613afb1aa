import type { Evidence } from '../evidence/evidence.ts';
import type { Catalog } from '../playbooks/manifest.ts';
import type { Proposal, ProposedHypothesis, Proposer } from './diagnosis.ts';
import { askFaults, faultsBehind } from './faults/ask-faults.ts';
import type { Library } from './faults/library.ts';
import type { Scene } from './faults/recognise.ts';
import { askPatterns } from './patterns.ts';

/**
 * What is known without a model: the faults of the library that the facts show, and the patterns of playbooks that the evidence matches.
 * Both speak, and a fault and the pattern of a playbook that mends it are no rivals. Null where neither knows anything.
 */
export function askKnown(
  library: Library,
  catalog: Catalog,
  evidence: readonly Evidence[],
  scene: Scene,
): { readonly proposal: Proposal; readonly by: Proposer } | null {
  const faults = askFaults(library, catalog, evidence, scene);
  const patterns = askPatterns(catalog, evidence);
  if (faults === null || patterns === null) return faults ?? patterns;
  const matched = patterns.proposal.hypotheses.map((one) => explainingFaults(one, catalog, library));
  const hypotheses = [...faults.proposal.hypotheses, ...matched];
  const each = [...(faults.proposal.each ?? []), ...(patterns.proposal.each ?? [])];
  return { by: faults.by, proposal: { ...faults.proposal, hypotheses, each } };
}

function explainingFaults(
  hypothesis: ProposedHypothesis,
  catalog: Catalog,
  library: Library,
): ProposedHypothesis {
  const { explains = [], playbook } = hypothesis;
  const explained = [...catalog.values()].filter(
    ({ manifest }) =>
      manifest.name === playbook || manifest.answers.some(({ pattern }) => explains.includes(pattern)),
  );
  return {
    ...hypothesis,
    explains: [...explains, ...explained.flatMap((one) => faultsBehind(one, library))],
  };
}
