import type { Incident } from '../../incident/incident.ts';

/** An incident that a newer Medic wrote: this one leaves it alone. */
class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/** The schema that this Medic writes. */
const SCHEMA = 2;

/** Reads a stored incident. One of an older schema gets what it lacks. @throws NewerSchema */
export function readIncident(state: string): Incident {
  const stored = JSON.parse(state) as Omit<Incident, 'schema'> & { readonly schema: number };
  if (stored.schema > SCHEMA) {
    throw new NewerSchema(
      `incident ${stored.id} was written by a newer Medic (schema ${stored.schema}); this one leaves it alone`,
    );
  }
  return stored.schema === SCHEMA ? { ...stored, schema: SCHEMA } : fromFirst(stored);
}

/** Schema 1 knew no links between incidents, no crowd of alerts and no targets of attempts. */
function fromFirst(stored: Omit<Incident, 'schema'>): Incident {
  const attempts = stored.attempts.map((attempt) => ({ ...attempt, targets: attempt.targets ?? [] }));
  return {
    ...stored,
    schema: SCHEMA,
    attempts,
    link: null,
    guests: [],
    relapsed: null,
    crowd: { total: 0, firing: 0, names: {} },
  };
}
