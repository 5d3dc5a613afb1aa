import { firingAlerts, type Incident } from '../../../../../incident/model/incident.ts';
import type { Message } from '../service.ts';
import { counted, section, words } from '../text.ts';
import { all, last, type ThreadSection } from '../thread/thread-section.ts';

/** How many of the most frequent names are shown. */
const MOST_NAMES = 10;

/** How many alerts an incident has, and how many of them fire: those held in full and those that are only counted. */
export function alertCounts(incident: Incident): { readonly total: number; readonly firing: number } {
  const { alerts, crowd } = incident;
  return {
    total: Object.keys(alerts).length + crowd.total,
    firing: firingAlerts(incident).length + crowd.firing,
  };
}

/** `120 × HighLatency`, the most frequent first, of all alerts of an incident. */
export function namesIn({ alerts, crowd }: Incident): string[] {
  const names = new Map(Object.entries(crowd.names));
  for (const { alert } of Object.values(alerts)) names.set(alert.name, (names.get(alert.name) ?? 0) + 1);
  return listed(names);
}

function listed(names: ReadonlyMap<string, number>): string[] {
  const sorted = [...names].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const shown = sorted.slice(0, MOST_NAMES).map(([name, count]) => `${count} × *${words(name, 80)}*`);
  const left = sorted.length - shown.length;
  return left > 0 ? [...shown, `${counted(left, 'other name')}`] : shown;
}

/** The alerts that are only counted, as they stand now. */
export function crowdMessage(chapter: ThreadSection): Message {
  const counts = all(chapter, 'alerts-counted');
  const sum = (what: 'attached' | 'refired' | 'resolved') =>
    counts.reduce((total, count) => total + count[what], 0);
  const { total = 0, firing = 0, names = {} } = last(chapter, 'alerts-counted')?.crowd ?? {};
  const text = `${counted(total, 'more alert')}, ${firing} of them firing`;
  return {
    text,
    blocks: [
      section(
        `:bell: *${text}*, counted, not listed`,
        `${sum('attached')} joined · ${sum('refired')} fired again · ${sum('resolved')} resolved`,
        listed(new Map(Object.entries(names))).join(' · '),
      ),
    ],
  };
}
