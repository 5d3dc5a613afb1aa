import type { Guest, Incident } from '../../../incident/incident.ts';
import { all, type Chapter, last } from './chapter.ts';
import type { Host, Message } from './service.ts';
import { code, context, section, sections, span, time, words } from './text.ts';

/** Whose thread this incident is told in, and why there. */
export function linkedMessage(chapter: Chapter, incident: Incident, host: Host | null): Message {
  const link = last(chapter, 'linked')?.link;
  const line =
    link?.kind === 'relapse' ? relapseLine(incident, host) : neighbourLine(incident, host, link?.incident);
  const other = host === null ? '' : ` as ${words(host.subject, 100)}`;
  const [said, emoji] =
    link?.kind === 'relapse' ? ['is back', ':repeat:'] : [`alerts as well${other}, in one thread`, ':link:'];
  return {
    named: true,
    text: `${words(incident.subject.name, 100)}: ${said}`,
    blocks: [section(`${emoji} ${line}`)],
  };
}

function neighbourLine({ subject }: Incident, host: Host | null, id = ''): string {
  const other = host === null ? code(id, 80) : `*${words(host.subject, 100)}* (${code(host.incident, 80)})`;
  return `*${words(subject.name, 100)}* alerts along with its neighbour ${other}. One cause may be behind both, so both are in this thread.`;
}

function relapseLine(incident: Incident, host: Host | null): string {
  const name = `*${words(incident.subject.name, 100)}*`;
  if (host === null || host.closed === null || !isReturnOf(host, incident))
    return `${name} is back shortly after it ended.`;
  const after = span(Math.max(0, incident.milestones.opened - host.closed));
  return `${name} is back ${after} after it ended (${code(host.incident, 80)}).`;
}

/** Who else is told in this incident's thread, one line each. */
export function guestsMessage(chapter: Chapter): Message {
  const lines = all(chapter, 'guest-came').map(
    ({ at, guest }) => `${time(at)} :link: *${nameOf(guest)}* alerts as well (${code(guest.incident, 80)})`,
  );
  const newest = last(chapter, 'guest-came')?.guest;
  return {
    text: newest ? `${nameOf(newest)} is in this thread too` : 'Another incident is in this thread too',
    blocks: [
      ...sections(lines.slice(-20)),
      ...context('Each has its own card in this thread; its messages carry its name.'),
    ],
  };
}

/** Its end did not last: which incident shows that. */
export function didNotLastMessage(chapter: Chapter, incident: Incident): Message {
  const told = last(chapter, 'did-not-last');
  const healed = incident.phase.at === 'closed' && incident.phase.how === 'healed';
  const what = healed ? 'the fix did not last' : 'it was not over';
  const line = `*${words(incident.subject.name, 100)}* fires again: ${what}. It continues in this thread as ${code(told?.as ?? '', 80)}.`;
  return { text: line, blocks: [section(`:repeat: ${line}`)] };
}

/** For the card: who is told in its thread, and where it goes on when its end did not last. */
export function companyOf({ guests, relapsed }: Incident): string[] {
  const neighbours = guests.filter(({ kind }) => kind === 'neighbour');
  const shown = neighbours.slice(0, 10).map((guest) => `*${nameOf(guest)}*`);
  const more = neighbours.length > 10 ? ` and ${neighbours.length - 10} more` : '';
  return [
    ...(relapsed === null
      ? []
      : [`:repeat: It did not last: it continues in this thread as ${code(relapsed, 80)}`]),
    ...(shown.length > 0 ? [`:link: Also in this thread: ${shown.join(', ')}${more}`] : []),
  ];
}

/** Whether it is the owner of the thread that is back, and not something else that was told there. */
function isReturnOf({ subject, relapsed }: Host, incident: Incident): boolean {
  return subject === incident.subject.name && (relapsed === null || relapsed === incident.id);
}

/** For the card: whose thread it stands in. */
export function hostLine({ link }: Incident, host: Host | null): string[] {
  if (link === null) return [];
  if (link.kind === 'relapse') return [':repeat: Back shortly after it ended; continues in the same thread'];
  const other =
    host === null ? code(link.incident, 80) : `*${words(host.subject, 100)}* (${code(link.incident, 80)})`;
  return [`:link: Neighbour of ${other}, which alerts too; told in that thread`];
}

/** The name of a subject, which may be given by its key. */
function nameOf({ subject }: Guest): string {
  return words(subject.replace(/^[^/]+\/(service|target|storm)\//, ''), 100);
}
