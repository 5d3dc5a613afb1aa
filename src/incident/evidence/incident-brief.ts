import { plainly } from '../../lib/text/text-read.ts';
import type { Incident } from '../model/incident.ts';
import { currentPlan } from '../model/phases.ts';

/**
 * What is known of an incident so far, a sentence a line: for a model that is to answer a question about it. It quotes alerts and
 * people, so it is data as much as the evidence is.
 */
export function incidentBrief(incident: Incident): string {
  const { title, severity, phase, milestones } = incident;
  return [
    `Incident: ${title} (${severity}), open since ${iso(milestones.opened)}.`,
    `It stands at: ${phase.at}${standing(incident)}.`,
    ...cause(incident),
    ...plan(incident),
    ...incident.attempts.map(
      ({ purpose, plan: id, result }) =>
        `Attempt (${purpose}) of plan ${id}: ${result?.kind ?? 'it runs now'}.`,
    ),
    ...(incident.outcome === null ? [] : [`Last check of recovery: ${incident.outcome.kind}.`]),
  ].join('\n');
}

function standing({ phase }: Incident): string {
  switch (phase.at) {
    case 'waiting':
      return `, for ${phase.for === 'window' ? 'the end of the cancel window' : phase.for}`;
    case 'closed':
    case 'escalated':
    case 'cancelled':
      return phase.reason === null ? '' : `, because ${plainly(phase.reason)}`;
    default:
      return '';
  }
}

function cause({ diagnosis }: Incident): string[] {
  const best = diagnosis?.hypotheses[0];
  if (diagnosis === null) return ['No cause has been named yet.'];
  if (best === undefined || diagnosis.conclusion.kind !== 'cause')
    return [`No cause is certain.${diagnosis.lead === null ? '' : ` Best lead: ${diagnosis.lead}`}`];
  return [`Diagnosis, ${Math.round(best.confidence * 100)} % sure: ${best.cause}`];
}

function plan(incident: Incident): string[] {
  const decided = currentPlan(incident);
  if (decided === null) return [];
  const values = Object.entries(decided.plan.parameters).map(([name, { value }]) => `${name}=${value}`);
  return [`Plan: ${decided.plan.title} (${decided.plan.playbook} ${values.join(' ')}).`];
}

const iso = (at: number) => (Number.isFinite(at) ? new Date(at).toISOString() : 'an unknown time');
