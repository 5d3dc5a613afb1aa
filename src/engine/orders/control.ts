import type { Silence } from '../../silence/silence.ts';
import type { ModeOrder } from '../store/snapshot.ts';
import { type Seal, stable } from './seal.ts';

/** How long a control record holds, milliseconds: what was ordered since is not in it. */
export const CONTROL_LIFE = 30_000;
/** How often one is issued anew, milliseconds. */
export const CONTROL_EVERY = 3_000;
/** How far two looks at the clock of record may be apart, milliseconds. */
const SKEW = 5_000;

/** What people have ordered that keeps plans from starting. */
export interface Orders {
  readonly pausedBy: string | null;
  readonly modes: readonly ModeOrder[];
  readonly silences: readonly Silence[];
}

/** The orders as a brain issues them to the runners. A greater number is a later one, whichever brain issued it. */
export interface Control extends Orders {
  readonly schema: 1;
  readonly number: number;
  /** By the clock of record, epoch milliseconds. */
  readonly issuedAt: number;
  /** The hash of each playbook as the brain has it. */
  readonly catalog: Readonly<Record<string, string>>;
}

/** The newest record that was seen, and since when it was seen by the monotonic clock of this process. */
export interface Seen {
  readonly number: number;
  readonly issuedAt: number;
  readonly since: number;
}

export const NEVER_SEEN: Seen = { number: 0, issuedAt: 0, since: 0 };

export type ControlReading =
  | { readonly kind: 'in-force'; readonly control: Control; readonly seen: Seen }
  | { readonly kind: 'closed'; readonly reason: string };

const ABOUT = 'control';

/** A record as it is kept: its text behind its seal. */
export function issue(control: Control, seal: Seal): string {
  const text = stable(control);
  return `${seal.sign(ABOUT, text)} ${text}`;
}

/** A record that Medic issued, however old; null for anything else. */
export function issued(stored: string | null, seal: Seal): Control | null {
  const [, mac = '', text = ''] = /^(\S+) ([\s\S]*)$/.exec(stored ?? '') ?? [];
  if (!seal.fits(ABOUT, text, mac)) return null;
  const control = JSON.parse(text) as Control;
  return control.schema === 1 ? control : null;
}

/**
 * What a runner makes of the record that lies there. None, a forged, an old or a stale one all mean that it starts nothing: it cannot know
 * what people have ordered.
 *
 * @param seen the newest that it has seen before
 * @param clocks the clock of record, and the monotonic one of this process, which nobody else can set
 */
export function readControl(
  stored: string | null,
  seal: Seal,
  seen: Seen,
  clocks: { readonly now: number; readonly monotonic: number },
): ControlReading {
  if (stored === null) return closed('there is none');
  const control = issued(stored, seal);
  if (control === null) return closed('what lies there is not signed with Medic’s key');
  const { number, issuedAt } = control;
  if (number < seen.number || issuedAt < seen.issuedAt)
    return closed('what lies there is older than one that was seen before');
  if (issuedAt > clocks.now + SKEW) return closed('it bears a time that has not come yet');
  const since = number === seen.number ? seen.since : clocks.monotonic;
  const age = Math.max(clocks.now - issuedAt, clocks.monotonic - since);
  if (age > CONTROL_LIFE) return closed(`the last is ${Math.round(age / 1000)} s old`);
  return { kind: 'in-force', control, seen: { number, issuedAt, since } };
}

function closed(what: string): ControlReading {
  const reason = `the runner starts nothing without a fresh word from a brain of what is paused, silenced and in which mode, and ${what}`;
  return { kind: 'closed', reason };
}

/** The record that follows another one, whoever issued that. */
export function following(
  before: Pick<Control, 'number'> | null,
  orders: Orders,
  { now, catalog }: { readonly now: number; readonly catalog: Control['catalog'] },
): Control {
  const { pausedBy, modes, silences } = orders;
  const number = Math.max((before?.number ?? 0) + 1, now);
  // What is over mutes nothing any more.
  const alive = silences.filter(({ until }) => until > now);
  return { schema: 1, number, issuedAt: now, pausedBy, modes, silences: alive, catalog };
}
