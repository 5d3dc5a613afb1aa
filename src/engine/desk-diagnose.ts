import type { Person } from '../approval/person.ts';
import type { Settings } from '../config/settings.ts';
import type { Incident } from '../incident/incident.ts';
import { atRest, isOpen } from '../incident/phases.ts';
import type { Subject } from '../intake/alert.ts';
import { redactThenCut } from '../lib/cut.ts';
import { code, lines, named, type Said, say } from '../lib/text.ts';
import { shortened } from '../lib/text-read.ts';
import type { Progress, Reply } from './desk.ts';
import type { ClerkParts } from './desk-parts.ts';
import { stateOf } from './desk-phase.ts';
import { plain, servicesIn, span, threadLinks } from './desk-words.ts';

/** What a person saw is kept up to this length. */
const LONGEST = 1_000;

/** `/diagnose <service or free text>`. */
export async function diagnose(parts: ClerkParts, written: string, by: Person, once: string): Promise<Reply> {
  const text = redactThenCut(written.trim(), LONGEST, parts.redact);
  if (text === '' || text.toLowerCase() === 'help') return { text: diagnoseHelp(parts.settings) };
  const subject = subjectIn(text, parts.settings);
  const known = await parts.engine.receive({ type: 'diagnosis-requested', subject, by, text }, { once });
  const incident = 'incident' in known ? known.incident : null;
  const about = incident === null ? {} : { incident: incident.id };
  if (known.kind === 'refused') {
    const thread = incident === null ? null : (await threadLinks(parts, [incident]))(incident);
    const see = thread === null ? '' : say` See ${thread}.`;
    return {
      text: say`${shortened(known.reason, 400)}.${see}`,
      refused: true,
      ...about,
    };
  }
  const looking = say`Looking at ${named(plain(subject.name, 60))}. The findings go into the incident's thread.`;
  if (subject.kind === 'service') return { text: looking, ...about };
  return {
    text: say`That names no service I know, so there may be little to find. ${servicesIn(parts.settings)}\n${looking}`,
    ...about,
  };
}

function diagnoseHelp(settings: Settings): Said {
  return lines([
    say`Write ${code('/diagnose <service>')} or what you see in your own words, e.g. ${code('/diagnose catalog is slow')}.`,
    servicesIn(settings),
  ]);
}

/** The registered service that the text names first, or the text's first word as a target nobody has registered. */
export function subjectIn(text: string, settings: Settings): Subject {
  const name = firstNamed(text, settings, WHOLE) ?? firstNamed(text, settings, WITHIN);
  const service = name === null ? undefined : settings.services[name];
  if (name !== null && service !== undefined)
    return { kind: 'service', name, environment: service.environment };
  const [word] = text.split(/[\s,;:!?"'“”„‘’«»`*~()[\]{}<>]+/).filter((one) => /[A-Za-z0-9]/.test(one));
  const target = (word ?? text).replace(/^[._-]+|[._-]+$/g, '');
  return { kind: 'target', name: target || text, environment: settings.environment };
}

/** What may not stand beside a name: in a word of its own, and, where there is none, as a part of an address such as `shop.internal`. */
const WHOLE = { before: '(?<![A-Za-z0-9_-]|[A-Za-z0-9]\\.)', after: '(?![A-Za-z0-9_-]|\\.[A-Za-z0-9])' };
const WITHIN = { before: '(?<![A-Za-z0-9-])', after: '(?![A-Za-z0-9-])' };

function firstNamed(
  text: string,
  { services }: Settings,
  beside: { readonly before: string; readonly after: string },
): string | null {
  const found = Object.keys(services).flatMap((name) => {
    // Names of the registry hold nothing that a pattern would read, but the full stop.
    const pattern = new RegExp(`${beside.before}${name.replaceAll('.', '\\.')}${beside.after}`, 'i');
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
  const [incident, { now }] = await Promise.all([store.load(id), store.beat()]);
  if (incident === null) return null;
  return { text: progressLine(incident, now), settled: isSettled(incident) };
}

function progressLine(incident: Incident, now: number): Said {
  const { phase, milestones, round, evidence } = incident;
  if (phase.at === 'investigating') {
    const since = round === 1 ? ` (${span(now - milestones.opened)})` : '';
    const facts = phase.doing === 'asking' ? ` about ${evidence.length} facts` : '';
    return say`${stateOf(incident)}${facts}${since}`;
  }
  if (phase.at === 'closed') return say`${stateOf(incident)}: ${shortened(phase.reason, 400)}`;
  const cause = causeOf(incident);
  return cause === null ? stateOf(incident) : say`${cause}; ${stateOf(incident)}`;
}

function causeOf({ diagnosis }: Incident): string | null {
  const [best] = diagnosis?.hypotheses ?? [];
  if (diagnosis === null || best === undefined) return null;
  const sure = `${Math.round(best.confidence * 100)} % sure`;
  return diagnosis.conclusion.kind === 'cause'
    ? `cause: ${plain(best.cause, 200)}, ${sure}`
    : `no cause is certain, most likely ${plain(best.cause, 200)} (${sure})`;
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
