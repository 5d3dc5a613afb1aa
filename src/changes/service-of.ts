import type { Service, Settings } from '../config/settings.ts';
import { nearest } from '../lib/text/nearest.ts';
import { listed } from '../lib/text/words.ts';
import type { Report } from './change.ts';
import type { Named } from './told.ts';

export type Mapped =
  | { readonly kind: 'service'; readonly name: string; readonly environment: string; readonly report: Report }
  /** No service is meant, or nobody can tell which one. */
  | { readonly kind: 'none'; readonly why: string };

/** Which registered service a change is of: by its name, by another name that it has, or by its repository. What fits several is nobody's. */
export function serviceOf(about: Named, report: Report, { services }: Pick<Settings, 'services'>): Mapped {
  const called = about.service === undefined ? null : byName(about.service, services);
  const found = called ?? byRepository(about.repository ?? '', services);
  const what = called === null ? `the repository ${about.repository}` : JSON.stringify(about.service);
  if (found.length === 0)
    return none(
      called === null
        ? `no service has ${what} under changes.repositories`
        : unknown(about.service ?? '', services),
    );
  const here = found.filter(([, service]) => isIn(about.environment, service));
  const [one, another] = here;
  if (one === undefined)
    return none(
      `it is of ${about.environment}, and ${listed(
        found.map(([name, { environment }]) => `${name} of ${environment}`),
        'and',
      )}: say changes.environments where they are the same`,
    );
  if (another !== undefined)
    return none(
      `${what} is that of ${listed(
        here.map(([name]) => name),
        'and',
      )}: name one as \`service\`, in a deployment of GitHub in its payload`,
    );
  const [name, service] = one;
  const counted = countedAs(about, report, service);
  return counted === null
    ? none(
        `the workflow ${JSON.stringify('workflow' in (about.by ?? {}) ? (about.by as { workflow: string }).workflow : '')} does not deploy ${name}: name it under changes.deploys_on.workflows where it does`,
      )
    : { kind: 'service', name, environment: service.environment, report: counted };
}

type Found = readonly (readonly [string, Service])[];

function byName(name: string, services: Settings['services']): Found {
  if (Object.hasOwn(services, name)) {
    const service = services[name];
    return service === undefined ? [] : [[name, service]];
  }
  return Object.entries(services).filter(([, { changes }]) => changes?.names.includes(name) === true);
}

/** GitHub takes names in capitals and in small letters for the same. */
function byRepository(repository: string, services: Settings['services']): Found {
  const same = (one: string) => one.toLowerCase() === repository.toLowerCase();
  return Object.entries(services).filter(([, { changes }]) => changes?.repositories.some(same) === true);
}

function isIn(environment: string | null, { environment: own, changes }: Service): boolean {
  if (environment === null) return true;
  return [own, ...(changes?.environments ?? [])].some(
    (one) => one.toLowerCase() === environment.toLowerCase(),
  );
}

/** The report as what it counts for with this service; null where it is nothing of it. */
function countedAs({ by }: Named, report: Report, { changes }: Service): Report | null {
  if (by === undefined) return report;
  const on = changes?.deploys_on;
  if ('workflow' in by) return on?.workflows.includes(by.workflow) === true ? report : null;
  return on?.[by.event] === true ? { ...report, kind: 'deploy' } : report;
}

function unknown(name: string, services: Settings['services']): string {
  const names = Object.entries(services).flatMap(([one, { changes }]) => [one, ...(changes?.names ?? [])]);
  const near = nearest(name, names);
  return `${JSON.stringify(name.slice(0, 100))} is no registered service${near === null ? '' : `: did you mean ${near}?`}`;
}

const none = (why: string): Mapped => ({ kind: 'none', why });
