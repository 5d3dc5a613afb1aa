import type { Incident, Phase, Waiting } from '../incident/incident.ts';
import { isAhead, isRunning } from '../incident/phases.ts';
import { clockTime, dayAndTime, person, plain, sentence } from './desk-words.ts';

/** What an incident is doing, in the words of its card and with the time that matters. */
export function stateOf(incident: Incident): string {
  const { phase, relapsed } = incident;
  switch (phase.at) {
    case 'investigating':
      return phase.doing === 'collecting' ? 'gathering evidence' : 'asking the model';
    case 'preparing':
      return phase.decided.plan.dryRun === null ? 'looking whether the fix is needed' : 'trying the fix dry';
    case 'waiting':
      return waitingFor(phase);
    case 'reproving':
      return 'checking once more before the fix';
    case 'starting':
      return 'about to fix';
    case 'executing':
      return phase.stop === null ? 'fixing' : `being stopped by ${person(phase.stop)}`;
    case 'verifying':
      return phase.after.kind === 'fix' ? 'proving recovery' : 'looks well, watching';
    case 'rolling-back':
      return 'undoing the fix';
    case 'muted':
      return `muted until ${dayAndTime(phase.until)}`;
    case 'observed':
      return 'only watching';
    case 'cancelled':
      return `cancelled by ${person(phase.by)}`;
    case 'escalated':
      return `needs a person: ${sentence(phase.reason, 120)}`;
    case 'closed':
      if (relapsed !== null) return 'did not last';
      // A fix ran that cannot be why: whether it went by itself, nobody knows.
      return phase.how === 'recovered' && fixOf(incident) !== null ? 'well again' : ENDED[phase.how];
    default:
      return phase satisfies never;
  }
}

const ENDED: Readonly<Record<Extract<Phase, { at: 'closed' }>['how'], string>> = {
  healed: 'resolved',
  recovered: 'recovered by itself',
  resolved: 'its alerts resolved',
  answered: 'answered',
};

function waitingFor({ for: what, decided, deadline, held, turn }: Waiting): string {
  if (held !== null) return `on hold, by ${person(held.by)}`;
  switch (what) {
    case 'window':
      return deadline === null ? 'about to fix' : `about to fix at ${clockTime(deadline)}`;
    case 'approval': {
      const { approvals } = decided.verdict;
      const given = approvals > 1 ? ` (${decided.receipts.length} of ${approvals} given)` : '';
      return `needs approval${given}${deadline === null ? '' : `, open until ${clockTime(deadline)}`}`;
    }
    case 'turn':
      return turn === null ? 'waiting its turn' : `waiting its turn: ${sentence(turn.obstacle, 120)}`;
    default:
      return what satisfies never;
  }
}

/** The playbook that was run for an incident last, and null where none was begun. */
export function fixOf({ attempts }: Incident): { readonly playbook: string | null } | null {
  const fix = attempts.findLast(({ purpose, result }) => purpose === 'fix' && !isUntouched(result));
  return fix === undefined ? null : { playbook: fix.playbook ?? null };
}

function isUntouched(result: Incident['attempts'][number]['result']): boolean {
  return result !== null && result !== undefined && 'untouched' in result && result.untouched === true;
}

/** Incidents by what a pause means for them: what runs and finishes, and what would have started and waits. */
export function underPause(incidents: readonly Incident[]): {
  readonly running: readonly Incident[];
  readonly waiting: readonly Incident[];
} {
  return {
    running: incidents.filter(({ phase }) => isRunning(phase)),
    waiting: incidents.filter(({ phase }) => isAhead(phase)),
  };
}

/** The name of what an incident is about, in bold. */
export function nameOf({ subject }: Incident): string {
  return `*${plain(subject.name, 60).replaceAll('*', '')}*`;
}
