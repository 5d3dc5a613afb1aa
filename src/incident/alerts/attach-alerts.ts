import type { Alert } from '../../alerts/alert.ts';
import { placed } from '../../alerts/subject.ts';
import { ownProperty } from '../../lib/own-property.ts';
import { change, type Draft, record } from '../model/draft.ts';
import { type AttachedAlert, type Incident, isQuiet } from '../model/incident.ts';
import type { Overflow, OverflowAlert } from '../model/overflow.ts';
import type { StepContext } from '../model/step-context.ts';
import type { TimelineEvent } from '../model/timeline.ts';
import { isLouder, loudest } from './open.ts';
import { type LookedAnew, react } from './react.ts';

/** How many alerts an incident holds in full; the others are counted. */
const IN_FULL = 50;
/** How many names of counted alerts are told apart. */
const NAMES = 20;
const OTHERS = 'others';
/** A firing alert that comes this long after its end was heard is no late messenger of the time before; milliseconds. */
const LATE = 15_000;
/** Counts are told no more often than this, milliseconds. */
const COUNTED_EVERY = 30_000;
/** How often an alert that comes and goes is told each time; after that, only every time the count doubles. */
const TOLD = 5;

type AlertChange = 'attached' | 'refired' | 'resolved';

/** What is known of an alert, in full or counted. */
interface Known {
  readonly status: Alert['status'];
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly changedAt: number;
}

/** Attaches alerts to an incident: new ones, repeats, re-fires and resolutions. Repeats that say nothing new change nothing. */
export function attachAlerts(draft: Draft, alerts: readonly Alert[], context: StepContext): Draft {
  const before = draft.incident;
  const lot = openLot(before, context);
  for (const alert of alerts) hear(lot, alert, context);
  if (lot.news === 0) return draft;
  const severity = loudest([...lot.fired, ...[...lot.inFull.values()].map(({ alert }) => alert)]);
  const told = countsTold(lot, before.crowd, context.now);
  const crowd = crowdOf(lot, told === null ? before.crowd.toldAt : context.now);
  // The very same ones where all of it is only counted, so that nobody has to write or compare them.
  const held = lot.held ? Object.fromEntries(lot.inFull) : before.alerts;
  const isFirst = before.version === 0;
  const because = isFirst ? placedBecause(lot, before, context) : null;
  const heard = change(draft, {
    alerts: held,
    crowd,
    severity,
    ...(because === null ? {} : { because }),
  });
  const joined = { ...heard, joined: lot.joined, crowd: Object.fromEntries(lot.counted) };
  const all = [...toldOf(lot, isFirst, because), ...(told === null ? [] : [{ ...told, crowd }])];
  return react(record(joined, ...all), { quiet: isQuiet(before), news: newsIn(lot, before) }, context);
}

/**
 * The alert that makes what is heard another matter than what an incident was about so far, if any: a kind of which it has not heard, or a
 * more severe one. Of names that it has stopped telling apart nobody knows whether they are new.
 */
function newsIn({ fired }: AlertBatch, before: Incident): LookedAnew | null {
  const { alerts, crowd, severity, subject } = before;
  // The first alert of what a person had opened is looked into in any case, and about a storm nothing is.
  if (Object.keys(alerts).length === 0 || subject.kind === 'storm') return null;
  const severe = fired.find((one) => isLouder(one.severity, severity));
  if (severe !== undefined) return { kind: 'looked-anew', alert: severe, why: 'more-severe' };
  const known = new Set([
    ...Object.values(alerts).map(({ alert }) => alert.name),
    ...Object.keys(crowd.names),
  ]);
  const strange = Object.hasOwn(crowd.names, OTHERS) ? undefined : fired.find(({ name }) => !known.has(name));
  return strange === undefined ? null : { kind: 'looked-anew', alert: strange, why: 'new-kind' };
}

/** What a lot of alerts has made of an incident's alerts so far. It lives for one step, and may hold thousands. */
interface AlertBatch {
  readonly inFull: Map<string, AttachedAlert>;
  readonly counted: Map<string, OverflowAlert>;
  readonly names: Map<string, number>;
  readonly joined: string[];
  readonly fired: Alert[];
  readonly told: TimelineEvent[];
  readonly kinds: Record<AlertChange, number>;
  /** The incident that closed last: a late messenger of its alerts says nothing of this one. */
  readonly gone: Incident | null;
  /** Whether any that is held in full is another by now. */
  held: boolean;
  total: number;
  firing: number;
  news: number;
}

function openLot({ alerts, crowd }: Incident, { around }: StepContext): AlertBatch {
  return {
    inFull: new Map(Object.entries(alerts)),
    counted: new Map(),
    names: new Map(Object.entries(crowd.names)),
    joined: [],
    fired: [],
    told: [],
    kinds: { attached: 0, refired: 0, resolved: 0 },
    gone: around.lately,
    held: false,
    total: crowd.total,
    firing: crowd.firing,
    news: 0,
  };
}

function crowdOf({ total, firing, names }: AlertBatch, toldAt: number): Overflow {
  return { total, firing, names: Object.fromEntries(names), toldAt };
}

/** What is told of those that are only counted: now and then, and when the last of them has resolved. */
function countsTold({ kinds, firing }: AlertBatch, { toldAt }: Overflow, now: number) {
  const any = Object.values(kinds).some((number) => number > 0);
  const due = now - toldAt >= COUNTED_EVERY || firing === 0;
  return any && due ? ({ kind: 'alerts-counted', ...kinds } as const) : null;
}

function toldOf(lot: AlertBatch, isFirst: boolean, because: string | null): readonly TimelineEvent[] {
  if (!isFirst) return lot.told;
  return [{ kind: 'opened', by: 'alert', alerts: attached(lot), ...(because === null ? {} : { because }) }];
}

function attached({ told }: AlertBatch): readonly Alert[] {
  return told.flatMap((one) => (one.kind === 'alert-attached' ? [one.alert] : []));
}

/** How it is known what the first alert is about, where none of its labels says so. */
function placedBecause(lot: AlertBatch, { subject }: Incident, { settings }: StepContext): string | null {
  const [first] = attached(lot);
  return first === undefined || subject.kind === 'storm' ? null : placed(first, settings).because;
}

function hear(
  lot: AlertBatch,
  { cameAt = Number.POSITIVE_INFINITY, ...alert }: Alert,
  context: StepContext,
): void {
  const { fingerprint } = alert;
  const came = Math.min(cameAt, context.now);
  const inFull = lot.inFull.get(fingerprint);
  const counted = lot.counted.get(fingerprint) ?? ownProperty(context.heard, fingerprint);
  const known = inFull === undefined ? counted : { ...inFull.alert, changedAt: inFull.changedAt };
  const news = known === undefined ? newsOfFirst(alert, lot.gone, came) : newsOf(alert, known, came);
  if (news === null) return;
  lot.news += 1;
  if (news === 'attached') lot.joined.push(fingerprint);
  if (alert.status === 'firing') lot.fired.push(alert);
  if (inFull !== undefined || (counted === undefined && lot.inFull.size < IN_FULL))
    holdInFull(lot, alert, inFull, news, context.now);
  else count(lot, alert, counted, news, context.now);
}

/**
 * An alert that this incident has not heard of. Its end alone, without a beginning, concerns nobody, and neither does a late
 * messenger of what had ended before the last incident closed.
 */
function newsOfFirst(alert: Alert, gone: Incident | null, came: number): AlertChange | null {
  if (alert.status === 'resolved') return null;
  const before = ownProperty(gone?.alerts ?? {}, alert.fingerprint);
  if (before === undefined || before.alert.status === 'firing') return 'attached';
  return newsOf(alert, { ...before.alert, changedAt: before.changedAt }, came) === null ? null : 'attached';
}

function newsOf(alert: Alert, known: Known, came: number): AlertChange | null {
  if (alert.status === 'resolved') {
    // Webhooks may come out of order: an end from before the present beginning is old news.
    return known.status === 'firing' && (alert.endsAt ?? 0) >= known.startsAt ? 'resolved' : null;
  }
  // A later beginning of one that fires: its end in between was not heard yet, and must not end this one when it comes.
  if (known.status === 'firing') return alert.startsAt > known.startsAt ? 'refired' : null;
  // A source that lost sight of an alert in between goes on with its old beginning.
  return alert.startsAt >= (known.endsAt ?? 0) || came - known.changedAt > LATE ? 'refired' : null;
}

function holdInFull(
  lot: AlertBatch,
  alert: Alert,
  known: AttachedAlert | undefined,
  news: AlertChange,
  now: number,
): void {
  const fires = (known?.fires ?? 0) + (news === 'resolved' ? 0 : 1);
  const beganAt = news === 'resolved' ? (known?.beganAt ?? now) : now;
  lot.held = true;
  lot.inFull.set(alert.fingerprint, {
    alert,
    heardAt: known?.heardAt ?? now,
    beganAt,
    changedAt: now,
    fires,
    ...(known?.bound === undefined ? {} : { bound: known.bound }),
  });
  if (isTold(fires)) lot.told.push(happeningOf(news, alert, fires));
}

function happeningOf(news: AlertChange, alert: Alert, fires: number): TimelineEvent {
  switch (news) {
    case 'attached':
      return { kind: 'alert-attached', alert };
    case 'refired':
      return { kind: 'alert-refired', alert, fires };
    case 'resolved':
      return { kind: 'alert-resolved', alert };
    default:
      return news satisfies never;
  }
}

/** An alert that flaps all night must not make the record grow all night. */
function isTold(fires: number): boolean {
  return fires <= TOLD || Number.isInteger(Math.log2(fires));
}

function count(
  lot: AlertBatch,
  alert: Alert,
  known: OverflowAlert | undefined,
  news: AlertChange,
  now: number,
): void {
  const { status, name, startsAt, endsAt, fingerprint } = alert;
  const fires = (known?.fires ?? 0) + (news === 'resolved' ? 0 : 1);
  lot.counted.set(fingerprint, { status, name, startsAt, endsAt, fires, changedAt: now });
  lot.kinds[news] += 1;
  lot.firing += Number(status === 'firing') - Number(known?.status === 'firing');
  if (news !== 'attached') return;
  lot.total += 1;
  const told = lot.names.has(name) || lot.names.size < NAMES ? name : OTHERS;
  lot.names.set(told, (lot.names.get(told) ?? 0) + 1);
}
