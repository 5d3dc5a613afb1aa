import type { Settings } from '../../config/settings.ts';
import type { Snapshot } from '../../engine/store/snapshot.ts';
import type { Incident } from '../../incident/model/incident.ts';
import { isOpen } from '../../incident/model/phases.ts';
import {
  day,
  joined,
  lines,
  listed,
  named,
  type Part,
  person,
  type Said,
  type Sayable,
  say,
} from '../../lib/text/text.ts';
import type { Reply } from '../desk.ts';
import type { ClerkParts } from '../parts.ts';
import { fixOf, nameOf, stateOf } from '../phase.ts';
import { plain, quoted, servicesIn, span, threadLinks } from '../words.ts';
import { modeLines } from './mode.ts';
import { silenceLines } from './silences.ts';

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
  const all = incidents.map((incident) => lineOf(incident, orders.present.now, thread(incident)));
  const open = all.length > 0 ? cut(all, 'incident') : [say`No incident is open.`];
  return { text: lines([...orders.lines, ...open]) };
}

/** What people have ordered, in a line each; none where all goes its usual way. */
async function ordersIn(parts: ClerkParts): Promise<{
  readonly present: Snapshot;
  readonly lines: readonly Said[];
}> {
  const [present, pausedBy, tripped] = await Promise.all([
    parts.store.heartbeat(),
    parts.store.paused(),
    parts.store.tripped(),
  ]);
  const all = [
    ...(pausedBy === null ? [] : [say`⏸️ Paused by ${person(pausedBy)}: nothing new starts.`]),
    ...modeLines(parts.settings, present.modes),
    ...silenceLines(parts.settings, present).map((line) => say`🔕 Silenced: ${line}`),
    ...trippedLines(tripped).map((line) => say`🛑 ${line}`),
  ];
  return { present, lines: all };
}

/** Targets on which automation was stopped, in a line each. */
export function trippedLines(tripped: readonly string[]): readonly Said[] {
  return tripped.map((target) => {
    const name = target.slice(target.lastIndexOf('/') + 1);
    return say`Automation of ${named(plain(name, 60))} is stopped: its last fixes did not help or did not last. ${quoted(`/heal reset ${name}`)} ends that.`;
  });
}

function lineOf(incident: Incident, now: number, thread: Part | null): Said {
  const { severity, milestones } = incident;
  const age = span(now - milestones.opened);
  const end = joined([`for ${age}`, ...present(thread)], ' · ');
  return say`• ${nameOf(incident)} (${severity}): ${stateOf(incident)} · ${end}`;
}

/** How many a history tells of, how many it looks at for one service, and how many of these at a time. */
const TOLD = 10;
const LOOKED_AT = 1_000;
const AT_A_TIME = 50;

/** `/heal history [service]`: how the last incidents ended. */
export async function history(parts: ClerkParts, service: string | null): Promise<Reply> {
  const found = await closedAbout(parts, service);
  const about = service === null ? '' : say` about ${quoted(service)}`;
  if (found.length === 0) {
    const isUnknown = service !== null && !isRegistered(service, parts.settings);
    const hint = isUnknown ? say` ${servicesIn(parts.settings)}` : '';
    return { text: say`No incident${about} is known to have closed.${hint}` };
  }
  const thread = await threadLinks(parts, found);
  const many = found.length === 1 ? 'incident' : `${found.length} incidents`;
  const all = found.map((incident) => ended(incident, thread(incident)));
  return { text: lines([say`The last ${many}${about}, newest first:`, ...all]) };
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

function ended(incident: Incident, thread: Part | null): Said {
  const { title, milestones } = incident;
  const { opened, closed } = milestones;
  const fix = fixOf(incident);
  const end: readonly Sayable[] = [
    ...(closed === null ? [] : [`in ${span(closed - opened)}`, day(closed)]),
    ...present(thread),
  ];
  const by =
    fix === null
      ? ''
      : say` ${isMended(incident) ? 'by' : 'after'} ${fix.playbook === null ? 'a fix' : quoted(fix.playbook)}`;
  return say`• ${nameOf(incident)}, ${plain(title, 80)}: ${stateOf(incident)}${by} · ${joined(end, ' · ')}`;
}

function present(thread: Part | null): readonly Part[] {
  return thread === null ? [] : [thread];
}

function isMended({ phase, relapsed }: Incident): boolean {
  return phase.at === 'closed' && phase.how === 'healed' && relapsed === null;
}

/** Lines, of which those beyond a few dozen are only counted. */
function cut(all: readonly Said[], noun: string): readonly Said[] {
  const more = all.length - LINES;
  return more > 0 ? [...all.slice(0, LINES), say`… and ${more} more ${noun}${more === 1 ? '' : 's'}`] : all;
}

/** Incidents by name, for a sentence. */
export function namesOf(incidents: readonly Incident[]): Said {
  const names = new Map(incidents.map((incident) => [incident.subject.name, nameOf(incident)]));
  return listed([...names.values()]);
}
