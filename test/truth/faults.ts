import type { PreparedFault } from '../../src/diagnosis/faults/library.ts';
import { fill, soughtWords } from '../../src/diagnosis/faults/words.ts';
import type { Fact } from '../../src/evidence/facts/fact.ts';
import type { IncidentEvent } from '../../src/incident/model/event.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import type { StepContext } from '../../src/incident/model/step-context.ts';

/** What the library says of the faults that an incident came near to, each sign with the values that were found, and without any. */
export function nearFaults(
  { found }: Incident,
  { library }: StepContext,
  events: readonly IncidentEvent[],
): readonly unknown[] {
  const faults = (found?.leads ?? []).flatMap(({ fault }) => library.faults.get(fault ?? '') ?? []);
  if (faults.length === 0) return [];
  const facts = events.flatMap((event) =>
    event.type === 'evidence-collected' ? event.evidence.flatMap((item) => item.facts ?? []) : [],
  );
  return faults.map((one) => [one.fault, saidOf(one, facts)]);
}

function saidOf({ fault }: PreparedFault, facts: readonly Fact[]): readonly string[] {
  return fault.signs.flatMap((sign) => [
    soughtWords(sign),
    ...facts
      .filter(({ name }) => sign.any.some((one) => one.fact === name))
      .map((fact) => {
        const known = { fact, citation: { evidence: '', quote: fact.quote }, witness: '', scope: [] };
        return fill(sign.claim, fact.of, [known]).replace(/[.:]$/, '');
      }),
  ]);
}
