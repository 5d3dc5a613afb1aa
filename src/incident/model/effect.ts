import type { LinkedIncident } from './incident.ts';

/** What each is for, and which deadline it serves, is told in `timers.ts`. */
export type TimerName =
  | 'window'
  | 'approval'
  | 'reminder'
  | 'turn'
  | 'sample'
  | 'reproof'
  | 'settle'
  | 'unmute'
  | 'recheck'
  | 'escalation';

/** What one incident tells another, which may be closed: that it shares its thread, that its end did not last, and that it is over. */
export type LinkedEvent =
  | { readonly type: 'guest-came'; readonly guest: LinkedIncident }
  /** `elsewhere`: it does not go on in this thread. */
  | { readonly type: 'relapsed'; readonly as: string; readonly elsewhere?: true }
  | { readonly type: 'neighbour-over'; readonly incident: string; readonly at: number };

/**
 * Something the world owes an incident. It is committed with the state that asks for it, performed at least once, and its
 * result comes back as an event. Only `execute` and `roll-back` are never performed twice.
 */
export type Effect =
  | { readonly kind: 'collect'; readonly round: number }
  | { readonly kind: 'ask-model'; readonly round: number }
  | { readonly kind: 'dry-run'; readonly plan: string }
  | { readonly kind: 'reprove'; readonly plan: string }
  /** Gathers fresh facts for a question of the thread. */
  | { readonly kind: 'collect-answer'; readonly question: string }
  /** Answers a question from what was gathered. */
  | { readonly kind: 'answer'; readonly question: string }
  /** Reads the alert's metric again, for a picture of how it came out. */
  | { readonly kind: 'chart' }
  /** Looks at the subject once more, because every alert has resolved and no plan is at work. */
  | { readonly kind: 'recheck' }
  /** Looks whether the way is clear, without taking anything. */
  | { readonly kind: 'look'; readonly plan: string }
  | { readonly kind: 'claim'; readonly plan: string }
  | { readonly kind: 'tell'; readonly incident: string; readonly tidings: LinkedEvent }
  | {
      readonly kind: 'execute';
      readonly plan: string;
      readonly attempt: string;
      readonly purpose: 'fix' | 'rollback';
    }
  | { readonly kind: 'sample'; readonly plan: string }
  /** `serves` names the deadline: a timer whose deadline was moved is stale and is refused. */
  | { readonly kind: 'timer'; readonly name: TimerName; readonly at: number; readonly serves: string };

/**
 * An effect with its name, `<incident>-<version>-<ordinal>-<kind>`. The kind is part of it because a memory that has lost its newest
 * versions counts them again, and an answer to what it forgot must not pass for one to what it asks now.
 */
export interface OutboxEffect {
  readonly id: string;
  readonly incident: string;
  readonly effect: Effect;
}
