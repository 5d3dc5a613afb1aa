import { isSettled } from '../collect.ts';
import { nameOf } from './account.ts';
import { alertsAstray, firingForEver } from './alerts.ts';
import { overlapping, overloaded } from './apart.ts';
import { callsAstray } from './called.ts';
import { brokenChains } from './chain.ts';
import { forgottenClicks } from './clicked.ts';
import { cancelledYetRun, observedYetRun, pausedYetRun, ranTwice, unconsented } from './permission.ts';
import type { ChaosRecord } from './record.ts';
import { threadsAskew } from './threads.ts';

/** A rule reads a record and says in words where it was broken. */
type Rule = (record: ChaosRecord) => readonly string[];

/** What must hold after any run, by name. */
export const RULES = {
  'whoever is called is told, once, and until somebody is on it': callsAstray,
  'every accepted alert is in exactly one incident': alertsAstray,
  'no alert that ended is taken for firing': firingForEver,
  'every incident ended or waits for a person': unsettled,
  'the record is whole': brokenChains,
  'no plan ran twice': ranTwice,
  'every click that was taken stands in the record': forgottenClicks,
  'none ran after Cancel': cancelledYetRun,
  'none ran without its consent': unconsented,
  'none ran in observe mode': observedYetRun,
  'none ran while paused': pausedYetRun,
  'no two fixes overlapped in a neighbourhood': overlapping,
  'no more fixes ran at once than may': overloaded,
  'threads have no gap and no double': threadsAskew,
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

export interface Violation {
  readonly rule: RuleName;
  readonly words: string;
}

/** Judges a run by its record. Nothing means that every rule held. */
export function check(record: ChaosRecord): readonly Violation[] {
  return Object.entries(RULES).flatMap(([rule, violations]) =>
    violations(record).map((words) => ({ rule: rule as RuleName, words })),
  );
}

function unsettled({ incidents, owed, unshown, keptBack }: ChaosRecord): readonly string[] {
  return [
    ...incidents
      .filter(({ incident }) => !isSettled(incident))
      .map((kept) => `${nameOf(kept)} is left ${describe(kept.incident.phase)}`),
    ...owed.map((effect) => `the effect ${effect} is still owed`),
    ...unshown.map((incident) => `Slack does not show the last of ${incident}`),
    ...keptBack.map((subject) => `alerts of ${subject} are still kept back`),
  ];
}

function describe(phase: ChaosRecord['incidents'][number]['incident']['phase']): string {
  return phase.at === 'waiting' ? `waiting for ${phase.for}` : phase.at;
}
