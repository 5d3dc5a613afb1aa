import { type Chart, chartOf } from '../../evidence/chart.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { type Draft, emit, type Refusal, record, refuse } from '../model/draft.ts';
import type { Incident } from '../model/incident.ts';

/** Tells the picture that a round of evidence holds, beside what was made of it; nothing where there is none to draw. */
export function attachChart(draft: Draft, evidence: readonly Evidence[]): Draft {
  const alerts = Object.values(draft.incident.alerts).map(({ alert }) => alert);
  const chart = chartOf(evidence, alerts);
  return chart === null ? draft : record(draft, { kind: 'charted', moment: 'diagnosis', chart });
}

/** All is well again: the metric is read once more, where there is one that may have been drawn before. */
export function requestRecoveryChart(draft: Draft): Draft {
  const measured = draft.incident.evidence.some(({ kind, status }) => kind === 'metric' && status === 'ok');
  return measured ? emit(draft, { kind: 'chart' }) : draft;
}

/** The alert's metric was read again after recovery. */
export function recordChart(draft: Draft, chart: Chart | null): Draft | Refusal {
  if (chart === null) return refuse('there is nothing to draw');
  return record(draft, { kind: 'charted', moment: 'recovery', chart });
}

/** What happened since the alert, as a picture of the recovery marks it. */
export function marksOf({ attempts, phase, milestones }: Incident): Chart['marks'] {
  const fix = attempts.findLast(({ purpose }) => purpose === 'fix');
  const what = phase.at === 'closed' && phase.how === 'healed' ? 'fix' : 'fix tried';
  return [
    ...(fix === undefined ? [] : [{ at: fix.startedAt, what }]),
    ...(milestones.closed === null ? [] : [{ at: milestones.closed, what: 'resolved' }]),
  ];
}
