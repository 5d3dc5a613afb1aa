import { CronExpressionParser } from 'cron-parser';
import type { Settings } from '../config/settings.ts';
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

function findTurn({ cron, timezone }: Recurring, now: number): Turn | null {
  const expression = CronExpressionParser.parse(cron, { currentDate: new Date(now), tz: timezone });
  /** The parser throws where it finds nothing for many years. */
  const look = (way: 'prev' | 'next', from: number) => {
    expression.reset(new Date(from));
    try {
      return expression[way]().getTime();
    } catch {
      return way === 'prev' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    }
  };
  /** Of an hour that the clocks repeat, the parser sees the first looking ahead and both looking back. */
  const following = (start: number) => {
    let next = look('next', start);
    if (next === Number.POSITIVE_INFINITY) return next;
    for (let other = look('prev', next); other > start; other = look('prev', next)) next = other;
    return next;
  };
  let start = look('prev', now + 1);
  if (start === Number.NEGATIVE_INFINITY) return null;
  let next = following(start);
  // A start in an hour that the clocks leave out comes right after it, which the parser sees only looking ahead.
  while (next <= now) [start, next] = [next, following(next)];
  return { start, next };
}
