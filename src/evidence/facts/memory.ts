import { type HostMemory, isShort } from '../looks/memory.ts';
import { hostId, serviceId } from './objects.ts';
import { type Stated, statesOf } from './tell.ts';

/** What the kernel says of a service's memory on one host; bytes. */
export interface MemoryReading {
  readonly service: string;
  readonly host: string;
  /** What its processes hold. */
  readonly rss: number;
  /** What all processes hold. */
  readonly all: number;
  readonly memory: HostMemory;
  readonly limit: number | null;
  readonly processes: number;
}

/** A service's part of what processes hold is told only where the host is short of memory, as only then it matters who holds it. */
export function memoryStates(reading: MemoryReading): readonly Stated[] {
  const { service, host, rss, all, memory, limit, processes } = reading;
  return [
    ...statesOf(serviceId(service), [hostId(host)], {
      'process.memory.usage': rss,
      'process.memory.share': isShort(memory) && all > 0 ? rss / all : null,
      'process.memory.limit_utilization': limit === null || limit <= 0 ? null : rss / limit,
      'process.count': processes,
    }),
    ...statesOf(hostId(host), [serviceId(service)], {
      'system.memory.available': memory.available === null ? null : memory.available / memory.total,
    }),
  ];
}
