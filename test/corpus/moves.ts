import type { Person } from '../../src/approval/person.ts';
import type { Settings } from '../../src/config/settings.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import type { Comparison } from '../../src/execution/attempt.ts';
import type { Blocker } from '../../src/incident/model/blocker.ts';
import type { IncidentEvent, PlanAction } from '../../src/incident/model/event.ts';
import { currentPlan } from '../../src/incident/model/phases.ts';
import type { StepContext } from '../../src/incident/model/step-context.ts';
import type { Silence } from '../../src/silence/silence.ts';
import { alert, bob, dave, evidenceItem, settings, shop, T0, telling } from '../kit/incident/fixtures.ts';
import {
  diagnosed,
  ended,
  executing,
  ILL,
  opened,
  prepared,
  rechecked,
  reproved,
  resolved,
  shown,
  starting,
  type Walk,
  WELL,
  watch,
} from '../kit/incident/walk.ts';

const WRITTEN = new WeakMap<Settings, object>();

/** What `medic.yml` says of settings that were made with `rules`; undefined for the usual ones. */
export function writtenOf(parsed: Settings): object | undefined {
  return WRITTEN.get(parsed);
}

/** Other settings than the usual ones. */
export function rules(written: object): Pick<StepContext, 'settings'> {
  const parsed = settings(written);
  WRITTEN.set(parsed, written);
  return { settings: parsed };
}

export const act = (action: PlanAction, by: Person = bob, reason: string | null = null): IncidentEvent => ({
  type: 'acted',
  action,
  plan: null,
  by,
  reason,
});
export const facts = (walked: Walk, evidence: readonly Evidence[]): IncidentEvent => ({
  type: 'evidence-collected',
  round: walked.incident.round,
  evidence,
});
export const heal = (by: Person = bob, playbook = 'ease'): IncidentEvent => ({
  type: 'heal-requested',
  subject: shop,
  by,
  playbook,
  parameters: {},
});
export const judges = (
  verdict: 'right' | 'wrong',
  by: Person = dave,
  really: string | null = null,
): IncidentEvent => ({
  type: 'diagnosis-judged',
  by,
  verdict,
  really,
});
export const silence: Silence = {
  id: 's-1',
  source: 'slack',
  by: bob.id,
  reason: 'a deploy',
  service: 'shop',
  environment: null,
  from: T0 - 1,
  until: T0 + 100_000,
  matchers: [],
};
export const SILENCED = { silences: [silence] };
export const OTHER_RULES = { policyDigest: 'policy-2', ...rules({ policy: { mode: 'supervised' } }) };
export const thread: IncidentEvent = {
  type: 'shown',
};
export const metric = evidenceItem({
  id: 'E3',
  kind: 'metric',
  title: 'Metric of Small',
  source: 'prometheus',
  witness: 'shop/web-1:80',
  window: { from: T0 - 7_200_000, to: T0 },
  data: {
    type: 'series',
    threshold: '> 5',
    unit: 'number',
    series: [
      { labels: {}, points: Array.from({ length: 24 }, (_, index) => [T0 - 300_000 * (24 - index), index]) },
    ],
  },
});

/** Its dry run came in, and Slack shows it. */
export function onShow(walked: Walk): Walk {
  walked.feed(thread).feed(prepared(walked), 800);
  return walked.feed(shown(walked.incident), 700);
}
export const inWindow = (around: Partial<StepContext> = {}) => onShow(diagnosed('Middling', around));
export const asking = (around: Partial<StepContext> = {}) => onShow(diagnosed('Grave', around));
export const healed = () => watch(ended('Small'), 20_000, WELL);
export const recovered = () => rechecked(resolved(opened('Small')));

/** The newest timer of its phase rings when it is due. */
export function ring(
  walked: Walk,
  name: Extract<IncidentEvent, { type: 'timer' }>['name'],
  around = {},
): Walk {
  const timer = walked.effects.findLast((one) => one.kind === 'timer' && one.name === name);
  if (timer?.kind !== 'timer') throw new Error(`no timer ${name} was set`);
  return walked.feed(
    { type: 'timer', name, serves: timer.serves },
    Math.max(0, timer.at - walked.now),
    around,
  );
}

export function claimed(walked: Walk): Walk {
  walked.feed(reproved(walked), 300);
  return walked.feed({ type: 'claimed', plan: walked.phase('starting').decided.plan.id }, 20, { fence: 7 });
}

export function ends(walked: Walk, kind: 'succeeded' | 'interrupted' = 'succeeded'): Walk {
  const attempt = walked.incident.attempts.at(-1)?.id ?? 'none';
  const result =
    kind === 'succeeded' ? { kind, summary: 'done', changed: 1 } : { kind, reason: 'its worker died' };
  return walked.feed({ type: 'attempt-ended', attempt, result }, 2000);
}

/** A low plan that did not help and was undone, with what was found there afterwards. */
export function undoneWith(compared: Comparison): Walk {
  const before = { words: '3 replicas', mark: '{"replicas":3}' };
  const fixed = executing('Small');
  const attempt = fixed.phase('executing').attempt;
  const fix = { kind: 'succeeded', summary: 'done', changed: 1, before } as const;
  const walked = watch(fixed.feed({ type: 'attempt-ended', attempt, result: fix }, 2000), 61_000, ILL);
  const undo = walked.phase('rolling-back').attempt;
  const result = { kind: 'succeeded', summary: 'done', changed: 1, compared } as const;
  return walked.feed({ type: 'attempt-ended', attempt: undo, result }, 2000);
}

export function refusedFor(obstacle: Blocker): Walk {
  const walked = starting('Small');
  return walked.feed({ type: 'claim-refused', plan: walked.phase('starting').decided.plan.id, obstacle }, 10);
}
export const later = (walked: Walk, more: number) => walked.now + more;
export const busy: Blocker = { kind: 'busy', running: 2, ahead: 0, retryAt: T0 + 5000 };

export function saysModel(walked: Walk, playbook: string): IncidentEvent {
  const evidence = telling('Middling', walked.now);
  const claims = evidence.map(({ id, text }) => ({
    text: 'so it says',
    citations: [{ evidence: id, quote: text.slice(0, 20) }],
  }));
  const cause = { cause: 'the disk', claims, against: [], playbook, parameters: {}, selfConfidence: null };
  const proposal = { summary: 's', hypotheses: [cause], prevention: 'a bigger disk', lead: null };
  const answer = {
    kind: 'proposal',
    proposal,
    model: 'm',
    promptHash: 'p',
    tokens: { in: 1, out: 1 },
  } as const;
  return { type: 'model-answered', round: walked.incident.round, answer, evidence };
}
export const modelFails = (walked: Walk): IncidentEvent => ({
  type: 'model-answered',
  round: walked.incident.round,
  evidence: [],
  answer: { kind: 'failed', failure: 'unreachable', reason: 'it is away', model: 'm' },
});
export function replan(walked: Walk, by = bob): IncidentEvent {
  const release = evidenceItem({
    id: 'E10',
    kind: 'change',
    data: { type: 'facts', facts: { previous_version: 'v1' } },
  });
  return {
    type: 'replan-requested',
    plan: currentPlan(walked.incident)?.plan.id ?? null,
    by,
    playbook: 'tune',
    parameters: { pace: 'slow' },
    round: walked.incident.round,
    evidence: [...telling('Grave'), release],
  };
}
export const firing = (number: number) =>
  alert(`Alert${number % 6}`, {
    fingerprint: `fp-${number}`,
    startsAt: T0,
    annotations: {},
    labels: { n: `${number}` },
  });
