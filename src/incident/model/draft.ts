import type { Own, Said, Text } from '../../lib/text/text.ts';
import type { Effect, OutboxEffect } from './effect.ts';
import type { Decided, Incident, Phase } from './incident.ts';
import type { OverflowAlert } from './overflow.ts';
import { isConsented, isOpen } from './phases.ts';
import type { StepContext } from './step-context.ts';
import { chain, recordable, type TimelineEntry, type TimelineEvent } from './timeline.ts';

/** A broken promise of the core itself: a bug, never a user's mistake. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** An incident on its way to its next version, with what it asks for and what will be told. */
export interface Draft {
  readonly incident: Incident;
  readonly effects: readonly Effect[];
  readonly events: readonly TimelineEvent[];
  /** Fingerprints of the alerts that join, and what is new of those that are only counted. */
  readonly joined: readonly string[];
  readonly crowd: Readonly<Record<string, OverflowAlert>>;
}

/** What one event did: the next incident with what is owed and told, or why nothing changed. */
export type Step =
  | {
      readonly kind: 'next';
      readonly incident: Incident;
      readonly owed: readonly OutboxEffect[];
      readonly entries: readonly TimelineEntry[];
      readonly joined: readonly string[];
      readonly crowd: Readonly<Record<string, OverflowAlert>>;
    }
  | Refusal;

/** An event that may not change the incident, and why, in words for the person who caused it. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: Text;
  /** What is wrong with single values that were given, by parameter. */
  readonly fields?: Readonly<Record<string, string>>;
}

export function refuse<const S extends string>(reason: Said | Own<S>, fields?: Refusal['fields']): Refusal {
  return { kind: 'refused', reason, ...(fields === undefined ? {} : { fields }) };
}

export function begin(incident: Incident): Draft {
  return { incident, effects: [], events: [], joined: [], crowd: {} };
}

/** Changes fields other than the phase. */
export function change(
  draft: Draft,
  fields: Partial<Omit<Incident, 'phase' | 'id' | 'version' | 'head'>>,
): Draft {
  return { ...draft, incident: { ...draft.incident, ...fields } };
}

export function record(draft: Draft, ...told: readonly TimelineEvent[]): Draft {
  return { ...draft, events: [...draft.events, ...told] };
}

export function emit(draft: Draft, ...effects: readonly Effect[]): Draft {
  return { ...draft, effects: [...draft.effects, ...effects] };
}

/** Enters a phase, asserting what must hold to be in it. The only place where a phase is set. */
export function enter(draft: Draft, phase: Phase): Draft {
  if (!isOpen(draft.incident))
    throw new InvariantError(`${draft.incident.id} is closed and cannot enter ${phase.at}`);
  if (isConsented(phase)) assertConsent(phase.decided);
  if (phase.at === 'executing') assertFresh(draft.incident, phase.decided);
  return { ...draft, incident: { ...draft.incident, phase } };
}

function assertConsent(decided: Decided): void {
  const lacking = lackingConsent(decided);
  if (lacking !== null) throw new InvariantError(`plan ${decided.plan.id} must not start: ${lacking}`);
}

/** Why a plan has not the consent that its verdict asks for, or null where it has. */
export function lackingConsent({ plan, verdict, receipts, consent }: Decided): string | null {
  if (consent === null) return 'nobody and nothing consented';
  if (verdict.planDigest !== plan.digest) return 'its verdict is about another plan';
  if (verdict.kind === 'observe' || verdict.kind === 'deny') return `its verdict is ${verdict.kind}`;
  if (verdict.kind === 'wait' && consent.kind === 'not-needed') return 'its window was skipped';
  if (verdict.kind !== 'ask') return null;
  const valid = new Set(
    receipts.filter((receipt) => receipt.planDigest === plan.digest).map(({ user }) => user),
  );
  return consent.kind === 'approved' && valid.size >= verdict.approvals
    ? null
    : `it has ${valid.size} of ${verdict.approvals} approvals`;
}

function assertFresh(incident: Incident, { plan }: Decided): void {
  if (
    incident.attempts.some(
      (attempt) => attempt.plan === plan.id && attempt.purpose === 'fix' && attempt.result !== null,
    )
  ) {
    throw new InvariantError(`plan ${plan.id} has been run already`);
  }
}

/** Seals a draft as the next version: effects get their names, and what is told is chained, without secrets. */
export function seal(draft: Draft, { now, redact }: Pick<StepContext, 'now' | 'redact'>): Step {
  const { incident } = draft;
  const version = incident.version + 1;
  const { entries, head } = chain(
    incident.head,
    now,
    draft.events.map((one) => recordable(one, redact)),
  );
  const owed = draft.effects.map((effect, ordinal) => ({
    id: `${incident.id}-${version}-${ordinal}-${effect.kind}`,
    incident: incident.id,
    effect,
  }));
  const { joined, crowd } = draft;
  return { kind: 'next', incident: { ...incident, version, head }, owed, entries, joined, crowd };
}
