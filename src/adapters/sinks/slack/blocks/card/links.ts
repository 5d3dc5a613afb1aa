import type { Follows, Incident, LinkedIncident } from '../../../../../incident/model/incident.ts';
import type { Message, PrimaryIncident } from '../service.ts';
import { code, context, link as linkTo, section, sections, span, time, words } from '../text.ts';
import { all, last, type ThreadSection } from '../thread/thread-section.ts';

/** Whose thread this incident is told in, and why there. That it is back in it stands on its card. */
export function linkedMessage(
  chapter: ThreadSection,
  incident: Incident,
  host: PrimaryIncident | null,
): Message {
  const link = last(chapter, 'linked')?.link;
  const name = link?.of?.subject ?? host?.subject;
  const other = name === undefined ? '' : ` as ${words(name, 100)}`;
  const alerts = overAt(incident, host) === null ? 'alerts' : 'alerted';
  return {
    named: true,
    text: `${words(incident.subject.name, 100)}: ${alerts} as well${other}, in one thread`,
    blocks: [section(`:link: ${neighbourLine(incident, host, link?.incident)}`)],
  };
}

/** The neighbour that was really open, by its name where that is known; the thread may be another one's. */
function neighbourOf({ link }: Incident, host: PrimaryIncident | null, id: string): string {
  if (link?.of !== undefined) return `*${words(link.of.subject, 100)}* (${code(link.of.incident, 80)})`;
  return host === null ? code(id, 80) : `*${words(host.subject, 100)}* (${code(host.incident, 80)})`;
}

/** When the neighbour was over; null as long as it is not. */
function overAt({ link }: Incident, host: PrimaryIncident | null): number | null {
  return link?.over ?? (link?.of === undefined ? (host?.closed ?? null) : null);
}

function neighbourLine(incident: Incident, host: PrimaryIncident | null, id = ''): string {
  const { subject } = incident;
  const other = neighbourOf(incident, host, id);
  const over = overAt(incident, host);
  if (over !== null)
    return `*${words(subject.name, 100)}* alerted along with its neighbour ${other}, which was over at ${time(over, 'clock')}. Both are in this thread.`;
  return `*${words(subject.name, 100)}* alerts along with its neighbour ${other}. One cause may be behind both, so both are in this thread.`;
}

function relapseLine(incident: Incident, host: PrimaryIncident | null): string {
  const nth = incident.link?.nth ?? 1;
  const back = nth > 1 ? `Back for the ${ordinal(nth)} time,` : 'Back';
  if (host === null || host.closed === null || !isReturnOf(host, incident))
    return `${back} shortly after it ended.`;
  const after = span(Math.max(0, incident.milestones.opened - host.closed));
  return `${back} ${after} after it ended (${code(host.incident, 80)}).`;
}

function ordinal(nth: number): string {
  return nth === 2 ? '2nd' : nth === 3 ? '3rd' : `${nth}th`;
}

/** Who else is told in this incident's thread, one line each. */
export function guestsMessage(chapter: ThreadSection, { guests }: Incident): Message {
  const lines = all(chapter, 'guest-came').map(({ at, guest }) => {
    const over = guests.find(({ incident }) => incident === guest.incident)?.over;
    const said =
      over === undefined ? 'alerts as well' : `alerted as well, and was over at ${time(over, 'clock')}`;
    return `${time(at)} :link: *${nameOf(guest)}* ${said} (${code(guest.incident, 80)})`;
  });
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
export function didNotLastMessage(chapter: ThreadSection, incident: Incident): Message {
  const told = last(chapter, 'did-not-last');
  const healed = incident.phase.at === 'closed' && incident.phase.how === 'healed';
  const what = healed ? 'the fix did not last' : 'it was not over';
  const line = `*${words(incident.subject.name, 100)}* fires again: ${what}. It continues in a thread of its own as ${code(told?.as ?? '', 80)}.`;
  return { text: line, blocks: [section(`:repeat: ${line}`)] };
}

/** For the card: who is told in its thread, and where it goes on when its end did not last. */
export function companyOf({ guests, relapsed }: Incident): string[] {
  const neighbours = guests.filter(({ kind }) => kind === 'neighbour');
  const shown = neighbours
    .toSorted((one, other) => Number(one.over !== undefined) - Number(other.over !== undefined))
    .slice(0, 10)
    .map(
      (guest) =>
        `*${nameOf(guest)}*${guest.over === undefined ? '' : ` (over at ${time(guest.over, 'clock')})`}`,
    );
  const more = neighbours.length > 10 ? ` and ${neighbours.length - 10} more` : '';
  return [
    ...(relapsed === null ? [] : [`:repeat: It did not last: it continues as ${code(relapsed, 80)}`]),
    ...(shown.length > 0 ? [`:link: Also in this thread: ${shown.join(', ')}${more}`] : []),
  ];
}

/** Whether it is the owner of the thread that is back, and not something else that was told there. */
function isReturnOf({ subject, relapsed }: PrimaryIncident, incident: Incident): boolean {
  return subject === incident.subject.name && (relapsed === null || relapsed === incident.id);
}

/**
 * For the card: whose thread it stands in, or which came before it.
 *
 * @param former address of the thread before; null where nobody knows it
 */
export function hostLine(incident: Incident, host: PrimaryIncident | null, former: string | null): string[] {
  const { link, follows } = incident;
  if (follows !== undefined) return [followsLine(follows, former)];
  if (link === null) return [];
  if (link.kind === 'relapse') return [`:repeat: ${relapseLine(incident, host)}`];
  const other = neighbourOf(incident, host, link.incident);
  const over = overAt(incident, host);
  const state = over === null ? 'which alerts too' : `which was over at ${time(over, 'clock')}`;
  const owner = host === null ? code(link.incident, 80) : `*${words(host.subject, 100)}*`;
  const where = link.of === undefined ? 'that thread' : `the thread of ${owner}`;
  return [`:link: Neighbour of ${other}, ${state}; told in ${where}`];
}

function followsLine({ incident, times }: Follows, former: string | null): string {
  const thread = former === null ? code(incident, 80) : linkTo(former, 'the thread before');
  return `:repeat: Back for the ${ordinal(times + 1)} time, in a thread of its own now; what was before is in ${thread}`;
}

/** The name of a subject, which may be given by its key. */
function nameOf({ subject }: LinkedIncident): string {
  return words(subject.replace(/^[^/]+\/(service|target|storm)\//, ''), 100);
}
