import type { Evidence } from '../../evidence/evidence.ts';
import type { Catalog, Playbook } from '../../playbooks/manifest.ts';
import type { Proposal, ProposedHypothesis, Proposer } from '../diagnosis.ts';
import { shownFor } from '../look.ts';
import type { Library } from './library.ts';
import { type Recognised, recognise, type Scene } from './recognise.ts';
import { fill, nameOf } from './words.ts';

/** So many consequences are told; the rest is one of them anyway. */
const MOST_CONSEQUENCES = 6;

/**
 * Asks the library. Each root that the facts show becomes a hypothesis, with the playbook that mends it where there is one: a fault that
 * nothing mends is a diagnosis all the same. Null where none is recognised.
 */
export function askFaults(
  library: Library,
  catalog: Catalog,
  evidence: readonly Evidence[],
  scene: Scene,
): { readonly proposal: Proposal; readonly by: Proposer } | null {
  const roots = recognise(library, evidence, scene).flatMap((root) => withMended(root, catalog, evidence));
  const each = roots.map(({ fault, object, elsewhere }) => ({
    by: { kind: 'fault', fault: fault.name, digest: library.digest } as const,
    summary: `${elsewhere ? `The cause lies in ${nameOf(object)}, a dependency. ` : ''}${fill(fault.summary, object)}`,
    prevention: fill(fault.prevention, object),
  }));
  const [first] = each;
  if (first === undefined) return null;
  const hypotheses = roots.map((root) => hypothesisOf(root, catalog, evidence));
  const { by, summary, prevention } = first;
  return { by, proposal: { summary, hypotheses, prevention, each, lead: null } };
}

/**
 * A root, and those of its consequences that something here mends for certain: what lies elsewhere may have brought them about, and they are
 * no less broken for that.
 */
function withMended(
  root: Recognised,
  catalog: Catalog,
  evidence: readonly Evidence[],
): readonly Recognised[] {
  if (!root.elsewhere) return [root];
  const isMended = ({ fault, elsewhere }: Recognised) =>
    !elsewhere &&
    [...catalog.values()].some(
      (playbook) =>
        playbook.manifest.mends.includes(fault.name) && shownFor(playbook, evidence).kind === 'shown',
    );
  const [mended, others] = [
    root.consequences.filter(isMended),
    root.consequences.filter((one) => !isMended(one)),
  ];
  return [{ ...root, consequences: others }, ...mended];
}

function hypothesisOf(
  { fault, object, claims, steps, against, consequences, apart, elsewhere }: Recognised,
  catalog: Catalog,
  evidence: readonly Evidence[],
): ProposedHypothesis {
  // What was not seen brings nothing about.
  const explained = [
    ...new Set(
      [fault, ...consequences.map((one) => one.fault)].flatMap((one) => [one.name, ...one.explains]),
    ),
  ];
  return {
    // Whoever reads of a process takes it for the subject's own.
    cause: `${elsewhere ? `In ${nameOf(object)}, a dependency: ` : ''}${fill(fault.cause, object)}`,
    claims,
    against,
    // What lies elsewhere is not mended by what is done here.
    playbook: elsewhere ? null : mending(fault.name, catalog, evidence),
    parameters: {},
    selfConfidence: null,
    pattern: fault.name,
    explains: [...explained, ...patternsFor(explained, catalog)],
    fault: fault.name,
    object,
    ...(elsewhere ? { dependency: nameOf(object) } : {}),
    ...(apart.length === 0 ? {} : { apart }),
    ...(consequences.length === 0
      ? {}
      : {
          consequences: consequences
            .slice(0, MOST_CONSEQUENCES)
            .map((one) => `${fill(one.fault.title, one.object)} (${nameOf(one.object)})`),
        }),
    ...(steps.length === 0 ? {} : { steps }),
  };
}

/** The playbook that mends a fault: of several, one whose own look shows that it is there. One whose look sees that it is not is none. */
export function mending(fault: string, catalog: Catalog, evidence: readonly Evidence[]): string | null {
  const able = [...catalog.values()].filter(({ manifest }) => manifest.mends.includes(fault));
  const looked = able.map((playbook) => ({ playbook, shown: shownFor(playbook, evidence).kind }));
  const best = (['shown', 'undeclared', 'unread', 'unasked'] as const)
    .map((kind) => looked.find(({ shown }) => shown === kind))
    .find((one) => one !== undefined);
  return best?.playbook.manifest.name ?? null;
}

/** The patterns of the playbooks that mend any of these faults: they speak of the same ills, and are no rivals. */
function patternsFor(faults: readonly string[], catalog: Catalog): readonly string[] {
  const mends = ({ manifest }: Playbook) => manifest.mends.some((name) => faults.includes(name));
  return [...catalog.values()]
    .filter(mends)
    .flatMap(({ manifest }) => manifest.answers.map(({ pattern }) => pattern));
}

/** What the faults that a playbook mends bring about by themselves, and they as well. */
export function faultsBehind({ manifest }: Playbook, library: Library): readonly string[] {
  return manifest.mends.flatMap((name) => [name, ...(library.faults.get(name)?.fault.explains ?? [])]);
}
