import type { Subject } from '../../alerts/alert.ts';
import type { Person } from '../../approval/person.ts';
import type { Settings } from '../../config/settings.ts';
import type { Incident } from '../../incident/model/incident.ts';
import { atRest, isOpen } from '../../incident/model/phases.ts';
import { literally } from '../../lib/pattern.ts';
import { redactThenCut } from '../../lib/text/cut.ts';
import { nearest } from '../../lib/text/nearest.ts';
import { code, lines, listed, named, type Said, say } from '../../lib/text/text.ts';
import { shortened } from '../../lib/text/text-read.ts';
import type { Progress, Reply } from '../desk.ts';
import type { ClerkParts } from '../parts.ts';
import { stateOf } from '../phase.ts';
import { plain, quoted, servicesIn, span, threadLinks } from '../words.ts';
import { openIncidents } from './status.ts';

/** What a person saw is kept up to this length. */
const LONGEST = 1_000;

/** `/diagnose <service or free text>`. */
export async function diagnose(parts: ClerkParts, written: string, by: Person, once: string): Promise<Reply> {
  const text = redactThenCut(written.trim(), LONGEST, parts.redact);
  if (text === '' || text.toLowerCase() === 'help') return { text: diagnoseHelp(parts.settings) };
  const open = await openIncidents(parts);
  const subject = subjectIn(text, parts.settings, open);
  if (subject === null) return { text: unknown(text, parts.settings, open), refused: true };
  const known = await parts.engine.receive({ type: 'diagnosis-requested', subject, by, text }, { once });
  const incident = 'incident' in known ? known.incident : null;
  const about = incident === null ? {} : { incident: incident.id };
  if (known.kind === 'refused') {
    const see = incident === null ? '' : say` ${await whereToRead(parts, incident)}`;
    return {
      text: say`${shortened(known.reason, 400)}.${see}`,
      refused: true,
      ...about,
    };
  }
  return {
    text: say`Looking at ${named(plain(subject.name, 60))}. The findings go into the incident's thread.`,
    ...about,
  };
}

/** How far the incident is that is open already, and where that is told. */
async function whereToRead(parts: ClerkParts, incident: Incident): Promise<Said> {
  const [{ now }, threadOf] = await Promise.all([parts.store.heartbeat(), threadLinks(parts, [incident])]);
  const thread = threadOf(incident);
  const see = thread === null ? '' : say` See ${thread}.`;
  return say`Open for ${span(now - incident.milestones.opened)}: ${stateOf(incident)}.${see}`;
}

/** Nothing is opened for a slip of the pen: whoever made it learns what they may have meant. */
function unknown(text: string, settings: Settings, open: readonly Incident[]): Said {
  const names = [...Object.keys(settings.services), ...open.map(({ subject }) => subject.name)];
  const meant = nearestTo(text, [...new Set(names)]).map((name) => code(plain(name, 60)));
  const hint = meant.length > 0 ? say`Did you mean ${listed(meant, 'or')}?` : servicesIn(settings);
  return say`I know no service, host or open incident named in ${quoted(text)}. ${hint}`;
}

/** So many names are offered. */
const OFFERED = 3;

/** Names that somebody may have meant by one of their words. */
function nearestTo(text: string, names: readonly string[]): readonly string[] {
  const words = (text.match(/[\w.-]{3,}/g) ?? []).slice(0, 20);
  const meant = words.flatMap((word) => {
    const near = nearest(word, names);
    return near === null
      ? []
      : [near, ...names.filter((name) => name.toLowerCase().startsWith(word.toLowerCase()))];
  });
  return [...new Set(meant)].slice(0, OFFERED);
}

function diagnoseHelp(settings: Settings): Said {
  return lines([
    say`Write ${code('/diagnose <service>')} or what you see in your own words, e.g. ${code('/diagnose catalog is slow')}.`,
    servicesIn(settings),
  ]);
}

/**
 * What the text is about: the subject of an open incident, a registered service, or a host that runs one, whichever it names first; null
 * where it names none of them. An incident that is open about the service goes before the service.
 *
 * @param open the newest first
 */
export function subjectIn(text: string, settings: Settings, open: readonly Incident[]): Subject | null {
  const known = knownSubjects(settings, open);
  const named = firstNamed(text, [...known.keys()], WHOLE) ?? firstNamed(text, [...known.keys()], WITHIN);
  return named === null ? null : (known.get(named) ?? null);
}

/** What can be named, and what is meant by it. */
function knownSubjects(settings: Settings, open: readonly Incident[]): ReadonlyMap<string, Subject> {
  const { environment, services } = settings;
  const hosts = Object.values(services).flatMap(({ hosts: names }) => names);
  const asService = Object.entries(services).map(
    ([name, service]) => [name, { kind: 'service', name, environment: service.environment }] as const,
  );
  return new Map<string, Subject>([
    ...hosts.map((name) => [name, { kind: 'target', name, environment }] as const),
    // What alerts of an open incident are called; the newest incident, which comes last, has the word.
    ...open
      .toReversed()
      .flatMap(({ subject, alerts }) =>
        Object.values(alerts).map(({ alert }) => [alert.name, subject] as const),
      ),
    ...asService,
    ...open.toReversed().map(({ subject }) => [subject.name, subject] as const),
  ]);
}

/** What may not stand beside a name: in a word of its own, and, where there is none, as a part of an address such as `shop.internal`. */
const WHOLE = { before: '(?<![A-Za-z0-9_-]|[A-Za-z0-9]\\.)', after: '(?![A-Za-z0-9_-]|\\.[A-Za-z0-9])' };
const WITHIN = { before: '(?<![A-Za-z0-9-])', after: '(?![A-Za-z0-9-])' };

function firstNamed(
  text: string,
  names: readonly string[],
  beside: { readonly before: string; readonly after: string },
): string | null {
  const found = names.flatMap((name) => {
    const pattern = new RegExp(`${beside.before}${literally(name)}${beside.after}`, 'i');
    const at = text.search(pattern);
    return at === -1 ? [] : [{ name, at }];
  });
  const [first] = found.toSorted((one, other) => one.at - other.at || other.name.length - one.name.length);
  return first?.name ?? null;
}

/** As many as a list of choices takes. */
const CHOICES = 100;

/** Names of registered services for somebody who writes one: those that begin with the text, then those that hold it. */
export function servicesLike(text: string, { services }: Settings): readonly string[] {
  const wanted = text.trim().toLowerCase();
  const names = Object.keys(services).toSorted();
  const begin = names.filter((name) => name.toLowerCase().startsWith(wanted));
  const hold = names.filter((name) => name.toLowerCase().includes(wanted) && !begin.includes(name));
  return [...begin, ...hold].slice(0, CHOICES);
}

/** How far an incident is, in a line for somebody who waits for it. */
export async function progress({ store }: Pick<ClerkParts, 'store'>, id: string): Promise<Progress | null> {
  const [incident, { now }] = await Promise.all([store.load(id), store.heartbeat()]);
  if (incident === null) return null;
  return { text: progressLine(incident, now), settled: isSettled(incident) };
}

/** @param now epoch milliseconds */
export function progressLine(incident: Incident, now: number): Said {
  const { phase, milestones, round, evidence } = incident;
  if (phase.at === 'investigating') {
    const since = round === 1 ? ` (${span(now - milestones.opened)})` : '';
    const facts = phase.doing === 'asking' ? ` about ${evidence.length} facts` : '';
    return say`${stateOf(incident)}${facts}${since}`;
  }
  const cause = causeOf(incident);
  if (phase.at === 'closed' && phase.how === 'answered')
    return cause === null
      ? say`${named(plain(incident.subject.name, 60))} ${shortened(phase.reason, 400)}`
      : say`${cause}; ${shortened(phase.reason, 400)}`;
  if (phase.at === 'closed') return say`${stateOf(incident)}: ${shortened(phase.reason, 400)}`;
  return cause === null ? stateOf(incident) : say`${cause}; ${stateOf(incident)}`;
}

function causeOf({ diagnosis }: Incident): string | null {
  const [best] = diagnosis?.hypotheses ?? [];
  if (diagnosis === null || best === undefined) return null;
  const cause = plain(best.cause, 200).replace(/\.$/, '');
  const sure = `${Math.round(best.confidence * 100)} % sure`;
  return diagnosis.conclusion.kind === 'cause'
    ? `cause: ${cause}, ${sure}`
    : `no cause is certain, most likely ${cause} (${sure})`;
}

/** Whether whoever waits has the answer, or nothing more comes until a person acts. */
function isSettled(incident: Incident): boolean {
  const { phase, diagnosis } = incident;
  if (!isOpen(incident) || atRest(incident)) return true;
  switch (phase.at) {
    case 'investigating':
    case 'preparing':
      return false;
    case 'waiting':
      return phase.for === 'approval' || phase.held !== null || diagnosis !== null;
    default:
      return diagnosis !== null;
  }
}
