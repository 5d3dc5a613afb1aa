import type { Incident, Phase, VerifyAfter, Waiting } from '../incident/model/incident.ts';
import { isAhead, isRunning } from '../incident/model/phases.ts';
import { clock, day, named, type Part, person, type Said, say } from '../lib/text/text.ts';
import { shortened } from '../lib/text/text-read.ts';
import { plain } from './words.ts';

/** What an incident is doing, in the words of its card and with the time that matters. */
export function stateOf(incident: Incident): Said {
  const { phase, relapsed } = incident;
  switch (phase.at) {
    case 'investigating':
      if (phase.doing === 'settling')
        return phase.dependency === undefined
          ? say`looking again at ${clock(phase.until)}, after a deploy`
          : say`looking again at ${clock(phase.until)}, as the cause lies in ${phase.dependency}`;
      return phase.doing === 'collecting' ? say`gathering evidence` : say`asking the model`;
    case 'preparing':
      return phase.decided.plan.dryRun === null
        ? say`checking if the fix is needed`
        : say`rehearsing the fix`;
    case 'waiting':
      return waitingFor(phase);
    case 'reproving':
      return say`checking once more before the fix`;
    case 'starting':
      return say`about to fix`;
    case 'executing':
      return phase.stop === null ? say`fixing` : say`being stopped by ${person(phase.stop)}`;
    case 'verifying':
      return WATCHING[phase.after.kind];
    case 'rolling-back':
      return say`undoing the fix`;
    case 'muted':
      return say`muted until ${day(phase.until)}`;
    case 'observed':
      return say`only watching`;
    case 'cancelled':
      return say`cancelled by ${person(phase.by)}`;
    case 'escalated':
      return say`needs a person: ${shortened(phase.reason, 120)}`;
    case 'closed':
      if (relapsed !== null) return say`did not last`;
      // A fix ran that cannot be why: whether it went by itself, nobody knows.
      return phase.how === 'recovered' && fixOf(incident) !== null ? say`well again` : ENDED[phase.how];
    default:
      return phase satisfies never;
  }
}

const WATCHING: Readonly<Record<VerifyAfter['kind'], Said>> = {
  fix: say`proving recovery`,
  rollback: say`checking after undoing the fix`,
  resolved: say`looks well, watching`,
  'looks-healthy': say`looks well, watching`,
};

const ENDED: Readonly<Record<Extract<Phase, { at: 'closed' }>['how'], Said>> = {
  healed: say`resolved`,
  recovered: say`recovered by itself`,
  resolved: say`its alerts resolved`,
  answered: say`answered`,
};

function waitingFor({ for: what, decided, deadline, held, turn }: Waiting): Said {
  if (held !== null) return say`on hold, by ${person(held.by)}`;
  switch (what) {
    case 'window':
      return deadline === null ? say`about to fix` : say`about to fix at ${clock(deadline)}`;
    case 'approval': {
      const { approvals } = decided.verdict;
      const context = approvals > 1 ? ` (${decided.receipts.length} of ${approvals} given)` : '';
      const until = deadline === null ? '' : say`, open until ${clock(deadline)}`;
      return say`needs approval${context}${until}`;
    }
    case 'turn':
      return turn === null ? say`waiting its turn` : say`waiting its turn: ${shortened(turn.obstacle, 120)}`;
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

/** What an incident is about. */
export function nameOf({ subject }: Incident): Part {
  return named(plain(subject.name, 60));
}
