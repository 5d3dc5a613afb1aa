import { families } from './family.ts';

const LIMIT = { limit: true } as const;

/** What others are a part of: how large a disk is, how much memory there is, how many connections may be open. */
export const LIMITS = [
  ...families({ labels: ['device', 'fstype', 'mountpoint'], speaker: 'node-exporter' }, [
    [/^node_filesystem_size(?:_bytes)?$/, ['system.filesystem.utilization'], LIMIT],
    [/^node_filesystem_files$/, ['system.filesystem.inodes.utilization'], LIMIT],
  ]),
  ...families({ labels: [], speaker: 'node-exporter' }, [
    [/^node_memory_MemTotal(?:_bytes)?$/, ['system.memory.available'], LIMIT],
    [/^node_memory_SwapTotal(?:_bytes)?$/, ['system.paging.utilization'], LIMIT],
    [/^node_filefd_maximum$/, ['system.file_descriptors.utilization'], LIMIT],
    [/^node_nf_conntrack_entries_limit$/, ['system.conntrack.utilization'], LIMIT],
  ]),
  ...families({ labels: ['namespace', 'persistentvolumeclaim'], speaker: 'kubelet' }, [
    [/^kubelet_volume_stats_capacity_bytes$/, ['system.filesystem.utilization'], LIMIT],
    [/^kubelet_volume_stats_inodes$/, ['system.filesystem.inodes.utilization'], LIMIT],
  ]),
  ...families({ labels: [] }, [
    [/^process_max_fds$/, ['process.open_descriptors.utilization'], LIMIT],
    [/^pg_settings_\w*connections$/, ['postgresql.connections.used'], LIMIT],
    [/^mysql_global_variables_max_connections$/, ['mysql.connections.used'], LIMIT],
    [/^redis_(?:memory_max_bytes|total_system_memory_bytes)$/, ['redis.memory.used'], LIMIT],
    [/^redis_config_maxclients$/, ['redis.clients.used'], LIMIT],
  ]),
];
