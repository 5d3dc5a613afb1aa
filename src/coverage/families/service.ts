import { type FactPattern, families } from './family.ts';

/** Why nothing answers. */
const DOWN: readonly FactPattern[] = [
  'scrape.up',
  'http.probe.outcome',
  'http.probe.status',
  'blackbox.probe.success',
  'systemd.unit.active_state',
  'systemd.unit.sub_state',
  'systemd.unit.result',
  'supervisor.program.state',
  'process.count',
  'host.port.foreign',
  'database.connect',
];
/** Why what answers answers with errors, or late. */
const ERRORS: readonly FactPattern[] = [
  'http.server.error_ratio',
  'http.server.error_rate',
  'http.probe.outcome',
  'http.probe.status',
  'release.age',
  'deployment.age',
  'change.release.age',
];
const LATENCY: readonly FactPattern[] = [
  'http.server.latency',
  'http.probe.duration',
  'process.cpu.throttled',
  'system.cpu.load_per_core',
  'postgresql.active.age',
  'http.server.request_rate',
];
const TRAFFIC: readonly FactPattern[] = [
  'http.server.request_rate',
  'http.server.request_rate.before',
  'node_exporter.network.*',
];
const CERTIFICATE: readonly FactPattern[] = ['tls.*'];

/** What exporters count of machines and of themselves are no requests of a service. */
const NOT_OF_EXPORTERS =
  '^(?!(?:node|windows|kube|kubelet|container|pg|postgresql|mysql|redis|namedprocess|blackbox|alertmanager|prometheus|apiserver|etcd|rest_client|workqueue|scheduler|coredns)_)';
const ofServices = (pattern: RegExp) => new RegExp(`${NOT_OF_EXPORTERS}.*${pattern.source}`);

const code = (is: RegExp, label = 'code') => ({ where: { label, is } });
const BLACKBOX = { labels: [], speaker: 'blackbox' };
const OUTSIDE = [
  ...families(BLACKBOX, [
    [/^probe_success$/, DOWN],
    [/^probe_http_status_code$/, DOWN],
    [/^probe_ssl_(?:earliest|last_chain)_/, CERTIFICATE],
    [/^probe_(?:http_)?(?:duration_seconds|ssl_.*)$/, ['http.probe.duration', 'http.server.latency']],
    [/^probe_dns_|^probe_ip_/, ['dns.answer', 'dns.failed']],
  ]),
  ...families({ labels: [] }, [
    [/^up$/, DOWN],
    [/^scrape_/, ['scrape.up']],
    [/^(?:ssl|x509|cert|certmanager|cert_manager)_.*(?:not_after|expir)/, CERTIFICATE],
    [/^certmanager_certificate_/, CERTIFICATE, { labels: ['namespace', 'name'] }],
    [/_cert(?:ificate)?_(?:.*_)?(?:not_after|expir)/, CERTIFICATE],
    [/^apiserver_client_certificate_expiration_seconds/, CERTIFICATE],
  ]),
];

const PROCESS = [
  ...families({ labels: [] }, [
    [
      /^process_resident_memory_bytes$|^process_virtual_memory/,
      ['process.resident_memory', 'process.resident_memory.*', 'process.memory.*'],
    ],
    [
      /^process_(?:open|max)_fds$/,
      ['process.open_descriptors.utilization', 'process.file_descriptors.utilization'],
    ],
    [/^process_cpu_seconds_total$/, ['process.cpu.usage', 'process.top.cpu', 'process.cpu.cores']],
    [/^process_start_time_seconds$/, ['process.restarts', 'systemd.unit.restarts', 'systemd.unit.result']],
    [/^process_threads$|^go_goroutines$|^jvm_threads_/, ['process.threads.*']],
    [
      /^(?:jvm_(?:memory|gc)|nodejs_heap|go_memstats|dotnet_gc|python_gc)/,
      ['process.resident_memory', 'process.resident_memory.*', 'log.signature'],
    ],
    [/^nodejs_eventloop_/, ['http.server.latency', 'process.cpu.usage', 'process.cpu.throttled']],
  ]),
];

/** By convention: whatever counts requests, errors and how long they take, of any program. */
const REQUESTS = [
  ...families({ labels: [] }, [
    [
      ofServices(
        /(?:request|response|call|rpc|handled|handling|http|grpc|query|latency|upstream).*(?:duration|latenc(?:y|ies)|seconds|time)(?:_seconds|_milliseconds|_ms)?(?:_bucket|_sum|_count)?$/,
      ),
      LATENCY,
    ],
    [
      ofServices(
        /(?:error|failure|failed|exception|5xx|unsuccessful|dropped|rejected)s?(?:_total|_count|_sum)?$/,
      ),
      ERRORS,
    ],
    [ofServices(/(?:requests?|responses?|calls|handled|http|rpc).*_(?:total|count)$/), ERRORS, code(/^[5]/)],
    [
      ofServices(/(?:requests?|responses?|calls|handled|http|rpc).*_(?:total|count)$/),
      ERRORS,
      code(/^[5]/, 'status'),
    ],
    [
      ofServices(/(?:requests?|responses?|calls|handled|http|rpc).*_(?:total|count)$/),
      [...TRAFFIC, ...ERRORS],
    ],
  ]),
];

/** What a probe, a scrape or a service itself says of the service. */
export const SERVICE = [...OUTSIDE, ...PROCESS];
export const CONVENTIONS = REQUESTS;
