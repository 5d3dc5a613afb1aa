import { expect, test } from 'vitest';
import { card } from '../../../../../src/adapters/sinks/slack/blocks/card/card.ts';
import { threadMessages } from '../../../../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import type { Attempt, Comparison } from '../../../../../src/execution/attempt.ts';
import type { Decided, Incident, Phase, Waiting } from '../../../../../src/incident/model/incident.ts';
import type { TimelineEvent } from '../../../../../src/incident/model/timeline.ts';
import {
  alert,
  decided,
  incidentIn,
  OPENED,
  plan,
  timelineOf,
  untilWindow,
  verdict,
} from '../../../../kit/slack-sink/example.ts';
import { read } from '../../../../kit/slack-sink/stage.ts';

const MINUTE = 60_000;
const receipt = {
  user: 'U0ALICE',
  at: OPENED + MINUTE,
  planDigest: 'b'.repeat(64),
  policyDigest: 'c'.repeat(64),
  evidenceDigest: 'e'.repeat(64),
  diffHash: 'd'.repeat(64),
};
const high: Decided = {
  ...decided,
  plan: {
    ...plan,
    title: 'Roll back a release',
    playbook: 'rollback_release',
    parameters: {
      service: { value: 'catalog', origin: 'label service' },
      to_release: { value: 'v1', origin: 'E10, previous_version' },
    },
  },
  verdict: {
    ...verdict,
    kind: 'ask',
    approvals: 2,
    tier: { declared: 'high', effective: 'high', raisedBy: [] },
    reasons: ['its playbook declares high risk'],
  },
};
const waiting = (change: Partial<Waiting>): Waiting => ({
  at: 'waiting',
  for: 'window',
  decided,
  deadline: OPENED + 5 * MINUTE,
  held: null,
  turn: null,
  ...change,
});
const turn = (kind: 'paused' | 'upstream', obstacle: string): Phase =>
  waiting({ for: 'turn', turn: { kind, obstacle, since: OPENED } });
const verifying = {
  at: 'verifying',
  decided,
  since: OPENED,
  deadline: OPENED + MINUTE,
  sample: null,
} as const;
const refuted = { kind: 'refuted', reason: 'the alert still fires', sample: null, at: OPENED } as const;

/** An undoing after which the state was read again. */
const undone: Attempt = {
  id: 'A3',
  plan: plan.id,
  targets: plan.targets,
  planDigest: plan.digest,
  purpose: 'rollback',
  startedAt: OPENED,
  endedAt: OPENED + 2000,
  tasks: [],
  result: {
    kind: 'succeeded',
    summary: 'put back 3 replicas',
    compared: { kind: 'as-before', words: '3 replicas' },
  },
};

const PHASES: Readonly<Record<string, Phase>> = {
  collecting: { at: 'investigating', doing: 'collecting' },
  asking: { at: 'investigating', doing: 'asking' },
  settling: { at: 'investigating', doing: 'settling', deployed: OPENED - 8000, until: OPENED + 20_000 },
  'settling elsewhere': {
    at: 'investigating',
    doing: 'settling',
    dependency: 'orders',
    until: OPENED + 30_000,
  },
  preparing: { at: 'preparing', decided },
  window: waiting({}),
  held: waiting({ deadline: null, held: { by: 'U0BOB', reason: 'a closer look' } }),
  approval: waiting({ for: 'approval', decided: high }),
  'half approved': waiting({ for: 'approval', decided: { ...high, receipts: [receipt] } }),
  'paused before': turn('paused', '<@U0BOB> has paused Medic'),
  upstream: turn('upstream', 'orders, which it depends on, is failing too and goes first (inc-7)'),
  reproving: { at: 'reproving', decided, since: OPENED, turn: null },
  starting: { at: 'starting', decided, turn: null, provenAt: OPENED },
  executing: { at: 'executing', decided, attempt: 'A1', stop: null },
  stopping: { at: 'executing', decided, attempt: 'A1', stop: 'U0BOB' },
  verifying: { ...verifying, after: { kind: 'fix', attempt: 'A1' }, goodSince: OPENED },
  'rolling back': { at: 'rolling-back', decided, attempt: 'A2', stop: null, because: refuted },
  'watching after undoing': {
    ...verifying,
    after: { kind: 'rollback', attempt: 'A2', because: refuted },
    goodSince: null,
  },
  'watching after undoing, as before': {
    ...verifying,
    after: { kind: 'rollback', attempt: 'A3', because: refuted },
    goodSince: null,
  },
  muted: { at: 'muted', until: OPENED + 60 * MINUTE, words: 'database upgrade', decided: null },
  observed: { at: 'observed', decided },
  cancelled: { at: 'cancelled', decided, by: 'U0BOB', reason: 'the backup runs' },
  escalated: { at: 'escalated', reason: 'nobody approved Restart the service in time', decided },
  healed: { at: 'closed', how: 'healed', reason: 'Restart the service: every check was good for 5 s' },
  recovered: { at: 'closed', how: 'recovered', reason: 'all alerts resolved' },
};

const { milestones } = incidentIn({ at: 'investigating', doing: 'collecting' });
const ended = { ...milestones, started: OPENED + 2300, fixed: OPENED + 4000, closed: OPENED + 11_400 };

function incidentAt(phase: Phase): Incident {
  if (phase.at === 'investigating')
    return incidentIn(
      phase,
      phase.doing === 'collecting' ? { diagnosis: null, evidence: [] } : { diagnosis: null },
    );
  if (phase.at === 'verifying') return incidentIn(phase, { attempts: [undone] });
  if (phase.at !== 'closed') return incidentIn(phase);
  const resolved = { ...alert, status: 'resolved' as const, endsAt: OPENED + 9000 };
  const attached = { alert: resolved, heardAt: OPENED, beganAt: OPENED, changedAt: OPENED, fires: 1 };
  const judgements = [
    {
      by: 'U0DAVE',
      at: OPENED,
      verdict: 'wrong' as const,
      cause: 'a leak',
      playbook: null,
      really: 'the database',
    },
  ];
  return incidentIn(phase, { milestones: ended, alerts: { f1: attached }, judgements });
}

/** Those that wait while Medic is paused. */
const PAUSED: Readonly<Record<string, Phase>> = {
  window: waiting({}),
  held: waiting({ deadline: null, held: { by: 'U0BOB', reason: 'a closer look' } }),
  approval: waiting({ for: 'approval', decided: high }),
  turn: turn('paused', '<@U0BOB> has paused Medic'),
  reproving: { at: 'reproving', decided, since: OPENED, turn: null },
};

test('the card in every phase, with the sentence that a locked screen shows', async () => {
  const look = (name: string, phase: Phase, pausedBy: string | null) => {
    const drawn = card(incidentAt(phase), { now: OPENED + MINUTE, pausedBy });
    return `== ${name}\n(${drawn.text})\n${read(drawn)}`;
  };
  const cards = [
    ...Object.entries(PHASES).map(([name, phase]) => look(name, phase, null)),
    ...Object.entries(PAUSED).map(([name, phase]) => look(`paused, ${name}`, phase, 'U0BOB')),
  ];
  await expect(`${cards.join('\n\n')}\n`).toMatchFileSnapshot('looks/cards.txt');
});

test('every phase has a card here', () => {
  const drawn = new Set(Object.values(PHASES).map(({ at }) => at));
  const all: Readonly<Record<Phase['at'], true>> = {
    investigating: true,
    preparing: true,
    waiting: true,
    reproving: true,
    starting: true,
    executing: true,
    verifying: true,
    'rolling-back': true,
    muted: true,
    observed: true,
    cancelled: true,
    escalated: true,
    closed: true,
  };
  expect([...drawn].sort()).toEqual(Object.keys(all).sort());
});

const sample = {
  at: OPENED,
  observedAt: OPENED,
  answers: [
    { check: { alert: 'resolved' as const }, answer: 'good' as const, words: 'the alert does not fire' },
    {
      check: {
        metric: { query: 'sum(rate(http_errors_total{job="x"}[5m]))', is: '<' as const, value: 0.05 },
      },
      answer: 'bad' as const,
      words: '`sum(rate(http_errors_total{job="x"}[5m]))` < 0.05: it is 0.0875',
    },
  ],
};
const attempt = {
  id: 'A1',
  plan: plan.id,
  targets: plan.targets,
  planDigest: plan.digest,
  purpose: 'fix' as const,
  startedAt: OPENED,
  endedAt: null,
  tasks: [],
  result: null,
};
const p = plan.id;
/** One undoing, and what was found after it. */
const undoing = (id: string, compared: Comparison): readonly TimelineEvent[] => [
  { kind: 'started', plan: p, attempt: { ...undone, id, endedAt: null, result: null } },
  { kind: 'ended', attempt: id, result: { kind: 'succeeded', summary: 'put back 3 replicas', compared } },
];
const other = { ...alert, fingerprint: 'f2', labels: { ...alert.labels, instance: '127.0.0.1:9102' } };
const THREAD: readonly TimelineEvent[] = [
  ...untilWindow,
  { kind: 'alert-attached', alert: other },
  { kind: 'approval-asked', plan: p, deadline: OPENED + 30 * MINUTE, needed: 2 },
  { kind: 'held', plan: p, by: 'U0BOB', reason: 'a closer look' },
  { kind: 'resumed', plan: p, by: 'U0BOB', deadline: null },
  { kind: 'approved', plan: p, receipt, missing: 1 },
  { kind: 'reminded', plan: p, deadline: OPENED + 30 * MINUTE, missing: 1 },
  {
    kind: 'judged',
    judgement: {
      by: 'U0DAVE',
      at: OPENED,
      verdict: 'wrong',
      cause: null,
      playbook: null,
      really: 'the database',
    },
  },
  { kind: 'approved', plan: p, receipt: { ...receipt, user: 'U0CAROL' }, missing: 0 },
  { kind: 'reproof', plan: p, holds: true, sample },
  { kind: 'started', plan: p, attempt },
  { kind: 'task', attempt: 'A1', line: { name: 'Check the service', status: 'ok', detail: null } },
  { kind: 'task', attempt: 'A1', line: { name: 'Restart the unit', status: 'skipped', detail: null } },
  {
    kind: 'task',
    attempt: 'A1',
    line: { name: 'Restart the program', status: 'changed', detail: 'pid 12 → 34' },
  },
  { kind: 'task', attempt: 'A1', line: { name: 'Wait until it answers', status: 'running', detail: null } },
  { kind: 'stop-asked', attempt: 'A1', by: 'U0BOB' },
  { kind: 'ended', attempt: 'A1', result: { kind: 'stopped', reason: 'stopped by a person' } },
  { kind: 'watching', plan: p, deadline: OPENED + MINUTE, why: 'fix' },
  { kind: 'sampled', plan: p, sample },
  {
    kind: 'outcome',
    plan: p,
    outcome: { kind: 'refuted', reason: 'the alert still fires', sample: null, at: OPENED },
  },
  ...undoing('A3', { kind: 'as-before', words: '3 replicas' }),
  ...undoing('A4', {
    kind: 'differs',
    was: 'the template with shop/catalog:2',
    now: 'the template with shop/catalog:3',
    lines: ['template.spec.containers[catalog].image: shop/catalog:2 -> shop/catalog:3'],
  }),
  ...undoing('A5', { kind: 'unknown', why: 'an Ansible play does not say what was there before it' }),
  { kind: 'watching', plan: p, deadline: OPENED + MINUTE, why: 'rollback' },
  { kind: 'replaced', plan: p, by: 'U0BOB', playbook: 'recycle_service' },
  { kind: 'escalated', reason: 'restart_service did not help: the alert still fires' },
  {
    kind: 'closed',
    how: 'healed',
    reason: 'Restart the service: every check was good for 5 s',
    milestones: ended,
  },
];

test('the thread, message by message, with the sentence of each and what the channel sees', async () => {
  const incident = incidentIn(waiting({ for: 'approval', decided: high }));
  const view = {
    service: { name: 'catalog', owners: ['S0ONCALL'], dashboards: [] },
    audience: { approvers: ['U0CAROL', 'S0ONCALL'], quietHours: null },
  };
  const messages = threadMessages(incident, timelineOf(...THREAD), view).map((message) => {
    const classic = message.classic
      ? `\n-- where Slack refuses that:\n${read({ ...message, blocks: message.classic })}`
      : '';
    const loud = message.broadcast ? ', also in the channel' : '';
    return `== ${message.key}${loud}\n(${message.text})\n${read(message)}${classic}`;
  });
  await expect(`${messages.join('\n\n')}\n`).toMatchFileSnapshot('looks/thread.txt');
});
