import { createHash } from 'node:crypto';
import { mayOperate } from '../approval/authorise.ts';
import type { Person } from '../approval/person.ts';
import type { Service, Settings } from '../config/settings.ts';
import type { HealCommand } from '../intake/command.ts';
import { maintenanceAt } from '../intake/maintenance.ts';
import { type Matcher, type Silence, wordsFor } from '../intake/silence.ts';
import type { Reply } from './desk.ts';
import { dayAndTime, quoted, servicesIn } from './desk-words.ts';
import type { Store } from './store.ts';

export interface SilenceDeskParts {
  readonly store: Pick<Store, 'clock' | 'silence' | 'unsilence' | 'resetBreaker' | 'tripped'>;
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
  if (authorised.kind === 'refused') return { text: `Nothing was changed: ${authorised.reason}.` };
  switch (command.kind) {
    case 'silence':
      return { text: await silence(parts, command, by, once) };
    case 'unsilence':
      return { text: await unsilence(parts, command.which) };
    case 'reset':
      return { text: await reset(parts, command.service) };
    default:
      return command satisfies never;
  }
}

/** `/heal silences`: what is silenced, by whom and until when. */
export async function listSilences({ store, settings }: SilenceDeskParts): Promise<Reply> {
  const { now, silences } = await store.clock();
  const all = [...silences.list, ...maintenanceAt(settings, now)].filter(({ until }) => until > now);
  if (all.length === 0) return { text: 'Nothing is silenced.' };
  const lines = all.toSorted((one, other) => one.until - other.until).map((one) => lineFor(one, now));
  const more = lines.length - LINES;
  return { text: [...lines.slice(0, LINES), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n') };
}

function lineFor(silence: Silence, now: number): string {
  const begins = silence.from > now ? `from ${dayAndTime(silence.from)} ` : '';
  return `• ${quoted(silence.id)}: ${scopeOf(silence)} ${begins}until ${dayAndTime(silence.until)}, ${wordsFor(silence)}`;
}

function scopeOf({ service, environment, matchers }: Silence): string {
  if (matchers.length > 0) return `alerts with ${quoted(matchers.map(writtenMatcher).join(', '))}`;
  if (service !== null) return `*${service}*`;
  return environment === null ? 'everything' : `everything in ${quoted(environment)}`;
}

function writtenMatcher({ name, value, isRegex, isEqual }: Matcher): string {
  return `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}${JSON.stringify(value)}`;
}

async function silence(
  { store, settings, redact }: SilenceDeskParts,
  { service: name, duration, reason }: Command<'silence'>,
  by: Person,
  once: string,
): Promise<string> {
  const service = name === null ? null : registered(name, settings);
  if (name !== null && service === null) return unknown(name, settings);
  const { now } = await store.clock();
  // Named by its delivery: the same command delivered again is the same silence.
  const id = `s-${createHash('sha256').update(once).digest('hex').slice(0, 6)}`;
  const until = now + duration;
  await store.silence({
    id,
    source: 'slack',
    by: by.id,
    reason: redact(reason).slice(0, 200),
    from: now,
    until,
    service: name,
    environment: service?.environment ?? null,
    matchers: [],
  });
  const what = name === null ? 'Everything' : `*${name}*`;
  return `${what} is silenced until ${dayAndTime(until)}: alerts are recorded and diagnosed, and nothing is done about them. \`/heal unsilence ${id}\` ends this.`;
}

async function unsilence({ store, settings }: SilenceDeskParts, which: string | null): Promise<string> {
  const { now, silences } = await store.clock();
  const list = silences.list.filter(({ until }) => until > now);
  const meant = [...list, ...maintenanceAt(settings, now)].filter(
    ({ id, service, matchers }) => id === which || (service === which && matchers.length === 0),
  );
  const ended: Silence[] = [];
  for (const one of meant) if (one.source === 'slack' && (await store.unsilence(one.id))) ended.push(one);
  if (ended.length > 0) {
    const scopes = ended.map((one) => `${scopeOf(one)} (${quoted(one.id)})`);
    return `No longer silenced: ${scopes.join(', ')}. What still fires is looked at within half a minute.`;
  }
  const elsewhere = meant.find(({ source }) => source !== 'slack');
  if (elsewhere !== undefined) return `Nothing was changed: ${endedElsewhere(elsewhere)}.`;
  return `Nothing was changed: ${which === null ? 'no silence of everything' : `no silence ${quoted(which)}`} is in force. \`/heal silences\` shows those that are.`;
}

function endedElsewhere({ source, by }: Silence): string {
  return source === 'maintenance'
    ? `the maintenance window ${quoted(by)} stands in \`medic.yml\``
    : 'that silence is to be ended in Alertmanager, where it was made';
}

async function reset({ store, settings }: SilenceDeskParts, name: string): Promise<string> {
  const service = registered(name, settings);
  const own = [name, ...(service?.hosts ?? [])].map((target) => `${service?.environment}/${target}`);
  // A target may be named by a label that no registry knows; it is called as its card calls it.
  const tripped = (await store.tripped()).filter((target) => target === name || target.endsWith(`/${name}`));
  const targets = [...(service === null ? [] : own), ...tripped];
  if (targets.length === 0) return unknown(name, settings);
  const stopped = await store.resetBreaker([...new Set(targets)]);
  return stopped.length > 0
    ? `Automation may act again on ${stopped.map(quoted).join(', ')}.`
    : `Nothing was changed: automation was not stopped on ${targets.map(quoted).join(', ')}.`;
}

function registered(name: string, { services }: Settings): Service | null {
  return (Object.hasOwn(services, name) ? services[name] : null) ?? null;
}

function unknown(name: string, settings: Settings): string {
  return `Nothing was changed: I know no service ${quoted(name)}. ${servicesIn(settings)}`;
}
