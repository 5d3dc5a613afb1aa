import type { Alert } from '../../../../alerts/alert.ts';
import type { Inquest } from '../alert/inquest.ts';
import { matchOf } from '../alert/match.ts';
import type { AlertRule } from '../client.ts';
import { contradiction, type Identity, type Place } from '../place.ts';

/** Times are told in nanoseconds by the one side and in milliseconds by the other. */
const ROUNDING = 3;

/**
 * Finds where an alert comes from by when it began, where neither its link nor external labels tell: a Prometheus that was not told its own
 * address puts its host's name in links, which nobody configured. Its own server has the very same alert active, with all of its labels,
 * since an evaluation that fits its beginning to the millisecond; another cluster with the same rule evaluates it at other moments.
 */
export async function placeByMoment(alert: Alert, inquest: Inquest, otherwise: Place): Promise<Place> {
  if (otherwise.kind !== 'nowhere') return otherwise;
  const own = await Promise.all(
    inquest.identities.map(async (server): Promise<readonly Identity[]> => {
      if (contradiction(server.externalLabels, alert.labels) !== null) return [];
      const rules = await inquest
        .of(server)
        .rules()
        .catch((): readonly AlertRule[] => []);
      const match = matchOf(alert, rules, server, 'labels');
      return match.kind === 'active' && isSince(match.active, alert.startsAt) ? [server] : [];
    }),
  );
  const [server, another] = own.flat();
  return server === undefined || another !== undefined
    ? otherwise
    : { kind: 'settled', by: 'labels', servers: [server] };
}

/** Whether an alert that became active then, and fires once its rule's `for` has passed, began to fire at `startsAt`. Pure. */
export function isSince(
  {
    rule: { duration, interval },
    activeAt,
  }: { readonly rule: Pick<AlertRule, 'duration' | 'interval'>; readonly activeAt: string | undefined },
  startsAt: number,
): boolean {
  const active = Date.parse(activeAt ?? '');
  if (!Number.isFinite(active) || !Number.isFinite(startsAt) || interval === null || interval <= 0)
    return false;
  const after = startsAt - active;
  const wait = duration * 1000;
  if (after < wait - ROUNDING || after > wait + interval + ROUNDING) return false;
  const evaluations = Math.round(after / interval);
  return Math.abs(after - evaluations * interval) <= ROUNDING;
}
