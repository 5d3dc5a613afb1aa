import type { Values } from './world.ts';

/** A fault of the library: what is otherwise where it is there, and each of its confusables, with what it is then (null: none of these). */
export interface Case {
  readonly fault: string;
  readonly object: string;
  readonly clear: Values;
  readonly confusable: readonly (readonly [why: string, more: Values, instead: string | null])[];
}

const SERVICE = 'service/shop';
const HOST = 'host/web-1';
const DISK = 'filesystem/web-1:/';
const REFUSED: Values = { 'http.probe.outcome': 'refused', 'scrape.up': false };
const ROOM: Values = {
  'system.filesystem.utilization': 0.4,
  'node_exporter.filesystem.utilization': 0.4,
};
const BURST: Values = { 'http.server.request_rate': 300 };

export const CASES: readonly Case[] = [
  {
    fault: 'process_ended',
    object: SERVICE,
    clear: { 'systemd.unit.active_state': 'failed', 'systemd.unit.result': 'exit-code', ...REFUSED },
    confusable: [
      ['systemd has given up on it', { 'systemd.unit.restarts': 5 }, 'unit_start_limit'],
      ['its start limit is named', { 'systemd.unit.result': 'start-limit-hit' }, 'unit_start_limit'],
      [
        'it was killed at its limit',
        { 'systemd.unit.result': 'oom-kill', 'system.cgroup_oom_kills': 1 },
        'service_over_memory_limit',
      ],
      ['it was told to stop', { 'systemd.unit.exit_status': 143 }, null],
      [
        'it failed weeks before anybody noticed anything',
        { 'systemd.unit.active_state': { long: 'failed' } },
        null,
      ],
      ['it is a job that does its work and ends', { 'systemd.unit.type': 'oneshot' }, null],
      [
        'it is a program that has ended with 0',
        {
          'systemd.unit.active_state': 'active',
          'supervisor.program.state': 'EXITED',
          'supervisor.program.exit_status': 0,
        },
        null,
      ],
      [
        'it was stopped on purpose',
        { 'systemd.unit.active_state': 'inactive', 'systemd.unit.result': 'success' },
        null,
      ],
    ],
  },
  {
    fault: 'unit_start_limit',
    object: SERVICE,
    clear: { 'systemd.unit.active_state': 'failed', 'systemd.unit.result': 'start-limit-hit', ...REFUSED },
    confusable: [
      ['it has been so for weeks', { 'systemd.unit.active_state': { long: 'failed' } }, null],
      [
        'another process has its port',
        { 'host.port.foreign': true, 'log.signature': 'address_in_use' },
        'port_in_use',
      ],
      [
        'its configuration is refused',
        { 'log.signature': 'configuration_refused', 'host.change.configuration': '/etc/shop/shop.yml' },
        'bad_configuration',
      ],
      [
        'the host ran out of memory',
        { 'system.oom_kills': 2, 'node_exporter.oom_kills': 2 },
        'host_out_of_memory',
      ],
    ],
  },
  {
    fault: 'service_over_memory_limit',
    object: SERVICE,
    clear: {
      'systemd.unit.active_state': 'failed',
      'systemd.unit.result': 'oom-kill',
      'system.cgroup_oom_kills': 1,
      ...REFUSED,
    },
    confusable: [['the whole host ran out of memory', { 'system.oom_kills': 1 }, 'host_out_of_memory']],
  },
  {
    fault: 'process_hangs',
    object: SERVICE,
    clear: {
      'http.probe.outcome': 'timeout',
      'process.cpu.cores': 0,
      'scrape.up': false,
      'process.cpu.usage': 0.3,
    },
    confusable: [
      ['it waits for a peer', { 'log.signature': 'connection_timed_out' }, 'dependency_down'],
      ['a query is slow', { 'postgresql.active.age': 120 }, null],
      ['Prometheus reads it well', { 'scrape.up': true }, null],
    ],
  },
  {
    fault: 'memory_leak',
    object: SERVICE,
    clear: { 'process.memory.limit_utilization': 1.2, 'process.resident_memory.doubling': 3600 },
    confusable: [
      ['requests have doubled', BURST, null],
      [
        'it holds most of a host that is short, as it always did',
        {
          'process.memory.limit_utilization': 0.9,
          'process.memory.share': 0.8,
          'process.resident_memory.doubling': 1e9,
          'alert.reads': 'node_memory_MemAvailable_bytes',
        },
        null,
      ],
      [
        'it holds that much for ever, and no alert measures it',
        { 'process.resident_memory.doubling': 1e9 },
        null,
      ],
      ['it holds little, and grows', { 'process.memory.limit_utilization': 0.3 }, null],
    ],
  },
  {
    fault: 'host_memory_leak',
    object: HOST,
    clear: {
      'process.top.memory': 0.7,
      'system.memory.available': 0.08,
      'node_exporter.memory.available.slope': -1e-4,
    },
    confusable: [['requests have doubled', BURST, null]],
  },
  {
    fault: 'host_out_of_memory',
    object: HOST,
    clear: { 'system.oom_kills': 1, 'node_exporter.oom_kills': 1 },
    confusable: [
      [
        'only a group reached its own limit',
        { 'system.oom_kills': 0, 'system.cgroup_oom_kills': 1, 'node_exporter.oom_kills': 1 },
        null,
      ],
    ],
  },
  {
    fault: 'disk_full',
    object: DISK,
    clear: { 'system.filesystem.utilization': 0.99, 'node_exporter.filesystem.utilization': 0.99 },
    confusable: [
      [
        'there is room, though an alert measures disks',
        { ...ROOM, 'alert.reads': 'node_filesystem_avail_bytes' },
        null,
      ],
      [
        'a disk is nine tenths full, and a log speaks of another',
        { ...ROOM, 'system.filesystem.utilization': 0.9, 'log.signature': 'no_space' },
        null,
      ],
      ['deleted files hold the space', { 'system.filesystem.deleted_open': 0.5 }, 'deleted_files_held_open'],
      [
        'inodes have run out',
        {
          'system.filesystem.utilization': 0.98,
          'system.filesystem.inodes.utilization': 1,
          'node_exporter.filesystem.inodes.utilization': 1,
        },
        'inodes_exhausted',
      ],
      [
        'it is read-only',
        { 'system.filesystem.read_only': true, 'node_exporter.filesystem.device_error': true },
        'filesystem_read_only',
      ],
    ],
  },
  {
    fault: 'deleted_files_held_open',
    object: DISK,
    clear: {
      'system.filesystem.utilization': 0.99,
      'node_exporter.filesystem.utilization': 0.99,
      'system.filesystem.deleted_open': 0.6,
    },
    confusable: [
      [
        'there is room, though an alert measures disks',
        { ...ROOM, 'alert.reads': 'node_filesystem_avail_bytes' },
        null,
      ],
      [
        'a disk is nine tenths full, and a log speaks of another',
        { ...ROOM, 'system.filesystem.utilization': 0.9, 'log.signature': 'no_space' },
        null,
      ],
      ['what is on the disk is not deleted', { 'system.filesystem.deleted_open': 0.01 }, 'disk_full'],
    ],
  },
  {
    fault: 'inodes_exhausted',
    object: DISK,
    clear: { 'system.filesystem.inodes.utilization': 1, 'node_exporter.filesystem.inodes.utilization': 1 },
    confusable: [['its bytes are used up as well', { 'system.filesystem.utilization': 1 }, null]],
  },
  {
    fault: 'filesystem_read_only',
    object: DISK,
    clear: { 'system.filesystem.read_only': true, 'node_exporter.filesystem.device_error': true },
    confusable: [
      ['it is meant to be', { 'system.filesystem.read_only.intended': true }, null],
      [
        'it may have been so for ever',
        { 'node_exporter.filesystem.device_error': false, 'node_exporter.filesystem.read_only': true },
        null,
      ],
    ],
  },
  {
    fault: 'disk_saturated',
    object: HOST,
    clear: {
      'system.disk.queue': 20,
      'node_exporter.disk.queue': 20,
      'host.batch.running': 'rsync',
      'http.server.latency': 0.5,
    },
    confusable: [
      ['nobody suffers from it', { 'http.server.latency': 0.05 }, null],
      ['the disk itself fails', { 'system.disk.errors': 12 }, null],
    ],
  },
  {
    fault: 'port_in_use',
    object: SERVICE,
    clear: { 'log.signature': 'address_in_use', 'host.port.foreign': true },
    confusable: [['its own process listens there', { 'host.port.foreign': false }, null]],
  },
  {
    fault: 'descriptors_exhausted',
    object: SERVICE,
    clear: { 'log.signature': 'too_many_open_files', 'process.file_descriptors.utilization': 0.99 },
    confusable: [
      [
        'the whole host has none left',
        { 'system.file_descriptors.utilization': 0.99, 'node_exporter.file_descriptors.utilization': 0.99 },
        'host_descriptors_exhausted',
      ],
    ],
  },
  {
    fault: 'host_descriptors_exhausted',
    object: HOST,
    clear: { 'system.file_descriptors.utilization': 0.99, 'log.signature': 'file_table_full' },
    confusable: [
      [
        'only the service has none left',
        {
          'system.file_descriptors.utilization': 0.1,
          'log.signature': 'too_many_open_files',
          'process.file_descriptors.utilization': 1,
        },
        'descriptors_exhausted',
      ],
    ],
  },
  {
    fault: 'conntrack_full',
    object: HOST,
    clear: { 'system.conntrack.utilization': 1, 'node_exporter.conntrack.utilization': 1 },
    confusable: [['local ports have run out', { 'log.signature': 'no_local_port' }, null]],
  },
  {
    fault: 'local_ports_exhausted',
    object: HOST,
    clear: { 'log.signature': 'no_local_port', 'system.tcp.ports_to_peer': 0.98 },
    confusable: [['the table of connections is full', { 'system.conntrack.drops': 40 }, null]],
  },
  {
    fault: 'clock_wrong',
    object: HOST,
    clear: { 'system.clock.offset': 90, 'system.clock.daemon': 'chronyd.service failed' },
    confusable: [['a certificate has expired by our clock', { 'tls.served.expires_in': -100 }, null]],
  },
  {
    fault: 'cpu_hog',
    object: HOST,
    clear: {
      'process.top.cpu': 0.9,
      'system.cpu.load_per_core': 2,
      'node_exporter.cpu.utilization': 0.97,
      'node_exporter.cpu.utilization.before': 0.2,
    },
    confusable: [
      ['it computes all day', { 'node_exporter.cpu.utilization.before': 0.96 }, null],
      ['requests have tripled', { ...BURST, 'node_exporter.network.receive': 3e6 }, 'traffic_surge'],
      ['the hypervisor takes the cores', { 'system.cpu.steal': 0.4 }, null],
      ['the service is held back by its own limit', { 'process.cpu.throttled': 0.6 }, null],
    ],
  },
  {
    fault: 'bad_release',
    object: SERVICE,
    clear: { 'release.age': 240, 'http.server.error_ratio': 0.3 },
    confusable: [
      ['the process has ended', { 'systemd.unit.active_state': 'failed', ...REFUSED }, 'process_ended'],
      ['a peer is down', { 'log.signature': 'connection_refused' }, 'dependency_down'],
      ['the release came after the symptom', { 'release.age': -30 }, null],
      ['the release is days old', { 'release.age': 400_000 }, null],
      ['there were as many errors before', { 'http.server.error_ratio.before': 0.25 }, null],
    ],
  },
  {
    fault: 'bad_change',
    object: SERVICE,
    clear: { 'change.configuration.age': 60, 'http.server.error_ratio': 0.3 },
    confusable: [
      ['a release came with it', { 'change.release.age': 120 }, 'bad_release'],
      ['the process has ended', { 'systemd.unit.active_state': 'failed', ...REFUSED }, 'process_ended'],
      ['a peer is down', { 'log.signature': 'connection_refused' }, 'dependency_down'],
      ['it was changed after the symptom', { 'change.configuration.age': -30 }, null],
      ['it was changed days ago', { 'change.configuration.age': 400_000 }, null],
      ['there were as many errors before', { 'http.server.error_ratio.before': 0.25 }, null],
    ],
  },
  {
    fault: 'bad_configuration',
    object: SERVICE,
    clear: { 'log.signature': 'configuration_refused', 'host.change.configuration': '/etc/shop/shop.yml' },
    confusable: [
      ['a release came with it', { 'release.age': 120, 'http.server.error_ratio': 0.5 }, 'bad_release'],
    ],
  },
  {
    fault: 'traffic_surge',
    object: SERVICE,
    clear: { ...BURST, 'node_exporter.network.receive': 3e6, 'system.cpu.load_per_core': 2 },
    confusable: [
      [
        'callers try again, as a peer is down',
        { 'log.signature': 'connection_refused', 'http.server.error_ratio': 0.4 },
        'dependency_down',
      ],
    ],
  },
  {
    fault: 'queue_without_consumers',
    object: SERVICE,
    clear: { 'queue.consumers': 0, 'queue.ready.growth': 8 },
    confusable: [
      [
        'its process has ended',
        { 'systemd.unit.active_state': 'failed', 'systemd.unit.result': 'exit-code', 'scrape.up': false },
        'process_ended',
      ],
      ['it works from time to time, and never has any between', { 'queue.consumers.before': 0 }, null],
      ['only some of its consumers are gone', { 'queue.consumers': 1, 'queue.consumers.before': 4 }, null],
      [
        'it cannot reach its broker',
        { 'log.signature': 'connection_refused', 'queue.acknowledged': 0 },
        'dependency_down',
      ],
      ['nothing more waits than before', { 'queue.ready.growth': 0 }, null],
    ],
  },
  {
    fault: 'queue_consumers_stuck',
    object: SERVICE,
    clear: { 'queue.acknowledged': 0, 'queue.ready.growth': 8 },
    confusable: [
      ['nobody takes from it', { 'queue.consumers': 0 }, 'queue_without_consumers'],
      ['its consumers acknowledge nothing in health either', { 'queue.acknowledged.before': 0 }, null],
      ['it waits for a peer that is down', { 'log.signature': 'connection_refused' }, 'dependency_down'],
      ['it is empty, and nothing comes in', { 'queue.ready.growth': 0, 'queue.published': 0 }, null],
    ],
  },
  {
    fault: 'queue_surge',
    object: SERVICE,
    clear: { 'queue.published': 40, 'queue.ready.growth': 20 },
    confusable: [
      ['its consumers finish nothing', { 'queue.acknowledged': 0 }, 'queue_consumers_stuck'],
      ['its consumers have become slow', { 'queue.acknowledged': 4 }, null],
      ['they keep up with it', { 'queue.ready.growth': 0 }, null],
      ['hardly anything comes in', { 'queue.published': 0.02, 'queue.published.before': 0.005 }, null],
      ['nothing came in before', { 'queue.published.before': 0 }, null],
    ],
  },
  {
    fault: 'leak_with_writes',
    object: SERVICE,
    clear: {
      'process.resident_memory.doubling': 1800,
      'node_exporter.disk.write_rate': 9e6,
      'system.memory.available': 0.12,
    },
    confusable: [['a backup runs', { 'host.batch.running': 'restic' }, null]],
  },
  {
    fault: 'log_explosion',
    object: SERVICE,
    clear: {
      'log.rate.now': 900,
      'system.filesystem.recent_growth': 0.3,
      'system.filesystem.recent_growth.path': '/var/log/shop/shop.log',
      'process.cpu.cores': 1,
    },
    confusable: [
      ['what grows is no log', { 'system.filesystem.recent_growth.path': '/var/lib/shop/blog.db' }, null],
      ['its log says little', { 'log.rate.now': 3, 'log.rate.before': 0.1 }, null],
      ['somebody switched its debug log on', { 'host.change.configuration': '/etc/shop/log.yml' }, null],
    ],
  },
  {
    fault: 'dependency_down',
    object: SERVICE,
    clear: { 'log.signature': 'connection_refused', 'http.server.error_ratio': 0.4 },
    confusable: [
      [
        'the peer answers and refuses the password',
        { 'log.signature': ['connection_refused', 'authentication_failed'] },
        null,
      ],
    ],
  },
  {
    fault: 'thread_leak',
    object: SERVICE,
    clear: { 'process.threads.slope': 0.5, 'process.threads.fit': 0.98, 'http.probe.duration': 3 },
    confusable: [['requests have tripled', BURST, null]],
  },
  {
    fault: 'failed_unit',
    object: HOST,
    clear: { 'systemd.unit.active_state': 'failed', 'alert.reads': 'node_systemd_unit_state' },
    confusable: [
      [
        'the host ran out of memory',
        { 'system.oom_kills': 1, 'node_exporter.oom_kills': 1 },
        'host_out_of_memory',
      ],
    ],
  },
  {
    fault: 'certificate_expired',
    object: 'endpoint/shop.example.com:443',
    clear: { 'tls.served.expires_in': -3600, 'tls.file.expires_in': -3600 },
    confusable: [
      [
        'it was renewed and is not in use',
        { 'tls.file.expires_in': 7e6, 'http.probe.outcome': 'tls' },
        'certificate_not_reloaded',
      ],
    ],
  },
  {
    fault: 'certificate_not_reloaded',
    object: 'endpoint/shop.example.com:443',
    clear: { 'tls.served.expires_in': -3600, 'tls.file.expires_in': 7e6 },
    confusable: [['its file has expired too', { 'tls.file.expires_in': -3600 }, 'certificate_expired']],
  },
];

/** What is no fault, although something looks like one. */
export const WELL: readonly (readonly [why: string, Values])[] = [
  ['nothing is otherwise', {}],
  ['an alert fires and all else is well', { 'alert.firing': true, 'alert.reads': 'up' }],
  [
    'an alert on disks fires and there is room',
    { 'alert.firing': true, 'alert.reads': 'node_filesystem_avail_bytes' },
  ],
  ['a process has much memory, and the host has more', { 'process.top.memory': 0.45 }],
  ['a process takes a core, and others have theirs', { 'process.top.cpu': 0.5, 'process.cpu.cores': 1 }],
  ['a backup runs', { 'host.batch.running': 'restic', 'system.disk.queue': 2 }],
  ['a clock is not synchronized, and right', { 'node_exporter.clock.synchronized': false }],
  ['a release has just come, and all is well', { 'release.age': 60 }],
  ['a configuration was written, and all is well', { 'host.change.configuration': '/etc/shop/shop.yml' }],
  ['a program of supervisor runs', { 'supervisor.program.state': 'RUNNING' }],
  [
    'a queue is empty, and nothing comes in',
    { 'queue.ready': 0, 'queue.published': 0, 'queue.acknowledged': 0 },
  ],
  ['much waits in a queue, and is taken', { 'queue.ready': 90_000 }],
];
