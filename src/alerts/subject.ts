import type { Service, Settings } from '../config/settings.ts';
import type { Alert, Subject } from './alert.ts';
import { byItsWorkload, byRule, inferred } from './infer.ts';
import { fitsAll } from './matcher.ts';
import { aboutOthers, TARGETS, WORKLOADS } from './speaker.ts';

/**
 * What an alert is about: the registered service its labels name, or whose it can be told to be, else the service, the workload or the target that they name. Where it
 * stands belongs to its name, `eu/team-a/api`: two teams may have an `api` each, and two clusters a `web-1`. A rule of `groups` goes before
 * all that: by it, alerts about different things are one incident.
 */
export function subjectOf(alert: Alert, settings: Settings): Subject {
  return placed(alert, settings).subject;
}

/** A subject, and how it is known where no label names it, or why it is not known. */
export interface Placed {
  readonly subject: Subject;
  readonly because: string | null;
}

export function placed(alert: Alert, settings: Settings): Placed {
  const labels = aboutOthers(alert.labels);
  // A label without a value is as good as none.
  const environment = labels.environment || labels.env || null;
  const group = groupOf(alert, settings);
  if (group !== null)
    return {
      subject: { kind: 'target', name: group, environment: environment ?? settings.environment },
      because: null,
    };
  const known = (name: string, because: string | null): Placed => ({
    subject: {
      kind: 'service',
      name,
      environment: environment ?? settings.services[name]?.environment ?? settings.environment,
    },
    because,
  });
  const name = serviceOf(alert.labels, labels, environment, settings);
  if (name !== null) return known(name, null);
  const ruled = byRule(labels, environment, settings);
  if (ruled?.kind === 'service') return known(ruled.name, ruled.because);
  const placed = byItsWorkload(labels, environment, settings.services);
  if (placed?.kind === 'service') return known(placed.name, placed.because);
  const named = unregistered(labels, alert.name, settings);
  // A service that is named and not registered is not another one for the host that it runs on.
  const found = named.kind === 'target' ? inferred(labels, environment, settings.services) : null;
  if (found?.kind === 'service') return known(found.name, found.because);
  return {
    subject: { ...named, environment: environment ?? settings.environment },
    because: found?.because ?? null,
  };
}

/** The values that alerts of one group have in common, by the first rule that fits; null where none does. */
function groupOf(alert: Alert, { groups }: Settings): string | null {
  const valuesBy = (names: readonly string[]) =>
    names.flatMap((name) => (Object.hasOwn(alert.labels, name) ? (alert.labels[name] ?? '') : '') || []);
  // Alerts that have none of its labels would all be one.
  const rule = groups.find(
    ({ matchers, group_by }) => valuesBy(group_by).length > 0 && fitsAll(matchers, alert),
  );
  return rule === undefined ? null : valuesBy(rule.group_by).join('/');
}

function unregistered(
  labels: Alert['labels'],
  alertname: string,
  { subject_labels: order }: Settings,
): Pick<Subject, 'kind' | 'name'> {
  const first = (names: readonly string[]) => names.find((name) => labels[name]);
  const named = (value: string, ...places: readonly (string | undefined)[]) =>
    [...places.filter((place) => place), value].join('/');
  const { cluster, namespace } = labels;
  const service = first(order);
  if (service !== undefined)
    return { kind: 'service', name: named(labels[service] ?? '', cluster, namespace) };
  const workload = first(WORKLOADS);
  if (workload !== undefined) {
    const value = labels[workload] ?? '';
    const name = workload === 'pod' ? workloadOf(value) : value;
    return { kind: 'target', name: named(name, cluster, namespace) };
  }
  const dimension = Object.keys(labels)
    .filter((name) => name.startsWith('dimension_') && labels[name])
    .sort()[0];
  const target = dimension ?? first(TARGETS) ?? first(['job']);
  return { kind: 'target', name: named(target === undefined ? alertname : (labels[target] ?? ''), cluster) };
}

/**
 * What a pod belongs to, by its name: `api-7d9f8b6c5d-x2x4z` is one of `api`. Kubernetes makes the ends of such names from letters and
 * digits of which no words can be made.
 */
function workloadOf(pod: string): string {
  const of =
    /^(.+?)(?:-[bcdfghjklmnpqrstvwxz0-9]{8,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$/.exec(pod) ??
    /^(.+)-\d{1,3}$/.exec(pod);
  return of?.[1] ?? pod;
}

/** @param others the labels without those of an exporter that speaks for others: by them alone, nothing is about it */
function serviceOf(
  labels: Alert['labels'],
  others: Alert['labels'],
  environment: string | null,
  settings: Settings,
): string | null {
  const match = identitiesIn(settings).find(
    (one) =>
      (environment === null || one.environment === environment) &&
      (one.labels.every(([key, value]) => labels[key] === value) ||
        one.labels.every(([key, value]) => others[key] === value)) &&
      one.labels.some(([key, value]) => others[key] === value),
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
