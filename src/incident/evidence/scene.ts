import { registered } from '../../alerts/subject.ts';
import type { Settings } from '../../config/settings.ts';
import type { Scene } from '../../diagnosis/faults/recognise.ts';
import type { ObjectId } from '../../evidence/facts/fact.ts';
import type { Incident } from '../model/incident.ts';

/** The workload that a service's entry names, as facts name it. */
function workloadOf(
  placed: { readonly namespace: string; readonly workload?: string | undefined } | null,
): readonly ObjectId[] {
  const [kind, name] = placed?.workload?.split('/') ?? [];
  return placed === null || kind === undefined || name === undefined
    ? []
    : [`${kind}/${placed.namespace}/${name}`];
}

/** What stands around the facts of an incident: since when it is ill, what it is about, and what needs what by the registry. */
export function sceneOf({ subject, alerts, milestones }: Incident, settings: Settings): Scene {
  const began = Object.values(alerts)
    .map(({ alert }) => alert.startsAt)
    .filter(Number.isFinite);
  const service = (name: string): ObjectId => `service/${name}`;
  const host = (name: string): ObjectId => `host/${name}`;
  const entry = registered(subject, settings);
  const hosts = entry?.hosts ?? [];
  return {
    symptom: Math.min(milestones.opened, ...began),
    ...(began.length === 0 ? {} : { alerted: Math.min(...began) }),
    about: [
      subject.kind === 'service' ? service(subject.name) : host(subject.name),
      ...hosts.map(host),
      ...workloadOf(entry?.kubernetes ?? null),
    ],
    needs: new Map(
      Object.entries(settings.services).map(([name, { depends_on }]) => [
        service(name),
        depends_on.map(service),
      ]),
    ),
  };
}
