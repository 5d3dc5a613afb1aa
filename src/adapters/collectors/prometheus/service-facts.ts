import type { ServiceView } from '../../../evidence/collector.ts';
import { runsOn, serviceId } from '../../../evidence/facts/objects.ts';
import { type Stated, statesOf } from '../../../evidence/facts/tell.ts';
import { lineThrough, sinceWhen, usualBefore } from '../../../evidence/facts/trend.ts';
import type { Track } from './expression/format.ts';

/** A vital sign of one process, by its name. */
export interface SignOf {
  readonly name: string;
  readonly track: Track;
}

/** What one vital sign of a process states; of the others, what it is a part of. */
export function vitalStates(
  { name, track }: SignOf,
  others: readonly SignOf[],
  service: ServiceView,
  began: number | null,
): readonly Stated[] {
  const { points, ended } = track;
  const now = points.at(-1)?.[1];
  // What is no longer measured is not so now.
  if (now === undefined || ended !== null) return [];
  const before = usualBefore(points, began);
  const state = (values: Parameters<typeof statesOf>[2], at?: number | null) =>
    statesOf(serviceId(service.name), runsOn(service), values, at);
  switch (name) {
    case 'up':
      return state(
        { 'scrape.up': now === 1, 'scrape.up.before': before === null ? null : before === 1 },
        sinceWhen(points),
      );
    case 'memory':
      return [...state({ 'process.resident_memory': now }), ...growth(points, now, state)];
    case 'cpu cores':
      return state({ 'process.cpu.usage': now, 'process.cpu.usage.before': before });
    case 'started':
      return state({ 'process.restarts': new Set(points.map(([, value]) => value)).size - 1 }, now * 1000);
    case 'open files of their limit':
      return state({ 'process.open_descriptors.utilization': now });
    case 'goroutines': {
      const line = lineThrough(points);
      return state({ 'process.threads.slope': line?.slope, 'process.threads.fit': line?.fit });
    }
    case 'requests per second':
      return state({ 'http.server.request_rate': now, 'http.server.request_rate.before': before });
    case 'server errors per second':
      return errors(now, before, others, began, state);
    case 'latency, 95th percentile':
      return state({ 'http.server.latency': now, 'http.server.latency.before': before });
    default:
      return [];
  }
}

/** How well a straight line has to fit, as r squared, before anything is told of what is to come. */
const STRAIGHT = 0.9;

type State = (values: Parameters<typeof statesOf>[2]) => readonly Stated[];

function growth(points: Track['points'], now: number, state: State): readonly Stated[] {
  const line = lineThrough(points);
  if (line === null) return [];
  return state({
    'process.resident_memory.slope': line.slope,
    'process.resident_memory.fit': line.fit,
    // What wavers has no rate at which it doubles.
    'process.resident_memory.doubling': line.slope > 0 && line.fit >= STRAIGHT ? now / line.slope : null,
  });
}

/** Errors as a part of the requests of the same process; none of it where nobody counts requests, or there are none. */
function errors(
  now: number,
  before: number | null,
  others: readonly SignOf[],
  began: number | null,
  state: State,
): readonly Stated[] {
  const requests = others.find(({ name }) => name === 'requests per second')?.track.points ?? [];
  const [rate, usual] = [requests.at(-1)?.[1] ?? 0, usualBefore(requests, began) ?? 0];
  return state({
    'http.server.error_rate': now,
    'http.server.error_ratio': rate > 0 ? Math.min(1, now / rate) : null,
    'http.server.error_ratio.before': before !== null && usual > 0 ? Math.min(1, before / usual) : null,
  });
}
