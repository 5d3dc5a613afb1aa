import type { QuietHours } from '../../config/settings.ts';
import { type Zone, zoneOf } from '../../lib/zone.ts';
import type { Risk } from '../../playbooks/manifest.ts';
import type { Incident } from '../model/incident.ts';
import type { TimelineEntry, TimelineEvent } from '../model/timeline.ts';

/**
 * How loudly something is told:
 *
 * - `call`: those who are needed are mentioned, and the channel sees it
 * - `ask`: those who may decide are mentioned, in the thread
 * - `announce`: the channel sees it, and nobody is mentioned
 * - `quiet`: the thread tells it, and the card is edited
 */
export type NotificationLevel = 'call' | 'ask' | 'announce' | 'quiet';

/**
 * How loudly a happening is told, by what the record said then: told again later, it is as loud. A fix that failed or was undone
 * always ends in a call for a person, so that this call is the one message about it; and what did not last opens an incident whose
 * own card says so.
 */
export function notificationLevel(
  happening: TimelineEvent,
  timeline: readonly TimelineEntry[],
): NotificationLevel {
  switch (happening.kind) {
    case 'escalated':
    case 'reminded':
    case 'call-dropped':
    case 'call-handed':
      return 'call';
    case 'called':
      return happening.who.length > 0 ? 'call' : 'quiet';
    case 'approval-asked':
      return 'ask';
    case 'closed':
      return happening.how === 'healed' && (lastTier(timeline) ?? 'low') !== 'low' ? 'announce' : 'quiet';
    default:
      return 'quiet';
  }
}

/**
 * How loudly the card of an incident is told that stands in another one's thread. No plan is known when it opens, so that in quiet
 * hours whatever is not critical counts as what Medic may mend by itself.
 */
export function cardLevel(incident: Incident, hours: QuietHours | null): NotificationLevel {
  const { opened } = incident.milestones;
  return openingSeverity(incident) !== 'critical' && inQuietHours(hours, opened) ? 'quiet' : 'announce';
}

/** How severe an incident was when it opened: what has joined since does not move it elsewhere. */
export function openingSeverity({ alerts, severity, milestones }: Incident): Incident['severity'] {
  const first = Object.values(alerts)
    .filter(({ heardAt }) => heardAt <= milestones.opened)
    .map(({ alert }) => alert.severity);
  return (['critical', 'warning', 'info'] as const).find((one) => first.includes(one)) ?? severity;
}

/** The tier of the fix that ran last; null where none has run. */
function lastTier(timeline: readonly TimelineEntry[]): Risk | null {
  const told = timeline.map(({ happening }) => happening);
  const ran = told.findLast(
    (one): one is Extract<TimelineEvent, { kind: 'started' }> =>
      one.kind === 'started' && one.attempt.purpose === 'fix',
  );
  // A plan may have been decided anew, and ran by what was decided last.
  const planned = told.findLast(
    (one): one is Extract<TimelineEvent, { kind: 'planned' }> =>
      one.kind === 'planned' && one.plan.id === ran?.plan,
  );
  return planned?.verdict.tier.effective ?? null;
}

const zones = new Map<string, Zone>();

/** Whether a time (epoch milliseconds) lies within the quiet hours, of which the last minute is the one before `to`. */
export function inQuietHours(hours: QuietHours | null, at: number): boolean {
  if (hours === null) return false;
  const zone = zones.get(hours.timezone) ?? zoneOf(hours.timezone);
  zones.set(hours.timezone, zone);
  const shown = new Date(zone.shownAt(at));
  const minute = shown.getUTCHours() * 60 + shown.getUTCMinutes();
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)];
  return from <= to ? from <= minute && minute < to : from <= minute || minute < to;
}

function minutesOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
}
