import type { Section, Word } from '../word.ts';

const number = (about: string, instrument: Word['instrument'], unit: Word['unit'], means: string) =>
  ({ type: 'number', unit: unit ?? 'number', about, instrument, look: true, means }) as const;
const text = (about: string, instrument: Word['instrument'], means: string) =>
  ({ type: 'text', about, instrument, look: true, means }) as const;
const flag = (about: string, instrument: Word['instrument'], means: string) =>
  ({ type: 'flag', about, instrument, look: true, means }) as const;

/**
 * Facts of hosts and of what runs there. Objects: `host/web-1`, `unit/web-1/shop.service` (a program of supervisor too),
 * `filesystem/web-1:/srv`, `process/web-1/java:4711`.
 *
 * What begins with `node_exporter` is the word of that exporter, and the same without it what the kernel says to Medic's own reading.
 */
export const HOST = {
  // Units and programs, by whoever supervises them.
  'systemd.unit.load_state': text(
    'unit',
    'supervisor',
    'whether systemd has the unit: loaded, not-found, masked, bad-setting',
  ),
  'systemd.unit.active_state': text(
    'unit',
    'supervisor',
    'active, inactive, failed, activating, deactivating, reloading',
  ),
  'systemd.unit.sub_state': text(
    'unit',
    'supervisor',
    'the finer state: running, dead, failed, auto-restart, exited',
  ),
  'systemd.unit.result': text(
    'unit',
    'supervisor',
    'how it ended: success, exit-code, signal, core-dump, oom-kill, watchdog, timeout, start-limit-hit, resources',
  ),
  'systemd.unit.exit_status': number(
    'unit',
    'supervisor',
    'number',
    'the exit code of its main process, where it ended by itself',
  ),
  'systemd.unit.signal': number('unit', 'supervisor', 'number', 'the signal that ended its main process'),
  'systemd.unit.restarts': number(
    'unit',
    'supervisor',
    'number',
    'how often systemd has restarted it by itself',
  ),
  'systemd.unit.type': text(
    'unit',
    'supervisor',
    'what systemd waits for as it starts it: simple, exec, forking, notify, dbus, idle, or oneshot, which does its work and ends',
  ),
  'systemd.unit.restart_policy': text(
    'unit',
    'supervisor',
    'when systemd restarts it by itself: no, always, on-failure',
  ),
  'supervisor.program.state': text(
    'unit',
    'supervisor',
    'RUNNING, EXITED, FATAL, BACKOFF, STOPPED, STARTING, STOPPING, as supervisor has it',
  ),
  'supervisor.program.exit_status': number(
    'unit',
    'supervisor',
    'number',
    'the exit code of its process, where it has ended; -1 where a signal ended it',
  ),
  'host.failed_units': number('host', 'supervisor', 'number', 'how many units of the host have failed'),

  // Filesystems.
  'system.filesystem.utilization': number(
    'filesystem',
    'kernel',
    'ratio',
    'the used part of its bytes, for others than root',
  ),
  'system.filesystem.free': number('filesystem', 'kernel', 'bytes', 'what is free, for others than root'),
  'system.filesystem.inodes.utilization': number(
    'filesystem',
    'kernel',
    'ratio',
    'the used part of its inodes',
  ),
  'system.filesystem.read_only': flag('filesystem', 'kernel', 'whether it is mounted read-only'),
  'system.filesystem.read_only.intended': flag(
    'filesystem',
    'kernel',
    'whether /etc/fstab, or the kind of filesystem, says that it is to be read-only',
  ),
  'system.filesystem.deleted_open': number(
    'filesystem',
    'kernel',
    'ratio',
    'the part of its bytes in files that are deleted and that a process still holds open',
  ),
  'system.filesystem.deleted_open.holder': text(
    'filesystem',
    'kernel',
    'the process that holds the largest deleted file',
  ),
  'system.filesystem.recent_growth': number(
    'filesystem',
    'kernel',
    'ratio',
    'the part of its bytes in the largest files that were written within the hour',
  ),
  'system.filesystem.recent_growth.path': text(
    'filesystem',
    'kernel',
    'the largest file that was written within the hour',
  ),
  'node_exporter.filesystem.utilization': number(
    'filesystem',
    'exporter',
    'ratio',
    'the used part of its bytes',
  ),
  'node_exporter.filesystem.slope': number(
    'filesystem',
    'exporter',
    'per second',
    'the part of its bytes that is used up a second',
  ),
  'node_exporter.filesystem.inodes.utilization': number(
    'filesystem',
    'exporter',
    'ratio',
    'the used part of its inodes',
  ),
  'node_exporter.filesystem.read_only': flag('filesystem', 'exporter', 'whether it is mounted read-only'),
  'node_exporter.filesystem.device_error': flag(
    'filesystem',
    'exporter',
    'whether the exporter could not read it',
  ),

  // Disks.
  'system.disk.busy': number(
    'host',
    'kernel',
    'ratio',
    'the part of the time in which the busiest disk has had work',
  ),
  'system.disk.queue': number(
    'host',
    'kernel',
    'number',
    'how many requests wait for the busiest disk, on average',
  ),
  'system.disk.write_rate': number('host', 'kernel', 'bytes per second', 'what is written to disks'),
  'system.disk.errors': number(
    'host',
    'kernel',
    'number',
    'errors of disks and filesystems in the kernel’s log of the hour',
  ),
  'node_exporter.disk.queue': number(
    'host',
    'exporter',
    'number',
    'how many requests wait for the busiest disk, on average',
  ),
  'node_exporter.disk.write_rate': number('host', 'exporter', 'bytes per second', 'what is written to disks'),
  'node_exporter.disk.write_rate.before': number(
    'host',
    'exporter',
    'bytes per second',
    'the same, before the symptom',
  ),
  'host.batch.running': text('host', 'kernel', 'a backup, copy, scrub or compaction that runs there now'),

  // Memory.
  'system.memory.available': number(
    'host',
    'kernel',
    'ratio',
    'the part of memory that is available without swapping',
  ),
  'system.paging.utilization': number(
    'host',
    'kernel',
    'ratio',
    'the used part of swap; 0 where there is none',
  ),
  'process.memory.share': number(
    'service',
    'kernel',
    'ratio',
    'its part of what all processes of the host hold, page cache left out',
  ),
  'process.memory.usage': number(
    'service',
    'kernel',
    'bytes',
    'what its processes hold, page cache left out',
  ),
  'process.memory.limit_utilization': number(
    'service',
    'kernel',
    'ratio',
    'what its processes hold, as a part of its limit',
  ),
  'process.count': number('service', 'kernel', 'number', 'how many processes it has'),
  'process.top.memory': number(
    'process',
    'kernel',
    'ratio',
    'the part of the host’s memory in the process that holds the most',
  ),
  'node_exporter.memory.available': number(
    'host',
    'exporter',
    'ratio',
    'the part of memory that is available without swapping',
  ),
  'node_exporter.memory.available.slope': number(
    'host',
    'exporter',
    'per second',
    'the part of memory that becomes available a second; negative where it falls',
  ),

  // Processors.
  'system.cpu.load_per_core': number(
    'host',
    'kernel',
    'number',
    'processes that run or want to, over a minute, a core',
  ),
  'system.cpu.utilization': number(
    'host',
    'kernel',
    'ratio',
    'the busy part of all cores, without what they wait for disks',
  ),
  'system.cpu.iowait': number('host', 'kernel', 'ratio', 'the part of all cores that waits for disks'),
  'system.cpu.steal': number(
    'host',
    'kernel',
    'ratio',
    'the part of all cores that the hypervisor gives to others',
  ),
  'process.top.cpu': number(
    'process',
    'kernel',
    'ratio',
    'the part of all cores that the process which computes the most takes now',
  ),
  'process.cpu.cores': number(
    'service',
    'kernel',
    'number',
    'how many cores the processes of the service take now',
  ),
  'process.cpu.throttled': number(
    'service',
    'kernel',
    'ratio',
    'the part of the periods in which its control group was throttled',
  ),
  'node_exporter.cpu.load_per_core': number(
    'host',
    'exporter',
    'number',
    'processes that run or want to, over a minute, a core',
  ),
  'node_exporter.cpu.utilization': number('host', 'exporter', 'ratio', 'the busy part of all cores'),
  'node_exporter.cpu.utilization.before': number('host', 'exporter', 'ratio', 'the same, before the symptom'),
  'node_exporter.cpu.iowait': number(
    'host',
    'exporter',
    'ratio',
    'the part of all cores that waits for disks',
  ),
  'node_exporter.cpu.steal': number(
    'host',
    'exporter',
    'ratio',
    'the part of all cores that the hypervisor gives to others',
  ),

  // The kernel's own complaints and limits.
  'system.oom_kills': number(
    'host',
    'kernel',
    'number',
    'how often the kernel has killed a process for want of the host’s memory, within the hour',
  ),
  'system.oom_kill.victim': text('host', 'kernel', 'the process that it killed last'),
  'system.cgroup_oom_kills': number(
    'host',
    'kernel',
    'number',
    'how often it has killed a process that reached the limit of its own control group, within the hour',
  ),
  'node_exporter.oom_kills': number(
    'host',
    'exporter',
    'number',
    'kills for want of memory that the exporter counted within the hour',
  ),
  'process.file_descriptors.utilization': number(
    'service',
    'kernel',
    'ratio',
    'open descriptors of its fullest process, as a part of that process’s limit',
  ),
  'system.file_descriptors.utilization': number(
    'host',
    'kernel',
    'ratio',
    'open descriptors of the host, as a part of the kernel’s limit',
  ),
  'system.conntrack.utilization': number(
    'host',
    'kernel',
    'ratio',
    'tracked connections, as a part of their limit; 0 where none are tracked',
  ),
  'system.conntrack.drops': number(
    'host',
    'kernel',
    'number',
    'times the kernel’s log of the hour says that the table is full',
  ),
  'system.tcp.ports_to_peer': number(
    'host',
    'kernel',
    'ratio',
    'connections to the one peer that has the most, waiting ones included, as a part of the local ports for it',
  ),
  'system.tcp.time_wait': number(
    'host',
    'kernel',
    'number',
    'ended connections to that peer that still hold their port',
  ),
  'node_exporter.conntrack.utilization': number(
    'host',
    'exporter',
    'ratio',
    'tracked connections, as a part of their limit',
  ),
  'node_exporter.file_descriptors.utilization': number(
    'host',
    'exporter',
    'ratio',
    'open descriptors of the host, as a part of the kernel’s limit',
  ),

  // The clock.
  'system.clock.synchronized': flag('host', 'kernel', 'whether its time daemon has synchronized it'),
  'system.clock.offset': number(
    'host',
    'kernel',
    'seconds',
    'how far its clock is ahead of the clock of record, what an answer takes allowed for; 0 where that explains it',
  ),
  'system.clock.daemon': text(
    'host',
    'supervisor',
    'the time daemon of the host and its state, such as chronyd failed',
  ),
  'node_exporter.clock.synchronized': flag(
    'host',
    'exporter',
    'whether the kernel has its clock as synchronized',
  ),
  'node_exporter.clock.offset': number(
    'host',
    'exporter',
    'seconds',
    'how far its clock is off, by its time daemon',
  ),

  // Network.
  'node_exporter.network.receive': number('host', 'exporter', 'bytes per second', 'what it receives'),
  'node_exporter.network.receive.before': number(
    'host',
    'exporter',
    'bytes per second',
    'the same, before the symptom',
  ),
  'host.port.holder': text(
    'service',
    'kernel',
    'the process that listens on the port where the service is asked, or none',
  ),
  'host.port.foreign': flag('service', 'kernel', 'whether that process is none of the service’s own'),

  // What was changed shortly before; each as of when it was changed.
  'host.change.package': text(
    'host',
    'deploy record',
    'a package that was installed, upgraded or removed, by the log of the package manager',
  ),
  'host.change.unit_file': text('host', 'kernel', 'a unit file that was written'),
  'host.change.cron': text('host', 'kernel', 'a schedule of cron that was written'),
  'host.change.configuration': text('host', 'kernel', 'a file of configuration that was written'),
} as const satisfies Section;
