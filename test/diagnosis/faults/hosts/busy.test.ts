import fc from 'fast-check';
import { expect, it } from 'vitest';
import { judge } from '../../../../src/diagnosis/judge.ts';
import { askKnown } from '../../../../src/diagnosis/known.ts';
import type { Catalog } from '../../../../src/playbooks/manifest.ts';
import { NOON } from '../../../kit/faults/facts.ts';
import { shipped } from '../../../kit/faults/shipped.ts';
import { evidenceOf, type Values } from './world.ts';

const { library } = shipped();
const catalog: Catalog = new Map();

/** What rules of teams read, whatever they are called. */
const READ = [
  ...['up', 'probe_success', 'node_load1', 'node_cpu_seconds_total', 'node_memory_MemAvailable_bytes'],
  ...['node_network_receive_bytes_total', 'node_systemd_unit_state', 'http_requests_total'],
  ...['http_request_duration_seconds_bucket', 'process_open_fds', 'container_cpu_usage_seconds_total'],
  ...[
    'redis_connected_clients',
    'pg_stat_activity_count',
    'pg_up',
    'my_own_metric',
    'node_vmstat_pgmajfault',
  ],
] as const;

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** What is so on hosts and databases that have much to do, and are well. */
const BUSY: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'process.top.cpu': between(0, 1),
  'process.cpu.cores': between(0, 8),
  'process.cpu.usage': between(0, 8),
  'system.cpu.load_per_core': between(0, 4),
  'system.cpu.utilization': between(0, 1),
  'node_exporter.cpu.load_per_core': between(0, 4),
  'process.top.memory': between(0, 0.9),
  'system.memory.available': between(0.02, 1),
  'node_exporter.memory.available': between(0.02, 1),
  'node_exporter.memory.available.slope': between(-4e-5, 4e-5),
  'process.memory.share': between(0, 0.95),
  'system.paging.utilization': between(0, 1),
  'system.filesystem.utilization': between(0.5, 0.96),
  'node_exporter.filesystem.utilization': between(0.5, 0.96),
  'system.filesystem.recent_growth': between(0, 0.2),
  'system.filesystem.recent_growth.path': fc.constantFrom(
    '/var/lib/pg/base/1',
    '/srv/video.mp4',
    '/data/dump',
  ),
  'system.disk.queue': between(0, 30),
  'node_exporter.disk.queue': between(0, 30),
  'node_exporter.disk.write_rate': between(1e5, 9e6),
  'host.batch.running': fc.constantFrom('restic', 'rsync', 'mysqldump'),
  'system.conntrack.utilization': between(0, 0.95),
  'node_exporter.conntrack.utilization': between(0, 0.95),
  'log.rate.now': between(0, 5),
  'systemd.unit.restarts': fc.nat(9).map((long) => ({ long })),
  'supervisor.program.state': fc.constantFrom('RUNNING', { long: 'EXITED' }),
  'node_exporter.clock.synchronized': fc.boolean(),
  'postgresql.connections.used': between(0, 0.94),
  'postgresql.active.age': between(0, 9e3),
  'postgresql.idle_in_transaction.age': between(0, 9e3),
  'postgresql.replication.lag.bytes': between(0, 5e8),
  'postgresql.slots.inactive': fc.nat(3),
  'postgresql.slots.inactive.retained': between(0, 1.9e10),
  'postgresql.archive.failing': fc.boolean(),
  'postgresql.refusal': fc.constant('none'),
  'redis.refusal': fc.constant('none'),
  'redis.memory.used': between(0, 1),
  'redis.memory.policy': fc.constantFrom('noeviction', 'allkeys-lru'),
  'redis.role': fc.constantFrom('primary', 'replica'),
  'release.age': between(3600, 1e6),
  'log.signature': fc.constantFrom(
    'authentication_failed',
    'connection_timed_out',
    'connection_reset',
    'go_panic',
  ),
  'host.change.configuration': fc.constant('/etc/shop/shop.yml'),
};

const world = fc
  .record(Object.fromEntries(Object.entries(BUSY).map(([name, value]) => [name, sometimes(value)])))
  .map((some) => Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)));
const alert = fc.record({ reads: fc.subarray([...READ], { minLength: 1 }) });

it('any alert on a host and its databases that are busy and well starts nothing, and names no cause', () => {
  fc.assert(
    fc.property(world, alert, (busy, { reads }) => {
      const values = { ...busy, 'alert.firing': true, 'alert.reads': reads } as Values;
      const evidence = evidenceOf(values);
      const scene = { symptom: NOON, alerted: NOON, needs: new Map() };
      const known = askKnown(library, catalog, evidence, scene);
      if (known === null) return;
      const judging = { evidence, catalog, threshold: 0.7, round: 1, now: NOON };
      const diagnosis = judge(known.proposal, known.by, judging);
      expect([diagnosis.hypotheses.map(({ fault }) => fault), diagnosis.conclusion.kind]).toEqual([
        expect.anything(),
        'abstained',
      ]);
    }),
    { numRuns: 400 },
  );
});

it('no fault takes an alert for a sign of it only because it fires', () => {
  const asked = [...library.faults.values()].flatMap(({ fault: { name, signs } }) =>
    signs.some(({ any }) => any.some(({ fact }) => fact === 'alert.firing')) ? [name] : [],
  );
  expect(asked).toEqual([]);
});
