/**
 * What measured a metric, and on what object. Two alerts whose rules read the same instrument are one witness, whatever they are called,
 * so everything here errs on the side of one: what cannot be told apart is the same.
 *
 * - `scrape/<job>/<instance>`: Prometheus itself, that it reached a target
 * - `blackbox/<instance>`: a probe from outside, of what it probed
 * - `exporter/<job>/<instance>`: whoever answers at that address: an exporter, or a program that is not the service in question
 * - `service/<environment>/<name>`: the service itself, which writes its own `/metrics`
 * - `prometheus/<metric>`: a rule of Prometheus whose series do not say what they are of
 *
 * Parts that come from labels are encoded, so that no label can contain the name of another instrument.
 */

type Labels = Readonly<Record<string, string>>;

/** The service that an incident is about, with the labels by which its registry entry knows its metrics. */
export interface Identity {
  readonly environment: string;
  readonly name: string;
  readonly labels: Labels;
}

/** Metrics that a service does not write of itself. Whoever writes them runs beside it. */
const EXPORTERS =
  /^(?:node|namedprocess|windows|wmi|pg|postgres|pgbouncer|mysql|mysqld|redis|mongodb|memcached|elasticsearch|kafka|rabbitmq|zookeeper|consul|kube|kubelet|container|cadvisor|machine|apiserver|etcd|coredns|haproxy|nginx|nginxexporter|apache|phpfpm|varnish|traefik|envoy|istio|blackbox|snmp|ipmi|smartctl|smartmon|systemd|supervisor|process_exporter|statsd_exporter|cloudwatch|aws|stackdriver|ssl|x509|github|jmx_exporter|net_conntrack|prometheus|alertmanager|pushgateway|thanos|loki|ceph|minio|nvidia|dcgm|libvirt|bind|chrony|ntp|mtail|json|script|sql|oracledb|mssql)_/;
const SCRAPE = /^(?:up|scrape_\w+)$/;
const PROBE = /^probe_/;
/** A recording rule, or what Prometheus says of its own alerts. */
const RULE = /:|^ALERTS(?:_FOR_STATE)?$/;

/**
 * The instruments behind a rule, sorted, each once; at least one where the rule reads anything.
 *
 * @param reads the names of the metrics that it reads
 * @param series stored series of them, with all of their labels; a series without a `__name__` may be of any of them
 * @param identity the service that the incident is about, null where none is known
 */
export function instrumentsOf(
  reads: readonly string[],
  series: readonly { readonly labels: Labels }[],
  identity: Identity | null,
): readonly string[] {
  const found = reads.flatMap((metric) => {
    const own = series.filter(({ labels }) => labels.__name__ === metric);
    // A pattern of names may stand for any series, and a series without a name may be of any metric.
    const any = series.filter(({ labels }) => labels.__name__ === undefined || !isName(metric));
    const named = own.length > 0 ? own : any;
    const sources: readonly Labels[] = named.length > 0 ? named.map(({ labels }) => labels) : [{}];
    return sources.map((labels) => instrumentOf(labels.__name__ ?? metric, labels, identity));
  });
  return [...new Set(found)].sort();
}

/** What measured one series of a metric. */
export function instrumentOf(metric: string, labels: Labels, identity: Identity | null): string {
  if (SCRAPE.test(metric)) return scrapeOf(labels);
  if (PROBE.test(metric)) return `blackbox/${part(labels.instance)}`;
  if (RULE.test(metric))
    return labels.job && labels.instance ? exporterOf(labels) : `prometheus/${part(metric)}`;
  if (EXPORTERS.test(metric)) return exporterOf(labels);
  if (identity !== null && isOf(identity, labels)) return serviceOf(identity);
  return exporterOf(labels);
}

export function scrapeOf({ job, instance }: Labels): string {
  return `scrape/${part(job)}/${part(instance)}`;
}

export function exporterOf({ job, instance }: Labels): string {
  return `exporter/${part(job)}/${part(instance)}`;
}

export function serviceOf({ environment, name }: Pick<Identity, 'environment' | 'name'>): string {
  return `service/${part(environment)}/${part(name)}`;
}

/** Whether a series is of the service: by the labels that identify it, or because it does not say whose it is. */
function isOf(identity: Identity, labels: Labels): boolean {
  const own = Object.entries(identity.labels);
  if (own.length > 0 && own.every(([name, value]) => labels[name] === value)) return true;
  return !labels.job && !labels.instance && own.every(([name]) => labels[name] === undefined);
}

function isName(metric: string): boolean {
  return /^[a-zA-Z_:][\w:]*$/.test(metric);
}

/** What stands in a label, without what divides a name; what is missing is unknown. */
function part(value: string | undefined): string {
  return value === undefined || value === ''
    ? 'unknown'
    : value.replaceAll('%', '%25').replaceAll('/', '%2F');
}
