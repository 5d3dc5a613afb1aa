-- How many of those that were ended are still there. A process may have the number of one that ended, but not its start.
SELECT count(*) FROM pg_stat_activity
WHERE pid || ' ' || extract(epoch FROM backend_start) = ANY (string_to_array(:'pids', ','));
