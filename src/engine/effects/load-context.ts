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
    around: await aroundOf(parts, before, event),
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

/** What is around an incident is read where it opens, and where it is concluded whether its cause lies in a neighbour. */
async function aroundOf(
  parts: Known,
  before: Incident | null,
  event: IncidentEvent,
): Promise<StepContext['around']> {
  if (event.type === 'alerts') return around(parts, before, event.subject);
  if (event.type !== 'evidence-collected' || before === null) return { neighbours: [], lately: null };
  return { neighbours: await openNextTo(parts, before.subject), lately: null };
}

/** The open incidents next to a subject, for one that opens, and the one about it that closed lately. */
async function around(
  parts: Known,
  before: Incident | null,
  subject: Subject,
): Promise<StepContext['around']> {
  const { store } = parts;
  const last = async () => {
    const lately = await store.lately(subjectKey(subject));
    return lately === null ? null : store.load(lately.incident);
  };
  const [neighbours, lately] = await Promise.all([before === null ? openNextTo(parts, subject) : [], last()]);
  return { neighbours, lately };
}

/** The open incidents about what a subject depends on, or what depends on it. */
async function openNextTo({ store, settings }: Known, subject: Subject): Promise<readonly Incident[]> {
  const keys = neighboursOf(subject, settings);
  const ids = keys.length === 0 ? [] : await store.findOpenAbout(keys);
  const known = await Promise.all(ids.map(async (id) => (id === null ? null : store.load(id))));
  return known.filter((one) => one !== null);
}
