import { nameOf, toldOf } from './account.ts';
import type { ChaosRecord, Firing, KeptIncident, SentWebhook } from './record.ts';

const keyOf = ({ fingerprint, startsAt }: Firing) => `${fingerprint} of ${new Date(startsAt).toISOString()}`;

/** How long an alert may be kept back at most, with the time that it takes to hand it on while everything fails; milliseconds. */
const IN_THE_BAG = 30_000;

/** A firing in an incident: when it was taken in, and until when it belonged there. */
interface Taken {
  readonly kept: KeptIncident;
  readonly at: number;
  /** When its end was heard there; null where it was not. */
  readonly ended: number | null;
}

/**
 * Firings that were accepted and are in no incident, or in more than one. One that goes on after its incident closed may be heard
 * again, and then belongs to another; one that had ended may not.
 */
export function alertsAstray(record: ChaosRecord): readonly string[] {
  const taken = takenIn(record);
  const untold = untoldIn(record.incidents);
  return acceptedIn(record).flatMap((firing) => {
    const key = keyOf(firing);
    const homes = (taken.get(key) ?? []).toSorted((a, b) => a.at - b.at);
    if (homes.length > 0)
      return homes.slice(1).flatMap((next, index) => betweenHomes(key, homes[index] ?? next, next));
    const spare = untold.get(firing.fingerprint) ?? 0;
    if (spare > 0) untold.set(firing.fingerprint, spare - 1);
    const excused = spare > 0 || wasOldNews(record, firing) || endedInTheBag(record, key);
    return excused ? [] : [`${key} was accepted and is in no incident`];
  });
}

type Accepted = Firing & { readonly answered: number };

/** Every firing that was accepted, with when it first was. */
function acceptedIn({ webhooks }: ChaosRecord): readonly Accepted[] {
  const first = new Map<string, Accepted>();
  for (const { answered, alerts } of webhooks) {
    for (const alert of alerts) {
      const before = first.get(keyOf(alert))?.answered ?? Number.POSITIVE_INFINITY;
      if (alert.status === 'firing' && answered < before) first.set(keyOf(alert), { ...alert, answered });
    }
  }
  return [...first.values()];
}

/** It was late: something later about the same alert was known already, a newer beginning or an end after this one. */
function wasOldNews(
  { webhooks, unanswered }: ChaosRecord,
  { fingerprint, startsAt, answered }: Accepted,
): boolean {
  return [...webhooks, ...unanswered].some(
    ({ sent, alerts }) =>
      sent <= answered &&
      alerts.some(
        (other) =>
          other.fingerprint === fingerprint &&
          (other.status === 'firing' ? other.startsAt > startsAt : (other.endsAt ?? 0) >= startsAt),
      ),
  );
}

/** Beginnings that an incident counted without telling each: an alert that flaps is not told every time. By fingerprint. */
function untoldIn(incidents: readonly KeptIncident[]): Map<string, number> {
  const untold = new Map<string, number>();
  for (const kept of incidents) {
    for (const [fingerprint, { fires }] of Object.entries(kept.incident.alerts)) {
      const told = [...firingsOf(kept).keys()].filter((key) => key.startsWith(`${fingerprint} of `)).length;
      untold.set(fingerprint, (untold.get(fingerprint) ?? 0) + Math.max(0, fires - told));
    }
  }
  return untold;
}

/** What may be kept back, and ends before anybody needed to know of it, opens nothing. */
function endedInTheBag({ webhooks, unanswered }: ChaosRecord, key: string): boolean {
  const isAbout = ({ alerts }: SentWebhook) => alerts.some((alert) => keyOf(alert) === key);
  const ends = ({ alerts }: SentWebhook) =>
    alerts.some((alert) => alert.status === 'resolved' && keyOf(alert) === key);
  const about = webhooks.filter(isAbout);
  const begun = about.find(({ alerts }) => alerts.some(({ status }) => status === 'firing'));
  // An end that nobody answered may have been kept, and only the answer lost.
  const ended = [...about, ...unanswered].find(ends);
  return (
    about.every(({ mayWait }) => mayWait) &&
    begun !== undefined &&
    ended !== undefined &&
    ended.sent - begun.sent < IN_THE_BAG
  );
}

/** Alerts that are held to fire although their end was accepted after their beginning. */
export function firingForEver({ incidents, webhooks }: ChaosRecord): readonly string[] {
  const heard = webhooks.flatMap(({ sent, answered, alerts }) =>
    alerts.map((alert) => ({ ...alert, sent, answered })),
  );
  return incidents.flatMap((kept) => {
    if (kept.incident.phase.at === 'closed') return [];
    return Object.values(kept.incident.alerts).flatMap(({ alert }) => {
      if (alert.status !== 'firing') return [];
      const own = heard.filter(({ fingerprint }) => fingerprint === alert.fingerprint);
      const known = Math.min(
        ...own
          .filter(({ status }) => status === 'firing')
          .filter(({ startsAt }) => startsAt === alert.startsAt)
          .map(({ answered }) => answered),
      );
      const end = own.find(
        ({ status, endsAt, sent }) =>
          status === 'resolved' && (endsAt ?? 0) >= alert.startsAt && sent > known,
      );
      return end === undefined ? [] : [`${keyOf(alert)} has ended, and ${nameOf(kept)} takes it for firing`];
    });
  });
}

function betweenHomes(key: string, home: Taken, next: Taken): readonly string[] {
  const closed = home.kept.incident.milestones.closed ?? Number.POSITIVE_INFINITY;
  if (next.at < closed) return [`${key} is in ${nameOf(home.kept)} and ${nameOf(next.kept)} at once`];
  if (home.ended !== null && home.ended <= next.at)
    return [`${key} had ended in ${nameOf(home.kept)}, and is in ${nameOf(next.kept)} again`];
  return [];
}

function takenIn({ incidents }: ChaosRecord): ReadonlyMap<string, readonly Taken[]> {
  const taken = new Map<string, Taken[]>();
  for (const kept of incidents) {
    for (const [key, at] of firingsOf(kept)) {
      const known = taken.get(key) ?? [];
      taken.set(key, [...known, { kept, at, ended: endOf(kept, key) }]);
    }
  }
  return taken;
}

/** What an incident says it took in, each once, with when. */
function firingsOf({ incident, timeline, crowd }: KeptIncident): ReadonlyMap<string, number> {
  const firings = new Map<string, number>();
  const take = (firing: Firing, at: number) => {
    if (!firings.has(keyOf(firing))) firings.set(keyOf(firing), at);
  };
  for (const { at, happening } of timeline) {
    if (happening.kind === 'opened') for (const alert of happening.alerts) take(alert, at);
    if (happening.kind === 'alert-attached' || happening.kind === 'alert-refired') take(happening.alert, at);
  }
  for (const { alert, heardAt } of Object.values(incident.alerts))
    if (alert.status === 'firing') take(alert, heardAt);
  for (const firing of crowd) take(firing, incident.milestones.opened);
  return firings;
}

function endOf({ timeline }: KeptIncident, key: string): number | null {
  const end = toldOf(timeline, 'alert-resolved').find(({ happening }) => keyOf(happening.alert) === key);
  return end?.at ?? null;
}
