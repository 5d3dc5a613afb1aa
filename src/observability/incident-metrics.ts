import type { IncidentEvent } from '../incident/model/event.ts';
import type { Incident } from '../incident/model/incident.ts';
import type { Metrics } from './metrics.ts';

/** Counts what one committed change means: openings, milestones, verdicts, ended attempts, outcomes and ends. */
export function countChange(
  metrics: Metrics,
  before: Incident | null,
  after: Incident,
  event: IncidentEvent,
): void {
  if (before === null) metrics.incidentsOpened.inc({ by: after.openedBy.kind, severity: after.severity });
  countMilestones(metrics, before, after);
  countPlan(metrics, before, after);
  if (event.type === 'attempt-ended') countAttempt(metrics, after, event.attempt);
  // How it is after an undoing says nothing of what the fix was worth, which was counted before.
  const undone = before?.phase.at === 'verifying' && before.phase.after.kind === 'rollback';
  if (after.outcome !== null && after.outcome !== before?.outcome && !undone)
    metrics.verifications.inc({ outcome: after.outcome.kind });
  if (before?.phase.at === after.phase.at) return;
  if (after.phase.at === 'closed') metrics.incidentsClosed.inc({ how: after.phase.how });
  if (after.phase.at === 'escalated') metrics.incidentsEscalated.inc();
}

const MILESTONES = { thread: 'thread', diagnosed: 'diagnosis', fixed: 'fix', closed: 'proof' } as const;

function countMilestones(metrics: Metrics, before: Incident | null, after: Incident): void {
  for (const [field, milestone] of Object.entries(MILESTONES) as [keyof typeof MILESTONES, string][]) {
    const at = after.milestones[field];
    if (at === null || before?.milestones[field] === at) continue;
    // An incident that closed without a fix proves nothing about healing times.
    if (field === 'closed' && after.phase.at === 'closed' && after.phase.how !== 'healed') continue;
    metrics.incidentMilestone.observe({ milestone }, (at - after.milestones.opened) / 1000);
  }
}

function countPlan(metrics: Metrics, before: Incident | null, after: Incident): void {
  if (after.plans === (before?.plans ?? 0) || !('decided' in after.phase) || after.phase.decided === null)
    return;
  const { tier, kind } = after.phase.decided.verdict;
  metrics.verdicts.inc({ tier: tier.effective, kind });
}

function countAttempt(metrics: Metrics, after: Incident, id: string): void {
  const attempt = after.attempts.find((one) => one.id === id);
  if (attempt === undefined || attempt.result === null || attempt.endedAt === null) return;
  const playbook = 'decided' in after.phase ? (after.phase.decided?.plan.playbook ?? 'unknown') : 'unknown';
  metrics.attempts.inc({ playbook, purpose: attempt.purpose, result: attempt.result.kind });
  metrics.attemptDuration.observe({ playbook }, (attempt.endedAt - attempt.startedAt) / 1000);
}
