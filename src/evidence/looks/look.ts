import type { Look } from '../../playbooks/manifest.ts';
import type { ServiceView } from '../collector.ts';
import type { Stated } from '../facts/tell.ts';

/** A playbook's look with its values filled in: what is read, and the predicate that makes it the fault. */
export type LookSpec = Look;

/** What is looked at: a service, on all of its hosts or on those that are named. */
export interface LookTarget {
  readonly service: ServiceView;
  /** Null for every host that the service runs on. */
  readonly hosts: readonly string[] | null;
  /** When what is wrong began to show, epoch milliseconds; null where nobody knows. */
  readonly symptomAt: number | null;
}

/**
 * What one look at one host says.
 *
 * - `fault`: the predicate holds, here and now
 * - `well`: it does not, and what was looked at is well
 * - `other`: it does not, and all is not well either: stopped on purpose, in its start limit, another resource that has run out
 * - `unknown`: it could not be read, or nobody knows what to compare it with; never health, and never a fault
 */
export interface LookReading {
  /** The host's name in the inventory; Medic's own machine where the service has none. */
  readonly host: string;
  readonly verdict: 'fault' | 'well' | 'other' | 'unknown';
  /** One line for people, with the numbers it rests on: `systemd on web-1: failed (exit code 1) since 03:12:07Z`. */
  readonly words: string;
  /** The instrument, e.g. `systemd/web-1/nginx.service`, `kernel/web-1`. */
  readonly instrument: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  /** What it states, typed. */
  readonly states?: readonly LookState[];
  /** When it was read, epoch milliseconds by the clock of record. */
  readonly at: number;
  /** Set where nothing is known for want of time alone, so that another look may tell. */
  readonly late?: true;
  /** Set where it was read, and only what to compare it with is not known. */
  readonly undecided?: true;
  /** Set where nobody said what is to be looked at, so that nothing was asked: that is no failure, and hides nothing. */
  readonly unasked?: true;
}

/** A fact of a look, and which of its plain facts says it to people; the words of the look where none does. */
export interface LookState extends Stated {
  readonly said?: string;
}

/** Looks at the world by instruments that neither an alert's sender nor the service writes. Never throws. */
export interface Looker {
  /** One reading for each host; at least one, `unknown` where nobody knows where to look. */
  look(spec: LookSpec, target: LookTarget, signal: AbortSignal): Promise<readonly LookReading[]>;
}
