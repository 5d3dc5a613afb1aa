import type { Incident, Phase } from '../../../../../incident/model/incident.ts';
import { whatBreaks } from '../alerts.ts';
import { intention } from '../intention.ts';
import { readable, roundly } from '../plain.ts';
import { capital, mention, sentence, sureness, time, timely, words } from '../text.ts';
import { isPausable } from './next-step.ts';

/**
 * The card in whole sentences, as a locked screen and a screen reader say it: how it stands, why, and what is asked.
 *
 * @param status the word of its heading
 */
export function notification(
  incident: Incident,
  status: string,
  name: string,
  pausedBy: string | null = null,
): string {
  const head = `${status}: ${words(name, 100)}.`;
  const { phase } = incident;
  if (pausedBy !== null && isPausable(phase))
    return `${head} ${because(incident)}${question(phase)}Nothing starts: ${mention(pausedBy)} has paused Medic.`;
  switch (phase.at) {
    case 'waiting':
      return `${head} ${because(incident)}${asked(incident)}`;
    case 'closed':
      return `${head} ${ended(capital(sentence(phase.reason, 600)))}`;
    case 'escalated':
      return `${head} ${ended(capital(sentence(phase.reason, 600, readable)))}`;
    case 'muted':
      return `${head} Nothing is done until ${time(phase.until, 'day')}: ${sentence(phase.words, 300)}.`;
    default:
      return `${head} ${because(incident)}`.trim();
  }
}

/** The cause, once it is known; until then what breaks. */
function because(incident: Incident): string {
  const { diagnosis, severity } = incident;
  const best = diagnosis?.hypotheses[0];
  if (diagnosis?.conclusion.kind !== 'cause' || best === undefined) {
    return `${capital(severity)}: ${ended(timely(whatBreaks(incident), 300))} `;
  }
  const said = words(roundly(best.cause), 300).replace(/[.!?]$/, '');
  return `${said} (${sureness(best.confidence)}). `;
}

/** What an approver is asked, who may answer it whatever else waits. */
function question(phase: Phase): string {
  return phase.at === 'waiting' && phase.for === 'approval' ? `${intention(phase.decided.plan)}? ` : '';
}

/** What the plan would do, as a question where somebody has to answer it. */
function asked(incident: Incident): string {
  const { phase } = incident;
  if (phase.at !== 'waiting') return '';
  const what = intention(phase.decided.plan);
  if (phase.held !== null) return `${what} waits until someone resumes it.`;
  switch (phase.for) {
    case 'approval':
      return `${what}?`;
    case 'window':
      return `${what}: runs by itself${phase.deadline === null ? '' : ` at ${time(phase.deadline)}`} unless someone objects.`;
    case 'turn':
      return phase.turn?.kind === 'paused'
        ? `${what}: the pause has ended, and it is about to be looked at again.`
        : `${what}: ${ended(sentence(phase.turn?.obstacle ?? 'waits its turn', 200))}`;
    default:
      return phase.for satisfies never;
  }
}

function ended(said: string): string {
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}
