import type { ProjectionStore, Thread } from '../../../../engine/showing/notifier.ts';
import type { Incident } from '../../../../incident/model/incident.ts';

type Told = Pick<Incident, 'id' | 'formerThread'>;
type Threads = Pick<ProjectionStore, 'threads'>;

/** The threads in which incidents are told, by incident; those that stand nowhere yet are left out. */
export async function threadsOf(
  store: Threads,
  incidents: readonly Told[],
): Promise<ReadonlyMap<string, Thread>> {
  const former = incidents.flatMap(({ id, formerThread }) =>
    formerThread === undefined ? [] : [[id, formerThread] as const],
  );
  return new Map([...former, ...(await store.threads(incidents.map(({ id }) => id)))]);
}

/** The thread in which an incident is told; null where it stands nowhere yet. */
export async function threadOf(store: Threads, incident: Told): Promise<Thread | null> {
  return (await threadsOf(store, [incident])).get(incident.id) ?? null;
}
