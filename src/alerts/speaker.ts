import type { Alert } from './alert.ts';

type Labels = Alert['labels'];

/** An exporter that measures others: by what it is called, and whether the instance on its alerts is its own or that of what it measures. */
interface Speaker {
  readonly name: RegExp;
  readonly instance: 'its own' | 'of the measured';
}

const called = (names: string) => new RegExp(`(?:^|[^a-z0-9])(?:${names})(?:$|[^a-z0-9])`, 'i');

const SPEAKERS: readonly Speaker[] = [
  { name: called('kube[-_]state[-_]metrics|ksm|kubelet|cadvisor'), instance: 'its own' },
  { name: called('cloudwatch|yace|stackdriver|azure[-_]metrics|gcp[-_]metrics'), instance: 'its own' },
  { name: called('push[-_]?gateway'), instance: 'its own' },
  { name: called('blackbox|snmp|ping|smokeping|json[-_]exporter'), instance: 'of the measured' },
  { name: called('node[-_]exporter|windows[-_]exporter'), instance: 'of the measured' },
];

/** Where the name of an exporter stands when it is scraped. */
const NAMED: readonly string[] = [
  'job',
  'service',
  'service_name',
  'service.name',
  'app',
  'app.kubernetes.io/name',
  'app_kubernetes_io_name',
];
/** Where its own place stands, when it runs in Kubernetes. */
const PLACED: readonly string[] = ['pod', 'container', 'namespace', 'endpoint'];

/**
 * The labels that tell what an alert is about, without those that only tell who measured it: an exporter that speaks for others is
 * never what broke. `exported_pod` and the like are what Prometheus calls a label of the measured that the exporter has as well. An alert
 * that says nothing of anybody else is about the exporter itself, and keeps all its labels.
 */
export function aboutOthers(labels: Labels): Labels {
  const speaker = SPEAKERS.find(({ name }) => NAMED.some((label) => name.test(labels[label] ?? '')));
  if (speaker === undefined) return labels;
  const isItsName = (value: string | undefined) => value !== undefined && speaker.name.test(value);
  const isPlaced = isItsName(labels.pod) || isItsName(labels.container);
  const kept = Object.entries(labels).filter(([label, value]) => {
    if (NAMED.includes(label)) return !isItsName(value);
    if (PLACED.includes(label)) return !isPlaced && label !== 'endpoint';
    return label !== 'instance' || speaker.instance === 'of the measured';
  });
  const exported = Object.entries(labels).flatMap(([label, value]) =>
    label.startsWith('exported_') ? [[label.slice('exported_'.length), value] as const] : [],
  );
  const others = Object.fromEntries([...kept, ...exported]);
  return Object.keys(others).some((label) => isTelling(label)) ? others : labels;
}

/** The things that an exporter measures, by the labels that name them; those that belong to a namespace first. */
export const WORKLOADS: readonly string[] = [
  'deployment',
  'statefulset',
  'daemonset',
  'cronjob',
  'job_name',
  'workload',
  'horizontalpodautoscaler',
  'persistentvolumeclaim',
  'ingress',
  'pod',
];
export const TARGETS: readonly string[] = ['node', 'target', 'instance', 'host'];

function isTelling(label: string): boolean {
  return (
    NAMED.includes(label) ||
    WORKLOADS.includes(label) ||
    TARGETS.includes(label) ||
    label.startsWith('dimension_')
  );
}
