import type { Alert } from '../../../src/alerts/alert.ts';
import type { Diagnosis } from '../../../src/diagnosis/diagnosis.ts';
import type { EvidenceSummary } from '../../../src/evidence/evidence.ts';
import type { Decided, Incident, Phase } from '../../../src/incident/model/incident.ts';
import { chain, type TimelineEntry, type TimelineEvent } from '../../../src/incident/model/timeline.ts';
import type { Plan } from '../../../src/playbooks/plan.ts';
import type { Verdict } from '../../../src/policy/verdict.ts';

/** 2026-03-01 06:10:00 UTC. */
export const OPENED = Date.UTC(2026, 2, 1, 6, 10, 0);

export const alert: Alert = {
  fingerprint: 'f1',
  source: 'alertmanager',
  status: 'firing',
  name: 'CatalogMemoryHigh',
  severity: 'critical',
  labels: {
    alertname: 'CatalogMemoryHigh',
    service: 'catalog',
    instance: '127.0.0.1:9101',
    severity: 'critical',
  },
  annotations: {
    summary: 'catalog uses 412 MB of 256 MB',
    runbook_url: 'https://runbooks.example.com/catalog',
  },
  startsAt: OPENED,
  endsAt: null,
  expression: 'process_resident_memory_bytes > 256e6',
  link: 'http://127.0.0.1:9090/graph?g0.expr=x',
};

export const plan: Plan = {
  id: 'I1-p1',
  playbook: 'restart_service',
  title: 'Restart the service',
  playbookHash: 'aa'.repeat(32),
  risk: 'medium',
  category: 'restart',
  idempotent: true,
  parameters: { service: { value: 'catalog', origin: 'label service' } },
  targets: ['production/catalog'],
  maxTargets: 1,
  environment: 'production',
  run: { command: ['restart', 'catalog'] },
  dryRun: 'check',
  rollback: { none: 'a restart leaves nothing behind' },
  timeout: 60_000,
  look: { spec: { unit: { is: 'failed' } }, hosts: null },
  preconditions: [{ alert: 'firing' }],
  verify: { checks: [{ alert: 'resolved' }], within: 60_000, every: 1000, stable: 5000 },
  requestedBy: { kind: 'medic' },
  digest: 'bb'.repeat(32),
};

export const verdict: Verdict = {
  kind: 'wait',
  tier: { declared: 'low', effective: 'medium', raisedBy: ['more than half of user traffic passes here'] },
  reasons: ['medium tier waits for objections'],
  approvals: 1,
  window: 60_000,
  planDigest: plan.digest,
  policyDigest: 'cc'.repeat(32),
  at: OPENED + 4000,
};

export const decided: Decided = {
  plan,
  verdict,
  diff: { text: '- old\n+ new', hash: 'dd'.repeat(32) },
  receipts: [],
  consent: null,
  redrawn: false,
};

const evidence: readonly EvidenceSummary[] = [
  {
    id: 'E1',
    kind: 'metric',
    title: 'Resident memory of catalog',
    source: 'prometheus',
    query: 'process_resident_memory_bytes',
    window: { from: OPENED - 7_200_000, to: OPENED },
    observedAt: OPENED + 900,
    link: 'http://127.0.0.1:9090/graph?g0.expr=memory',
    environment: 'production',
    witness: 'catalog/127.0.0.1:9101',
    status: 'ok',
    hash: 'ee'.repeat(32),
  },
  {
    id: 'E2',
    kind: 'log',
    title: 'Log of catalog',
    source: 'file',
    query: 'catalog.log',
    window: null,
    observedAt: OPENED + 950,
    link: null,
    environment: 'production',
    witness: 'log catalog',
    status: 'failed',
    hash: 'ff'.repeat(32),
  },
];

const diagnosis: Diagnosis = {
  by: { kind: 'pattern', playbook: 'restart_service', pattern: 'memory leak', hash: '11' },
  round: 1,
  at: OPENED + 2000,
  summary: 'catalog grows without end',
  hypotheses: [
    {
      cause: 'catalog leaks memory',
      claims: [
        { text: 'memory only grows', citations: [{ evidence: 'E1', quote: 'now 412 MB, min 80 MB' }] },
      ],
      against: [],
      playbook: 'restart_service',
      parameters: { service: 'catalog' },
      selfConfidence: null,
      confidence: 0.92,
      witnesses: ['catalog/127.0.0.1:9101', 'log catalog', 'node/127.0.0.1:9100'],
    },
  ],
  struck: [{ text: 'a deploy preceded it', reason: 'the quote is not in E2' }],
  prevention: 'bound the cache',
  lead: null,
  conclusion: { kind: 'cause' },
};

/** An incident about `catalog`, in this phase. */
export function incidentIn(phase: Phase, change: Partial<Incident> = {}): Incident {
  return {
    schema: 4,
    judgements: [],
    asked: 0,
    questions: [],
    id: 'I1',
    version: 3,
    subject: { kind: 'service', name: 'catalog', environment: 'production' },
    title: 'CatalogMemoryHigh',
    severity: 'critical',
    openedBy: { kind: 'alert' },
    alerts: { f1: { alert, heardAt: OPENED, beganAt: OPENED, changedAt: OPENED, fires: 1 } },
    crowd: { total: 0, firing: 0, names: {}, toldAt: 0 },
    link: null,
    guests: [],
    relapsed: null,
    phase,
    round: 1,
    evidence,
    diagnosis,
    secondOpinion: null,
    attempts: [],
    plans: 1,
    outcome: null,
    milestones: {
      opened: OPENED,
      thread: OPENED + 800,
      evidence: OPENED + 1500,
      diagnosed: OPENED + 2100,
      started: null,
      fixed: null,
      closed: null,
    },
    head: { hash: '', length: 0 },
    ...change,
  };
}

/** The incident's plan waiting in its cancel window. */
export function waitingInWindow(deadline: number | null, change: Partial<Incident> = {}): Incident {
  const phase: Phase = { at: 'waiting', for: 'window', decided, deadline, held: null, turn: null };
  return incidentIn(phase, change);
}

/** A timeline of these happenings, a second apart. */
export function timelineOf(...happenings: readonly TimelineEvent[]): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let head = { hash: 'I1', length: 0 };
  for (const [index, happening] of happenings.entries()) {
    const link = chain(head, OPENED + index * 1000, [happening]);
    entries.push(...link.entries);
    head = link.head;
  }
  return entries;
}

/** What has happened by the time a plan waits in its window. */
export const untilWindow: readonly TimelineEvent[] = [
  { kind: 'opened', by: 'alert', alerts: [alert] },
  {
    kind: 'evidence',
    round: 1,
    items: evidence,
    excerpts: { E1: 'min 80 MB\nnow 412 MB, min 80 MB', E2: 'catalog.log: permission denied' },
  },
  { kind: 'diagnosed', diagnosis },
  { kind: 'planned', plan, verdict },
  { kind: 'dry-run', plan: plan.id, diff: '- old\n+ new', reason: null },
];
