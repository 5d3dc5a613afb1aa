import type { Follows, Guest, Incident } from '../../../incident/incident.ts';
import { all, type Chapter, last } from './chapter.ts';
import type { Host, Message } from './service.ts';
import { code, context, link as linkTo, section, sections, span, time, words } from './text.ts';

/** Whose thread this incident is told in, and why there. That it is back in it stands on its card. */
export function linkedMessage(chapter: Chapter, incident: Incident, host: Host | null): Message {
  const link = last(chapter, 'linked')?.link;
  const other = host === null ? '' : ` as ${words(host.subject, 100)}`;
  return {
    named: true,
    text: `${words(incident.subject.name, 100)}: alerts as well${other}, told in one thread`,
    blocks: [section(`:link: ${neighbourLine(incident, host, link?.incident)}`)],
  };
}

function neighbourLine({ subject }: Incident, host: Host | null, id = ''): string {
  const other = host === null ? code(id, 80) : `*${words(host.subject, 100)}* (${code(host.incident, 80)})`;
  return `*${words(subject.name, 100)}* alerts as well as ${other}. They are neighbours: one cause may be behind both, so both are told in this thread.`;
}

function relapseLine(incident: Incident, host: Host | null): string {
  const nth = incident.link?.nth ?? 1;
  const again = nth > 1 ? ` It is the ${ordinal(nth)} time in this thread.` : '';
  if (host === null || host.closed === null || !isReturnOf(host, incident))
    return `It was over a short while ago and is back: that did not last.${again}`;
  const after = span(Math.max(0, incident.milestones.opened - host.closed));
  return `It is back: it was over ${after} before this (${code(host.incident, 80)}), and that did not last.${again}`;
}

function ordinal(nth: number): string {
  return nth === 2 ? '2nd' : nth === 3 ? '3rd' : `${nth}th`;
}

/** Who else is told in this incident's thread, one line each. */
export function guestsMessage(chapter: Chapter): Message {
  const lines = all(chapter, 'guest-came').map(
    ({ at, guest }) => `${time(at)} :link: *${nameOf(guest)}* alerts as well (${code(guest.incident, 80)})`,
  );
  const newest = last(chapter, 'guest-came')?.guest;
  return {
    text: newest ? `${nameOf(newest)} is told in this thread as well` : 'Told in this thread as well',
    blocks: [
      ...sections(lines.slice(-20)),
      ...context('Each has a card of its own in this thread, and its messages bear its name.'),
    ],
  };
}

/** Its end did not last: which incident shows that. */
export function didNotLastMessage(chapter: Chapter, incident: Incident): Message {
  const told = last(chapter, 'did-not-last');
  const healed = incident.phase.at === 'closed' && incident.phase.how === 'healed';
  const what = healed ? 'what had helped did not last' : 'its end did not last';
  const line = `*${words(incident.subject.name, 100)}* fires again: ${what}. It goes on in a thread of its own as ${code(told?.as ?? '', 80)}.`;
  return { text: line, blocks: [section(`:repeat: ${line}`)] };
}

/** For the card: who is told in its thread, and where it goes on when its end did not last. */
export function companyOf({ guests, relapsed }: Incident): string[] {
  const neighbours = guests.filter(({ kind }) => kind === 'neighbour');
  const shown = neighbours.slice(0, 10).map((guest) => `*${nameOf(guest)}*`);
  const more = neighbours.length > 10 ? ` and ${neighbours.length - 10} more` : '';
  return [
    ...(relapsed === null ? [] : [`:repeat: It did not last: it goes on as ${code(relapsed, 80)}`]),
    ...(shown.length > 0 ? [`:link: Also in this thread: ${shown.join(', ')}${more}`] : []),
  ];
}

/** Whether it is the owner of the thread that is back, and not something else that was told there. */
function isReturnOf({ subject, relapsed }: Host, incident: Incident): boolean {
  return subject === incident.subject.name && (relapsed === null || relapsed === incident.id);
}

/**
 * For the card: whose thread it stands in, or which came before it.
 *
 * @param former address of the thread before; null where nobody knows it
 */
export function hostLine(incident: Incident, host: Host | null, former: string | null): string[] {
  const { link, follows } = incident;
  if (follows !== undefined) return [followsLine(follows, former)];
  if (link === null) return [];
  if (link.kind === 'relapse') return [`:repeat: ${relapseLine(incident, host)}`];
  const other =
    host === null ? code(link.incident, 80) : `*${words(host.subject, 100)}* (${code(link.incident, 80)})`;
  return [`:link: A neighbour of ${other}, which alerts as well; told in its thread`];
}

function followsLine({ incident, times }: Follows, former: string | null): string {
  const thread = former === null ? code(incident, 80) : linkTo(former, 'the thread before');
  return `:repeat: It is back for the ${ordinal(times + 1)} time, and has a thread of its own now; what was before is in ${thread}`;
}

/** The name of a subject, which may be given by its key. */
function nameOf({ subject }: Guest): string {
  return words(subject.replace(/^[^/]+\/(service|target|storm)\//, ''), 100);
}
