import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimOf, releaseOf } from '../../src/engine/effects/claim.ts';
import type { Blocker } from '../../src/incident/model/blocker.ts';
import { lackingConsent } from '../../src/incident/model/draft.ts';
import type { Effect } from '../../src/incident/model/effect.ts';
import type { IncidentEvent, PlanAction } from '../../src/incident/model/event.ts';
import { heldIn, waitsForPeople } from '../../src/incident/model/holds.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import {
  atRest,
  currentPlan,
  holdsLocks,
  isAhead,
  isRunning,
  PHASES,
  placeOf,
  traitsOf,
} from '../../src/incident/model/phases.ts';
import type { StepContext } from '../../src/incident/model/step-context.ts';
import type { TimelineEntry, TimelineEvent } from '../../src/incident/model/timeline.ts';
import { entryHash } from '../../src/incident/model/timeline.ts';
import { whyStale } from '../../src/incident/model/timers.ts';
import { withHold } from '../../src/incident/plan/phase-rules.ts';
import { step } from '../../src/incident/step.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import type { Silence } from '../../src/silence/silence.ts';
import {
  alert,
  alice,
  bob,
  carol,
  dave,
  given,
  looked,
  settings,
  shop,
  T0,
  telling,
} from '../kit/incident/fixtures.ts';
import { ILL, sees, shown, UNSEEN, type View, WELL } from '../kit/incident/walk.ts';

/** A choice that is turned into an event once it is known what the incident looks like at that point. */
type Choice = {
  readonly what: string;
  readonly pick: number;
  readonly wait: number;
  readonly current: boolean;
};

const WHATS = [
  // Half of the choices are what fits the phase, so that lives get far; the others are anything at all.
  ...Array.from({ length: 25 }, () => 'apt'),
  'fire',
  'resolve',
  'evidence',
  'dull-evidence',
  'model-agrees',
  'model-contradicts',
  'model-fails',
  'dry-run',
  'dry-run-fails',
  'shown',
  'act',
  'act',
  'timer',
  'timer',
  'reproved',
  'reproved-bad',
  'reproved-unseen',
  'rechecked',
  'rechecked-ill',
  'claimed',
  'claimed',
  'claim-refused',
  'looked',
  'way-blocked',
  'your-turn',
  'guest-came',
  'relapsed',
  'ended',
  'ended-badly',
  'sampled-good',
  'sampled-bad',
  'ill-for-long',
  'heal',
  'replan',
  'replan',
  'judge',
  'thread',
  'rules',
];
const ACTIONS: readonly PlanAction[] = [
  'run-now',
  'cancel',
  'hold',
  'resume',
  'approve',
  'approve',
  'reject',
  'stop',
  'escalate',
  'try-again',
];
/** What may well happen next in each phase. */
const APT: Readonly<Record<Incident['phase']['at'], readonly string[]>> = {
  investigating: ['evidence', 'evidence', 'model-agrees', 'rechecked'],
  preparing: ['dry-run'],
  waiting: ['shown', 'shown', 'act', 'act', 'timer', 'timer', 'timer', 'looked', 'way-blocked', 'replan'],
  reproving: ['reproved', 'reproved', 'reproved', 'reproved-unseen'],
  starting: ['claimed', 'claimed', 'claim-refused', 'claim-refused'],
  executing: ['ended', 'ended', 'ended-badly'],
  verifying: ['sampled-bad', 'sampled-good', 'ill-for-long', 'well-for-long', 'timer'],
  'rolling-back': ['ended', 'ended-badly'],
  muted: ['timer', 'resolve', 'heal'],
  observed: ['resolve', 'heal', 'rechecked'],
  cancelled: ['resolve', 'heal', 'replan', 'rechecked'],
  escalated: ['heal', 'resolve', 'replan', 'rechecked', 'try-again'],
  closed: ['fire', 'judge'],
};
const PEOPLE = [alice, bob, carol, dave];
/** What the rules become in the middle of a life, and become again: other modes, and another number of people to ask. */
const RULES: readonly Partial<StepContext>[] = [
  {},
  { policyDigest: 'policy-2', settings: settings({ policy: { mode: 'supervised' } }) },
  { policyDigest: 'policy-3', settings: settings({ policy: { approvals: 2 } }) },
  {},
  { policyDigest: 'policy-4', settings: settings({ policy: { mode: 'observe' } }) },
];
const WISHES = [
  { playbook: 'ease', parameters: {} },
  { playbook: 'mend', parameters: { service: 'shop' } },
  { playbook: 'undo', parameters: {} },
  { playbook: 'tune', parameters: { release: 'v1', pace: 'slow' } },
  { playbook: 'tune', parameters: { release: 'v2', pace: 'fast', percent: '7' } },
  { playbook: 'tune', parameters: { service: 'bank' } },
];
const NAMES = ['Small', 'Middling', 'Grave'];

const choice: fc.Arbitrary<Choice> = fc.record({
  what: fc.constantFrom(...WHATS),
  pick: fc.nat(1000),
  wait: fc.constantFrom(0, 1, 500, 3000, 3000, 12_000, 12_000, 60_000, 300_000, 2_000_000),
  current: fc.boolean(),
});

/** How things look when the premises of a plan are read afresh. */
const VIEWS: Readonly<Record<string, View>> = {
  reproved: ILL,
  'reproved-bad': { ...ILL, look: 'other' },
  'reproved-unseen': UNSEEN,
};

/** What people do to a plan that they think better of, and what may be their word that one goes on. */
const BACK: readonly TimelineEvent['kind'][] = ['cancelled', 'held', 'rejected', 'stop-asked'];
const GO: readonly TimelineEvent['kind'][] = ['resumed', 'run-now', 'approved', 'tried-again', 'replaced'];

/** Medic's plans that would go on by themselves although a person had taken one back, and nobody had let one go on since. */
function goingOn(entries: readonly TimelineEntry[]): readonly string[] {
  let minds = false;
  const found: string[] = [];
  for (const { happening } of entries) {
    const byModel = 'by' in happening && happening.by === 'second opinion';
    if (BACK.includes(happening.kind) && !byModel) minds = true;
    if (GO.includes(happening.kind)) minds = false;
    if (!minds || happening.kind !== 'planned' || happening.plan.requestedBy.kind !== 'medic') continue;
    if (happening.verdict.kind === 'allow' || happening.verdict.kind === 'wait')
      found.push(happening.plan.id);
  }
  return found;
}

/** What is seen at one look after the other, for longer than a verification takes. */
const LONG: Readonly<Record<string, string>> = {
  'ill-for-long': 'sampled-bad',
  'well-for-long': 'sampled-good',
};
const LOOKS = 8;

type Timer = Extract<Effect, { readonly kind: 'timer' }>;

/** What a run did, in the order it did it. */
interface Trace {
  readonly incidents: readonly Incident[];
  readonly entries: readonly TimelineEntry[];
  /** What each of them asked for. */
  readonly asked: readonly (readonly Effect['kind'][])[];
  readonly timers: readonly (readonly Timer[])[];
  readonly executed: readonly { readonly plan: string; readonly purpose: string; readonly at: number }[];
}

function run(name: string, choices: readonly Choice[], circumstances: Partial<StepContext>): Trace {
  let now = T0;
  let incident: Incident | null = null;
  const incidents: Incident[] = [];
  const asked: Effect['kind'][][] = [];
  const timers: (readonly Timer[])[] = [];
  const entries: TimelineEntry[] = [];
  const executed: { plan: string; purpose: string; at: number }[] = [];
  let rules = 0;
  const feed = (event: IncidentEvent) => {
    const stepped = step(incident, event, given({ ...RULES[rules % RULES.length], ...circumstances, now }));
    if (stepped.kind === 'refused') return;
    incident = stepped.incident;
    incidents.push(incident);
    asked.push(stepped.owed.map(({ effect }) => effect.kind));
    timers.push(stepped.owed.map(({ effect }) => effect).filter((effect) => effect.kind === 'timer'));
    entries.push(...stepped.entries);
    for (const { effect } of stepped.owed) {
      if (effect.kind === 'execute')
        executed.push({ plan: effect.plan, purpose: effect.purpose, at: entries.length });
    }
  };
  feed({ type: 'alerts', subject: shop, alerts: [alert(name)] });
  for (const one of choices) {
    now += one.wait;
    if (one.what === 'rules') rules += 1;
    if (incident === null || one.what === 'rules') continue;
    const { what, ...choice } = one.what === 'apt' ? aptFor(incident, one) : one;
    const looks = what.endsWith('-for-long') ? LOOKS : 1;
    for (let look = 0; look < looks; look += 1) {
      if (look > 0) now += 10_000;
      feed(eventOf({ ...choice, what: LONG[what] ?? what }, incident, name, now));
    }
  }
  return { incidents, asked, timers, entries, executed };
}

/** What fits the phase, about its current plan. */
function aptFor({ phase }: Incident, choice: Choice): Choice {
  const apt = APT[phase.at];
  const what = apt[choice.pick % apt.length] ?? '';
  return { ...choice, what, pick: Math.floor(choice.pick / apt.length), current: true };
}

function eventOf(choice: Choice, incident: Incident, name: string, now: number): IncidentEvent {
  const { phase } = incident;
  const plan = choice.current
    ? (currentPlan(incident)?.plan.id ?? 'none')
    : `${incident.id}-p${choice.pick % 3}`;
  const attempt = incident.attempts.at(choice.current ? -1 : 0)?.id ?? 'none';
  const pick = <T>(list: readonly T[]): T => list[choice.pick % list.length] as T;
  const present = currentPlan(incident)?.plan;
  const premises = (view: View) => sees(present?.preconditions ?? [], view, now + 1);
  const recovery = (view: View) => sees(present?.verify.checks ?? [], view, now + 1);
  const looks =
    present?.requestedBy.kind === 'person'
      ? [looked(choice.pick % 3 === 0 ? 'well' : 'fault', { at: now })]
      : null;
  switch (choice.what) {
    case 'fire':
      return { type: 'alerts', subject: shop, alerts: [alert(pick(NAMES), { startsAt: now })] };
    case 'resolve':
      return {
        type: 'alerts',
        subject: shop,
        alerts: Object.values(incident.alerts).map(({ alert: one }) => ({
          ...one,
          status: 'resolved',
          endsAt: now,
        })),
      };
    case 'evidence':
      return { type: 'evidence-collected', round: incident.round, evidence: telling(name, now) };
    case 'dull-evidence':
      return { type: 'evidence-collected', round: incident.round, evidence: telling(name, now).slice(0, 1) };
    case 'model-agrees':
    case 'model-contradicts':
      return modelSays(
        incident,
        choice.what === 'model-agrees'
          ? (incident.diagnosis?.hypotheses[0]?.playbook ?? 'ease')
          : pick(['ease', 'mend', 'undo']),
        name,
        now,
      );
    case 'model-fails':
      return {
        type: 'model-answered',
        round: incident.round,
        evidence: [],
        answer: { kind: 'failed', failure: 'garbage', reason: 'it made no sense', model: 'm' },
      };
    case 'dry-run':
      return {
        type: 'dry-run-ended',
        plan,
        result:
          present === undefined || present.dryRun === null
            ? null
            : { kind: 'diff', diff: `change ${choice.pick % 2}`, changes: 1 },
        looks,
      };
    case 'dry-run-fails':
      return { type: 'dry-run-ended', plan, result: { kind: 'failed', reason: 'no such host' } };
    case 'shown':
      return 'decided' in phase && phase.decided !== null
        ? shown(incident)
        : { type: 'plan-shown', plan, diff: null };
    case 'act':
      return {
        type: 'acted',
        action: pick(ACTIONS),
        plan: choice.current ? plan : null,
        by: pick(PEOPLE),
        reason: null,
      };
    case 'timer': {
      if (phase.at === 'muted') return { type: 'timer', name: 'unmute', serves: String(phase.until) };
      const deadline = phase.at === 'waiting' ? phase.deadline : 'since' in phase ? phase.since : null;
      const asks = phase.at === 'waiting' && phase.for === 'approval' && now < (phase.deadline ?? 0);
      const waits = asks && choice.pick % 2 === 0 ? 'reminder' : phase.at === 'waiting' ? phase.for : null;
      const timer = waits ?? (phase.at === 'verifying' ? 'sample' : 'reproof');
      return { type: 'timer', name: timer, serves: `${plan}@${deadline}` };
    }
    case 'rechecked':
    case 'rechecked-ill':
      return {
        type: 'rechecked',
        readings: sees([{ look: 'well' }], choice.what === 'rechecked' ? WELL : ILL, now),
      };
    case 'try-again':
      return { type: 'acted', action: 'try-again', plan: null, by: pick(PEOPLE), reason: null };
    case 'reproved':
    case 'reproved-bad':
    case 'reproved-unseen':
      return {
        type: 'reproved',
        plan,
        readings: premises(VIEWS[choice.what] ?? ILL),
        diff: { kind: 'diff', diff: `change ${choice.pick % 2}`, changes: 1 },
        recovery: choice.pick % 3 === 0 ? null : recovery(choice.pick % 3 === 1 ? ILL : WELL),
        playbookHash: 'decided' in phase ? (phase.decided?.plan.playbookHash ?? null) : null,
      };
    case 'claimed':
      return { type: 'claimed', plan };
    case 'claim-refused':
      return { type: 'claim-refused', plan, obstacle: pick(obstaclesAt(now)) };
    case 'looked':
      return { type: 'looked', plan, obstacle: null };
    case 'way-blocked':
      return { type: 'looked', plan, obstacle: pick(obstaclesAt(now)) };
    case 'your-turn':
      return { type: 'your-turn' };
    case 'guest-came':
      return {
        type: 'guest-came',
        guest: { kind: 'neighbour', incident: `inc-${choice.pick % 3}`, subject: 'api' },
      };
    case 'relapsed':
      return { type: 'relapsed', as: 'inc-later' };
    case 'ended':
      return { type: 'attempt-ended', attempt, result: { kind: 'succeeded', summary: 'done' } };
    case 'ended-badly':
      return { type: 'attempt-ended', attempt, result: { kind: 'interrupted', reason: 'its worker died' } };
    case 'sampled-good':
    case 'sampled-bad':
      return { type: 'sampled', plan, readings: recovery(choice.what === 'sampled-bad' ? ILL : WELL) };
    case 'heal':
      return {
        type: 'heal-requested',
        subject: shop,
        by: pick(PEOPLE),
        playbook: pick(['ease', 'mend', 'undo', 'none']),
        parameters: {},
      };
    case 'replan':
      return {
        type: 'replan-requested',
        plan: currentPlan(incident) === null ? null : plan,
        by: pick(PEOPLE),
        ...pick(WISHES),
        round: incident.round,
        evidence: [],
      };
    case 'judge':
      return {
        type: 'diagnosis-judged',
        by: pick(PEOPLE),
        verdict: choice.pick % 3 === 0 ? 'right' : 'wrong',
        really: choice.pick % 2 === 0 ? 'the disk' : null,
      };
    default:
      return { type: 'shown' };
  }
}

function obstaclesAt(now: number): readonly Blocker[] {
  const retryAt = now + 5000;
  return [
    { kind: 'busy', running: 2, ahead: 0, retryAt },
    { kind: 'locked', lock: 'area:production/service/shop', holder: 'inc-other', retryAt },
    { kind: 'upstream', subject: 'production/service/database', holder: 'inc-other', retryAt },
    { kind: 'cooling-down', target: 'production/shop', retryAt: now + 200_000 },
    { kind: 'paused', by: 'UBOB', retryAt },
    { kind: 'new-memory', retryAt: now },
    { kind: 'tripped', target: 'production/shop', retryAt },
  ];
}

function modelSays(incident: Incident, playbook: string, name: string, now: number): IncidentEvent {
  const evidence = telling(name, now);
  const claims = evidence.map((item) => ({
    text: 'as the evidence says',
    citations: [{ evidence: item.id, quote: item.text.slice(0, 20) }],
  }));
  const hypothesis = {
    cause: 'something else',
    claims,
    against: [],
    playbook,
    parameters: {},
    selfConfidence: null,
  };
  const proposal = { summary: 's', hypotheses: [hypothesis], prevention: null, lead: null };
  return {
    type: 'model-answered',
    round: incident.round,
    evidence,
    answer: { kind: 'proposal', proposal, model: 'm', promptHash: 'p', tokens: { in: 1, out: 1 } },
  };
}

function silenceBetween(from: number, until: number): Silence {
  const who = {
    source: 'slack',
    by: 'UBOB',
    reason: 'a deploy',
    service: 'shop',
    environment: null,
  } as const;
  return { id: 's-1', ...who, from, until, matchers: [] };
}

/** Any life of an incident, in any circumstances. */
function anyLife(
  check: (trace: Trace, circumstances: Partial<StepContext>) => void,
  fixed: Partial<StepContext> = {},
): void {
  const circumstances = fc.record({
    model: fc.boolean(),
    aliveSince: fc.constantFrom(0, T0 + 100_000),
    reachableSince: fc.constantFrom(0, T0 + 100_000),
    silences: fc.constantFrom(
      [],
      [],
      [silenceBetween(T0 - 1, T0 + 400_000)],
      [silenceBetween(T0 + 1000, T0 + 9000)],
    ),
  });
  fc.assert(
    fc.property(
      fc.constantFrom(...NAMES),
      fc.array(choice, { maxLength: 80, size: 'medium' }),
      circumstances,
      (name, choices, around) => {
        const all = { ...around, ...fixed };
        check(run(name, choices, all), all);
      },
    ),
    { numRuns: 1000, seed: 20_260_101 },
  );
}

const told = <K extends TimelineEvent['kind']>(trace: Trace, kind: K) =>
  trace.entries
    .map(({ happening }) => happening)
    .filter((one): one is Extract<TimelineEvent, { kind: K }> => one.kind === kind);

// A thousand lives each: on a busy machine they take their time.
describe('whatever happens to an incident, in whatever order', { timeout: 300_000 }, () => {
  it('nothing starts without a verdict on exactly that plan, and the consent it asks for', () => {
    anyLife((trace) => {
      for (const { phase } of trace.incidents) {
        if (phase.at !== 'executing') continue;
        const { plan, verdict, consent, receipts } = phase.decided;
        expect(verdict.planDigest).toBe(plan.digest);
        expect(['allow', 'wait', 'ask']).toContain(verdict.kind);
        expect(consent).not.toBeNull();
        if (verdict.kind === 'wait') expect(consent?.kind).not.toBe('not-needed');
        if (verdict.kind !== 'ask') continue;
        expect(
          receipts.filter((receipt) => receipt.planDigest === plan.digest).length,
        ).toBeGreaterThanOrEqual(verdict.approvals);
        for (const { user } of receipts) expect(['UALICE', 'UCAROL']).toContain(user);
      }
    });
  });

  it('what a person took back is for people: no plan of Medic’s goes on by itself, and a hold outlives another plan', () => {
    anyLife(({ entries, incidents }) => {
      expect(goingOn(entries)).toEqual([]);
      for (const [index, after] of incidents.entries()) {
        const before = incidents[index - 1];
        const held = before === undefined ? null : heldIn(before.phase);
        const plan = currentPlan(after)?.plan;
        if (before === undefined || held === null || plan?.requestedBy.kind !== 'person') continue;
        if (after.plans === before.plans || plan.requestedBy.user === held.by) continue;
        const { phase } = after;
        expect(heldIn(phase)?.by === held.by || waitsForPeople(phase) || atRest(after)).toBe(true);
      }
    });
  });

  it('nothing of a low tier, or of a window, starts but right after a look that shows the fault', () => {
    anyLife((trace) => {
      for (const { happening, seq } of trace.entries) {
        if (happening.kind !== 'started' || happening.attempt.purpose !== 'fix') continue;
        const proofs = trace.entries.filter(
          ({ happening: one, seq: at }) => one.kind === 'reproof' && at < seq,
        );
        const last = proofs.at(-1)?.happening;
        expect(last?.kind === 'reproof' && last.plan === happening.plan && last.holds).toBe(true);
        const unseen = trace.incidents.some(
          ({ phase }) =>
            phase.at === 'executing' && phase.decided.plan.id === happening.plan && phase.decided.unseen,
        );
        const looks =
          last?.kind === 'reproof' ? last.sample.answers.filter(({ check }) => 'look' in check) : [];
        // Whoever approves a plan whose look does not show its fault does so in that knowledge.
        if (!unseen) expect(looks.map(({ answer }) => answer)).toEqual(['good']);
      }
    });
  });

  it('an incident does not end while a fix of its runs or is watched, unless it was proven', () => {
    anyLife((trace) => {
      trace.incidents.forEach((incident, index) => {
        const before = trace.incidents[index - 1];
        if (incident.phase.at !== 'closed' || before === undefined || before.phase.at === 'closed') return;
        expect(isRunning(before.phase)).toBe(false);
        if (before.phase.at === 'verifying' && before.phase.after.kind === 'fix')
          expect(incident.outcome?.kind).toBe('proven');
      });
    });
  });

  it('an incident that Medic can look at is called recovered or healed only after a good look', () => {
    anyLife((trace) => {
      const end = trace.incidents.findIndex(({ phase }) => phase.at === 'closed');
      const phase = trace.incidents[end]?.phase;
      if (phase?.at !== 'closed') return;
      expect(['healed', 'recovered']).toContain(phase.how);
      const { outcome } = trace.incidents[end] ?? {};
      const seen = outcome?.sample?.answers.some(({ check, answer }) => 'look' in check && answer === 'good');
      expect(seen === true || plainly(phase.reason).includes('was looked at: well')).toBe(true);
    });
  });

  it('no plan is executed twice', () => {
    anyLife((trace) => {
      const fixes = trace.executed.filter(({ purpose }) => purpose === 'fix').map(({ plan }) => plan);
      expect(new Set(fixes).size).toBe(fixes.length);
    });
  });

  it('a cancelled plan never starts', () => {
    anyLife((trace) => {
      for (const { happening, seq } of trace.entries) {
        if (happening.kind !== 'cancelled') continue;
        expect(trace.executed.filter(({ plan, at }) => plan === happening.plan && at > seq)).toEqual([]);
      }
    });
  });

  it('a plan that was replaced never starts, and the plan in its place has a verdict of its own', () => {
    anyLife((trace) => {
      for (const { happening, seq } of trace.entries) {
        if (happening.kind !== 'replaced') continue;
        expect(trace.executed.filter(({ plan, at }) => plan === happening.plan && at > seq)).toEqual([]);
        const next = trace.entries.find((entry) => entry.seq > seq)?.happening;
        expect(next?.kind === 'planned' && next.plan.requestedBy).toEqual({
          kind: 'person',
          user: happening.by,
        });
        expect(next?.kind === 'planned' && next.verdict.planDigest === next.plan.digest).toBe(true);
      }
    });
  });

  it('nobody approves what they asked for', () => {
    anyLife((trace) => {
      for (const incident of trace.incidents) {
        const decided = currentPlan(incident);
        const by = decided?.plan.requestedBy;
        if (by?.kind === 'person') expect(decided?.receipts.map(({ user }) => user)).not.toContain(by.user);
      }
    });
  });

  it('Medic does not go on by itself with a plan of its own once somebody has called its diagnosis wrong', () => {
    anyLife((trace) => {
      trace.incidents.forEach((incident, index) => {
        const before = trace.incidents[index - 1];
        const word = incident.judgements.at(-1);
        if (before === undefined || incident.judgements === before.judgements || word?.verdict !== 'wrong')
          return;
        const by = currentPlan(incident)?.plan.requestedBy.kind;
        if (by !== 'medic' || atRest(incident) || isRunning(incident.phase)) return;
        const { phase } = incident;
        const ran = phase.at === 'verifying' && phase.after.kind === 'fix';
        expect(ran || waitsForPeople(phase) || heldIn(phase) !== null).toBe(true);
      });
    });
  });

  it('a plan that is held does not start until somebody lets it', () => {
    anyLife((trace) => {
      const held = new Set<string>();
      for (const { happening } of trace.entries) {
        if (happening.kind === 'held') held.add(happening.plan);
        if (happening.kind === 'resumed' || happening.kind === 'run-now' || happening.kind === 'approved') {
          held.delete(happening.plan);
        }
        if (happening.kind === 'started' && happening.attempt.purpose === 'fix') {
          expect(held).not.toContain(happening.plan);
        }
      }
    });
  });

  it('a window is never cut short, unless an operator does it', () => {
    anyLife((trace) => {
      for (const { phase } of trace.incidents) {
        if (phase.at !== 'executing') continue;
        const { consent, plan } = phase.decided;
        if (consent?.kind === 'hurried') expect(['UALICE', 'UBOB', 'UCAROL']).toContain(consent.by);
        if (consent?.kind !== 'window-passed') continue;
        const opened = told(trace, 'window-opened').filter(
          (one) => one.plan === plan.id && one.deadline <= consent.at,
        );
        expect(opened.length).toBeGreaterThan(0);
      }
    });
  });

  it('only operators ask for a plan of their own', () => {
    anyLife((trace) => {
      for (const { plan } of told(trace, 'planned')) {
        if (plan.requestedBy.kind === 'person')
          expect(['UALICE', 'UBOB', 'UCAROL']).toContain(plan.requestedBy.user);
      }
    });
  });

  it('a fix whose outcome nobody knows is not rolled back', () => {
    anyLife((trace) => {
      for (const { attempts } of trace.incidents) {
        for (const { purpose, plan } of attempts) {
          if (purpose !== 'rollback') continue;
          const fix = attempts.find((one) => one.plan === plan && one.purpose === 'fix');
          expect(fix?.result?.kind).not.toBe('interrupted');
        }
      }
    });
  });

  it('a closed incident stays as it is, but for where it is told, who comes after it and what people make of it', () => {
    const told = {
      milestones: null,
      version: 0,
      head: null,
      guests: [],
      relapsed: null,
      judgements: [],
    };
    anyLife((trace) => {
      const closed = trace.incidents.findIndex(({ phase }) => phase.at === 'closed');
      if (closed === -1) return;
      const [first, ...rest] = trace.incidents.slice(closed);
      for (const later of rest) expect({ ...later, ...told }).toEqual({ ...first, ...told });
    });
  });

  it('only a refuted fix is rolled back, and at most once', () => {
    anyLife((trace) => {
      const rollbacks = trace.executed
        .filter(({ purpose }) => purpose === 'rollback')
        .map(({ plan }) => plan);
      expect(new Set(rollbacks).size).toBe(rollbacks.length);
      const refuted = told(trace, 'outcome')
        .filter(({ outcome }) => outcome.kind === 'refuted')
        .map(({ plan }) => plan);
      for (const plan of rollbacks) expect(refuted).toContain(plan);
    });
  });

  it('nothing runs where Medic only observes', () => {
    anyLife((trace) => expect(trace.executed).toEqual([]), {
      settings: settings({ policy: { mode: 'observe' } }),
    });
  });

  it('every version follows the one before, and the record is an unbroken chain', () => {
    anyLife((trace) => {
      trace.incidents.forEach((incident, index) => {
        expect(incident.version).toBe(index + 1);
      });
      trace.entries.reduce(
        (before, entry) => {
          if (before !== null)
            expect(entry.hash).toBe(entryHash(before.hash, before.seq + 1, entry.at, entry.happening));
          return entry;
        },
        null as TimelineEntry | null,
      );
      expect(trace.incidents.at(-1)?.head.length).toBe(trace.entries.length);
    });
  });

  it('the lives tried here reach executions, rollbacks, approvals and closings', () => {
    const reached = new Set<string>();
    anyLife((trace) => {
      for (const { happening } of trace.entries) reached.add(happening.kind);
      for (const { purpose } of trace.executed) reached.add(purpose);
    });
    for (const kind of [
      'fix',
      'rollback',
      'approved',
      'cancelled',
      'held',
      'in-turn',
      'withdrawn',
      'closed',
      'expired',
      'replaced',
      'reminded',
      'judged',
      'tried-again',
    ]) {
      expect(reached).toContain(kind);
    }
  });
});

describe('when everything an incident asks for is answered', { timeout: 300_000 }, () => {
  it('it comes to rest: closed, or with a person who knows why', () => {
    const answers = fc.infiniteStream(fc.nat(1000));
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), fc.boolean(), answers, (name, model, picks) => {
        const resting = live(name, model, () => picks.next().value ?? 0);
        expect(['closed', 'escalated', 'observed', 'cancelled']).toContain(resting);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Answers every effect of an incident, well or badly as the picks say, until it asks for nothing more. */
function live(name: string, model: boolean, pick: () => number): string {
  let now = T0;
  let incident: Incident | null = null;
  const asked: Effect[] = [];
  const feed = (event: IncidentEvent) => {
    const stepped = step(incident, event, given({ now, model }));
    if (stepped.kind === 'refused') return;
    incident = stepped.incident;
    asked.push(...stepped.owed.map(({ effect }) => effect));
  };
  feed({ type: 'alerts', subject: shop, alerts: [alert(name)] });
  for (let turn = 0; turn < 500 && incident !== null; turn += 1) {
    const current: Incident = incident;
    const { phase } = current;
    if (phase.at === 'waiting' && phase.deadline === null) feed(shown(current));
    const effect = asked.shift();
    if (effect === undefined) return phase.at;
    now = effect.kind === 'timer' ? Math.max(now, effect.at) : now + 1;
    if (pick() % 4 === 0) feed({ type: 'acted', action: 'approve', plan: null, by: alice, reason: null });
    feed(answerTo(effect, current, name, now, pick()));
  }
  throw new Error('it never came to rest');
}

function answerTo(
  effect: Effect,
  incident: Incident,
  name: string,
  now: number,
  pick: number,
): IncidentEvent {
  const about = (what: string): IncidentEvent =>
    eventOf({ what, pick, wait: 0, current: true }, incident, name, now);
  const well = pick % 5 !== 0;
  switch (effect.kind) {
    case 'collect':
      return about(well ? 'evidence' : 'dull-evidence');
    case 'ask-model':
      return about(well ? 'model-agrees' : 'model-fails');
    case 'dry-run':
      return about(well ? 'dry-run' : 'dry-run-fails');
    case 'reprove':
      return about(well ? 'reproved' : pick % 2 === 0 ? 'reproved-bad' : 'reproved-unseen');
    case 'look':
      return about(pick % 2 === 0 ? 'looked' : 'way-blocked');
    case 'tell':
      return effect.tidings;
    case 'claim':
      return about(well ? 'claimed' : 'claim-refused');
    case 'execute':
      return about(well ? 'ended' : 'ended-badly');
    case 'sample':
      return about(well ? 'sampled-good' : 'sampled-bad');
    case 'timer':
      return { type: 'timer', name: effect.name, serves: effect.serves };
    case 'collect-answer':
      return { type: 'question-evidence', question: effect.question, evidence: [] };
    case 'answer':
      return {
        type: 'answered',
        question: effect.question,
        answer: { model: null, claims: [], struck: [], note: 'nothing was found' },
      };
    case 'chart':
      return { type: 'charted', chart: null };
    case 'recheck':
      return about(well ? 'rechecked' : 'rechecked-ill');
    default:
      return effect satisfies never;
  }
}

describe('the table of phases', () => {
  it('tells of every phase that an incident comes to what is so of it', () => {
    const reached = new Set<string>();
    anyLife(({ incidents, asked }) => {
      let holds = false;
      incidents.forEach((incident, index) => {
        const { phase, attempts } = incident;
        const before = incidents[index - 1] ?? null;
        const { life, plan, runs, watches, consented } = traitsOf(phase);
        reached.add(placeOf(phase));
        // What the store takes and gives back with this change.
        if (claimOf(before, incident, given().settings, { now: T0, silences: 0 }) !== null) holds = true;
        if (releaseOf(before, incident) !== null) holds = false;
        expect([placeOf(phase), holds]).toEqual([placeOf(phase), holdsLocks(phase)]);
        expect(attempts.some(({ result }) => result === null)).toBe(runs);
        expect('sample' in phase).toBe(watches);
        if (plan === 'ahead' || plan === 'acting') expect(currentPlan(incident)).not.toBeNull();
        if (plan === 'none') expect(currentPlan(incident)).toBeNull();
        const decided = currentPlan(incident);
        if (consented) expect(decided && lackingConsent(decided)).toBeNull();
        if (life !== 'works')
          expect(asked[index]).not.toEqual(expect.arrayContaining([expect.toBeOneOf(WORK)]));
        if (before !== null && traitsOf(before.phase).life === 'over') expect(phase).toEqual(before.phase);
      });
    });
    expect([...reached].toSorted()).toEqual(Object.keys(PHASES).toSorted());
  });

  it('has a plan ahead exactly where somebody can hold it back, or where it waits for people anyway', () => {
    anyLife(({ incidents }) => {
      for (const { phase } of incidents) {
        const next = withHold(phase, { by: 'UBOB', reason: null }, T0);
        expect(next !== null || waitsForPeople(phase)).toBe(isAhead(phase));
        if (next !== null) expect([heldIn(next)?.by, isAhead(next)]).toEqual(['UBOB', true]);
      }
    });
  });
});

/** What is asked for only where something is under way. */
const WORK: readonly Effect['kind'][] = [
  'dry-run',
  'reprove',
  'look',
  'claim',
  'execute',
  'sample',
  'collect',
];

describe('the table of timers', () => {
  it('names the deadline of every timer that is set, and whoever waits for a time has a timer that serves it', () => {
    anyLife(({ incidents, timers }) => {
      const set = new Set<string>();
      incidents.forEach((incident, index) => {
        for (const { name, serves } of timers[index] ?? []) {
          expect([name, whyStale(incident, name, serves)]).toEqual([name, null]);
          set.add(`${name} ${serves}`);
        }
        const { phase } = incident;
        if (phase.at === 'muted') expect(set).toContain(`unmute ${phase.until}`);
        if (phase.at !== 'waiting' || phase.deadline === null) return;
        expect(set).toContain(`${phase.for} ${phase.decided.plan.id}@${phase.deadline}`);
        // It is stale once the deadline has moved.
        expect(
          whyStale(incident, phase.for, `${phase.decided.plan.id}@${phase.deadline + 1}`),
        ).not.toBeNull();
      });
    });
  });
});
