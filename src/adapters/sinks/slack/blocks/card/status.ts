import type { Severity } from '../../../../../alerts/alert.ts';
import type { AttemptResult, TaskLine } from '../../../../../execution/attempt.ts';
import type { Incident, Phase } from '../../../../../incident/model/incident.ts';
import type { CheckAnswer, Outcome } from '../../../../../verification/outcome.ts';

import { isPausable } from './next-step.ts';

/** A sign that is seen before it is read, and the word that says the same without it. */
export interface Status {
  readonly emoji: string;
  readonly word: string;
}

/** What an incident is doing, as a reader of the channel should see it first. */
function statusOf(phase: Phase): Status {
  switch (phase.at) {
    case 'investigating':
      return { emoji: ':mag:', word: 'Investigating' };
    case 'preparing':
      return phase.decided.plan.dryRun === null
        ? { emoji: ':mag:', word: 'Checking if the fix is needed' }
        : { emoji: ':test_tube:', word: 'Rehearsing the fix' };
    case 'waiting':
      return waitingStatus(phase);
    case 'reproving':
      return { emoji: ':mag:', word: 'Checking once more' };
    case 'starting':
    case 'executing':
      return { emoji: ':wrench:', word: 'Fixing' };
    case 'verifying':
      return {
        emoji: ':stethoscope:',
        word: phase.after.kind === 'rollback' ? 'Rollback ran, checking' : 'Proving recovery',
      };
    case 'rolling-back':
      return { emoji: ':leftwards_arrow_with_hook:', word: 'Undoing' };
    case 'muted':
      return { emoji: ':no_bell:', word: 'Muted' };
    case 'observed':
      return { emoji: ':eyes:', word: 'Only watching' };
    case 'cancelled':
      return { emoji: ':no_entry_sign:', word: 'Cancelled' };
    case 'escalated':
      return { emoji: ':sos:', word: 'Needs a person' };
    case 'closed':
      return CLOSED[phase.how];
    default:
      return phase satisfies never;
  }
}

/** What the card of an incident says first: an end that did not last is none. */
export function headingOf(incident: Incident, isPaused = false): Status {
  const { phase, relapsed } = incident;
  // Whoever is to approve it can do so all the same.
  if (isPaused && isPausable(phase) && !asksPeople(phase)) return PAUSED;
  if (phase.at === 'closed' && relapsed !== null) return { emoji: ':repeat:', word: 'Did not last' };
  return endOf(incident);
}

/** What an incident is doing, or how it ended, whatever came of that end. */
export function endOf({ phase, attempts }: Incident): Status {
  // A fix ran that cannot be why: whether it went by itself, nobody knows.
  if (phase.at === 'closed' && phase.how === 'recovered' && attempts.length > 0)
    return { ...CLOSED.recovered, word: 'Well again' };
  return statusOf(phase);
}

function asksPeople(phase: Phase): boolean {
  return phase.at === 'waiting' && (phase.held !== null || phase.for === 'approval');
}

const PAUSED: Status = { emoji: ':double_vertical_bar:', word: 'Paused' };

function waitingStatus(phase: Extract<Phase, { at: 'waiting' }>): Status {
  if (phase.held) return { emoji: ':double_vertical_bar:', word: 'On hold' };
  switch (phase.for) {
    case 'window':
      return { emoji: ':hourglass_flowing_sand:', word: 'About to fix' };
    case 'approval':
      return { emoji: ':raised_hand:', word: 'Needs approval' };
    case 'turn':
      return { emoji: ':hourglass:', word: 'Waiting its turn' };
    default:
      return phase.for satisfies never;
  }
}

const CLOSED: Readonly<Record<Extract<Phase, { at: 'closed' }>['how'], Status>> = {
  healed: { emoji: ':white_check_mark:', word: 'Resolved' },
  recovered: { emoji: ':white_check_mark:', word: 'Recovered by itself' },
  resolved: { emoji: ':white_circle:', word: 'Alerts resolved' },
  answered: { emoji: ':memo:', word: 'Answered' },
};

export const SEVERITY: Readonly<Record<Severity, Status>> = {
  critical: { emoji: ':rotating_light:', word: 'critical' },
  warning: { emoji: ':warning:', word: 'warning' },
  info: { emoji: ':information_source:', word: 'info' },
};

export const TASK: Readonly<Record<TaskLine['status'] | 'unfinished', Status>> = {
  running: { emoji: ':arrow_forward:', word: 'running' },
  ok: { emoji: ':white_check_mark:', word: 'ok' },
  changed: { emoji: ':wrench:', word: 'changed' },
  failed: { emoji: ':x:', word: 'failed' },
  skipped: { emoji: ':heavy_minus_sign:', word: 'skipped' },
  unreachable: { emoji: ':x:', word: 'unreachable' },
  unfinished: { emoji: ':grey_question:', word: 'not finished' },
};

export const RESULT: Readonly<Record<AttemptResult['kind'], Status>> = {
  succeeded: { emoji: ':white_check_mark:', word: 'Finished' },
  failed: { emoji: ':x:', word: 'Failed' },
  'timed-out': { emoji: ':x:', word: 'Ran out of time' },
  stopped: { emoji: ':octagonal_sign:', word: 'Stopped' },
  interrupted: { emoji: ':question:', word: 'Interrupted, outcome unknown' },
};

export const ANSWER: Readonly<Record<CheckAnswer['answer'], Status>> = {
  good: { emoji: ':white_check_mark:', word: 'good' },
  bad: { emoji: ':x:', word: 'bad' },
  unknown: { emoji: ':question:', word: 'unknown' },
};

export const OUTCOME: Readonly<Record<Outcome['kind'], Status>> = {
  proven: { emoji: ':white_check_mark:', word: 'Recovery proven' },
  refuted: { emoji: ':x:', word: 'Not recovered' },
  unproven: { emoji: ':question:', word: 'Recovery not proven' },
};
