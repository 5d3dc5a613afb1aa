import { type FactPattern, families } from './family.ts';

/** What keeps a pod from being ready, whatever it is. */
const UNREADY: readonly FactPattern[] = [
  'k8s.pod.*',
  'k8s.container.waiting.*',
  'k8s.container.terminated.reason',
  'k8s.container.last.*',
  'k8s.container.oom_killed',
  'k8s.container.restarts',
  'k8s.probe.readiness.failed',
  'k8s.probe.killed',
  'k8s.claim.*',
];
/** What keeps a workload from having the pods that it should have. */
const MISSING: readonly FactPattern[] = ['k8s.workload.*', ...UNREADY];
const RESTARTS: readonly FactPattern[] = [
  'k8s.container.restarts',
  'k8s.container.last.*',
  'k8s.container.oom_killed',
  'k8s.container.waiting.reason',
  'k8s.probe.killed',
  'k8s.probe.liveness.failed',
];
const POD = { labels: ['namespace', 'pod'], speaker: 'kube-state-metrics' };
const CONTAINER = { labels: ['namespace', 'pod', 'container'], speaker: 'kube-state-metrics' };

const OF_PODS = [
  ...families(CONTAINER, [
    [
      /^kube_pod_(?:init_)?container_status_waiting_reason$/,
      ['k8s.container.waiting.*', ...RESTARTS],
      { says: { label: 'reason', fact: 'k8s.container.waiting.reason' } },
    ],
    [/^kube_pod_(?:init_)?container_status_waiting$/, ['k8s.container.waiting.*', ...RESTARTS]],
    [
      /^kube_pod_(?:init_)?container_status_last_terminated_reason$/,
      ['k8s.container.last.reason', 'k8s.container.oom_killed', ...RESTARTS],
      { says: { label: 'reason', fact: 'k8s.container.last.reason' } },
    ],
    [
      /^kube_pod_(?:init_)?container_status_terminated_reason$/,
      ['k8s.container.terminated.reason', 'k8s.container.oom_killed', 'k8s.container.exit_code'],
      { says: { label: 'reason', fact: 'k8s.container.terminated.reason' } },
    ],
    [/^kube_pod_(?:init_)?container_status_restarts(?:_total)?$/, RESTARTS],
    [/^kube_pod_(?:init_)?container_status_(?:ready|running|terminated)$/, UNREADY],
    [
      /^kube_pod_container_resource_limits/,
      ['k8s.container.limit.*', 'k8s.container.oom_killed', 'k8s.container.last.reason'],
    ],
    [/^kube_pod_container_resource_requests/, ['k8s.pod.request.*']],
  ]),
  ...families(POD, [
    [/^kube_pod_status_unschedulable$/, ['k8s.pod.unschedulable.*', 'k8s.pod.node_selector', 'k8s.claim.*']],
    [/^kube_pod_status_(?:phase|ready|scheduled|reason|container_ready_time)$/, UNREADY],
    [/^kube_pod_status_/, UNREADY],
  ]),
  ...families({ labels: ['namespace', 'pod', 'container'], speaker: 'kubelet' }, [
    [
      /^container_(?:memory_.*|oom_events_total|spec_memory_limit_bytes)$/,
      [
        'k8s.container.oom_killed',
        'k8s.container.limit.memory',
        'k8s.container.last.reason',
        'k8s.node.pressure.memory',
        'cadvisor.memory.utilization',
        'cadvisor.oom_kills',
      ],
    ],
    [/^container_cpu_cfs_/, ['cadvisor.cpu.throttled', 'k8s.container.limit.cpu', 'process.cpu.throttled']],
    [/^container_cpu_/, ['k8s.container.limit.cpu', 'cadvisor.cpu.throttled', 'process.cpu.throttled']],
    [/^container_network_.*_(?:errors|packets_dropped)_total$/, ['cadvisor.network.errors']],
    [/^container_fs_/, ['k8s.node.pressure.disk', 'system.filesystem.*']],
  ]),
];

const workload = (kind: string) => ({ labels: ['namespace', kind], speaker: 'kube-state-metrics' });
const OF_WORKLOADS = [
  ...families(workload('deployment'), [[/^kube_deployment_/, MISSING]]),
  ...families(workload('statefulset'), [[/^kube_statefulset_/, MISSING]]),
  ...families(workload('daemonset'), [[/^kube_daemonset_/, MISSING]]),
  ...families(workload('replicaset'), [[/^kube_replicaset_/, MISSING]]),
  ...families(workload('job_name'), [[/^kube_job_/, ['k8s.job.failed', ...UNREADY]]]),
  ...families(workload('cronjob'), [[/^kube_cronjob_/, ['k8s.cronjob.*', 'k8s.job.failed']]]),
  ...families(workload('horizontalpodautoscaler'), [
    [/^kube_(?:hpa|horizontalpodautoscaler)_/, ['k8s.autoscaler.*']],
  ]),
  ...families(workload('poddisruptionbudget'), [[/^kube_poddisruptionbudget_/, ['k8s.disruption.allowed']]]),
  ...families(workload('resourcequota'), [
    [
      /^kube_resourcequota/,
      ['k8s.quota.*', 'k8s.workload.create.failed', 'k8s.workload.create.failed.resource'],
    ],
  ]),
  ...families({ labels: ['namespace', 'persistentvolumeclaim'], speaker: 'kube-state-metrics' }, [
    [/^kube_persistentvolumeclaim_/, ['k8s.claim.*', 'k8s.pod.unschedulable.*']],
  ]),
  ...families({ labels: ['persistentvolume'], speaker: 'kube-state-metrics' }, [
    [/^kube_persistentvolume_/, ['k8s.claim.*']],
  ]),
  ...families({ labels: ['namespace', 'persistentvolumeclaim'], speaker: 'kubelet' }, [
    [
      /^kubelet_volume_stats_inodes_free/,
      ['system.filesystem.inodes.utilization', 'node_exporter.filesystem.inodes.utilization'],
      { bad: 'low' },
    ],
    [
      /^kubelet_volume_stats_/,
      ['system.filesystem.utilization', 'system.filesystem.free', 'node_exporter.filesystem.utilization'],
    ],
  ]),
  ...families({ labels: ['namespace', 'service'], speaker: 'kube-state-metrics' }, [
    [/^kube_(?:service|endpoint)/, ['k8s.service.*', 'k8s.probe.readiness.failed']],
  ]),
];

const NODE = { labels: ['node'], speaker: 'kube-state-metrics' };
const condition = (is: RegExp) => ({ where: { label: 'condition', is } });
const OF_NODES = [
  ...families(NODE, [
    [
      /^kube_node_status_condition$/,
      ['k8s.node.ready', 'k8s.node.ready.*', 'k8s.node.heartbeat.age', 'k8s.node.runtime.failed'],
      condition(/^Ready$/),
    ],
    [
      /^kube_node_status_condition$/,
      ['k8s.node.pressure.memory', 'system.memory.available', 'node_exporter.memory.*'],
      condition(/^MemoryPressure$/),
    ],
    [
      /^kube_node_status_condition$/,
      ['k8s.node.pressure.disk', 'system.filesystem.*', 'node_exporter.filesystem.*'],
      condition(/^DiskPressure$/),
    ],
    [/^kube_node_status_condition$/, ['k8s.node.pressure.pid'], condition(/^PIDPressure$/)],
    [/^kube_node_status_condition$/, ['k8s.node.network_unavailable'], condition(/^NetworkUnavailable$/)],
    [
      /^kube_node_spec_(?:unschedulable|taint)$/,
      ['k8s.node.unschedulable', 'k8s.node.unschedulable.age', 'k8s.node.taint', 'k8s.node.ready'],
    ],
    [/^kube_node_status_(?:allocatable|capacity)/, ['k8s.node.pods']],
  ]),
  ...families({ labels: ['node'], speaker: 'kubelet' }, [
    [/^kubelet_running_pods?(?:_count)?$/, ['k8s.node.pods', 'k8s.node.pods.unready']],
    [
      /^kubelet_(?:node_name|pleg_.*|pod_worker_.*|runtime_.*)/,
      ['k8s.node.ready', 'k8s.node.runtime.failed', 'k8s.node.sandboxes.failed', 'k8s.node.heartbeat.age'],
    ],
  ]),
  ...families({ labels: [] }, [
    [/^apiserver_admission_webhook_/, ['k8s.webhook.*', 'k8s.workload.create.failed']],
    [/^coredns_/, ['dns.answer', 'dns.failed']],
  ]),
];

/** What kube-state-metrics, the kubelet and the parts of a cluster say. */
export const KUBERNETES = [...OF_PODS, ...OF_WORKLOADS, ...OF_NODES];
