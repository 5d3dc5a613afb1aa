import type { Service, Settings } from '../config/settings.ts';
import type { Alert, Subject } from './alert.ts';

/** What an alert is about: the registered service its labels name, else the most telling target label it has. */
export function subjectOf(alert: Alert, settings: Settings): Subject {
  const environment = alert.labels.environment ?? alert.labels.env ?? null;
  const name = serviceOf(alert.labels, environment, settings);
  if (name !== null) {
    return {
      kind: 'service',
      name,
      environment: environment ?? settings.services[name]?.environment ?? settings.environment,
    };
  }
  const { service, instance, host } = alert.labels;
  const kind = service === undefined ? 'target' : 'service';
  return {
    kind,
    name: service ?? instance ?? host ?? alert.name,
    environment: environment ?? settings.environment,
  };
}

function serviceOf(labels: Alert['labels'], environment: string | null, settings: Settings): string | null {
  const here = Object.entries(settings.services).filter(
    ([, service]) => environment === null || service.environment === environment,
  );
  const matches = here.filter(([name, service]) => identifies(identity(name, service), labels));
  // The most specific identity wins, so that `{service, shard}` is preferred to `{service}`.
  matches.sort(([a, x], [b, y]) => Object.keys(identity(b, y)).length - Object.keys(identity(a, x)).length);
  return matches[0]?.[0] ?? null;
}

/** The labels that identify a service. */
export function identity(name: string, service: Service): Readonly<Record<string, string>> {
  return Object.keys(service.labels).length > 0 ? service.labels : { service: name };
}

function identifies(identity: Readonly<Record<string, string>>, labels: Alert['labels']): boolean {
  return Object.entries(identity).every(([key, value]) => labels[key] === value);
}

/** The registered service of a subject, or null; a service of another environment is not it. */
export function registered(subject: Subject, settings: Settings): Service | null {
  if (subject.kind !== 'service') return null;
  const service = Object.hasOwn(settings.services, subject.name)
    ? settings.services[subject.name]
    : undefined;
  return service !== undefined && service.environment === subject.environment ? service : null;
}
