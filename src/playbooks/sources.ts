import type { Alert, Subject } from '../alerts/alert.ts';
import type { Service } from '../config/settings.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { mustRead } from '../lib/linear.ts';
import type { Parameter, ParameterSource } from './manifest.ts';
import type { GroundedValue } from './plan.ts';

/** Where values may be found for one incident. */
export interface Grounds {
  readonly subject: Subject;
  readonly service: Service | null;
  readonly alerts: readonly Alert[];
  readonly evidence: readonly Evidence[];
  /** The playbook that values are for. */
  readonly playbook?: string;
  /** Values of the plan whose place is to be taken, where it is of the same playbook: what stays as it was keeps its origin. */
  readonly standing?: Readonly<Record<string, GroundedValue>>;
}

/** The values that a source knows of, with where each comes from; none of a range. */
export function knownTo(source: ParameterSource, grounds: Grounds): readonly GroundedValue[] {
  if ('label' in source) {
    const values = grounds.alerts.flatMap((alert) => ownOf(alert.labels, source.label) ?? []);
    return values.map((value) => ({ value, origin: `alert label ${source.label}` }));
  }
  if ('registry' in source) {
    const origin = `service registry, ${source.registry}`;
    return registryValues(source.registry, grounds).map((value) => ({ value, origin }));
  }
  if ('fact' in source) return factValues(source.fact, grounds.evidence);
  if ('look' in source)
    return source.look === 'hosts' ? faultyHosts(grounds) : shownByLook(source.look, grounds);
  if ('oneOf' in source)
    return source.oneOf.map((value) => ({ value, origin: 'the values its manifest allows' }));
  return [];
}

function registryValues(field: string, { subject, service }: Grounds): readonly string[] {
  if (service === null) return [];
  if (field === 'name') return [subject.name];
  if (field === 'environment') return [subject.environment];
  if (field === 'host') return service.hosts;
  if (field === 'hosts') return [service.hosts.join(',')];
  if (field === 'group') return [service.group ?? subject.name];
  if (field === 'unit') return [service.unit ?? subject.name];
  if (field === 'cleanable') return service.cleanable;
  if (PLACED.includes(field)) return placed(field, service);
  const setting = field.startsWith('settings.')
    ? ownOf(service.settings, field.slice('settings.'.length))
    : undefined;
  return setting === undefined ? [] : [setting];
}

const PLACED: readonly string[] = ['namespace', 'workload', 'replicas_min', 'replicas_max', 'memory_ceiling'];

/** What the registry says of its workload in Kubernetes. */
function placed(field: string, { kubernetes }: Service): readonly string[] {
  const { namespace, workload, replicas, memory_ceiling } = kubernetes ?? {};
  const values: Readonly<Record<string, string | number | undefined>> = {
    ...{ namespace, workload, memory_ceiling },
    replicas_min: replicas?.min,
    replicas_max: replicas?.max,
  };
  const value = values[field];
  return value === undefined ? [] : [String(value)];
}

/** What the playbook's own look says it would take, where it shows the fault. */
function shownByLook(name: string, { evidence, playbook }: Grounds): readonly GroundedValue[] {
  return evidence.flatMap(({ id, data }) => {
    if (data?.type !== 'look' || data.reading.verdict !== 'fault') return [];
    const value = data.playbooks.includes(playbook ?? '') ? ownOf(data.reading.facts, name) : undefined;
    return value === undefined ? [] : [{ value: String(value), origin: `Medic’s own look, ${id}` }];
  });
}

/** The hosts on which the playbook's own look shows the fault, as one value. */
function faultyHosts({ evidence, playbook }: Grounds): readonly GroundedValue[] {
  const shown = evidence.flatMap(({ id, data }) =>
    data?.type === 'look' && data.reading.verdict === 'fault' && data.playbooks.includes(playbook ?? '')
      ? [{ id, host: data.reading.host }]
      : [],
  );
  if (shown.length === 0) return [];
  const hosts = [...new Set(shown.map(({ host }) => host))].sort();
  return [{ value: hosts.join(','), origin: `Medic’s own look, ${shown[0]?.id}` }];
}

function factValues(name: string, evidence: readonly Evidence[]): readonly GroundedValue[] {
  return evidence.flatMap((item) => {
    const facts = item.status === 'ok' ? factsOf(item) : {};
    const fact = ownOf(facts, name);
    return fact === undefined ? [] : [{ value: String(fact), origin: `${item.id}, ${name}` }];
  });
}

function factsOf({ data }: Evidence): Readonly<Record<string, string | number | boolean>> {
  if (data?.type === 'look') return data.reading.facts;
  return data?.type === 'facts' ? data.facts : {};
}

/**
 * Whether nobody may give a value that no source knows: an enumeration or a range is the manifest's last word, the name of what an
 * incident is about is no choice at all, since policy judges by it, and a host that the service does not run on is none of its business.
 */
export function isClosed(parameter: Parameter): boolean {
  return (
    parameter.among !== undefined ||
    parameter.from.some(
      (source) =>
        'oneOf' in source || 'range' in source || ('registry' in source && CLOSED.includes(source.registry)),
    )
  );
}

/** What the registry says of these is all there is. */
const CLOSED: readonly string[] = [
  'name',
  'environment',
  'host',
  'hosts',
  'group',
  'unit',
  'cleanable',
  ...PLACED,
];

/** Whether a value looks as the manifest demands. */
export function fits(parameter: Parameter, value: string): boolean {
  return mustRead(parameter.pattern).matchesWhole(value);
}

/** Every value that is known for a parameter and looks as it must, in the order of its sources. */
export function valuesFor(parameter: Parameter, grounds: Grounds): readonly GroundedValue[] {
  const known = parameter.from
    .flatMap((source) => knownTo(source, grounds))
    .filter(({ value }) => fits(parameter, value) && isListed(parameter, value, grounds));
  return known.length > 0 || parameter.among === undefined ? known : listed(parameter, grounds);
}

/** Whether a value is among those that its manifest confines it to; any is where that confines it to none. */
export function isListed(parameter: Parameter, value: string, grounds: Grounds): boolean {
  return parameter.among === undefined || listed(parameter, grounds).some((one) => one.value === value);
}

function listed({ among }: Parameter, grounds: Grounds): readonly GroundedValue[] {
  return among === undefined ? [] : knownTo(among, grounds);
}

/** The value of a record's own field: names that come from outside may be those of what every object inherits. */
export function ownOf<Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
