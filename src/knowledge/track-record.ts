import type { Attempt } from '../execution/attempt.ts';
import type { Incident } from '../incident/model/incident.ts';

/** How a playbook has done lately. */
export interface TrackRecord {
  readonly playbook: string;
  readonly runs: number;
  /** Proven to have helped, and not undone by a relapse. */
  readonly helped: number;
  readonly didNotHelp: number;
  /** Helped at first, and did not last. */
  readonly didNotLast: number;
  /** Nobody knows: interrupted, stopped or unproven. */
  readonly unknown: number;
  /** From the start of the fix to the proof, milliseconds; null where none was proven. */
  readonly medianTime: number | null;
  /** How often people called the diagnosis that led to it wrong. */
  readonly calledWrong: number;
}

type Result = 'helped' | 'didNotHelp' | 'didNotLast' | 'unknown';

/** One run of a playbook, and how long it took until it was proven to have helped. */
interface Run {
  readonly playbook: string;
  readonly result: Result;
  readonly time: number | null;
}

/**
 * The record of every playbook that ran in these incidents, the most used first. A run counts once it has ended and been watched;
 * one that never began does not, nor one of an older Medic, which did not say what it ran.
 */
export function trackRecords(incidents: readonly Incident[]): readonly TrackRecord[] {
  const runs = incidents.flatMap(runsOf);
  const wrong = incidents.flatMap(({ judgements }) =>
    judgements.flatMap(({ verdict, playbook }) =>
      verdict === 'wrong' && playbook !== null ? [playbook] : [],
    ),
  );
  const playbooks = [...new Set(runs.map(({ playbook }) => playbook))];
  return playbooks
    .map((playbook) => recordOf(playbook, runs, wrong))
    .toSorted((one, other) => other.runs - one.runs || (one.playbook < other.playbook ? -1 : 1));
}

function recordOf(playbook: string, all: readonly Run[], wrong: readonly string[]): TrackRecord {
  const runs = all.filter((run) => run.playbook === playbook);
  const count = (result: Result) => runs.filter((run) => run.result === result).length;
  return {
    playbook,
    runs: runs.length,
    helped: count('helped'),
    didNotHelp: count('didNotHelp'),
    didNotLast: count('didNotLast'),
    unknown: count('unknown'),
    medianTime: medianOf(runs.flatMap(({ time }) => time ?? [])),
    calledWrong: wrong.filter((one) => one === playbook).length,
  };
}

function runsOf(incident: Incident): readonly Run[] {
  const fixes = incident.attempts.filter(({ purpose }) => purpose === 'fix');
  return fixes.flatMap((fix, index) => {
    const result = resultOf(fix, fixes[index + 1] !== undefined, incident);
    if (fix.playbook === undefined || result === null) return [];
    const helped = result === 'helped' || result === 'didNotLast';
    const time = helped && fix.proof !== undefined ? fix.proof.at - fix.startedAt : null;
    return [{ playbook: fix.playbook, result, time }];
  });
}

/**
 * Null for what never began, or is not over. What was proven and needed another fix all the same did not last. A service that is well
 * after a fix that failed, or that changed nothing, is well for another reason.
 */
function resultOf(
  { result, proof }: Attempt,
  another: boolean,
  { phase, relapsed }: Incident,
): Result | null {
  if (result?.kind === 'failed' && result.untouched) return null;
  switch (proof?.kind) {
    case 'proven':
      if (result?.kind === 'failed' || result?.kind === 'timed-out') return 'didNotHelp';
      if (result?.kind !== 'succeeded') return 'unknown';
      if (result.changed === 0) return 'didNotHelp';
      return another || relapsed !== null ? 'didNotLast' : 'helped';
    case 'refuted':
      return 'didNotHelp';
    case 'unproven':
      return 'unknown';
    default:
  }
  if (result === null) return null;
  // It is being watched, and nothing is known of it yet.
  return phase.at === 'verifying' && !another ? null : 'unknown';
}

function medianOf(times: readonly number[]): number | null {
  const sorted = times.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[middle]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
