import type { Alert } from './alert.ts';

/**
 * Whether what is heard of an alert takes the place of what was heard of it before. Webhooks may come out of order: the end of an earlier
 * beginning ends no later one, and what has ended does not fire again by an old word.
 */
export function supersedes(alert: Alert, known: Alert): boolean {
  if (alert.status === 'resolved') return known.status === 'resolved' || endOf(alert) >= known.startsAt;
  return alert.startsAt >= (known.status === 'resolved' ? endOf(known) : known.startsAt);
}

function endOf({ endsAt }: Alert): number {
  return endsAt ?? Number.POSITIVE_INFINITY;
}
