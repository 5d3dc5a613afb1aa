import { families } from './family.ts';

const DISK = { labels: ['device', 'fstype', 'mountpoint'], speaker: 'node-exporter' };
const LOW = { bad: 'low' } as const;
const HIGH = { bad: 'high' } as const;
const RISES = { rises: true } as const;

const DISK_WORK = [
  'system.disk.busy',
  'system.disk.queue',
  'node_exporter.disk.queue',
  'system.disk.errors',
  'system.cpu.iowait',
  'host.batch.running',
] as const;

const DISKS = [
  ...families(DISK, [
    [
      /^node_filesystem_files/,
      ['system.filesystem.inodes.utilization', 'node_exporter.filesystem.inodes.utilization'],
      LOW,
    ],
    [
      /^node_filesystem_(?:avail|free)(?:_bytes)?$/,
      [
        'system.filesystem.utilization',
        'system.filesystem.free',
        'system.filesystem.deleted_open',
        'system.filesystem.recent_growth',
        'node_exporter.filesystem.utilization',
        'node_exporter.filesystem.slope',
      ],
      LOW,
    ],
    [
      /^node_filesystem_readonly$/,
      ['system.filesystem.read_only', 'node_exporter.filesystem.read_only', 'system.disk.errors'],
    ],
    [
      /^node_filesystem_device_error$/,
      ['node_exporter.filesystem.device_error', 'system.filesystem.read_only', 'system.disk.errors'],
    ],
  ]),
  ...families({ labels: ['device'], speaker: 'node-exporter' }, [
    [
      /^node_disk_(?:written_bytes|writes)/,
      [...DISK_WORK, 'system.disk.write_rate', 'node_exporter.disk.*'],
      HIGH,
    ],
    [/^node_disk_/, DISK_WORK, HIGH],
    [/^(?:node_md_|smartctl_|smartmon_)/, ['system.disk.errors', 'system.filesystem.read_only']],
  ]),
];

const NODE_EXPORTER = { labels: [], speaker: 'node-exporter' };
const CPU = [
  'system.cpu.utilization',
  'system.cpu.load_per_core',
  'node_exporter.cpu.utilization',
  'node_exporter.cpu.load_per_core',
  'process.top.cpu',
  'process.cpu.cores',
] as const;
const MEMORY = [
  'system.memory.available',
  'node_exporter.memory.*',
  'process.memory.*',
  'process.top.memory',
  'system.oom_kills',
  'node_exporter.oom_kills',
] as const;
const SYSTEM = [
  ...families(NODE_EXPORTER, [
    [
      /^node_vmstat_oom_kill$/,
      ['system.oom_kills', 'system.oom_kill.victim', 'system.cgroup_oom_kills', 'node_exporter.oom_kills'],
    ],
    [/^node_memory_SwapFree/, ['system.paging.utilization', ...MEMORY], LOW],
    [/^node_(?:memory_Swap|vmstat_psw)/, ['system.paging.utilization', ...MEMORY]],
    [/^node_memory_Mem(?:Available|Free)/, MEMORY, LOW],
    [/^node_vmstat_pg/, MEMORY, HIGH],
    [/^node_memory_/, MEMORY],
    [
      /^node_cpu(?:_seconds_total)?$/,
      CPU,
      { ...HIGH, ...RISES, where: { label: 'mode', is: /^(?:user|system|nice|guest.*|irq|softirq)$/ } },
    ],
    [/^node_cpu(?:_seconds_total)?$/, CPU, { ...LOW, ...RISES, where: { label: 'mode', is: /^idle$/ } }],
    [
      /^node_cpu(?:_seconds_total)?$/,
      ['system.cpu.iowait', 'node_exporter.cpu.iowait', 'system.disk.busy', 'system.disk.queue'],
      { ...HIGH, where: { label: 'mode', is: /^iowait$/, said: true } },
    ],
    [
      /^node_cpu(?:_seconds_total)?$/,
      ['system.cpu.steal', 'node_exporter.cpu.steal'],
      { ...HIGH, where: { label: 'mode', is: /^steal$/, said: true } },
    ],
    [/^node_(?:load\d+|pressure_cpu)/, CPU, { ...HIGH, ...RISES }],
    [/^node_pressure_memory/, MEMORY, HIGH],
    [/^node_pressure_io/, ['system.disk.*', 'system.cpu.iowait']],
    [/^node_(?:timex|ntp)_/, ['system.clock.*', 'node_exporter.clock.*']],
    [/^node_nf_conntrack_/, ['system.conntrack.*', 'node_exporter.conntrack.utilization'], HIGH],
    [/^node_sockstat_/, ['system.tcp.*', 'system.conntrack.utilization']],
    [
      /^node_filefd_/,
      ['system.file_descriptors.utilization', 'node_exporter.file_descriptors.utilization'],
      HIGH,
    ],
    [/^node_network_receive_bytes/, ['node_exporter.network.*'], { ...HIGH, labels: ['device'] }],
  ]),
  ...families({ labels: ['name'], speaker: 'node-exporter' }, [
    [/^node_systemd_unit_state$/, ['systemd.unit.*'], { labels: ['name', 'state'] }],
    [/^(?:node_)?systemd_(?:unit|service|socket|timer)_/, ['systemd.unit.*']],
  ]),
  ...families({ labels: [] }, [
    [
      /^namedprocess_namegroup_memory/,
      ['process.memory.*', 'process.resident_memory', 'system.memory.available'],
      { labels: ['groupname'] },
    ],
    [
      /^namedprocess_namegroup_cpu/,
      ['process.top.cpu', 'process.cpu.cores', 'system.cpu.utilization'],
      { labels: ['groupname'] },
    ],
    [
      /^namedprocess_namegroup_num_procs$/,
      ['process.count', 'systemd.unit.*', 'supervisor.program.state'],
      { labels: ['groupname'] },
    ],
    [
      /^namedprocess_namegroup_(?:worst_fd_ratio|open_filedesc)/,
      ['process.file_descriptors.utilization'],
      { labels: ['groupname'] },
    ],
    [/^windows_(?:logical_disk|os_physical_memory|memory|cpu)/, []],
  ]),
];

/** What exporters say of hosts. */
export const HOST = [...DISKS, ...SYSTEM];
