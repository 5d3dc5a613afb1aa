/** Expressions as alert rules have them, with the metrics that each reads; written for these tests after common shapes. */
export const RULES: readonly (readonly [string, readonly string[]])[] = [
  ['up == 0', ['up']],
  ['up{job="shop"} < 1', ['up']],
  ['count by (job) (up == 0) / count by (job) (up) * 100 > 10', ['up']],
  ['absent(up{job="shop"})', ['up']],
  ['absent(up{job="shop"} == 1)', ['up']],
  ['absent_over_time(heartbeat_total{job="cron"}[15m])', ['heartbeat_total']],
  ['min_over_time(up{job="shop"}[5m]) == 0', ['up']],
  ['avg_over_time(up[10m]) < 0.9', ['up']],
  ['sum by (instance) (changes(up[15m])) > 5', ['up']],
  [
    'scrape_duration_seconds / on (job) group_left scrape_timeout_seconds > 0.9',
    ['scrape_duration_seconds', 'scrape_timeout_seconds'],
  ],
  ['scrape_samples_post_metric_relabeling > 50_000', ['scrape_samples_post_metric_relabeling']],
  [
    'node_load1 / count without (cpu, mode) (node_cpu_seconds_total{mode="idle"}) > 2',
    ['node_cpu_seconds_total', 'node_load1'],
  ],
  [
    '100 - (avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[5m])) * 100) > 90',
    ['node_cpu_seconds_total'],
  ],
  [
    '(1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes) > 0.95',
    ['node_memory_MemAvailable_bytes', 'node_memory_MemTotal_bytes'],
  ],
  ['node_memory_MemAvailable_bytes < 512 * 1024 * 1024', ['node_memory_MemAvailable_bytes']],
  ['rate(node_vmstat_pgmajfault[5m]) > 500', ['node_vmstat_pgmajfault']],
  [
    '(node_filesystem_avail_bytes{fstype!=""} / node_filesystem_size_bytes{fstype!=""} * 100 < 5 and node_filesystem_readonly{fstype!=""} == 0)',
    ['node_filesystem_avail_bytes', 'node_filesystem_readonly', 'node_filesystem_size_bytes'],
  ],
  [
    '(node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.4 and predict_linear(node_filesystem_avail_bytes[6h], 24*60*60) < 0 and node_filesystem_readonly == 0)',
    ['node_filesystem_avail_bytes', 'node_filesystem_readonly', 'node_filesystem_size_bytes'],
  ],
  [
    'node_filesystem_files_free / node_filesystem_files * 100 < 3',
    ['node_filesystem_files', 'node_filesystem_files_free'],
  ],
  ['increase(node_vmstat_oom_kill[5m]) > 0', ['node_vmstat_oom_kill']],
  [
    'increase(node_network_receive_errs_total[2m]) / increase(node_network_receive_packets_total[2m]) > 0.01',
    ['node_network_receive_errs_total', 'node_network_receive_packets_total'],
  ],
  [
    'rate(node_network_transmit_bytes_total{device!~"lo|veth.*"}[5m]) * 8 > 900e6',
    ['node_network_transmit_bytes_total'],
  ],
  [
    '(node_timex_offset_seconds > 0.05 and deriv(node_timex_offset_seconds[5m]) >= 0) or (node_timex_offset_seconds < -0.05 and deriv(node_timex_offset_seconds[5m]) <= 0)',
    ['node_timex_offset_seconds'],
  ],
  [
    'min_over_time(node_timex_sync_status[5m]) == 0 and node_timex_maxerror_seconds >= 16',
    ['node_timex_maxerror_seconds', 'node_timex_sync_status'],
  ],
  [
    'node_md_disks_required - ignoring (state) (node_md_disks{state="active"}) > 0',
    ['node_md_disks', 'node_md_disks_required'],
  ],
  ['node_systemd_unit_state{state="failed"} == 1', ['node_systemd_unit_state']],
  ['rate(node_disk_io_time_seconds_total[5m]) > 0.9', ['node_disk_io_time_seconds_total']],
  ['time() - node_boot_time_seconds < 600', ['node_boot_time_seconds']],
  [
    'node_hwmon_temp_celsius * ignoring (label) group_left (instance, job, node, sensor) node_hwmon_sensor_label{label!="tctl"} > 75',
    ['node_hwmon_sensor_label', 'node_hwmon_temp_celsius'],
  ],
  [
    '(node_nf_conntrack_entries / node_nf_conntrack_entries_limit) > 0.75',
    ['node_nf_conntrack_entries', 'node_nf_conntrack_entries_limit'],
  ],
  ['probe_success == 0', ['probe_success']],
  ['probe_http_status_code <= 199 or probe_http_status_code >= 400', ['probe_http_status_code']],
  ['probe_ssl_earliest_cert_expiry - time() < 86400 * 14', ['probe_ssl_earliest_cert_expiry']],
  [
    '0 <= round((probe_ssl_earliest_cert_expiry - time()) / 86400, 0.1) < 3',
    ['probe_ssl_earliest_cert_expiry'],
  ],
  ['avg_over_time(probe_duration_seconds[1m]) > 1', ['probe_duration_seconds']],
  [
    'max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
    ['kube_pod_container_status_waiting_reason'],
  ],
  [
    'sum by (namespace, pod) (max by (namespace, pod) (kube_pod_status_phase{phase=~"Pending|Unknown"}) * on (namespace, pod) group_left (owner_kind) topk by (namespace, pod) (1, max by (namespace, pod, owner_kind) (kube_pod_owner{owner_kind!="Job"}))) > 0',
    ['kube_pod_owner', 'kube_pod_status_phase'],
  ],
  [
    'kube_deployment_status_observed_generation != kube_deployment_metadata_generation',
    ['kube_deployment_metadata_generation', 'kube_deployment_status_observed_generation'],
  ],
  [
    '(kube_deployment_spec_replicas > kube_deployment_status_replicas_available) and (changes(kube_deployment_status_replicas_updated[10m]) == 0)',
    [
      'kube_deployment_spec_replicas',
      'kube_deployment_status_replicas_available',
      'kube_deployment_status_replicas_updated',
    ],
  ],
  ['kube_node_status_condition{condition="Ready",status="true"} == 0', ['kube_node_status_condition']],
  ['kube_node_spec_unschedulable == 1', ['kube_node_spec_unschedulable']],
  [
    'sum(kube_job_status_active) by (job_name) unless on (job_name) kube_job_complete',
    ['kube_job_complete', 'kube_job_status_active'],
  ],
  [
    'time() - max by (namespace, job_name) (kube_job_status_start_time and kube_job_status_active > 0) > 43200',
    ['kube_job_status_active', 'kube_job_status_start_time'],
  ],
  ['kube_job_failed > 0', ['kube_job_failed']],
  [
    'kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.03 and kubelet_volume_stats_used_bytes > 0 unless on (namespace, persistentvolumeclaim) kube_persistentvolumeclaim_labels{label_excluded="true"} == 1',
    [
      'kube_persistentvolumeclaim_labels',
      'kubelet_volume_stats_available_bytes',
      'kubelet_volume_stats_capacity_bytes',
      'kubelet_volume_stats_used_bytes',
    ],
  ],
  [
    'sum(increase(container_cpu_cfs_throttled_periods_total{container!=""}[5m])) by (container, pod) / sum(increase(container_cpu_cfs_periods_total[5m])) by (container, pod) > (25 / 100)',
    ['container_cpu_cfs_periods_total', 'container_cpu_cfs_throttled_periods_total'],
  ],
  [
    '(container_memory_working_set_bytes / container_spec_memory_limit_bytes > 0.9) and container_spec_memory_limit_bytes > 0',
    ['container_memory_working_set_bytes', 'container_spec_memory_limit_bytes'],
  ],
  [
    'histogram_quantile(0.01, sum without (namespace, service) (rate(apiserver_client_certificate_expiration_seconds_bucket{job="apiserver"}[5m]))) < 604800 and on (job) apiserver_client_certificate_expiration_seconds_count > 0',
    [
      'apiserver_client_certificate_expiration_seconds_bucket',
      'apiserver_client_certificate_expiration_seconds_count',
    ],
  ],
  [
    'sum(apiserver_request:burnrate1h) > (14.40 * 0.01000) and sum(apiserver_request:burnrate5m) > (14.40 * 0.01000)',
    ['apiserver_request:burnrate1h', 'apiserver_request:burnrate5m'],
  ],
  [
    'histogram_quantile(0.99, sum by (le, instance) (rate(etcd_disk_wal_fsync_duration_seconds_bucket[5m]))) > 0.5',
    ['etcd_disk_wal_fsync_duration_seconds_bucket'],
  ],
  [
    'max without (endpoint) (sum without (instance) (up{job="etcd"} == bool 0) or count without (To) (sum without (instance) (rate(etcd_network_peer_sent_failures_total[2m])) > 0.01)) > 0',
    ['etcd_network_peer_sent_failures_total', 'up'],
  ],
  [
    'sum(up{job="etcd"} == bool 1) without (instance) < ((count(up{job="etcd"}) without (instance) + 1) / 2)',
    ['up'],
  ],
  [
    'sum(rate(http_requests_total{code=~"5.."}[5m])) by (job) / sum(rate(http_requests_total[5m])) by (job) > 0.05',
    ['http_requests_total'],
  ],
  ['0.05 < sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))', ['errors_total', 'requests_total']],
  [
    'histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket[5m])) by (le)) > 1.5',
    ['http_request_duration_seconds_bucket'],
  ],
  [
    'sum(rate(http_request_duration_seconds_sum[5m])) / sum(rate(http_request_duration_seconds_count[5m])) > 0.3',
    ['http_request_duration_seconds_count', 'http_request_duration_seconds_sum'],
  ],
  [
    '1 - (sum(rate(slo_good_total[1h])) / sum(rate(slo_total[1h]))) > 14.4 * (1 - 0.999)',
    ['slo_good_total', 'slo_total'],
  ],
  [
    '(job:slo_errors:ratio_rate1h{job="shop"} > 14.4 * 0.001) and (job:slo_errors:ratio_rate5m{job="shop"} > 14.4 * 0.001)',
    ['job:slo_errors:ratio_rate1h', 'job:slo_errors:ratio_rate5m'],
  ],
  [
    'sum(rate(http_requests_total[5m])) < 0.5 * sum(rate(http_requests_total[5m] offset 1w))',
    ['http_requests_total'],
  ],
  ['rate(requests_total[5m]) == 0 and requests_total offset 1d > 0', ['requests_total']],
  ['process_resident_memory_bytes > 20*1024*1024*1024', ['process_resident_memory_bytes']],
  ['deriv(process_resident_memory_bytes[30m]) * 3600 > 100e6', ['process_resident_memory_bytes']],
  ['process_open_fds / process_max_fds > 0.8', ['process_max_fds', 'process_open_fds']],
  ['changes(process_start_time_seconds[15m]) > 2', ['process_start_time_seconds']],
  ['namedprocess_namegroup_num_procs{groupname="nginx"} < 1', ['namedprocess_namegroup_num_procs']],
  ['pg_up == 0', ['pg_up']],
  [
    'sum by (instance) (pg_stat_activity_count) / on (instance) pg_settings_max_connections > 0.8',
    ['pg_settings_max_connections', 'pg_stat_activity_count'],
  ],
  [
    'pg_replication_lag > 30 and on (instance) pg_replication_is_replica == 1',
    ['pg_replication_is_replica', 'pg_replication_lag'],
  ],
  [
    'mysql_global_status_threads_connected / mysql_global_variables_max_connections * 100 > 80',
    ['mysql_global_status_threads_connected', 'mysql_global_variables_max_connections'],
  ],
  [
    'mysql_slave_status_seconds_behind_master - mysql_slave_status_sql_delay > 30',
    ['mysql_slave_status_seconds_behind_master', 'mysql_slave_status_sql_delay'],
  ],
  [
    'redis_memory_used_bytes / redis_memory_max_bytes * 100 > 90 and redis_memory_max_bytes > 0',
    ['redis_memory_max_bytes', 'redis_memory_used_bytes'],
  ],
  ['count(redis_instance_info{role="master"}) == 0', ['redis_instance_info']],
  ['delta(redis_connected_slaves[1m]) < 0', ['redis_connected_slaves']],
  ['sum(rabbitmq_queue_messages_ready) by (queue) > 1000', ['rabbitmq_queue_messages_ready']],
  ['sum by (consumergroup) (kafka_consumergroup_lag) > 1e4', ['kafka_consumergroup_lag']],
  ['haproxy_server_status{state="DOWN"} == 1', ['haproxy_server_status']],
  [
    'sum(rate(nginx_ingress_controller_requests{status=~"^5.*"}[1m])) / sum(rate(nginx_ingress_controller_requests[1m])) * 100 > 5',
    ['nginx_ingress_controller_requests'],
  ],
  [
    'windows_logical_disk_free_bytes / windows_logical_disk_size_bytes < .1',
    ['windows_logical_disk_free_bytes', 'windows_logical_disk_size_bytes'],
  ],
  ['time() - backup_last_success_timestamp_seconds > 36 * 3600', ['backup_last_success_timestamp_seconds']],
  ['(time() - push_time_seconds{job="nightly"}) / 3600 > 25', ['push_time_seconds']],
  ['avg_over_time(((rate(jobs_failed_total[5m]) > 0) or vector(0))[30m:1m]) > 0.5', ['jobs_failed_total']],
  ['quantile_over_time(0.9, queue_length[30m]) > 100', ['queue_length']],
  ['prometheus_config_last_reload_successful == 0', ['prometheus_config_last_reload_successful']],
  ['rate(prometheus_notifications_dropped_total[5m]) > 0', ['prometheus_notifications_dropped_total']],
  ['count by (alertname) (ALERTS{alertstate="firing",severity="critical"}) > 3', ['ALERTS']],
  ['{__name__=~"job_a_failures|job_b_failures"} > 0', ['job_a_failures', 'job_b_failures']],
  ['label_replace(disk_usage_percent, "host", "$1", "instance", "([^:]+):.*") > 90', ['disk_usage_percent']],
  ['vector(1)', []],
];
