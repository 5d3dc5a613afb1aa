import type { Service, Settings } from '../config/settings.ts';
import type { Alert, Subject } from './alert.ts';

/** What an alert is about: the registered service its labels name, else the most telling target label it has. */
export function subjectOf(alert: Alert, settings: Settings): Subject {
  const { labels } = alert;
  // A label without a value is as good as none.
  const environment = labels.environment || labels.env || null;
  const name = serviceOf(labels, environment, settings);
  if (name !== null) {
    return {
      kind: 'service',
      name,
      environment: environment ?? settings.services[name]?.environment ?? settings.environment,
    };
  }
  return {
    kind: labels.service ? 'service' : 'target',
    name: labels.service || labels.instance || labels.host || alert.name,
    environment: environment ?? settings.environment,
  };
}

function serviceOf(labels: Alert['labels'], environment: string | null, settings: Settings): string | null {
  const match = identitiesIn(settings).find(
    (one) =>
      (environment === null || one.environment === environment) &&
      one.labels.every(([key, value]) => labels[key] === value),
  );
  return match?.name ?? null;
}

/** What tells one registered service from others. */
interface Identity {
  readonly name: string;
  readonly environment: string;
  readonly labels: readonly (readonly [string, string])[];
}

const known = new WeakMap<Settings, readonly Identity[]>();

/** The most specific identity comes first, so that `{service, shard}` is preferred to `{service}`. Put in order once, not for every alert. */
function identitiesIn(settings: Settings): readonly Identity[] {
  const before = known.get(settings);
  if (before !== undefined) return before;
  const identities = Object.entries(settings.services)
    .flatMap(([name, service]) =>
      setsOf(name, service).map((labels) => ({
        name,
        environment: service.environment,
        labels: Object.entries(labels),
      })),
    )
    .sort((a, b) => b.labels.length - a.labels.length);
  known.set(settings, identities);
  return identities;
}

/** What alerts are about that nobody knows yet, when more incidents have opened lately than people can follow. */
export function stormIn(environment: string): Subject {
  return { kind: 'storm', name: 'alert storm', environment };
}

/** The labels by which a service's own metrics are known. */
export function identity(name: string, service: Service): Readonly<Record<string, string>> {
  return setsOf(name, service)[0] ?? { service: name };
}

/** Every set of labels that identifies a service. One without any label would be everybody's. */
function setsOf(name: string, { labels }: Service): readonly Readonly<Record<string, string>>[] {
  const sets = (Array.isArray(labels) ? labels : [labels]).filter((set) => Object.keys(set).length > 0);
  return sets.length > 0 ? sets : [{ service: name }];
}

/** The registered service of a subject, or null; a service of another environment is not it. */
export function registered(subject: Subject, settings: Settings): Service | null {
  if (subject.kind !== 'service') return null;
  const service = Object.hasOwn(settings.services, subject.name)
    ? settings.services[subject.name]
    : undefined;
  return service !== undefined && service.environment === subject.environment ? service : null;
}
