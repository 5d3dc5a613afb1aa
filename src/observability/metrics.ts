import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from a local call to a person's decision. */
const CALL = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const LIFE = [0.25, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 14_400];

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * What Medic says of itself, in a registry of its own. Times are in seconds, and no label holds a value that an outsider
 * chooses, so nobody can make the number of series grow.
 */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  return {
    registry,

    /** Alerts of accepted webhooks, one for each alert in a body. */
    alertsReceived: new Counter({
      name: 'medic_alerts_received_total',
      help: 'Alerts received, by source and status (firing, resolved).',
      labelNames: ['source', 'status'] as const,
      registers,
    }),
    alertsDeduplicated: new Counter({
      name: 'medic_alerts_deduplicated_total',
      help: 'Alerts that were already known and changed nothing.',
      labelNames: ['source'] as const,
      registers,
    }),
    alertsUnreadable: new Counter({
      name: 'medic_alerts_unreadable_total',
      help: 'Alerts that could not be read, in webhooks whose other alerts were taken.',
      labelNames: ['source'] as const,
      registers,
    }),
    alertsLost: new Counter({
      name: 'medic_alerts_lost_total',
      help: 'Alerts that a sender had and Medic never heard, by reason (truncated, unreadable; malformed and too-large count bodies, of whose alerts nobody knows the number).',
      labelNames: ['reason'] as const,
      registers,
    }),
    alertsIgnored: new Counter({
      name: 'medic_alerts_ignored_total',
      help: 'Alerts that opened nothing, by why (watchdog, inhibitor, ignore: a matcher of medic.yml).',
      labelNames: ['why'] as const,
      registers,
    }),
    alertsKeptBack: new Counter({
      name: 'medic_alerts_kept_back_total',
      help: 'Alerts that the batch endpoint kept back until the end of their window.',
      registers,
    }),
    bagsEnded: new Counter({
      name: 'medic_bags_ended_total',
      help: 'Windows of the batch endpoint that ended, by how (handed-on, or resolved: nothing fired any more).',
      labelNames: ['how'] as const,
      registers,
    }),
    changes: new Counter({
      name: 'medic_changes_total',
      help: 'Changes that were told, by who told them (api, github, argocd, unknown) and outcome (recorded, repeated, unmapped, ignored, wrong).',
      labelNames: ['from', 'outcome'] as const,
      registers,
    }),
    webhooksRefused: new Counter({
      name: 'medic_webhooks_refused_total',
      help: 'Webhook requests that were refused, by reason (unauthorised, malformed, too-large, too-fast, overloaded).',
      labelNames: ['reason'] as const,
      registers,
    }),

    incidentsOpened: new Counter({
      name: 'medic_incidents_opened_total',
      help: 'Incidents opened, by who opened them (alert, person) and severity.',
      labelNames: ['by', 'severity'] as const,
      registers,
    }),
    incidentsClosed: new Counter({
      name: 'medic_incidents_closed_total',
      help: 'Incidents closed, by how (healed, recovered, answered).',
      labelNames: ['how'] as const,
      registers,
    }),
    incidentsEscalated: new Counter({
      name: 'medic_incidents_escalated_total',
      help: 'Times an incident was handed to a person.',
      registers,
    }),
    /** From the acceptance of the webhook that opened the incident. */
    incidentMilestone: new Histogram({
      name: 'medic_incident_milestone_seconds',
      help: 'Time from the first webhook to a milestone (thread, diagnosis, fix, proof).',
      labelNames: ['milestone'] as const,
      buckets: LIFE,
      registers,
    }),

    verdicts: new Counter({
      name: 'medic_verdicts_total',
      help: 'Verdicts on plans, by effective tier and kind (allow, wait, ask, observe, deny).',
      labelNames: ['tier', 'kind'] as const,
      registers,
    }),
    attempts: new Counter({
      name: 'medic_attempts_total',
      help: 'Ended attempts, by playbook, purpose (fix, rollback) and result.',
      labelNames: ['playbook', 'purpose', 'result'] as const,
      registers,
    }),
    attemptDuration: new Histogram({
      name: 'medic_attempt_duration_seconds',
      help: 'How long attempts took, by playbook.',
      labelNames: ['playbook'] as const,
      buckets: LIFE,
      registers,
    }),
    verifications: new Counter({
      name: 'medic_verifications_total',
      help: 'Verifications, by outcome (proven, refuted, unproven).',
      labelNames: ['outcome'] as const,
      registers,
    }),

    slackCalls: new Counter({
      name: 'medic_slack_calls_total',
      help: 'Calls of Slack, by method and result (ok, rate-limited, failed, unknown).',
      labelNames: ['method', 'result'] as const,
      registers,
    }),
    slackCallDuration: new Histogram({
      name: 'medic_slack_call_duration_seconds',
      help: 'How long Slack took to answer, by method.',
      labelNames: ['method'] as const,
      buckets: CALL,
      registers,
    }),

    sinkDeliveries: new Counter({
      name: 'medic_sink_deliveries_total',
      help: 'Times a sink (slack, pagerduty, webhook) was to be brought up to date with an incident, by result (ok, waiting, failed).',
      labelNames: ['sink', 'result'] as const,
      registers,
    }),

    effectsOwed: new Gauge({
      name: 'medic_effects_owed',
      help: 'Effects that incidents asked for and that are not yet done, by kind, as the reconciler last saw them.',
      labelNames: ['kind'] as const,
      registers,
    }),

    /** The hash changes at most once an hour here, so that the number of series stays small. */
    auditHead: new Gauge({
      name: 'medic_audit_head_info',
      help: 'Number and hash of a checkpoint of the record, the newest at the last full hour: hold it elsewhere, and `medic audit verify --head` compares.',
      labelNames: ['checkpoint', 'hash'] as const,
      registers,
    }),
    auditCheckpoints: new Gauge({
      name: 'medic_audit_checkpoints',
      help: 'Checkpoints of the record there have been so far. It never falls, unless Redis has lost some.',
      registers,
    }),

    modelCalls: new Counter({
      name: 'medic_model_calls_total',
      help: 'Questions to the model, by result (proposal, or the kind of failure).',
      labelNames: ['result'] as const,
      registers,
    }),
    modelCallDuration: new Histogram({
      name: 'medic_model_call_duration_seconds',
      help: 'How long the model took to answer, retries included.',
      buckets: CALL,
      registers,
    }),
    modelTokens: new Counter({
      name: 'medic_model_tokens_total',
      help: 'Tokens used, by direction (in, out).',
      labelNames: ['direction'] as const,
      registers,
    }),

    collectorDuration: new Histogram({
      name: 'medic_collector_duration_seconds',
      help: 'How long evidence collectors took, by collector.',
      labelNames: ['collector'] as const,
      buckets: CALL,
      registers,
    }),
    collectorFailures: new Counter({
      name: 'medic_collector_failures_total',
      help: 'Evidence collectors that failed or were late, by collector.',
      labelNames: ['collector'] as const,
      registers,
    }),
  };
}
