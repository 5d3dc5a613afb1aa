import type { Chance } from '../chaos/world/random.ts';
import type { Moment } from './lives.ts';

/** A text in which one thing is another than it was. */
export interface Mutation {
  readonly kind: Kind;
  readonly was: string;
  readonly is: string;
  readonly text: string;
}

export const KINDS = ['number', 'span', 'time', 'name of nobody', 'name of another', 'verdict'] as const;
export type Kind = (typeof KINDS)[number];

/** What no reader takes for a number or a name: marks of Slack's, addresses, emoji, and ids, which have numbers in them. */
const MARKS = /<[^>]*>|:[a-z_]+:|https?:\S+|`[^`]*`/g;

/** Words that say the opposite, or another end. */
const OTHERWISE: readonly (readonly [RegExp, string])[] = [
  [/(?<=^:\w+: )good(?=: )/gm, 'bad'],
  [/(?<=^:\w+: )bad(?=: )/gm, 'good'],
  [/\bRecovery proven\b/g, 'Not recovered'],
  [/\bNot recovered\b/g, 'Recovery proven'],
  [/\bFinished(?= after)/g, 'Failed'],
  [/\bFailed(?= after)/g, 'Finished'],
  [/\bNeeds a person(?=: )/g, 'Resolved'],
  [/\bResolved(?= in |: )/g, 'Needs a person'],
  [/\bRecovered by itself\b/g, 'Resolved'],
  [/\bWell again\b/g, 'Recovered by itself'],
  [/\b(?:Fixing|Investigating|Checking once more|Proving recovery)(?=: )/g, 'Undoing'],
  [/\bdid not help\b/g, 'helped: recovery proven'],
  [/\bapproved by\b/gi, 'rejected by'],
  [/\bcancelled by\b/gi, 'held by'],
  [/\bheld by\b/gi, 'cancelled by'],
  [/(?<=\*)Critical(?=:\*)/g, 'Warning'],
  [/(?<=\*)Warning(?=:\*)/g, 'Info'],
  [/(?<=\()critical(?=\))/g, 'info'],
  [/(?<=Tier )low/gi, 'high'],
  [/(?<=Tier )(?:medium|high)/gi, 'low'],
  [/(?<=· )ok$/gm, 'failed'],
];

/** One mutation of a text, by chance; null where the text has nothing of that kind. */
export function mutated(text: string, moment: Moment, kind: Kind, chance: Chance): Mutation | null {
  const places = placesOf(text, moment, kind, chance);
  if (places.length === 0) return null;
  const { at, was, is } = chance.pick(places as [Place, ...Place[]]);
  return { kind, was, is, text: text.slice(0, at) + is + text.slice(at + was.length) };
}

interface Place {
  readonly at: number;
  readonly was: string;
  readonly is: string;
}

function placesOf(text: string, moment: Moment, kind: Kind, chance: Chance): readonly Place[] {
  const plain = text.replace(MARKS, (mark) => ' '.repeat(mark.length));
  const all = (where: string, says: RegExp, is: (was: string) => string): readonly Place[] =>
    [...where.matchAll(says)].map((found) => ({ at: found.index, was: found[0], is: is(found[0]) }));
  switch (kind) {
    case 'number':
      return all(plain, /(?<![\w.,:/@-])\d+(?![\w.,:/@-]*[\w])(?! (?:ms|s|min|h|days?)\b)/g, (was) =>
        another(was, chance),
      );
    case 'span':
      return all(plain, /(?<![\w.,:/@-])\d+(?:\.\d)?(?= (?:ms|s|min|h)\b)/g, (was) => another(was, chance));
    case 'time':
      return all(text, /<!date\^\d+/g, (was) => `<!date^${Number(was.slice(7)) + chance.between(1, 9_999)}`);
    case 'name of nobody':
      return namesIn(text, moment).map((place) => ({
        ...place,
        is: place.was.startsWith('U') ? 'UMALLORY' : 'billing-7',
      }));
    case 'name of another':
      return namesIn(text, moment).flatMap((place) => {
        const others = peopleAndPlaces(moment).filter(
          (name) => name !== place.was && isId(name) === isId(place.was),
        );
        return others.length === 0 ? [] : [{ ...place, is: chance.pick(others as [string, ...string[]]) }];
      });
    case 'verdict':
      return OTHERWISE.flatMap(([says, is]) => all(text, says, () => is));
    default:
      return kind satisfies never;
  }
}

function another(was: string, chance: Chance): string {
  const next = chance.pick([Number(was) + 1, Number(was) * 10 + 3, Number(was) + chance.between(2, 5_000)]);
  return String(Math.round(next * 10) / 10);
}

const isId = (name: string) => /^[US][A-Z0-9]{2,}$/.test(name);

/** Services, hosts, playbooks, alerts and people of a record. */
function peopleAndPlaces({ incident, events, catalog }: Moment): readonly string[] {
  const people = events.flatMap((event) => ('by' in event ? [event.by.id] : []));
  const targets = incident.attempts.flatMap(({ targets: all }) => all);
  const alerts = Object.values(incident.alerts).map(({ alert }) => alert.name);
  return [...new Set([incident.subject.name, ...targets, ...alerts, ...catalog.keys(), ...people])];
}

function namesIn(text: string, moment: Moment): readonly Omit<Place, 'is'>[] {
  return peopleAndPlaces(moment).flatMap((name) =>
    [
      ...text.matchAll(
        new RegExp(`(?<![\\w./@=%-])${name.replaceAll(/[^\w\s]/g, '\\$&')}(?![\\w./=%-])`, 'g'),
      ),
    ].map((found) => ({
      at: found.index,
      was: name,
    })),
  );
}
