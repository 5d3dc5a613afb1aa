/** Without the right to look, the kind of a backend is hidden, and only that somebody logged in for it is seen. */
const CLIENTS = `pid <> pg_backend_pid()
  AND (backend_type = 'client backend' OR (backend_type IS NULL AND usesysid IS NOT NULL))`;

/** What a database is asked, each by itself, so that what one user may not read hides nothing else. Each answers with one row. */
export const QUESTIONS = {
  state: `SELECT pg_is_in_recovery() AS in_recovery,
  current_setting('max_connections')::int AS max,
  current_setting('superuser_reserved_connections')::int
    + coalesce(nullif(current_setting('reserved_connections', true), ''), '0')::int AS reserved`,
  activity: `SELECT count(*)::int AS open, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS may_look,
  count(*) FILTER (WHERE state = 'idle')::int AS idle,
  coalesce(max(extract(epoch FROM clock_timestamp() - state_change))
    FILTER (WHERE state LIKE 'idle in transaction%'), 0)::float8 AS idle_in_transaction,
  coalesce(max(extract(epoch FROM clock_timestamp() - query_start)) FILTER (WHERE state = 'active'), 0)::float8 AS active
FROM pg_stat_activity WHERE ${CLIENTS}`,
  greediest: `SELECT coalesce(nullif(application_name, ''), usename::text, 'unnamed') AS program, count(*)::int AS held
FROM pg_stat_activity WHERE ${CLIENTS}
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1`,
  locks: `SELECT count(*)::int AS waiting,
  count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM unnest(pg_blocking_pids(waiter.pid)) AS blocker
    JOIN pg_stat_activity AS holder ON holder.pid = blocker
    WHERE holder.state LIKE 'idle in transaction%'))::int AS behind_idle,
  coalesce((SELECT wait_event_type = 'Lock' FROM pg_stat_activity
    WHERE state = 'active' AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    ORDER BY query_start LIMIT 1), false) AS oldest_waits
FROM pg_stat_activity AS waiter WHERE wait_event_type = 'Lock'`,
  /** On a primary. */
  replicas: `SELECT count(*)::int AS replicas,
  coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), 0)::float8 AS lag FROM pg_stat_replication`,
  /** On a replica. One that has replayed all that it received is not behind, however long ago somebody last wrote. */
  replay: `SELECT coalesce((SELECT coalesce(status, 'running') FROM pg_stat_wal_receiver WHERE pid IS NOT NULL), 'none') AS receiver,
  coalesce(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), 0)::float8 AS bytes,
  CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
    ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0) END::float8 AS seconds,
  pg_is_wal_replay_paused() AS paused`,
  slots: `SELECT count(*) FILTER (WHERE NOT active)::int AS inactive,
  coalesce(max(pg_wal_lsn_diff(
    CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn))
    FILTER (WHERE NOT active), 0)::float8 AS retained FROM pg_replication_slots`,
  archive: `SELECT failed_count::float8 AS failed,
  last_failed_time IS NOT NULL AND (last_archived_time IS NULL OR last_failed_time > last_archived_time) AS failing
FROM pg_stat_archiver`,
  size: 'SELECT coalesce(sum(size), 0)::float8 AS size FROM pg_ls_waldir()',
} as const;

export type Question = keyof typeof QUESTIONS;
