import type { FactName } from '../../../../evidence/facts/vocabulary.ts';
import type { Unit } from '../expression/unit.ts';

/** What is measured of the containers of pods, as a value that is high where something is wrong. */
export interface Sign {
  readonly name: string;
  readonly unit: Unit;
  readonly fact: FactName;
  /** What it was before it rose. */
  readonly before: FactName;
  /** From here on it is worth a look at its past. */
  readonly worth: number;
  /** The expression for matchers of the pods. */
  readonly query: (pods: string) => string;
}

/** Long enough for two samples of those who scrape every two minutes. */
const RATE = '5m';
const BY = 'job, instance, namespace, pod';
/** cAdvisor tells of the whole pod too, and of its sandbox. */
const CONTAINERS = 'container!="",container!="POD"';

const limitOf = (pods: string) =>
  `(max by (namespace, pod, container) (kube_pod_container_resource_limits{${pods},resource="memory"}) or max by (namespace, pod, container) (container_spec_memory_limit_bytes{${pods},${CONTAINERS}} > 0))`;

/** Errors and drops, each way, as one sum: what is not counted adds nothing. */
const NETWORK = ['receive_errors', 'receive_packets_dropped', 'transmit_errors', 'transmit_packets_dropped'];

/** What a CPU limit does to who has it. */
export const THROTTLED = {
  name: 'held back by its CPU limit',
  unit: 'ratio',
  fact: 'cadvisor.cpu.throttled',
  before: 'cadvisor.cpu.throttled.before',
  worth: 0.1,
} as const satisfies Omit<Sign, 'query'>;

/** Those of the CPU come first. */
export const SIGNS: readonly [Sign, ...Sign[]] = [
  {
    ...THROTTLED,
    query: (pods) => {
      const of = (metric: string) => `rate(${metric}{${pods},${CONTAINERS}}[${RATE}])`;
      return `max by (${BY}, container) (${of('container_cpu_cfs_throttled_periods_total')} / (${of('container_cpu_cfs_periods_total')} > 0))`;
    },
  },
  {
    name: 'memory of its limit',
    unit: 'ratio',
    fact: 'cadvisor.memory.utilization',
    before: 'cadvisor.memory.utilization.before',
    worth: 0.8,
    query: (pods) =>
      `max by (${BY}, container) (container_memory_working_set_bytes{${pods},${CONTAINERS}}) / on (namespace, pod, container) group_left () ${limitOf(pods)}`,
  },
  {
    name: 'packets dropped or in error a second',
    unit: 'number',
    fact: 'cadvisor.network.errors',
    before: 'cadvisor.network.errors.before',
    worth: 0.1,
    query: (pods) => {
      const each = NETWORK.map(
        (what) =>
          `label_replace(rate(container_network_${what}_total{${pods}}[${RATE}]), "what", "${what}", "", "")`,
      );
      return `sum by (${BY}) (${each.join(' or ')})`;
    },
  },
];

/** How often the kernel has killed within a container, within the hour. */
export const kills = (pods: string) =>
  `sum by (${BY}, container) (increase(container_oom_events_total{${pods},${CONTAINERS}}[1h])) > 0`;
