import type { Fact, FactValue } from '../../../../src/evidence/facts/fact.ts';
import type { FactName } from '../../../../src/evidence/facts/vocabulary.ts';
import { fact } from '../../../kit/faults/facts.ts';

export const SHOP = 'service/shop';
const DATABASE = 'database/orders-db';

/** What the log of the shop says; of a database, where the line is about one. */
const log = (signature: string): Fact =>
  fact('log.signature', SHOP, signature, {
    within: [
      'host/web-1',
      ...(/^(?:postgresql|mysql|redis|pgbouncer)_/.test(signature) ? ([DATABASE] as const) : []),
    ],
  });
const db = (name: FactName, value: FactValue): Fact => fact(name, DATABASE, value, { within: [SHOP] });
const own = (name: FactName, value: FactValue): Fact => fact(name, SHOP, value);
const unit = (name: FactName, value: FactValue): Fact =>
  fact(name, 'unit/web-1/shop.service', value, { within: ['host/web-1', SHOP] });
const resolver = (value: FactValue): Fact =>
  fact('dns.failed', 'resolver/10.0.0.2', value, { within: [SHOP] });
const name = (value: FactValue): Fact =>
  fact('dns.answer', 'name/db.example.com', value, { within: ['resolver/10.0.0.2', SHOP] });

const docker = (name: FactName, value: FactValue): Fact =>
  fact(name, 'container/web-1/shop', value, { within: ['host/web-1', SHOP] });

const reads = (metric: string): Fact => own('alert.reads', metric);
const LONG_QUERY = reads('pg_stat_activity_max_tx_duration');
const SLOTS = reads('pg_replication_slots_pg_wal_lsn_diff');
const FAILS = own('http.probe.outcome', 'timeout');
/** An alert about something else. */
const CALM = reads('node_load1');
const SILENT = log('none');
const ROOM = db('postgresql.connections.used', 0.4);

export interface Case {
  /** What is seen of each sign where the fault is there, in the order of its signs. */
  readonly ill: readonly Fact[];
  /** The same where all is well. */
  readonly well: readonly Fact[];
  /** Where it lies; the service where nothing says it more closely. */
  readonly object?: string;
  /** What looks the same and is another fault, or none that the library knows. */
  readonly confusable: readonly { readonly facts: readonly Fact[]; readonly is: string | null }[];
}

export const CASES: Readonly<Record<string, Case>> = {
  postgresql_connections_exhausted: {
    ill: [db('postgresql.refusal', '53300'), log('postgresql_too_many_clients')],
    well: [db('postgresql.refusal', 'none'), SILENT],
    object: DATABASE,
    confusable: [
      {
        facts: [
          db('postgresql.connections.used', 0.96),
          log('postgresql_slots_reserved'),
          log('pgbouncer_full'),
        ],
        is: null,
      },
    ],
  },
  connection_pooler_full: {
    ill: [log('pgbouncer_full'), ROOM],
    well: [SILENT, db('postgresql.connections.used', 0.93)],
    object: DATABASE,
    confusable: [
      {
        facts: [log('postgresql_too_many_clients'), db('postgresql.connections.used', 1)],
        is: 'postgresql_connections_exhausted',
      },
    ],
  },
  connection_pool_exhausted: {
    ill: [log('connection_pool_exhausted'), ROOM],
    well: [SILENT, db('postgresql.connections.used', 0.93)],
    confusable: [
      { facts: [log('connection_pool_exhausted'), ROOM, db('postgresql.active.age', 400)], is: 'slow_query' },
      {
        facts: [
          log('connection_pool_exhausted'),
          ROOM,
          db('postgresql.idle_in_transaction.age', 400),
          db('postgresql.idle_in_transaction.blocks', 3),
        ],
        is: 'postgresql_idle_in_transaction',
      },
    ],
  },
  postgresql_idle_in_transaction: {
    ill: [
      db('postgresql.idle_in_transaction.age', 400),
      db('postgresql.idle_in_transaction.blocks', 5),
      LONG_QUERY,
    ],
    well: [db('postgresql.idle_in_transaction.age', 0), db('postgresql.idle_in_transaction.blocks', 0), CALM],
    confusable: [
      {
        facts: [db('postgresql.active.age', 400), db('postgresql.idle_in_transaction.blocks', 0), LONG_QUERY],
        is: 'slow_query',
      },
    ],
  },
  slow_query: {
    ill: [db('postgresql.active.age', 400), log('postgresql_statement_timeout')],
    well: [db('postgresql.active.age', 0.1), SILENT],
    object: DATABASE,
    confusable: [
      {
        facts: [db('postgresql.active.age', 400), db('postgresql.active.waits_for_lock', true), LONG_QUERY],
        is: null,
      },
      {
        facts: [
          db('postgresql.active.age', 90),
          db('postgresql.connections.used', 1),
          LONG_QUERY,
          log('postgresql_too_many_clients'),
        ],
        is: 'postgresql_connections_exhausted',
      },
    ],
  },
  postgresql_replica_behind: {
    ill: [db('postgresql.receiver', 'none'), log('postgresql_wal_gone')],
    well: [db('postgresql.receiver', 'streaming'), SILENT],
    object: DATABASE,
    confusable: [
      // Nobody writes: the last transaction is old, and there is nothing to replay.
      {
        facts: [
          db('postgresql.receiver', 'streaming'),
          db('postgresql.replay.lag.bytes', 0),
          db('postgresql.replay.lag', 9000),
          reads('pg_replication_lag_seconds'),
        ],
        is: null,
      },
      {
        facts: [
          db('postgresql.receiver', 'none'),
          db('database.connect', 'refused'),
          log('postgresql_primary_lost'),
        ],
        is: 'database_down',
      },
    ],
  },
  postgresql_slot_keeps_log: {
    ill: [db('postgresql.slots.inactive.retained', 5e10), SLOTS],
    well: [db('postgresql.slots.inactive.retained', 0), CALM],
    confusable: [
      {
        facts: [
          db('postgresql.slots.inactive.retained', 5e10),
          db('postgresql.archive.failing', true),
          SLOTS,
          log('postgresql_archive_failed'),
        ],
        is: 'postgresql_archive_failing',
      },
    ],
  },
  postgresql_archive_failing: {
    ill: [db('postgresql.archive.failing', true), log('postgresql_archive_failed')],
    well: [db('postgresql.archive.failing', false), SILENT],
    object: DATABASE,
    confusable: [
      {
        facts: [
          db('postgresql.archive.failing', false),
          db('postgresql.slots.inactive.retained', 5e10),
          SLOTS,
        ],
        is: 'postgresql_slot_keeps_log',
      },
    ],
  },
  mysql_connections_exhausted: {
    ill: [log('mysql_too_many_connections'), db('mysql.connections.used', 1)],
    well: [SILENT, db('mysql.connections.used', 0.2)],
    object: DATABASE,
    confusable: [{ facts: [log('mysql_access_denied'), db('mysql.connections.used', 0.2)], is: null }],
  },
  mysql_read_only: {
    ill: [log('mysql_read_only'), own('alert.reads', 'mysql_global_variables_read_only')],
    well: [SILENT, own('alert.reads', 'mysql_up')],
    confusable: [{ facts: [log('mysql_too_many_connections'), db('mysql.read_only', true)], is: null }],
  },
  container_ended: {
    ill: [docker('container.state', 'exited'), docker('container.exit_code', 1), FAILS],
    well: [docker('container.state', 'running'), docker('container.exit_code', 0), CALM],
    confusable: [
      {
        facts: [
          ...[docker('container.state', 'exited'), docker('container.exit_code', 1), FAILS],
          docker('container.oom_killed', true),
        ],
        is: 'container_killed_for_memory',
      },
      {
        facts: [
          ...[docker('container.state', 'exited'), docker('container.exit_code', 1), FAILS],
          log('connection_refused'),
        ],
        is: null,
      },
    ],
  },
  container_keeps_restarting: {
    ill: [docker('container.state', 'restarting'), FAILS],
    well: [docker('container.state', 'running'), CALM],
    confusable: [
      {
        facts: [docker('container.state', 'restarting'), FAILS, docker('container.oom_killed', true)],
        is: 'container_killed_for_memory',
      },
      { facts: [docker('container.state', 'restarting'), FAILS, log('connection_refused')], is: null },
    ],
  },
  container_killed_for_memory: {
    ill: [docker('container.oom_killed', true), FAILS],
    well: [docker('container.oom_killed', false), CALM],
    confusable: [{ facts: [docker('container.memory.utilization', 0.97), FAILS], is: null }],
  },
  container_unhealthy: {
    ill: [docker('container.health', 'unhealthy'), FAILS],
    well: [docker('container.health', 'healthy'), CALM],
    confusable: [
      { facts: [docker('container.health', 'unhealthy'), FAILS, log('connection_refused')], is: null },
    ],
  },
  redis_memory_full: {
    ill: [db('redis.memory.used', 0.99), db('redis.memory.policy', 'noeviction'), log('redis_out_of_memory')],
    well: [db('redis.memory.used', 0.4), db('redis.memory.policy', 'allkeys-lru'), SILENT],
    object: DATABASE,
    confusable: [
      {
        facts: [
          db('redis.memory.used', 0.4),
          db('redis.memory.policy', 'noeviction'),
          db('redis.save.ok', false),
          log('redis_misconf'),
        ],
        is: 'redis_cannot_persist',
      },
    ],
  },
  redis_clients_full: {
    ill: [db('redis.refusal', 'MAXCLIENTS'), log('redis_max_clients')],
    well: [db('redis.refusal', 'none'), SILENT],
    object: DATABASE,
    confusable: [{ facts: [db('redis.clients.used', 0.1), log('too_many_open_files')], is: null }],
  },
  redis_cannot_persist: {
    ill: [db('redis.save.ok', false), log('redis_fork_failed')],
    well: [db('redis.save.ok', true), SILENT],
    object: DATABASE,
    confusable: [
      {
        facts: [
          db('redis.save.ok', false),
          db('redis.role', 'replica'),
          log('redis_fork_failed'),
          log('redis_read_only_replica'),
        ],
        is: 'redis_replica_written',
      },
    ],
  },
  redis_replica_written: {
    ill: [db('redis.role', 'replica'), log('redis_read_only_replica')],
    well: [db('redis.role', 'primary'), SILENT],
    object: DATABASE,
    confusable: [
      {
        facts: [
          db('redis.role', 'replica'),
          db('redis.primary.link', 'down'),
          log('redis_read_only_replica'),
        ],
        is: 'redis_primary_lost',
      },
    ],
  },
  redis_primary_lost: {
    ill: [db('redis.primary.link', 'down'), log('redis_primary_lost')],
    well: [db('redis.primary.link', 'up'), SILENT],
    object: DATABASE,
    confusable: [
      {
        facts: [
          db('redis.primary.link', 'down'),
          db('database.connect', 'refused'),
          log('redis_primary_lost'),
        ],
        is: 'database_down',
      },
    ],
  },
  redis_loading: {
    ill: [db('redis.loading', true), log('redis_loading')],
    well: [db('redis.loading', false), SILENT],
    object: DATABASE,
    confusable: [
      {
        facts: [db('redis.loading', false), db('redis.save.ok', false), log('redis_misconf')],
        is: 'redis_cannot_persist',
      },
    ],
  },
  database_down: {
    ill: [db('database.connect', 'refused'), log('connection_refused')],
    well: [db('database.connect', 'accepted'), SILENT],
    confusable: [
      {
        facts: [
          db('database.connect', 'refused'),
          db('postgresql.receiver', 'streaming'),
          log('connection_refused'),
        ],
        is: null,
      },
      {
        facts: [db('database.connect', 'accepted'), log('postgresql_password_refused'), FAILS],
        is: 'credentials_refused',
      },
    ],
  },
  upstream_refused: {
    ill: [log('nginx_upstream_refused'), own('http.probe.status', 502)],
    well: [SILENT, own('http.probe.status', 200)],
    confusable: [
      { facts: [log('nginx_upstream_timed_out'), own('http.probe.status', 504)], is: 'upstream_slow' },
    ],
  },
  upstream_slow: {
    ill: [log('nginx_upstream_timed_out'), own('http.probe.status', 504)],
    well: [SILENT, own('http.probe.status', 200)],
    confusable: [
      {
        facts: [
          log('nginx_upstream_timed_out'),
          log('nginx_upstream_refused'),
          own('http.probe.status', 502),
          FAILS,
        ],
        is: 'upstream_refused',
      },
    ],
  },
  upstream_crashes: {
    ill: [log('nginx_upstream_closed'), own('http.probe.status', 502)],
    well: [SILENT, own('http.probe.status', 200)],
    confusable: [
      {
        facts: [log('nginx_upstream_closed'), log('nginx_upstream_refused'), own('http.probe.status', 502)],
        is: 'upstream_refused',
      },
    ],
  },
  upstreams_all_down: {
    ill: [log('nginx_no_live_upstreams'), own('http.probe.status', 502)],
    well: [SILENT, own('http.probe.status', 200)],
    confusable: [
      {
        facts: [log('nginx_no_live_upstreams'), log('nginx_upstream_refused'), own('http.probe.status', 502)],
        is: 'upstream_refused',
      },
    ],
  },
  proxy_connections_exhausted: {
    ill: [log('nginx_connections_exhausted'), own('http.probe.outcome', 'reset')],
    well: [SILENT, own('http.probe.outcome', 'healthy')],
    confusable: [
      {
        facts: [
          log('nginx_connections_exhausted'),
          log('too_many_open_files'),
          own('http.probe.outcome', 'reset'),
        ],
        is: null,
      },
    ],
  },
  java_heap_exhausted: {
    ill: [log('java_heap'), reads('http_requests_total')],
    well: [SILENT, CALM],
    confusable: [{ facts: [log('java_native_thread'), FAILS], is: 'java_threads_exhausted' }],
  },
  java_metaspace_exhausted: {
    ill: [log('java_metaspace'), own('http.probe.outcome', 'timeout')],
    well: [SILENT, own('http.probe.outcome', 'healthy')],
    confusable: [{ facts: [log('java_gc_overhead'), FAILS], is: 'java_heap_exhausted' }],
  },
  java_threads_exhausted: {
    ill: [log('java_native_thread'), reads('http_requests_total')],
    well: [SILENT, CALM],
    confusable: [{ facts: [log('java_heap'), FAILS], is: 'java_heap_exhausted' }],
  },
  java_deadlock: {
    ill: [log('java_deadlock'), own('http.probe.outcome', 'timeout')],
    well: [SILENT, own('http.probe.outcome', 'healthy')],
    confusable: [{ facts: [log('postgresql_deadlock'), own('http.probe.outcome', 'timeout')], is: null }],
  },
  go_panic: {
    ill: [log('go_panic'), unit('systemd.unit.exit_status', 2)],
    well: [SILENT, unit('systemd.unit.exit_status', 0)],
    confusable: [
      {
        facts: [log('go_panic'), unit('systemd.unit.result', 'oom-kill'), unit('systemd.unit.restarts', 1)],
        is: null,
      },
      // A panic that a handler recovered from: the process goes on.
      { facts: [log('go_panic'), reads('http_requests_total')], is: null },
    ],
  },
  node_heap_exhausted: {
    ill: [log('node_heap'), unit('systemd.unit.exit_status', 134)],
    well: [SILENT, unit('systemd.unit.exit_status', 0)],
    confusable: [
      {
        facts: [log('node_heap'), unit('systemd.unit.result', 'oom-kill'), unit('systemd.unit.restarts', 1)],
        is: null,
      },
    ],
  },
  dns_failing: {
    ill: [resolver(1), log('dns_failure')],
    well: [resolver(0), SILENT],
    confusable: [
      { facts: [resolver(0), name('NXDOMAIN'), log('dns_no_such_host')], is: 'dns_record_missing' },
    ],
  },
  dns_record_missing: {
    ill: [name('NXDOMAIN'), log('dns_no_such_host')],
    well: [name('answered'), SILENT],
    confusable: [{ facts: [name('NXDOMAIN'), resolver(0.75), log('dns_no_such_host')], is: 'dns_failing' }],
  },
  credentials_refused: {
    ill: [log('postgresql_password_refused'), FAILS],
    well: [SILENT, own('http.probe.outcome', 'healthy')],
    confusable: [
      {
        facts: [
          log('authentication_failed'),
          log('connection_refused'),
          db('database.connect', 'refused'),
          FAILS,
        ],
        is: 'database_down',
      },
    ],
  },
};
