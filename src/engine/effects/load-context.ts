import { createHash } from 'node:crypto';
import { type Subject, subjectKey } from '../../alerts/alert.ts';
import { registered } from '../../alerts/subject.ts';
import type { Settings } from '../../config/settings.ts';
import type { Library } from '../../diagnosis/faults/library.ts';
import type { IncidentEvent } from '../../incident/model/event.ts';
import type { Incident } from '../../incident/model/incident.ts';
import type { StepContext } from '../../incident/model/step-context.ts';
import type { Catalog } from '../../playbooks/manifest.ts';
import { neighboursOf } from '../../services/neighbourhood.ts';
import { maintenanceAt } from '../../silence/maintenance.ts';
import { digestUnder, withOrders } from '../orders/modes.ts';
import type { Incidents, Index, Past } from '../store/incidents.ts';
import type { Snapshot } from '../store/snapshot.ts';

interface Known {
  readonly store: Incidents & Index & Past;
  readonly settings: Settings;
  readonly policyDigest: string;
  readonly catalog: Catalog;
  readonly library: Library;
}

/** What a step may know besides the incident and the event. */
export async function loadContext(
  parts: Known,
  before: Incident | null,
  event: IncidentEvent,
  { silences, modes, ...clock }: Snapshot,
): Promise<Omit<StepContext, 'model' | 'redact'>> {
  const { store, catalog, library } = parts;
  const subject = before?.subject ?? ('subject' in event ? event.subject : null);
  const alerts = event.type === 'alerts' ? event.alerts : [];
  const crowded = before !== null && before.crowd.total > 0;
  const { settings, policyDigest } = rulesFor(parts, subject, modes);
  return {
    ...clock,
    settings,
    policyDigest,
    catalog,
    library,
    silences: [...silences.list, ...maintenanceAt(settings, clock.now)],
    heard: crowded
      ? await store.heard(
          before.id,
          alerts.map(({ fingerprint }) => fingerprint),
        )
      : {},
    around: event.type === 'alerts' ? await around(parts, before, event.subject) : NOTHING_AROUND,
  };
}

/** The rules that hold for a subject under these modes, and their digest. */
export function rulesFor(
  { settings: own, policyDigest }: Pick<Known, 'settings' | 'policyDigest'>,
  subject: Subject | null,
  modes: Snapshot['modes'],
): { readonly settings: Settings; readonly policyDigest: string } {
  const settings = withOrders(own, modes);
  if (subject === null) return { settings, policyDigest };
  const about = digestAbout(policyDigest, subject, settings);
  return { settings, policyDigest: digestUnder(about, subject, own, modes) };
}

/** What verdicts about a subject depend on: the rules, and how its own service is registered. Another's is no reason to void a plan. */
function digestAbout(policyDigest: string, subject: Subject, settings: Settings): string {
  const own = JSON.stringify([policyDigest, registered(subject, settings)]);
  return createHash('sha256').update(own).digest('hex');
}

const NOTHING_AROUND: StepContext['around'] = { neighbours: [], lately: null };

/** The open incidents next to a subject, for one that opens, and the one about it that closed lately. */
async function around(
  { store, settings }: Known,
  before: Incident | null,
  subject: Subject,
): Promise<StepContext['around']> {
  const [ids, lately] = await Promise.all([
    before === null ? store.findOpenAbout(neighboursOf(subject, settings)) : [],
    store.lately(subjectKey(subject)),
  ]);
  const known = async (id: string | null) => (id === null ? null : store.load(id));
  const [last, ...neighbours] = await Promise.all([known(lately?.incident ?? null), ...ids.map(known)]);
  return { neighbours: neighbours.filter((one) => one !== null), lately: last ?? null };
}
