import type { Settings } from '../config/settings.ts';
import type { Incident } from '../incident/incident.ts';
import { isOpen } from '../incident/phases.ts';
import type { Reply } from './desk.ts';
import { modeLines } from './desk-mode.ts';
import type { ClerkParts } from './desk-parts.ts';
import { fixOf, nameOf, stateOf } from './desk-phase.ts';
import { silenceLines } from './desk-silences.ts';
import { dayAndTime, listed, person, plain, quoted, servicesIn, span, threadLinks } from './desk-words.ts';
import type { Present } from './store-present.ts';

/** As many incidents as a list may have before it only counts the rest. */
const LINES = 30;

/** The open incidents that can be read here, the newest first. */
export async function openIncidents({ store }: Pick<ClerkParts, 'store'>): Promise<readonly Incident[]> {
  const all = await store.loadMany(await store.open());
  return all
    .filter((one) => one !== null)
    .filter(isOpen)
    .toSorted((one, other) => other.milestones.opened - one.milestones.opened);
}

/** `/heal status`: what is open, and what keeps Medic from acting as it usually would. */
export async function status(parts: ClerkParts): Promise<Reply> {
  const [incidents, orders] = await Promise.all([openIncidents(parts), ordersIn(parts)]);
  const thread = await threadLinks(parts, incidents);
  const lines = incidents.map((incident) => lineOf(incident, orders.present.now, thread(incident)));
  const open = lines.length > 0 ? cut(lines, 'incident') : ['No incident is open.'];
  return { text: [...orders.lines, ...open].join('\n') };
}

/** What people have ordered, in a line each; none where all goes its usual way. */
async function ordersIn(parts: ClerkParts): Promise<{
  readonly present: Present;
  readonly lines: readonly string[];
}> {
  const [present, pausedBy, tripped] = await Promise.all([
    parts.store.beat(),
    parts.store.paused(),
    parts.store.tripped(),
  ]);
  const lines = [
    ...(pausedBy === null
      ? []
      : [`:double_vertical_bar: Paused by ${person(pausedBy)}: nothing new starts.`]),
    ...modeLines(parts.settings, present.modes),
    ...silenceLines(parts.settings, present).map((line) => `:no_bell: Silenced: ${line}`),
    ...trippedLines(tripped).map((line) => `:octagonal_sign: ${line}`),
  ];
  return { present, lines };
}

/** Targets on which automation was stopped, in a line each. */
export function trippedLines(tripped: readonly string[]): readonly string[] {
  return tripped.map((target) => {
    const name = target.slice(target.lastIndexOf('/') + 1);
    return `Automation of *${plain(name, 60)}* is stopped: its last fixes did not help or did not last. ${quoted(`/heal reset ${name}`)} ends that.`;
  });
}

function lineOf(incident: Incident, now: number, thread: string): string {
  const { severity, milestones } = incident;
  const age = span(now - milestones.opened);
  const end = [`for ${age}`, thread].filter((word) => word !== '').join(' · ');
  return `• ${nameOf(incident)} (${severity}): ${stateOf(incident)} · ${end}`;
}

/** How many a history tells of, how many it looks at for one service, and how many of these at a time. */
const TOLD = 10;
const LOOKED_AT = 1_000;
const AT_A_TIME = 50;

/** `/heal history [service]`: how the last incidents ended. */
export async function history(parts: ClerkParts, service: string | null): Promise<Reply> {
  const found = await closedAbout(parts, service);
  const about = service === null ? '' : ` about ${quoted(service)}`;
  if (found.length === 0) {
    const isUnknown = service !== null && !isRegistered(service, parts.settings);
    const hint = isUnknown ? ` ${servicesIn(parts.settings)}` : '';
    return { text: `No incident${about} is known to have closed.${hint}` };
  }
  const thread = await threadLinks(parts, found);
  const lines = found.map((incident) => ended(incident, thread(incident)));
  return {
    text: [
      `The last ${found.length === 1 ? 'incident' : `${found.length} incidents`}${about}, newest first:`,
      ...lines,
    ].join('\n'),
  };
}

function isRegistered(service: string, { services }: Settings): boolean {
  return Object.keys(services).some((name) => name.toLowerCase() === service.toLowerCase());
}

async function closedAbout(parts: ClerkParts, service: string | null): Promise<readonly Incident[]> {
  const wanted = service?.toLowerCase() ?? null;
  const ids = await parts.store.closed(wanted === null ? TOLD : LOOKED_AT);
  const found: Incident[] = [];
  for (let start = 0; start < ids.length && found.length < TOLD; start += AT_A_TIME) {
    const some = await parts.store.loadMany(ids.slice(start, start + AT_A_TIME));
    for (const one of some)
      if (one !== null && (wanted === null || one.subject.name.toLowerCase() === wanted)) found.push(one);
  }
  return found.slice(0, TOLD);
}

function ended(incident: Incident, thread: string): string {
  const { title, milestones } = incident;
  const { opened, closed } = milestones;
  const fix = fixOf(incident);
  const end = [
    ...(closed === null ? [] : [`in ${span(closed - opened)}`, dayAndTime(closed)]),
    thread,
  ].filter((word) => word !== '');
  const by =
    fix === null
      ? ''
      : ` ${isMended(incident) ? 'by' : 'after'} ${fix.playbook === null ? 'a fix' : quoted(fix.playbook)}`;
  return `• ${nameOf(incident)}, ${plain(title, 80)}: ${stateOf(incident)}${by} · ${end.join(' · ')}`;
}

function isMended({ phase, relapsed }: Incident): boolean {
  return phase.at === 'closed' && phase.how === 'healed' && relapsed === null;
}

/** Lines, of which those beyond a few dozen are only counted. */
function cut(lines: readonly string[], noun: string): readonly string[] {
  const more = lines.length - LINES;
  return more > 0 ? [...lines.slice(0, LINES), `… and ${more} more ${noun}${more === 1 ? '' : 's'}`] : lines;
}

/** Incidents by name, for a sentence. */
export function namesOf(incidents: readonly Incident[]): string {
  return listed([...new Set(incidents.map(nameOf))]);
}
