import type { Service, Settings } from '../config/settings.ts';
import { linear } from '../lib/linear.ts';
import { listed } from '../lib/text/words.ts';
import type { Alert } from './alert.ts';
import { fitsAll } from './matcher.ts';
import { tellsOf } from './workload.ts';

/** Whose an alert is that names no service, and how that is known. */
export type Inferred =
  | { readonly kind: 'service'; readonly name: string; readonly because: string }
  /** Several could be meant: nobody guesses which. */
  | { readonly kind: 'ambiguous'; readonly because: string };

type Labels = Alert['labels'];
type Services = Settings['services'];

interface Around {
  readonly labels: Labels;
  /** The registered services that an alert of its environment may be about. */
  readonly services: Services;
}

/** Ways to tell, the surest first. Each knows the one service that it means, or several, or none. */
const WAYS: readonly ((around: Around) => Inferred | null)[] = [byWorkload, byHealthCheck, byJob, byHost];

/**
 * The registered service that an alert is about without naming it. It is no more than a label could say: the service is one of the
 * registry, with the hosts and the rights that it has there.
 *
 * @param labels those that tell what it is about
 * @param environment null where the alert names none
 */
export function inferred(labels: Labels, environment: string | null, all: Services): Inferred | null {
  const around = { labels, services: servicesIn(environment, all) };
  const found = WAYS.map((way) => way(around));
  return found.find((one) => one?.kind === 'service') ?? found.find((one) => one !== null) ?? null;
}

/** By its workload alone: that says whose an alert is also where it names a service that nobody has registered. */
export function byItsWorkload(labels: Labels, environment: string | null, all: Services): Inferred | null {
  return byWorkload({ labels, services: servicesIn(environment, all) });
}

const byEnvironment = new WeakMap<Services, ReadonlyMap<string, Services>>();

/** Sorted once, and not for every alert of a storm. */
function servicesIn(environment: string | null, all: Services): Services {
  if (environment === null) return all;
  const known =
    byEnvironment.get(all) ??
    new Map(
      [...Map.groupBy(Object.entries(all), ([, one]) => one.environment)].map(([name, entries]) => [
        name,
        Object.fromEntries(entries),
      ]),
    );
  byEnvironment.set(all, known);
  return known.get(environment) ?? {};
}

/** By the first rule of `subjects` that fits and names a registered service. */
export function byRule(
  labels: Labels,
  environment: string | null,
  { services: all, subjects }: Pick<Settings, 'services' | 'subjects'>,
): Inferred | null {
  const services = servicesIn(environment, all);
  for (const { match, service } of subjects) {
    if (!fitsAll(match, { labels })) continue;
    const name = filled(service, labels, match);
    if (name === null || !Object.hasOwn(services, name)) continue;
    const shown = match.map(({ name: label }) => `${label} ${labelOf(labels, label)}`);
    return { kind: 'service', name, because: `a rule of subjects says so of ${listed(shown, 'and')}` };
  }
  return null;
}

/** `{label}` is a label's value, and `$1` what the first group of the rule's first pattern fits. Null where one of them is not there. */
function filled(
  template: string,
  labels: Labels,
  match: Settings['subjects'][number]['match'],
): string | null {
  const pattern = match.find(({ isRegex, isEqual }) => isRegex && isEqual);
  const compiled = pattern === undefined ? null : linear(pattern.value);
  const groups =
    pattern !== undefined && compiled?.kind === 'compiled'
      ? (compiled.linear.groups(labelOf(labels, pattern.name)) ?? [])
      : [];
  let isWhole = true;
  const name = template.replace(/\{([^{}]+)\}|\$(\d)/g, (_, label: string | undefined, group: string) => {
    const value = label === undefined ? (groups[Number(group)] ?? '') : labelOf(labels, label);
    isWhole &&= value !== '';
    return value;
  });
  return isWhole ? name : null;
}

/** A workload of Kubernetes that a service has in the registry, or a pod of it by its name. */
function byWorkload({ labels, services }: Around): Inferred | null {
  const namespace = labelOf(labels, 'namespace');
  const kind = WORKLOAD_KINDS.find((one) => labelOf(labels, one) !== '');
  const said = labelOf(labels, kind ?? 'pod');
  if (namespace === '' || said === '') return null;
  const workloadOf = (name: string) => workloadIn(name, services)[1];
  return only(
    services,
    (name, { kubernetes }) => {
      const [written, workload] = workloadIn(name, services);
      const kinds = written === null ? WORKLOAD_KINDS : [written];
      return (
        kubernetes?.namespace === namespace &&
        kinds.some((one) => tellsOf(labels, { namespace, workload: `${one}/${workload}` }))
      );
    },
    (name) =>
      kind === undefined
        ? `the pod ${said} is of its workload ${workloadOf(name)}`
        : `${namespace}/${said} is its workload`,
    `${namespace}/${said} is that of`,
  );
}

/** Its kind, null where any is meant, and its name: that of the service where the registry has none. */
function workloadIn(service: string, services: Services): readonly [string | null, string] {
  const written = services[service]?.kubernetes?.workload;
  const [kind = '', name] = written?.split('/') ?? [];
  return name === undefined ? [null, service] : [kind, name];
}

const WORKLOAD_KINDS = ['deployment', 'statefulset', 'daemonset'] as const;

/** What is probed from outside is the service whose health check that is. */
function byHealthCheck({ labels, services }: Around): Inferred | null {
  const targets = ['target', 'instance']
    .map((label) => labelOf(labels, label))
    .filter((one) => /^https?:/.test(one));
  const [target] = targets;
  if (target === undefined) return null;
  return only(
    services,
    (_, { health }) => health.some(({ url }) => url === target),
    () => `${target} is its health check`,
    `${target} is the health check of`,
  );
}

const EXPORTER = /[-_](?:exporter|metrics|monitor)$/;

/** A job of Prometheus is called like what it scrapes, or like that with the word exporter behind it. */
function byJob({ labels, services }: Around): Inferred | null {
  const job = labelOf(labels, 'job');
  const own = job.slice(job.lastIndexOf('/') + 1);
  if (own === '') return null;
  return only(
    services,
    (name, { unit }) => [own, own.replace(EXPORTER, '')].some((one) => one === name || one === unit),
    () => `it is scraped as the job ${job}`,
    `the job ${job} could be that of`,
  );
}

/** These name another machine wherever they are read. */
const ANYWHERE = /^(?:localhost|127\..*|::1|0\.0\.0\.0)$/;

/** A host belongs to the service that runs there, where it is the only one. */
function byHost({ labels, services }: Around): Inferred | null {
  const found = ['instance', 'host', 'node', 'hostname']
    .map((label) => ({ said: labelOf(labels, label), host: hostIn(labelOf(labels, label)) }))
    .find(({ host }) => host !== '' && Object.values(services).some(({ hosts }) => hosts.includes(host)));
  if (found === undefined || ANYWHERE.test(found.host)) return null;
  return only(
    services,
    (_, { hosts }) => hosts.includes(found.host),
    () => `${found.said} is its host`,
    `${found.host} is a host of`,
  );
}

/** `web-1` of `web-1:9100`, and `::1` of `[::1]:9100`. */
function hostIn(instance: string): string {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([^:/]+))(?::\d{1,5})?$/i.exec(instance) ?? [];
  return bracketed ?? plain ?? '';
}

/** The one service that fits; where several do, that they do. */
function only(
  services: Services,
  fits: (name: string, service: Service) => boolean,
  because: (name: string) => string,
  several: string,
): Inferred | null {
  const names = Object.entries(services).flatMap(([name, one]) => (fits(name, one) ? [name] : []));
  const [name, another] = names;
  if (name === undefined) return null;
  if (another === undefined) return { kind: 'service', name, because: because(name) };
  const shown = names.length > 5 ? [...names.slice(0, 4), `${names.length - 4} more`] : names;
  return { kind: 'ambiguous', because: `${several} ${listed(shown, 'and')}` };
}

function labelOf(labels: Labels, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}
