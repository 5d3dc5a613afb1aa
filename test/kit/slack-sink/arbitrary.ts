import fc from 'fast-check';
import type { Alert } from '../../../src/alerts/alert.ts';
import type { Answer } from '../../../src/diagnosis/answer.ts';
import type { Diagnosis } from '../../../src/diagnosis/diagnosis.ts';
import type { Chart } from '../../../src/evidence/chart.ts';
import type { EvidenceSummary } from '../../../src/evidence/evidence.ts';
import type { Attempt, AttemptResult, TaskLine } from '../../../src/execution/attempt.ts';
import type { Decided, Incident, Phase } from '../../../src/incident/model/incident.ts';
import type { TimelineEvent } from '../../../src/incident/model/timeline.ts';
import type { Plan } from '../../../src/playbooks/plan.ts';
import type { Verdict } from '../../../src/policy/verdict.ts';
import type { Outcome, Sample } from '../../../src/verification/outcome.ts';
import { plan as examplePlan, incidentIn, OPENED } from './example.ts';

/** Texts as the world sends them: empty, very long, full of markup, of broken characters, of several lines. */
export const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '',
    ' ',
    '<!channel> <@U0ALICE> <https://evil.example|click>',
    '```` ``` `*_~',
    '&&&<<<>>>',
    '\ud800',
    '\u202egnp.exe',
    '👩‍👩‍👧‍👦'.repeat(60),
    '&'.repeat(2000),
    '`<'.repeat(1000),
    'x'.repeat(6000),
    'line\n'.repeat(500),
  ),
  fc.string({ unit: 'grapheme', minLength: 100, maxLength: 400 }),
);
const web = fc.oneof(fc.webUrl(), odd, fc.constant(`https://example.com/?${'a|<>&'.repeat(300)}`));
const at = fc.integer({ min: OPENED - 1e9, max: OPENED + 1e9 });
const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const list = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 25, size: 'medium' });
const few = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 8 });
const texts = fc.dictionary(odd, odd, { maxKeys: 6 });

const alert: fc.Arbitrary<Alert> = fc.record({
  fingerprint: odd,
  source: fc.constantFrom('alertmanager', 'person'),
  status: fc.constantFrom('firing', 'resolved'),
  name: odd,
  severity: fc.constantFrom('critical', 'warning', 'info'),
  labels: fc.oneof(texts, fc.record({ mountpoint: odd, device: odd, unit: odd })),
  annotations: fc.record({ summary: odd, description: odd, runbook_url: web, dashboard_url: web }),
  startsAt: at,
  endsAt: perhaps(at),
  expression: perhaps(odd),
  link: perhaps(web),
  manager: web,
});
const risk = fc.constantFrom('low', 'medium', 'high');
const plan: fc.Arbitrary<Plan> = fc
  .record({
    title: odd,
    playbook: odd,
    targets: list(odd),
    environment: odd,
    parameters: fc.dictionary(odd, fc.record({ value: odd, origin: odd }), { maxKeys: 20 }),
    rollback: fc.record({ none: odd }),
    digest: odd,
  })
  .map((change) => ({ ...examplePlan, ...change }));
const verdict: fc.Arbitrary<Verdict> = fc.record({
  kind: fc.constantFrom('allow', 'wait', 'ask', 'observe', 'deny'),
  tier: fc.record({ declared: risk, effective: risk, raisedBy: list(odd) }),
  reasons: list(odd),
  approvals: fc.nat(3),
  window: fc.nat(600_000),
  planDigest: odd,
  policyDigest: odd,
  at,
});
const receipt = fc.record({
  user: odd,
  at,
  planDigest: odd,
  policyDigest: odd,
  diffHash: perhaps(odd),
  evidenceDigest: odd,
});
const decided: fc.Arbitrary<Decided> = fc.record({
  plan,
  verdict,
  diff: perhaps(fc.record({ text: odd, hash: odd })),
  receipts: few(receipt),
  consent: fc.constant(null),
  redrawn: fc.constant(false),
});
const check = fc.constant({ alert: 'resolved' as const });
const sample: fc.Arbitrary<Sample> = fc.record({
  at,
  observedAt: at,
  answers: list(fc.record({ check, answer: fc.constantFrom('good', 'bad', 'unknown'), words: odd })),
});
const outcome: fc.Arbitrary<Outcome> = fc.record({
  kind: fc.constantFrom('proven', 'refuted', 'unproven'),
  reason: odd,
  sample: perhaps(sample),
  at,
});
const citation = fc.record({ evidence: odd, quote: odd });
const diagnosis: fc.Arbitrary<Diagnosis> = fc.record({
  by: fc.oneof(
    fc.record({ kind: fc.constant('pattern' as const), playbook: odd, pattern: odd, hash: odd }),
    fc.record({ kind: fc.constant('model' as const), model: odd, promptHash: odd }),
    fc.record({ kind: fc.constant('person' as const), user: odd }),
  ),
  round: fc.nat(3),
  at,
  summary: odd,
  hypotheses: few(
    fc.record({
      cause: odd,
      claims: list(fc.record({ text: odd, citations: few(citation) })),
      against: few(citation),
      playbook: perhaps(odd),
      parameters: texts,
      selfConfidence: perhaps(fc.double({ noDefaultInfinity: true })),
      confidence: fc.double(),
      witnesses: list(odd),
    }),
  ),
  struck: list(fc.record({ text: odd, reason: odd })),
  prevention: perhaps(odd),
  lead: perhaps(odd),
  conclusion: fc.oneof(
    fc.constant({ kind: 'cause' as const }),
    fc.record({ kind: fc.constant('abstained' as const), reason: odd }),
  ),
});
const turn = fc.record({
  kind: fc.constantFrom(
    'paused' as const,
    'locked',
    'upstream',
    'cooling-down',
    'busy',
    'tripped',
    'new-memory',
  ),
  obstacle: odd,
  since: at,
});
const waiting: fc.Arbitrary<Extract<Phase, { at: 'waiting' }>> = fc.record({
  at: fc.constant('waiting' as const),
  for: fc.constantFrom('window', 'approval', 'turn'),
  decided,
  deadline: perhaps(at),
  held: perhaps(fc.record({ by: odd, reason: odd })),
  turn: perhaps(turn),
});

const phase: fc.Arbitrary<Phase> = fc.oneof(
  waiting,
  fc.record({ at: fc.constant('investigating' as const), doing: fc.constantFrom('collecting', 'asking') }),
  fc.record({
    at: fc.constant('investigating' as const),
    doing: fc.constant('settling' as const),
    deployed: fc.nat(),
    until: fc.nat(),
  }),
  fc.record({
    at: fc.constant('investigating' as const),
    doing: fc.constant('settling' as const),
    dependency: odd,
    until: fc.nat(),
  }),
  fc.record({ at: fc.constantFrom('preparing', 'observed'), decided }),
  fc.record({ at: fc.constant('starting' as const), decided, turn: perhaps(turn), provenAt: at }),
  fc.record({ at: fc.constant('reproving' as const), decided, since: at, turn: perhaps(turn) }),
  fc.record({ at: fc.constant('executing' as const), decided, attempt: odd, stop: perhaps(odd) }),
  fc.record({
    at: fc.constant('verifying' as const),
    decided,
    after: fc.oneof(
      fc.record({ kind: fc.constant('fix' as const), attempt: odd }),
      fc.record({ kind: fc.constant('rollback' as const), attempt: odd, because: outcome }),
      fc.record({ kind: fc.constantFrom('resolved', 'looks-healthy'), resume: waiting }),
    ),
    since: at,
    deadline: at,
    goodSince: perhaps(at),
    sample: perhaps(sample),
  }),
  fc.record({
    at: fc.constant('rolling-back' as const),
    decided,
    attempt: odd,
    stop: perhaps(odd),
    because: outcome,
  }),
  fc.record({ at: fc.constant('muted' as const), until: at, words: odd, decided: perhaps(decided) }),
  fc.record({ at: fc.constant('cancelled' as const), decided, by: odd, reason: odd }),
  fc.record({ at: fc.constant('escalated' as const), reason: odd, decided: perhaps(decided) }),
  fc.record({
    at: fc.constant('closed' as const),
    how: fc.constantFrom('healed', 'recovered', 'answered'),
    reason: odd,
  }),
);
const crowd = fc.record({
  total: fc.nat(),
  firing: fc.nat(),
  names: fc.dictionary(odd, fc.nat(), { maxKeys: 30 }),
  toldAt: fc.nat(),
});
const judgement = fc.record({
  by: odd,
  at,
  verdict: fc.constantFrom('right' as const, 'wrong' as const),
  cause: perhaps(odd),
  playbook: perhaps(odd),
  really: perhaps(odd),
});
const linkKind = fc.constantFrom('neighbour' as const, 'relapse' as const);
const guest = fc.record(
  { kind: linkKind, incident: odd, subject: odd, over: at },
  { requiredKeys: ['kind', 'incident', 'subject'] },
);
const milestones = fc.record({
  opened: at,
  thread: perhaps(at),
  evidence: perhaps(at),
  diagnosed: perhaps(at),
  started: perhaps(at),
  fixed: perhaps(at),
  closed: perhaps(at),
});

/** Any incident at all. */
export const incident: fc.Arbitrary<Incident> = fc
  .record({
    id: fc.oneof(fc.stringMatching(/^[A-Za-z0-9-]{1,80}$/)),
    phase,
    title: odd,
    subject: fc.record({ kind: fc.constantFrom('service', 'target', 'storm'), name: odd, environment: odd }),
    severity: fc.constantFrom('critical', 'warning', 'info'),
    alerts: fc.dictionary(
      odd,
      fc.record({ alert, heardAt: at, beganAt: at, changedAt: at, fires: fc.nat() }),
      {
        maxKeys: 8,
      },
    ),
    crowd,
    link: perhaps(
      fc.record(
        {
          kind: linkKind,
          incident: odd,
          of: fc.record({ incident: odd, subject: odd }),
          over: at,
        },
        { requiredKeys: ['kind', 'incident'] },
      ),
    ),
    guests: list(guest),
    relapsed: perhaps(odd),
    diagnosis: perhaps(diagnosis),
    found: fc.record({
      round: fc.constant(1),
      leads: few(
        fc.record({
          playbook: fc.stringMatching(/^[a-z_]{1,60}$/),
          title: odd,
          cause: odd,
          matched: few(odd),
          missing: few(odd),
          ready: fc.boolean(),
        }),
      ),
      looks: few(
        fc.record({ words: odd, verdict: fc.constantFrom('fault', 'well', 'other', 'unknown'), at }),
      ),
      release: fc.record({ version: odd, by: perhaps(odd), at, before: fc.nat() }),
    }),
    judgements: list(judgement),
    milestones,
  })
  .map(({ phase: now, ...change }) => incidentIn(now, change));

/** Any incident in whose thread another one may be told. */
export const host = perhaps(
  fc.record({ incident: odd, subject: odd, closed: perhaps(at), relapsed: perhaps(odd) }),
);

export const service = fc.record({
  name: odd,
  owners: list(odd),
  dashboards: list(web),
});

export const audience = fc.record({ approvers: list(odd), quietHours: fc.constant(null) });

const item: fc.Arbitrary<EvidenceSummary> = fc.record({
  id: odd,
  kind: fc.constantFrom('alert', 'metric', 'log', 'trace', 'event', 'change', 'state', 'history', 'probe'),
  title: odd,
  source: odd,
  query: odd,
  window: fc.constant(null),
  observedAt: at,
  link: perhaps(web),
  environment: odd,
  witness: odd,
  status: fc.constantFrom('ok', 'failed'),
  hash: odd,
});
const line: fc.Arbitrary<TaskLine> = fc.record({
  name: odd,
  status: fc.constantFrom('running', 'ok', 'changed', 'failed', 'skipped', 'unreachable'),
  detail: perhaps(odd),
});
const result: fc.Arbitrary<AttemptResult> = fc.oneof(
  fc.record({ kind: fc.constant('succeeded' as const), summary: odd }),
  fc.record({ kind: fc.constant('failed' as const), reason: odd, exitCode: perhaps(fc.integer()) }),
  fc.record({ kind: fc.constantFrom('timed-out', 'stopped', 'interrupted'), reason: odd }),
);
const attempt: fc.Arbitrary<Attempt> = fc.record({
  id: fc.constantFrom('A1', 'A2'),
  plan: odd,
  targets: list(odd),
  planDigest: odd,
  purpose: fc.constantFrom('fix', 'rollback'),
  startedAt: at,
  endedAt: perhaps(at),
  tasks: fc.constant([]),
  result: perhaps(result),
});
const answer: fc.Arbitrary<Answer> = fc.record({
  model: perhaps(odd),
  claims: list(fc.record({ text: odd, citations: few(citation) })),
  struck: list(fc.record({ text: odd, reason: odd })),
  note: perhaps(odd),
});
const figure = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(0.0875));
const chart: fc.Arbitrary<Chart> = fc.record({
  title: odd,
  query: odd,
  unit: fc.constantFrom('bytes', 'bytes per second', 'bits', 'bits per second', 'ratio', 'seconds', 'number'),
  window: fc.record({ from: fc.constant(OPENED - 1e6), to: fc.constant(OPENED + 1e6) }),
  lines: few(fc.record({ name: odd, points: few(fc.tuple(at, figure)) })),
  threshold: perhaps(fc.record({ is: fc.constantFrom('<', '>'), value: figure })),
  marks: few(fc.record({ at, what: odd })),
  others: fc.constant(0),
  link: perhaps(web),
});
const named = fc.constantFrom('P1', 'P2');
const by = odd;
const yes = fc.constant(true as const);
const kind = <K extends TimelineEvent['kind']>(name: K) => fc.constant(name);

/** Anything that can happen. */
export const happening: fc.Arbitrary<TimelineEvent> = fc.oneof(
  fc.record({ kind: kind('opened'), by, alerts: list(alert) }),
  fc.record({ kind: kind('alert-attached'), alert }),
  fc.record({ kind: kind('alert-refired'), alert, fires: fc.nat() }),
  fc.record({ kind: kind('alert-resolved'), alert }),
  fc.record({
    kind: kind('alerts-counted'),
    attached: fc.nat(),
    refired: fc.nat(),
    resolved: fc.nat(),
    crowd,
  }),
  fc.record({ kind: kind('linked'), link: fc.record({ kind: linkKind, incident: odd }) }),
  fc.record({ kind: kind('guest-came'), guest }),
  fc.record({ kind: kind('did-not-last'), as: odd }),
  fc.record({ kind: kind('muted'), until: at, words: odd }),
  fc.record({ kind: kind('unmuted') }),
  fc.record({ kind: kind('followed'), follows: fc.record({ incident: odd, times: fc.nat() }) }),
  fc.record({
    kind: kind('hold-kept'),
    plan: odd,
    title: odd,
    holder: odd,
    by: odd,
    stands: fc.constantFrom('held' as const, 'asks' as const, 'rests' as const),
  }),
  fc.record({ kind: kind('settling'), deployed: fc.nat(), until: fc.nat() }),
  fc.record({ kind: kind('settling'), dependency: odd, until: fc.nat() }),
  fc.record({
    kind: kind('looked-anew'),
    alert,
    why: fc.constantFrom('new-kind' as const, 'more-severe' as const),
  }),
  fc.record({ kind: kind('evidence'), round: fc.nat(2), items: list(item), excerpts: texts }),
  fc.record({ kind: kind('diagnosed'), diagnosis }),
  fc.record({
    kind: kind('second-opinion'),
    diagnosis,
    verdict: fc.constantFrom('agrees', 'contradicts', 'abstains'),
  }),
  fc.record({ kind: kind('model-failed'), model: odd, reason: odd, fallback: odd }),
  fc.record({ kind: kind('not-planned'), playbook: perhaps(odd), reason: odd }),
  fc.record({ kind: kind('planned'), plan, verdict }),
  fc.record({ kind: kind('replaced'), plan: named, by, playbook: odd }),
  fc.record({ kind: kind('reminded'), plan: named, deadline: at, missing: fc.nat(3) }),
  fc.record({ kind: kind('judged'), judgement }),
  fc.record({
    kind: kind('asked'),
    question: fc.record({ id: fc.constantFrom('q1', 'q2'), by, at, text: odd }),
  }),
  fc.record({ kind: kind('question-evidence'), question: fc.constantFrom('q1', 'q2'), items: list(item) }),
  fc.record({ kind: kind('answered'), question: fc.constantFrom('q1', 'q2'), answer }),
  fc.record({
    kind: kind('charted'),
    moment: fc.constantFrom('diagnosis', 'recovery'),
    chart,
  }),
  fc.record({ kind: kind('dry-run'), plan: named, diff: perhaps(odd), reason: perhaps(odd) }),
  fc.record({ kind: kind('window-opened'), plan: named, deadline: at }),
  fc.record({ kind: kind('approval-asked'), plan: named, deadline: at, needed: fc.nat(3) }),
  fc.record({ kind: kind('held'), plan: named, by, reason: odd }),
  fc.record({ kind: kind('resumed'), plan: named, by, deadline: perhaps(at) }),
  fc.record({ kind: kind('run-now'), plan: named, by }),
  fc.record({ kind: kind('approved'), plan: named, receipt, missing: fc.nat(2) }),
  fc.record({ kind: fc.constantFrom('rejected', 'cancelled'), plan: named, by, reason: perhaps(odd) }),
  fc.record({ kind: fc.constantFrom('expired', 'observed'), plan: named }),
  fc.record({ kind: kind('reproof'), plan: named, holds: fc.boolean(), sample }),
  fc.record({ kind: kind('in-turn'), plan: named, obstacle: odd, retryAt: at }),
  fc.record({ kind: kind('started'), plan: named, attempt }),
  fc.record({ kind: kind('task'), attempt: fc.constantFrom('A1', 'A2'), line }),
  fc.record({ kind: kind('stop-asked'), attempt: fc.constantFrom('A1', 'A2'), by }),
  fc.record({ kind: kind('ended'), attempt: fc.constantFrom('A1', 'A2'), result }),
  fc.record({
    kind: kind('watching'),
    plan: named,
    deadline: at,
    why: fc.constantFrom('fix', 'rollback', 'resolved', 'looks-healthy'),
  }),
  fc.record({ kind: kind('sampled'), plan: named, sample }),
  fc.record({ kind: kind('sampled'), plan: named, sample, undone: yes }),
  fc.record({ kind: kind('outcome'), plan: named, outcome }),
  fc.record({ kind: kind('outcome'), plan: named, outcome, undone: yes }),
  fc.record({ kind: kind('withdrawn'), plan: named, reason: odd }),
  fc.record({ kind: kind('escalated'), reason: odd }),
  fc.record({
    kind: kind('closed'),
    how: fc.constantFrom('healed', 'recovered', 'answered'),
    reason: odd,
    milestones,
  }),
  fc.record({ kind: kind('refused'), event: odd, by: perhaps(odd), reason: odd }),
);
