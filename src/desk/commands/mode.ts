import { mayLoosen, mayOperate } from '../../approval/authorise.ts';
import type { Person } from '../../approval/person.ts';
import type { Settings } from '../../config/settings.ts';
import {
  ANY,
  afterOrder,
  covers,
  environmentsIn,
  type Scope,
  type Shift,
  shiftsBetween,
} from '../../engine/orders/modes.ts';
import type { ModeOrder } from '../../engine/store/snapshot.ts';
import { code, day, joined, lines, listed, person, type Said, say, strong } from '../../lib/text/text.ts';
import type { Mode } from '../../policy/verdict.ts';
import type { Reply } from '../desk.ts';
import { type ClerkParts, REPEATED } from '../parts.ts';
import { quoted, servicesIn } from '../words.ts';
import type { HealCommand } from './read-heal.ts';

type Parts = Pick<ClerkParts, 'store' | 'settings' | 'log'>;
type Command = Extract<HealCommand, { readonly kind: 'mode' }>;

/** How often a lost race with another order is run again. */
const TRIES = 10;

const CONFIGURATION = code('medic.yml');

const MEANS: Readonly<Record<Mode, string>> = {
  observe: 'Medic looks, says what it would do, and does nothing',
  supervised: 'every fix is asked for',
  tiered: 'low risk runs at once, medium after a cancel window, high is asked for',
};

/** `/heal mode`: what holds everywhere, and where something else does. */
export async function showModes({ store, settings }: Parts): Promise<Reply> {
  const { modes } = await store.heartbeat();
  const { policy } = settings;
  const exceptions = exceptionsIn(settings).map((line) => say`• ${line}, by ${CONFIGURATION}`);
  const lift = say`What people have set comes first; ${code('/heal mode default')} lifts it.`;
  return {
    text: lines([
      say`Mode ${strong(policy.mode)} by ${CONFIGURATION}: ${MEANS[policy.mode]}.`,
      ...modes.map((order) => say`• ${orderWords(order)}`),
      ...exceptions,
      ...(modes.length > 0 ? [lift] : []),
      say`${code('/heal mode observe all')}, ${code('/heal mode supervised <service>')} and the like set another.`,
    ]),
  };
}

/** What differs from acting by tiers, in lines for a status; none where nothing does. */
export function modeLines(settings: Settings, orders: readonly ModeOrder[]): readonly Said[] {
  const { mode } = settings.policy;
  return [
    ...orders.map((order) => say`👀 Mode ${orderWords(order)}.`),
    ...(mode === 'tiered' ? [] : [say`👀 Mode ${strong(mode)} by ${CONFIGURATION}: ${MEANS[mode]}.`]),
  ];
}

/** The exceptions that the settings make, in words. */
export function exceptionsIn({ policy }: Settings): readonly Said[] {
  return policy.modes.map(
    ({ mode, service = null, environment = null }) =>
      say`${strong(mode)} for ${scopeWords({ service, environment })}`,
  );
}

function orderWords({ mode, by, at, ...scope }: ModeOrder): Said {
  return say`${strong(mode)} for ${scopeWords(scope)}, by ${person(by)} since ${day(at)}`;
}

function scopeWords({ service, environment }: Scope): Said {
  if (service !== null) return say`${quoted(service)}`;
  return environment === null ? say`everything` : say`everything in ${quoted(environment)}`;
}

/** `/heal mode <mode> [scope]`. To do less takes an operator, to do more an approver. */
export async function orderMode(parts: Parts, command: Command, by: Person, once: string): Promise<Reply> {
  const operated = mayOperate(by, parts.settings.roles);
  if (operated.kind === 'refused') return refused(operated.reason);
  const scope = scopeOf(command.scope, parts.settings);
  if (scope === null) {
    const known = joined(environmentsIn(parts.settings).map(quoted), ', ');
    const named = quoted(command.scope ?? '');
    return refused(
      say`I know no service and no environment ${named}. ${servicesIn(parts.settings)} Environments: ${known}`,
    );
  }
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const reply = await tryOrder(parts, { ...scope, mode: command.mode }, by, once);
    if (reply !== null) return reply;
  }
  return refused(say`others are changing the same just now. Try again`);
}

/** Null where somebody else changed something meanwhile. */
async function tryOrder(
  { store, settings, log }: Parts,
  wish: Scope & { readonly mode: Mode | null },
  by: Person,
  once: string,
): Promise<Reply | null> {
  const { now, modes: before, silences } = await store.heartbeat();
  const after = afterOrder(before, { ...wish, by: by.id, at: now });
  const shifts = shiftsBetween(settings, before, after);
  const looser = shifts.filter((shift) => shift.looser);
  const loosened = looser.length > 0 ? mayLoosen(by, settings.roles) : null;
  if (loosened?.kind === 'refused')
    return refused(
      say`that lets Medic do more by itself (${shiftWords(looser, settings)}): ${loosened.reason}`,
    );
  if (shifts.length === 0 && after.length === before.length && wish.mode === null)
    return refused(say`nobody has set a mode for ${scopeWords(wish)}`);
  const written = await store.orderModes(after, { since: silences.version, once });
  if (written === 'conflict') return null;
  if (written === 'repeated') return REPEATED;
  if (written === 'ordered') log.info({ by: by.id, ...wish }, 'a person has set the mode');
  return { text: outcomeWords(wish, after, shifts, by, settings), forEverybody: true };
}

function outcomeWords(
  wish: Scope & { readonly mode: Mode | null },
  after: readonly ModeOrder[],
  shifts: readonly Shift[],
  by: Person,
  settings: Settings,
): Said {
  const whose = scopeWords(wish);
  const changed = shifts.length === 0 ? 'Nothing changes by that' : say`Now: ${shiftWords(shifts, settings)}`;
  const anew = 'plans that wait and were decided under another mode do not start';
  const end = shifts.length === 0 ? say`${changed}.` : say`${changed}; ${anew}.`;
  if (wish.mode === null) {
    const wider = after.find((order) => covers(order, wish));
    const still = wider === undefined ? '' : say` What still holds: ${orderWords(wider)}.`;
    return say`${person(by.id)} lifted the mode that was set for ${whose}: ${CONFIGURATION} decides again. ${end}${still}`;
  }
  const lift = ['/heal mode default', wish.service ?? wish.environment ?? ''].join(' ').trim();
  return say`${person(by.id)} set mode ${strong(wish.mode)} for ${whose}: ${MEANS[wish.mode]}. ${end} ${code(lift)} ends this.`;
}

/** As many as one sentence names. */
const NAMED = 8;

/** Who goes from which mode to which: registered services by name, and the rest together. */
function shiftWords(shifts: readonly Shift[], { services }: Settings): Said {
  const own = ({ subject }: Shift) =>
    Object.hasOwn(services, subject.name) && services[subject.name]?.environment === subject.environment;
  const named = shifts.filter(own);
  const words = named
    .slice(0, NAMED)
    .map(({ subject, before, after }) => say`${quoted(subject.name)} from ${before} to ${after}`);
  const more = named.length > NAMED ? [`${named.length - NAMED} more services`] : [];
  const others = shifts.filter((shift) => !own(shift) && shift.subject.name === ANY);
  const rest = others.map(({ before, after }) => `what else there is from ${before} to ${after}`);
  const all = [...words, ...more, ...new Set(named.length === 0 || more.length === 0 ? rest : [])];
  return all.length === 0 ? say`nothing known` : listed(all);
}

/** A service comes before an environment of the same name. Null where neither is known. */
function scopeOf(name: string | null, settings: Settings): Scope | null {
  if (name === null) return { service: null, environment: null };
  const same = (candidate: string) => candidate.toLowerCase() === name.toLowerCase();
  const service = Object.keys(settings.services).find(same);
  if (service !== undefined) return { service, environment: settings.services[service]?.environment ?? null };
  const environment = environmentsIn(settings).find(same);
  return environment === undefined ? null : { service: null, environment };
}

function refused(reason: Said): Reply {
  return { text: say`Nothing was changed: ${reason}.`, refused: true };
}
