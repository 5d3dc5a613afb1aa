import type { Evidence } from '../../../../src/evidence/evidence.ts';
import type { FactValue, ObjectId } from '../../../../src/evidence/facts/fact.ts';
import { type FactName, VOCABULARY } from '../../../../src/evidence/facts/vocabulary.ts';
import { fact, item, NOON } from '../../../kit/faults/facts.ts';

export type Values = Readonly<Partial<Record<FactName, Value | readonly Value[]>>>;
type Value = FactValue | Long;

/** A value that has been so for three weeks. */
interface Long {
  readonly long: FactValue;
}
const WEEKS = 21 * 24 * 3_600_000;

/** A service on one host, with its unit, its disk, a process and a certificate: the object of each kind, and what that is part of. */
const OBJECTS: Readonly<Record<string, readonly [ObjectId, ...ObjectId[]]>> = {
  service: ['service/shop', 'host/web-1'],
  host: ['host/web-1', 'service/shop'],
  unit: ['unit/web-1/shop.service', 'host/web-1', 'service/shop'],
  filesystem: ['filesystem/web-1:/', 'host/web-1', 'service/shop'],
  process: ['process/web-1/python3:4711', 'host/web-1', 'service/shop'],
  database: ['database/orders', 'service/shop'],
  queue: ['queue/mails', 'service/shop'],
  endpoint: ['endpoint/shop.example.com:443', 'service/shop', 'host/web-1'],
};

/** What all of them say while all is well. */
const HEALTHY: Values = {
  'systemd.unit.load_state': 'loaded',
  'systemd.unit.active_state': 'active',
  'systemd.unit.sub_state': 'running',
  'systemd.unit.result': 'success',
  'systemd.unit.restarts': 0,
  'systemd.unit.restart_policy': 'no',
  'systemd.unit.type': 'simple',
  'host.failed_units': 0,
  'system.filesystem.utilization': 0.4,
  'system.filesystem.inodes.utilization': 0.1,
  'system.filesystem.read_only': false,
  'system.filesystem.read_only.intended': false,
  'system.filesystem.deleted_open': 0,
  'node_exporter.filesystem.utilization': 0.4,
  'node_exporter.filesystem.inodes.utilization': 0.1,
  'node_exporter.filesystem.read_only': false,
  'node_exporter.filesystem.device_error': false,
  'system.disk.busy': 0.1,
  'system.disk.queue': 0.1,
  'system.disk.write_rate': 1e6,
  'system.disk.errors': 0,
  'node_exporter.disk.queue': 0.1,
  'node_exporter.disk.write_rate': 1e6,
  'node_exporter.disk.write_rate.before': 1e6,
  'system.memory.available': 0.5,
  'system.paging.utilization': 0,
  'process.memory.usage': 2e8,
  'process.count': 1,
  'process.top.memory': 0.1,
  'node_exporter.memory.available': 0.5,
  'node_exporter.memory.available.slope': 0,
  'system.cpu.load_per_core': 0.2,
  'system.cpu.utilization': 0.2,
  'system.cpu.iowait': 0.01,
  'system.cpu.steal': 0,
  'process.top.cpu': 0.1,
  'process.cpu.cores': 0.2,
  'process.cpu.throttled': 0,
  'node_exporter.cpu.load_per_core': 0.2,
  'node_exporter.cpu.utilization': 0.2,
  'node_exporter.cpu.utilization.before': 0.2,
  'node_exporter.cpu.iowait': 0.01,
  'node_exporter.cpu.steal': 0,
  'system.oom_kills': 0,
  'system.cgroup_oom_kills': 0,
  'node_exporter.oom_kills': 0,
  'process.file_descriptors.utilization': 0.1,
  'system.file_descriptors.utilization': 0.01,
  'system.conntrack.utilization': 0.1,
  'system.conntrack.drops': 0,
  'system.tcp.ports_to_peer': 0.01,
  'node_exporter.conntrack.utilization': 0.1,
  'node_exporter.file_descriptors.utilization': 0.01,
  'system.clock.offset': 0,
  'system.clock.synchronized': true,
  'system.clock.daemon': 'chronyd.service active',
  'node_exporter.clock.synchronized': true,
  'node_exporter.clock.offset': 0.0001,
  'node_exporter.network.receive': 1e6,
  'node_exporter.network.receive.before': 1e6,
  'host.port.holder': 'python3',
  'host.port.foreign': false,
  'http.probe.outcome': 'healthy',
  'http.probe.duration': 0.01,
  'scrape.up': true,
  'http.server.request_rate': 100,
  'http.server.request_rate.before': 100,
  'http.server.error_ratio': 0.001,
  'http.server.error_ratio.before': 0.001,
  'http.server.latency': 0.05,
  'http.server.latency.before': 0.05,
  'process.resident_memory': 2e8,
  'process.cpu.usage': 0.2,
  'process.open_descriptors.utilization': 0.1,
  'release.age': 864_000,
  'deployment.age': 864_000,
  'log.rate.now': 1,
  'log.rate.before': 1,
  'tls.served.expires_in': 5e6,
  'queue.ready': 0,
  'queue.ready.growth': 0,
  'queue.consumers': 2,
  'queue.consumers.before': 2,
  'queue.published': 10,
  'queue.published.before': 10,
  'queue.acknowledged': 10,
  'queue.acknowledged.before': 10,
};

/** The evidence of that world where these facts are otherwise: an item for each kind of object and instrument. */
export function evidenceOf(changes: Values): readonly Evidence[] {
  const told = Object.entries({ ...HEALTHY, ...changes }).flatMap(([key, values]) => {
    const name = key as FactName;
    const { about, instrument } = VOCABULARY[name];
    const [of, ...within] = OBJECTS[about] ?? ['service/shop'];
    return [values].flat().map((value) => ({
      witness: `${instrument}/${about}`,
      fact:
        typeof value === 'object'
          ? fact(name, of, (value as Long).long, { within, at: NOON - WEEKS })
          : fact(name, of, value as FactValue, { within }),
    }));
  });
  return [...Map.groupBy(told, ({ witness }) => witness)].map(([witness, all], index) =>
    item(
      `E${index + 1}`,
      all.map((one) => one.fact),
      { witness },
    ),
  );
}
