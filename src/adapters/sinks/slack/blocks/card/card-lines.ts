import type { KnownBlock } from '@slack/types';
import type { Diagnosis } from '../../../../../diagnosis/diagnosis.ts';
import type { Decided, Incident } from '../../../../../incident/model/incident.ts';
import { placeName, roundly, spoken } from '../plain.ts';
import { code, counted, section, sentence, sureness, words } from '../text.ts';

/** The cause with how sure Medic is of it, in one line; or that nobody knows, with the best lead. */
export function cause({ diagnosis, phase }: Incident): KnownBlock[] {
  if (diagnosis === null) return [];
  const best = diagnosis.hypotheses[0];
  if (diagnosis.conclusion.kind === 'cause' && best) {
    const said = words(roundly(best.cause), 400);
    return [
      section(
        `*Cause:* ${stopped(said)} *${sureness(best.confidence)}*, ${witnesses(best.witnesses)}${unread(diagnosis)}`,
      ),
    ];
  }
  return phase.at === 'closed' ? [] : [section(...unknown(diagnosis))];
}

function stopped(said: string): string {
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}

function witnesses({ length }: readonly string[]): string {
  return length === 1 ? '1 witness' : `${length} independent witnesses`;
}

/** What might have changed the picture, and could not be read. */
function unread({ unread = [] }: Diagnosis): string {
  return unread.length === 0 ? '' : `, ${counted(unread.length, 'source')} could not be read`;
}

function unknown(diagnosis: Diagnosis): string[] {
  const reason =
    diagnosis.conclusion.kind === 'abstained'
      ? diagnosis.conclusion.reason
      : 'no cause is backed by evidence';
  const best = diagnosis.hypotheses[0];
  const lead = diagnosis.lead ?? (best ? `${best.cause} (only ${sureness(best.confidence)})` : null);
  return [
    `*Cause:* not known: ${words(reason, 400)}`,
    ...(lead === null ? [] : [`*Best lead:* ${words(lead, 400)}`]),
  ];
}

/** What is meant to be done, on what, with which values, and of which tier it is and why. */
export function fix(decided: Decided | null): KnownBlock[] {
  if (decided === null) return [];
  const { plan, verdict } = decided;
  const { targets, environment } = plan;
  const names = targets.slice(0, 5).map((target) => `*${words(placeName(target, environment), 80) || '–'}*`);
  const more = targets.length > 5 ? ` and ${targets.length - 5} more` : '';
  const where = names.length > 0 ? ` on ${names.join(', ')}${more}` : '';
  return [
    section(
      `*Fix:* ${words(plan.title, 150)}${where}${values(decided)}`,
      `*Tier ${verdict.tier.effective}*${tierReason(decided)}`,
    ),
  ];
}

/** The values that the targets do not show already, such as the release that would run. */
function values({ plan }: Decided): string {
  const telling = Object.entries(plan.parameters).filter(
    ([, { value }]) => !plan.targets.some((target) => target === value || target.endsWith(`/${value}`)),
  );
  if (telling.length === 0) return '';
  const shown = telling
    .slice(0, 4)
    .map(([name, { value }]) => `${words(spoken(name), 40)} ${code(value, 80)}`)
    .join(', ');
  return ` (${shown}${telling.length > 4 ? ` and ${telling.length - 4} more` : ''})`;
}

function tierReason({ verdict }: Decided): string {
  const { tier } = verdict;
  if (tier.raisedBy.length > 0) {
    const raises = tier.raisedBy.slice(0, 4).map((step) => words(step, 160));
    return `, raised from ${tier.declared}: ${raises.join('; ')}`;
  }
  // Where nothing runs anyhow, the next step says why.
  const first =
    verdict.kind === 'observe' ? `its playbook declares ${tier.declared} risk` : verdict.reasons[0];
  const reason = sentence(first ?? '', 240);
  return reason === '' ? '' : `: ${reason}`;
}
