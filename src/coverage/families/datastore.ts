import { families } from './family.ts';

const HIGH = { bad: 'high' } as const;
const QUEUE = ['queue.*'] as const;

/** What exporters say of databases, proxies and queues. */
export const DATASTORE = [
  ...families({ labels: [] }, [
    [
      /^(?:pg_up|postgres_up|pg_exporter_last_scrape_error)$/,
      [
        'database.connect',
        'postgresql.refusal',
        'scrape.up',
        'systemd.unit.active_state',
        'systemd.unit.result',
        'supervisor.program.state',
      ],
    ],
    [
      /^pg_(?:stat_activity_count|stat_database_numbackends)$/,
      ['postgresql.connections', 'postgresql.connections.*', 'postgresql.refusal'],
      HIGH,
    ],
    [/^pg_stat_activity_max_tx_duration/, ['postgresql.idle_in_transaction.*', 'postgresql.active.*']],
    [
      /^pg_(?:locks|stat_database_deadlocks|stat_database_conflicts)/,
      ['postgresql.lock.waiting', 'postgresql.active.*', 'postgresql.idle_in_transaction.*'],
    ],
    [
      /^pg_(?:replication_slot|wal|stat_archiver)/,
      ['postgresql.slots.*', 'postgresql.wal.size', 'postgresql.archive.*'],
    ],
    [
      /^pg_(?:replication|stat_replication|stat_wal_receiver)/,
      [
        'postgresql.replication.*',
        'postgresql.replay.*',
        'postgresql.replay.lag',
        'postgresql.receiver',
        'postgresql.replicas',
        'postgresql.in_recovery',
      ],
    ],
    [/^pgbouncer_/, ['postgresql.connections.*', 'postgresql.refusal', 'log.signature']],
    [/^mysql_up$/, ['database.connect', 'scrape.up', 'systemd.unit.active_state', 'systemd.unit.result']],
    [
      /^mysql_global_status_(?:threads_connected|max_used_connections|connection_errors)/,
      ['mysql.connections.used'],
      HIGH,
    ],
    [/^mysql_global_variables_(?:super_)?read_only$/, ['mysql.read_only']],
    [/^mysql_(?:slave|replica)_/, ['mysql.read_only']],
    [
      /^redis_up$/,
      [
        'database.connect',
        'redis.refusal',
        'redis.loading',
        'scrape.up',
        'systemd.unit.active_state',
        'systemd.unit.result',
      ],
    ],
    [/^redis_(?:memory|evicted|allocator)/, ['redis.memory.*', 'redis.refusal'], HIGH],
    [
      /^redis_(?:connected_clients|blocked_clients|rejected_connections)/,
      ['redis.clients.used', 'redis.connections.rejected', 'redis.refusal'],
      HIGH,
    ],
    [
      /^redis_(?:rdb|aof|last_save)/,
      ['redis.save.ok', 'redis.aof.ok', 'redis.writes.stopped', 'redis.refusal'],
    ],
    [
      /^redis_(?:master|slave|connected_slaves|replica|instance_info)/,
      ['redis.role', 'redis.primary.link', 'redis.replicas'],
    ],
    [/^redis_(?:slowlog|command|commands_duration)/, ['redis.slowest']],
    // Only what the exporters that are read tell of one queue.
    [
      /^(?:rabbitmq_(?:detailed_)?(?:queue_(?:messages_ready|messages_published_total|consumers)|channel_messages_acked_total)|rabbitmq_queue_messages_ack_total|kafka_(?:consumergroup_(?:lag|members|current_offset)|topic_partition_current_offset))$/,
      QUEUE,
    ],
    [/^rabbitmq_(?:up|identity_info)$/, ['scrape.up', 'systemd.unit.active_state', 'systemd.unit.result']],
    [
      /^(?:mongodb|elasticsearch|kafka|zookeeper|memcached|haproxy|nginx|apache|varnish|etcd|consul|minio|clickhouse)_(?:up|cluster_health_up|server_up)$/,
      [
        'scrape.up',
        'http.probe.outcome',
        'systemd.unit.active_state',
        'systemd.unit.result',
        'supervisor.program.state',
      ],
    ],
    [
      /^(?:nginx_http|nginx_ingress_controller_requests|haproxy_(?:backend|server|frontend)|traefik_|envoy_cluster|istio_requests)/,
      [
        'http.server.error_ratio',
        'http.server.error_rate',
        'http.probe.outcome',
        'http.probe.status',
        'log.signature',
      ],
    ],
  ]),
];
