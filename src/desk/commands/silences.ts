import { createHash } from 'node:crypto';
import type { Matcher } from '../../alerts/matcher.ts';
import { mayOperate } from '../../approval/authorise.ts';
import type { Person } from '../../approval/person.ts';
import type { Service, Settings } from '../../config/settings.ts';
import type { Breakers, OrderStore } from '../../engine/store/orders.ts';
import type { Heart, Snapshot } from '../../engine/store/snapshot.ts';
import { redactThenCut } from '../../lib/text/cut.ts';
import { code, day, joined, lines, named, type Said, say } from '../../lib/text/text.ts';
import { maintenanceAt } from '../../silence/maintenance.ts';
import { type Silence, wordsFor } from '../../silence/silence.ts';
import type { Reply } from '../desk.ts';
import { quoted, servicesIn } from '../words.ts';
import type { HealCommand } from './read-heal.ts';

export interface SilenceDeskParts {
  readonly store: Heart & OrderStore & Breakers;
  readonly settings: Settings;
  readonly redact: (text: string) => string;
}

type Command<Kind extends HealCommand['kind']> = Extract<HealCommand, { readonly kind: Kind }>;

/** As many lines as an answer may have before it only counts the rest. */
const LINES = 20;

/** `/heal silence`, `unsilence` and `reset` change what Medic does, so they are for operators. */
export async function orderSilence(
  parts: SilenceDeskParts,
  command: Command<'silence' | 'unsilence' | 'reset'>,
  by: Person,
  once: string,
): Promise<Reply> {
  const authorised = mayOperate(by, parts.settings.roles);
  if (authorised.kind === 'refused') return unchanged(authorised.reason);
  switch (command.kind) {
    case 'silence':
      return silence(parts, command, by, once);
    case 'unsilence':
      return unsilence(parts, command.which);
    case 'reset':
      return reset(parts, command.service);
    default:
      return command satisfies never;
  }
}

/** `/heal silences`: what is silenced, by whom and until when. */
export async function listSilences({ store, settings }: SilenceDeskParts): Promise<Reply> {
  const present = await store.heartbeat();
  const all = inOrder(settings, present).map((one) => say`• ${quoted(one.id)}: ${wordsOf(one, present.now)}`);
  return { text: all.length === 0 ? say`Nothing is silenced.` : lines(cut(all)) };
}

/** What is silenced at this moment, in words, the first to end first; the rest of many is only counted. */
export function silenceLines(settings: Settings, present: Snapshot): readonly Said[] {
  const { now } = present;
  const inForce = inOrder(settings, present).filter(({ from }) => from <= now);
  return cut(inForce.map((one) => wordsOf(one, now)));
}

/** Silences and maintenance windows that are not over, the first to end first. */
function inOrder(settings: Settings, { now, silences }: Snapshot): readonly Silence[] {
  return [...silences.list, ...maintenanceAt(settings, now)]
    .filter(({ until }) => until > now)
    .toSorted((one, other) => one.until - other.until);
}

function wordsOf(silence: Silence, now: number): Said {
  const begins = silence.from > now ? say`from ${day(silence.from)} ` : '';
  return say`${scopeOf(silence)} ${begins}until ${day(silence.until)}, ${wordsFor(silence)}`;
}

function cut(all: readonly Said[]): readonly Said[] {
  const more = all.length - LINES;
  return more > 0 ? [...all.slice(0, LINES), say`… and ${more} more`] : all;
}

function scopeOf({ service, environment, matchers }: Silence): Said {
  if (matchers.length > 0) return say`alerts with ${quoted(matchers.map(writtenMatcher).join(', '))}`;
  if (service !== null) return say`${named(service)}`;
  return environment === null ? say`everything` : say`everything in ${quoted(environment)}`;
}

function writtenMatcher({ name, value, isRegex, isEqual }: Matcher): string {
  return `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}${JSON.stringify(value)}`;
}

async function silence(
  { store, settings, redact }: SilenceDeskParts,
  { service: name, duration, reason }: Command<'silence'>,
  by: Person,
  once: string,
): Promise<Reply> {
  const service = name === null ? null : registered(name, settings);
  if (name !== null && service === null) return unknown(name, settings);
  const { now } = await store.heartbeat();
  // Named by its delivery: the same command delivered again is the same silence.
  const id = `s-${createHash('sha256').update(once).digest('hex').slice(0, 6)}`;
  const until = now + duration;
  await store.silence({
    id,
    source: 'slack',
    by: by.id,
    reason: redactThenCut(reason, 200, redact),
    from: now,
    until,
    service: name,
    environment: service?.environment ?? null,
    matchers: [],
  });
  const what = name === null ? 'Everything' : named(name);
  const text = say`${what} is silenced until ${day(until)}: alerts are recorded and diagnosed, and nothing is done about them. ${code(`/heal unsilence ${id}`)} ends this.`;
  return { text, forEverybody: true };
}

async function unsilence({ store, settings }: SilenceDeskParts, which: string | null): Promise<Reply> {
  const { now, silences } = await store.heartbeat();
  const list = silences.list.filter(({ until }) => until > now);
  const meant = [...list, ...maintenanceAt(settings, now)].filter(
    ({ id, service, matchers }) => id === which || (service === which && matchers.length === 0),
  );
  const ended: Silence[] = [];
  for (const one of meant) if (one.source === 'slack' && (await store.unsilence(one.id))) ended.push(one);
  if (ended.length > 0) {
    const scopes = ended.map((one) => say`${scopeOf(one)} (${quoted(one.id)})`);
    const text = say`No longer silenced: ${joined(scopes, ', ')}. What still fires is looked at within half a minute.`;
    return { text, forEverybody: true };
  }
  const elsewhere = meant.find(({ source }) => source !== 'slack');
  if (elsewhere !== undefined) return unchanged(endedElsewhere(elsewhere));
  const what = which === null ? say`no silence of everything` : say`no silence ${quoted(which)}`;
  return unchanged(say`${what} is in force. ${code('/heal silences')} shows those that are`);
}

function endedElsewhere({ source, by }: Silence): Said {
  return source === 'maintenance'
    ? say`the maintenance window ${quoted(by)} stands in ${code('medic.yml')}`
    : say`that silence is to be ended in Alertmanager, where it was made`;
}

async function reset({ store, settings }: SilenceDeskParts, name: string): Promise<Reply> {
  const service = registered(name, settings);
  const own = [name, ...(service?.hosts ?? [])].map((target) => `${service?.environment}/${target}`);
  // A target may be named by a label that no registry knows; it is called as its card calls it.
  const tripped = (await store.tripped()).filter((target) => target === name || target.endsWith(`/${name}`));
  const targets = [...(service === null ? [] : own), ...tripped];
  if (targets.length === 0) return unknown(name, settings);
  const stopped = await store.resetBreaker([...new Set(targets)]);
  return stopped.length > 0
    ? { text: say`Automation may act again on ${joined(stopped.map(quoted), ', ')}.`, forEverybody: true }
    : unchanged(say`automation was not stopped on ${joined(targets.map(quoted), ', ')}`);
}

function registered(name: string, { services }: Settings): Service | null {
  return (Object.hasOwn(services, name) ? services[name] : null) ?? null;
}

function unknown(name: string, settings: Settings): Reply {
  const text = say`Nothing was changed: I know no service ${quoted(name)}. ${servicesIn(settings)}`;
  return { text, refused: true };
}

function unchanged(reason: Said): Reply {
  return { text: say`Nothing was changed: ${reason}.`, refused: true };
}
