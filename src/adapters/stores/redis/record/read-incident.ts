import type { Incident, Phase } from '../../../../incident/model/incident.ts';
import { APART } from './alerts-apart.ts';

/** An incident that a newer Medic wrote: this one leaves it alone. */
class NewerSchema extends Error {
  override readonly name = 'NewerSchema';
}

/** The schema of an incident that is stored in one. */
const SCHEMA = 4;

/** Reads a stored incident. One of an older schema gets what it lacks, one whose alerts lie beside it these. @throws NewerSchema */
export function readIncident(state: string, beside: Incident['alerts'] = {}): Incident {
  const stored = JSON.parse(state) as Omit<Incident, 'schema'> & { readonly schema: number };
  if (stored.schema > APART) {
    throw new NewerSchema(
      `incident ${stored.id} was written by a newer Medic (schema ${stored.schema}); this one leaves it alone`,
    );
  }
  switch (stored.schema) {
    case 1:
      return fromThird(fromSecond(fromFirst(stored)));
    case 2:
      return fromThird(fromSecond(stored));
    case 3:
      return fromThird(stored);
    case APART: {
      const { alertsHash: _hash, ...rest } = stored as typeof stored & { readonly alertsHash: string };
      return { ...rest, schema: SCHEMA, alerts: beside };
    }
    default:
      return { ...stored, schema: SCHEMA };
  }
}

type Unread = Omit<Incident, 'schema'>;

/** Until schema 3, the thread in Slack was kept with the incident, and every text was a string, which is still read. */
function fromThird(stored: Unread & { readonly thread?: Incident['formerThread'] | null }): Incident {
  const { thread, ...rest } = stored;
  return { ...rest, schema: SCHEMA, ...(thread == null ? {} : { formerThread: thread }) };
}

/** Schema 2 knew no judgements and no questions. */
function fromSecond(stored: Unread): Unread {
  return { ...stored, judgements: [], asked: 0, questions: [] };
}

/** Schema 1 knew no links between incidents, no crowd of alerts, no targets of attempts and no turns. */
function fromFirst(stored: Unread): Unread {
  const alerts = Object.entries(stored.alerts).map(([name, alert]) => [name, { ...alert, changedAt: 0 }]);
  return {
    ...stored,
    alerts: Object.fromEntries(alerts),
    phase: phaseOfFirst(stored.phase),
    attempts: stored.attempts.map((attempt) => ({ ...attempt, targets: attempt.targets ?? [] })),
    link: null,
    guests: [],
    relapsed: null,
    crowd: { total: 0, firing: 0, names: {}, toldAt: 0 },
  };
}

function phaseOfFirst(phase: Phase): Phase {
  switch (phase.at) {
    case 'waiting':
    case 'reproving':
      return { ...phase, turn: null };
    case 'starting':
      // Nobody knows when its premises were read: they are read once more.
      return { ...phase, turn: null, provenAt: 0 };
    case 'verifying':
      return 'resume' in phase.after
        ? { ...phase, after: { ...phase.after, resume: { ...phase.after.resume, turn: null } } }
        : phase;
    default:
      return phase;
  }
}
