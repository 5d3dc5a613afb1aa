import { createHash } from 'node:crypto';
import type { Alert } from '../alerts/alert.ts';
import type { Matcher } from '../alerts/matcher.ts';
import { mayOperate } from '../approval/authorise.ts';
import { firingAlerts } from '../incident/model/incident.ts';
import { isOpen } from '../incident/model/phases.ts';
import { redactThenCut } from '../lib/text/cut.ts';
import { code, day, named, person, type Said, say } from '../lib/text/text.ts';
import type { Desk, Reply, ToldSoFar } from './desk.ts';
import { type ClerkParts, replyTo } from './parts.ts';
import { plain } from './words.ts';

/** As long as a silence from a card may last, milliseconds. */
const LONGEST = 7 * 24 * 3_600_000;

/** An incident with its record, for somebody who comes to it late; null where there is none. */
export async function wholeOf({ store }: Pick<ClerkParts, 'store'>, id: string): Promise<ToldSoFar | null> {
  const [incident, timeline, { now }] = await Promise.all([
    store.load(id),
    store.timeline(id),
    store.heartbeat(),
  ]);
  return incident === null ? null : { incident, timeline, now };
}

/** Asks another person to take over what somebody was called for. */
export async function handOver(
  { engine }: Pick<ClerkParts, 'engine'>,
  { incident, whom: to, by, once }: Parameters<Desk['handOver']>[0],
): Promise<Reply> {
  const dispatched = await engine.dispatch(incident, { type: 'call-handed', by, to }, { once });
  return replyTo(dispatched);
}

/**
 * A silence of Medic's own, from the card: of the alerts that fire, or of all that is about the service. Whoever makes it is on it, so
 * that nobody else is woken for what they know.
 */
export async function silenceIncident(
  { engine, store, settings, redact, log }: ClerkParts,
  { incident: id, scope, duration, reason, by, once }: Parameters<Desk['silence']>[0],
): Promise<Reply> {
  const authorised = mayOperate(by, settings.roles);
  if (authorised.kind === 'refused') return unchanged(authorised.reason);
  const incident = await store.load(id);
  if (incident === null || !isOpen(incident)) return unchanged(say`this incident is over`);
  if (!(duration > 0 && duration <= LONGEST)) return unchanged(say`a silence lasts up to 7 days`);
  const { subject } = incident;
  const whole = scope === 'service';
  const matchers = whole ? [] : matchersFor(firingAlerts(incident));
  if (whole && subject.kind !== 'service') return unchanged(say`it is about no single service`);
  if (!whole && matchers.length === 0)
    return unchanged(say`no alert of it fires, or they have no label in common to know them by`);
  if (!(await store.takeOnce(once))) return { text: null };
  const { now } = await store.heartbeat();
  const until = now + duration;
  const silence = `s-${createHash('sha256').update(once).digest('hex').slice(0, 6)}`;
  await store.silence({
    id: silence,
    source: 'slack',
    by: by.id,
    reason: redactThenCut(reason ?? '', 200, redact),
    from: now,
    until,
    service: subject.kind === 'service' ? subject.name : null,
    environment: subject.environment,
    matchers,
  });
  // The silence stands, whether or not somebody was called or is on it already.
  await engine
    .dispatch(id, { type: 'call-taken', by }, { once: `${once}-take` })
    .catch((err: unknown) => log.warn({ err, incident: id }, 'whoever silenced it is not noted as on it'));
  const what = whole ? say`everything about ${named(subject.name)}` : alertsIn(matchers, subject.name);
  const text = say`${person(by.id)} silenced ${what} until ${day(until)}: alerts are recorded and diagnosed, and nothing is done about them. ${code(`/heal unsilence ${silence}`)} ends this.`;
  return { text, forEverybody: true };
}

/** What these alerts have in common, by which they are known again. Nothing where that would fit anything. */
export function matchersFor(alerts: readonly Alert[]): readonly Matcher[] {
  const [first] = alerts;
  if (first === undefined) return [];
  const common = Object.entries(first.labels)
    .filter(([name, value]) => alerts.every(({ labels }) => labels[name] === value))
    .map(([name, value]): Matcher => ({ name, value, isRegex: false, isEqual: true }));
  const names = [...new Set(alerts.map(({ labels }) => labels.alertname))];
  if (names.length < 2) return names[0] === undefined ? [] : common;
  if (names.includes(undefined)) return [];
  const value = names.map((name = '') => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
  return [{ name: 'alertname', value, isRegex: true, isEqual: true }, ...common];
}

function alertsIn(matchers: readonly Matcher[], subject: string): Said {
  const name = matchers.find((one) => one.name === 'alertname' && !one.isRegex)?.value;
  return name === undefined
    ? say`the alerts of ${named(subject)} that fire now`
    : say`the alert ${plain(name, 100)} of ${named(subject)}`;
}

function unchanged(reason: Said): Reply {
  return { text: say`Nothing was changed: ${reason}.`, refused: true };
}
