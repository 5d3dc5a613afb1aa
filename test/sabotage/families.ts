/** A kind of fault: what shows it, and who mends it, if anybody does. */
export type Family = 'queue' | 'memory' | 'errors' | 'threads' | 'lag';

/** What an exporter says of one kind: it is well, it is ill, it says nothing of it, or it repeats an old answer with its old time. */
export type Telling = 'well' | 'ill' | 'gone' | 'frozen';

interface Gauge {
  readonly metric: string;
  readonly well: number;
  readonly ill: number;
}

/** The errors are counters, and have a part of their own in the exporter. */
export const GAUGES: Readonly<Record<Exclude<Family, 'errors'>, Gauge>> = {
  queue: { metric: 'shop_queue_depth', well: 3, ill: 450 },
  memory: { metric: 'process_resident_memory_bytes', well: 80e6, ill: 410e6 },
  threads: { metric: 'process_threads', well: 40, ill: 2_000 },
  lag: { metric: 'shop_replication_lag_seconds', well: 0.5, ill: 240 },
};
