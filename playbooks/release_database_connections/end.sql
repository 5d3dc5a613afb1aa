-- Ends each session once, and says of whom; what may be ended is looked up anew in the same statement.
WITH releasable AS MATERIALIZED (
  SELECT s.pid, s.backend_start, r.rolname::text AS user, regexp_replace(coalesce(nullif(s.application_name, ''), 'unnamed'), '[^A-Za-z0-9_.:@/ -]', '?', 'g') AS program, s.state,
    extract(epoch FROM clock_timestamp() - s.state_change)::int AS idle
  FROM pg_stat_activity AS s JOIN pg_roles AS r ON r.oid = s.usesysid
  WHERE r.rolname::text = ANY (string_to_array(current_setting('medic.users'), ','))
    AND (current_setting('medic.applications') = '*' OR s.application_name = ANY (string_to_array(current_setting('medic.applications'), ',')))
    AND NOT r.rolsuper AND NOT r.rolreplication AND r.rolname <> current_user
    AND s.backend_type = 'client backend' AND s.pid <> pg_backend_pid()
    AND ((s.state = 'idle' AND s.state_change < clock_timestamp() - make_interval(secs => current_setting('medic.idle')::int)
        AND s.query !~* '^[[:space:]]*listen[[:space:]]'
        AND NOT EXISTS (SELECT 1 FROM pg_locks AS l WHERE l.pid = s.pid AND l.locktype = 'advisory'))
      OR (s.state LIKE 'idle in transaction%'
        AND s.state_change < clock_timestamp() - make_interval(secs => current_setting('medic.idle_in_transaction')::int)))
  ORDER BY s.state_change
), ended AS MATERIALIZED (
  SELECT *, :how AS done FROM releasable
), told AS (
  SELECT "user", program, state, count(*)::int AS sessions, min(idle) AS least, max(idle) AS most
  FROM ended WHERE done GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2
)
SELECT json_build_object(
  'may_see', pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
  'may_end', pg_has_role(current_user, 'pg_signal_backend', 'USAGE'),
  'role', current_user,
  'sessions', (SELECT count(*) FROM ended WHERE done),
  'left', (SELECT count(*) FROM ended WHERE NOT done),
  'pids', (SELECT coalesce(json_agg(pid || ' ' || extract(epoch FROM backend_start)), '[]') FROM ended WHERE done),
  'whose', (SELECT coalesce(string_agg(format('%s of %s (%s), %s for %s', sessions, "user", left(program, 40), state,
      CASE WHEN least = most THEN least || ' s' ELSE least || ' to ' || most || ' s' END), '; '), 'none')
    FROM (SELECT * FROM told LIMIT 10) AS first));
