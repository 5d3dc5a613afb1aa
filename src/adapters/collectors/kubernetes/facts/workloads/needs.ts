import type { ObjectId } from '../../../../../evidence/facts/fact.ts';
import type { Of } from '../../objects.ts';
import type { Cluster, Workload } from '../cluster.ts';
import { idOf, named, nameOf } from '../read.ts';
import type { Say, Statement } from '../statement.ts';

/** An address that an environment variable names. */
export interface Address {
  readonly variable: string;
  readonly host: string;
  /** Of a service in this namespace; the workload's own where the address names none. */
  readonly namespace: string;
  readonly port: number | null;
}

/** The services that its environment variables name, and what of those does not exist. */
export function needsOf(workload: Workload, say: Say, { objects }: Cluster): readonly Statement[] {
  if (objects.Service === undefined) return [];
  const services = objects.Service;
  const name = nameOf(workload.metadata);
  const own = workload.metadata.namespace ?? '';
  // Services of a namespace that was not read are not known to be missing.
  const known = new Set(services.map(({ metadata }) => metadata?.namespace ?? ''));
  const addresses = addressesIn(workload).filter(
    ({ namespace }) => namespace === own || known.has(namespace),
  );
  const serviceOf = ({ host, namespace }: Address) =>
    services.find(({ metadata }) => metadata?.name === host && (metadata?.namespace ?? '') === namespace);
  const found = addresses.map((address) => ({ address, service: serviceOf(address) }));
  const missing = found.find(({ service }) => service === undefined)?.address;
  const unserved = found.find(
    ({ address, service }) => service !== undefined && !hasPort(service, address.port),
  )?.address;
  const needs = [
    ...new Set(
      found.flatMap(({ service }) => (service === undefined ? [] : [idOf('service', service.metadata)])),
    ),
  ];
  return [
    // Some name a service that they can do without, and that is never there.
    ...say(
      missing === undefined
        ? `${name}: its environment variables name no service that does not exist`
        : `${name}: its variable ${missing.variable} names ${missing.host}, and there is no such service`,
      { 'k8s.workload.reference.service.missing': missing?.host ?? 'none' },
      { weight: missing === undefined ? 'well' : 'plain' },
    ),
    ...say(
      unserved === undefined
        ? `${name}: its environment variables name no port that its service does not have`
        : `${name}: its variable ${unserved.variable} names port ${unserved.port} of ${unserved.host}, which has no such port`,
      {
        'k8s.workload.reference.port.missing':
          unserved === undefined ? 'none' : `${unserved.host}:${unserved.port}`,
      },
      { weight: unserved === undefined ? 'well' : 'ill' },
    ),
    ...needs
      .slice(0, 20)
      .flatMap((each) =>
        say(
          `${name} needs ${each}, by its environment variables`,
          { 'k8s.workload.needs': each },
          { weight: 'well' },
        ),
      ),
  ];
}

function hasPort({ spec }: Of<'Service'>, port: number | null): boolean {
  // A headless service and an alias pass every port on.
  if (port === null || spec?.clusterIP === 'None' || spec?.type === 'ExternalName') return true;
  return (spec?.ports ?? []).some((one) => one.port === port);
}

/** A variable that is made to hold an address: `CART_ADDR`, `DATABASE_URL`. */
const ADDRESSED = /(?:^|_)(?:ADDR|ADDRESS|URL|URI|HOST|HOSTNAME|ENDPOINT|SERVICE|SERVER|DSN)S?$/i;

/**
 * The addresses in the environment variables of a workload that can only be of a service of the cluster: bare names, with a port or by a
 * variable that is made for addresses, and names that end as those of services do. Kubernetes' own variables are none.
 */
export function addressesIn(workload: Workload): readonly Address[] {
  const before = read.get(workload);
  if (before !== undefined) return before;
  const own = workload.metadata.namespace ?? '';
  const { containers = [], initContainers = [] } = workload.template.spec ?? {};
  const addresses = [...containers, ...initContainers]
    .flatMap(({ env = [] }) => {
      const variables = env.slice(0, 500);
      const values = new Map(variables.map(({ name = '', value = '' }) => [name, value]));
      return variables.flatMap(({ name = '', value = '' }) => {
        if (value.length > 500 || !ADDRESSED.test(name)) return [];
        return value
          .split(',')
          .flatMap((part) => addressIn(name, part.trim(), own))
          .map((address) => {
            // Beside its own name stands the port at which it listens, which its service may call otherwise.
            const isOther = address.host !== workload.metadata.name;
            return { ...address, port: address.port ?? (isOther ? portBeside(name, values) : null) };
          });
      });
    })
    .slice(0, MOST_ADDRESSES);
  read.set(workload, addresses);
  return addresses;
}

/** `ORDERS_PORT` beside `ORDERS_HOST`, where the address has no port of its own. */
function portBeside(name: string, values: ReadonlyMap<string, string>): number | null {
  const [, before, host] = /^(.{1,100}?_)(HOST|HOSTNAME|SERVER|ADDR|ADDRESS)$/i.exec(name) ?? [];
  if (before === undefined || host === undefined) return null;
  const written = values.get(`${before}${host === host.toLowerCase() ? 'port' : 'PORT'}`) ?? '';
  const port = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  return port > 0 && port < 65_536 ? port : null;
}

/** Each is compared with the names of all services. */
const MOST_ADDRESSES = 100;

/** Every service asks who names it: each workload is read once. */
const read = new WeakMap<Workload, readonly Address[]>();

const LABEL = '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?';
// What Java puts before the scheme of a database says how it is spoken to.
const SHAPE = new RegExp(
  `^(?:jdbc:)?(?:[a-z][a-z0-9+.-]{0,20}://(?:[^/@\\s]{0,200}@)?)?(${LABEL})((?:\\.${LABEL}){0,4})(?::(\\d{1,5}))?(?:[/?][^\\s]{0,300})?$`,
);

function addressIn(variable: string, value: string, own: string): readonly Address[] {
  const [, host = '', rest = '', written] = SHAPE.exec(value) ?? [];
  if (host === '' || host === 'localhost') return [];
  const port = written === undefined ? null : Number(written);
  // A bare word without a port may be anything: a mode, a region.
  if (rest === '')
    return port === null && !/(?:ADDR|ADDRESS|HOST|HOSTNAME)S?$/i.test(variable) && !value.includes('://')
      ? []
      : [{ variable, host, namespace: own, port }];
  const [, namespace, ...after] = rest.split('.');
  const isService = after.length === 0 ? false : after[0] === 'svc';
  return isService && namespace !== undefined ? [{ variable, host, namespace, port }] : [];
}

/** Who names a service in its environment variables. */
export function usersOf(
  service: Of<'Service'>,
  { workloads }: Pick<Cluster, 'workloads'>,
): readonly Workload[] {
  const known = naming.get(workloads) ?? namingIn(workloads);
  naming.set(workloads, known);
  return [...(known.get(idOf('service', service.metadata)) ?? [])];
}

const naming = new WeakMap<readonly Workload[], ReadonlyMap<ObjectId, ReadonlySet<Workload>>>();

function namingIn(workloads: readonly Workload[]): ReadonlyMap<ObjectId, ReadonlySet<Workload>> {
  const users = new Map<ObjectId, Set<Workload>>();
  for (const workload of workloads)
    for (const { namespace, host } of addressesIn(workload)) {
      const id = named('service', namespace, host);
      users.set(id, (users.get(id) ?? new Set()).add(workload));
    }
  return users;
}
