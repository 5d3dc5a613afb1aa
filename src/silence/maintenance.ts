import { CronExpressionParser } from 'cron-parser';
import type { Settings } from '../config/settings.ts';
import { zoneOf } from '../lib/zone.ts';
import type { Silence } from './silence.ts';

type Window = Settings['maintenance'][number];
type Recurring = Extract<Window['times'], { readonly kind: 'recurring' }>;

/** Two successive starts of a recurring window, epoch milliseconds. */
interface Turn {
  readonly start: number;
  readonly next: number;
}

/**
 * The maintenance windows of `medic.yml` that are open at a time, as silences: one for each service that a window names.
 *
 * @param now epoch milliseconds
 */
export function maintenanceAt(
  { maintenance, services }: Pick<Settings, 'maintenance' | 'services'>,
  now: number,
): readonly Silence[] {
  return maintenance.flatMap((window) => {
    const open = openAt(window.times, now);
    if (open === null) return [];
    return (window.services ?? [null]).map((service) => ({
      id: `maintenance:${window.name}`,
      source: 'maintenance',
      by: window.name,
      reason: window.reason ?? '',
      ...open,
      service,
      environment: window.environment ?? (service === null ? null : (services[service]?.environment ?? null)),
      matchers: [],
    }));
  });
}

function openAt(times: Window['times'], now: number): Pick<Silence, 'from' | 'until'> | null {
  if (times.kind === 'once')
    return times.from <= now && now < times.to ? { from: times.from, until: times.to } : null;
  const turn = turnAt(times, now);
  if (turn === null || now >= turn.start + times.duration) return null;
  return { from: turn.start, until: turn.start + times.duration };
}

/** Finding a turn takes about a millisecond, and until the next one begins the answer is the same. */
const found = new WeakMap<Recurring, Turn>();

/** The last start of a window up to now, and the one that follows; null where it never began. */
function turnAt(times: Recurring, now: number): Turn | null {
  const known = found.get(times);
  if (known !== undefined && known.start <= now && now < known.next) return known;
  const turn = findTurn(times, now);
  if (turn !== null) found.set(times, turn);
  return turn;
}

/** Cron is read against what the clocks of the time zone show, so that the parser has no part in how they are changed. */
function findTurn({ cron, timezone }: Recurring, now: number): Turn | null {
  const zone = zoneOf(timezone);
  const expression = CronExpressionParser.parse(cron, {
    currentDate: new Date(zone.shownAt(now) + 1),
    tz: 'UTC',
  });
  try {
    const last = expression.prev().getTime();
    let start = zone.timeOf(last);
    expression.reset(new Date(last));
    let next = zone.timeOf(expression.next().getTime());
    // In an hour that the clocks show again, what they show next has been already.
    while (next <= now) [start, next] = [next, zone.timeOf(expression.next().getTime())];
    return { start, next };
  } catch {
    // The parser found nothing within the years it looks through.
    return null;
  }
}
