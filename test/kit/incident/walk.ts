import type { Subject } from '../../../src/alerts/alert.ts';
import type { LookReading } from '../../../src/evidence/looks/look.ts';
import type { AttemptResult } from '../../../src/execution/attempt.ts';
import type { Effect } from '../../../src/incident/model/effect.ts';
import type { IncidentEvent } from '../../../src/incident/model/event.ts';
import type { Decided, Incident, Phase } from '../../../src/incident/model/incident.ts';
import { currentPlan } from '../../../src/incident/model/phases.ts';
import type { StepContext } from '../../../src/incident/model/step-context.ts';
import type { TimelineEvent } from '../../../src/incident/model/timeline.ts';
import { step } from '../../../src/incident/step.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import type { Check } from '../../../src/playbooks/manifest.ts';
import type { Reading } from '../../../src/verification/reading.ts';
import { alert, given, looked, shop, telling } from './fixtures.ts';

/** An incident taken through events by hand, with the clock driven and everything it asked for kept. */
export interface Walk {
  incident: Incident;
  readonly effects: Effect[];
  /** The names of the effects. */
  readonly owed: string[];
  readonly told: TimelineEvent[];
  readonly refusals: string[];
  /** Every event that it was fed, with the circumstances. */
  readonly fed: { readonly event: IncidentEvent; readonly given: StepContext }[];
  now: number;
  /** Feeds an event `later` milliseconds after the one before, in circumstances that may have changed. */
  feed(event: IncidentEvent, later?: number, changed?: Partial<StepContext>): Walk;
  phase<P extends Phase['at']>(at: P): Extract<Phase, { at: P }>;
}

/** An incident that its first event opens. */
export function walk(first: IncidentEvent, circumstances: Partial<StepContext> = {}): Walk {
  const base = given(circumstances);
  let incident: Incident | null = null;
  const self: Walk = {
    get incident() {
      if (incident === null) throw new Error('no incident is open yet');
      return incident;
    },
    effects: [],
    owed: [],
    told: [],
    refusals: [],
    fed: [],
    now: base.now,
    feed(event, later = 0, changed = {}) {
      self.now += later;
      const given: StepContext = { ...base, ...changed, now: self.now };
      self.fed.push({ event, given });
      const stepped = step(incident, event, given);
      if (stepped.kind === 'refused') self.refusals.push(plainly(stepped.reason));
      else {
        incident = stepped.incident;
        self.effects.push(...stepped.owed.map(({ effect }) => effect));
        self.owed.push(...stepped.owed.map(({ id }) => id));
        self.told.push(...stepped.entries.map(({ happening }) => happening));
      }
      return self;
    },
    phase(at) {
      const { phase } = self.incident;
      if (phase.at !== at)
        throw new Error(`the incident is ${phase.at}, not ${at}: ${JSON.stringify(self.refusals)}`);
      return phase as never;
    },
  };
  return self.feed(first);
}

/** Opens an incident for an alert. */
export function opened(
  name: string,
  circumstances: Partial<StepContext> = {},
  subject: Subject = shop,
): Walk {
  return walk({ type: 'alerts', subject, alerts: [alert(name)] }, circumstances);
}

/** Opens an incident and lets the known pattern of its alert decide. */
export function diagnosed(name: string, circumstances: Partial<StepContext> = {}): Walk {
  const walked = opened(name, circumstances);
  return walked.feed({ type: 'evidence-collected', round: 1, evidence: telling(name, walked.now) });
}

/** How things look to Medic: its own look, whether the alert fires at its source, and whether health checks are answered. */
export interface View {
  readonly look: LookReading['verdict'];
  /** Null where the source cannot tell. */
  readonly firing: boolean | null;
  readonly healthy: boolean;
  /** When what the end of the alert rests on was measured; nobody knows where it is absent. */
  readonly measuredAt?: number;
  /** How far before now the rule of an alert that fires reads, milliseconds. */
  readonly looksBack?: number;
  /** What the alert measures is not there any more. */
  readonly vanished?: true;
  /** The source gives no answer just now. */
  readonly unanswered?: true;
}

export const ILL: View = { look: 'fault', firing: true, healthy: false };
export const WELL: View = { look: 'well', firing: false, healthy: true };
/** Nothing can be read. */
export const UNSEEN: View = { look: 'unknown', firing: null, healthy: false };

/** What is read for these checks, in their order, when things look like this. */
export function sees(checks: readonly Check[], view: View, at: number): readonly Reading[] {
  return checks.map((check): Reading => {
    if ('look' in check || 'unit' in check)
      return { check, kind: 'look', readings: [looked(view.look, { at })], at };
    if ('probe' in check) return { check, kind: 'probe', healthy: view.healthy, detail: 'health', at };
    return view.firing === null || 'metric' in check
      ? {
          check,
          kind: 'missing',
          reason: 'no answer',
          ...(view.vanished ? { vanished: true } : {}),
          ...(view.unanswered ? { unanswered: true } : {}),
        }
      : {
          check,
          kind: 'alert',
          firing: view.firing,
          at,
          ...(view.measuredAt === undefined ? {} : { measuredAt: view.measuredAt }),
          ...(view.looksBack === undefined ? {} : { looksBack: view.looksBack }),
        };
  });
}

function planOf({ incident }: Pick<Walk, 'incident'>): Decided {
  const decided = currentPlan(incident);
  if (decided === null) throw new Error(`there is no plan while ${incident.phase.at}`);
  return decided;
}

/** The premises of the present plan were read afresh, and things look like this. */
export function reproved(
  walked: Pick<Walk, 'incident' | 'now'>,
  view = ILL,
): Extract<IncidentEvent, { type: 'reproved' }> {
  const { plan, diff } = planOf(walked);
  const { preconditions, verify, playbookHash } = plan;
  return {
    type: 'reproved',
    plan: plan.id,
    readings: sees(preconditions, view, walked.now),
    recovery: plan.requestedBy.kind === 'medic' ? sees(verify.checks, view, walked.now) : null,
    diff: diff === null ? null : { kind: 'diff', diff: diff.text, changes: 1 },
    playbookHash,
  };
}

/** The present plan was rehearsed where it can be, and looked at where a person asked for it. */
export function prepared(
  walked: Walk,
  { diff = '-a\n+b', look = 'fault' as LookReading['verdict'] } = {},
): IncidentEvent {
  const { plan, verdict } = walked.phase('preparing').decided;
  const rehearsed = plan.dryRun !== null && verdict.kind !== 'allow';
  return {
    type: 'dry-run-ended',
    plan: plan.id,
    result: rehearsed ? { kind: 'diff', diff, changes: 1 } : null,
    looks: plan.requestedBy.kind === 'person' ? [looked(look, { at: walked.now })] : null,
  };
}

/** Opens an incident, lets the known pattern of its alert decide, and Medic see for itself that the plan is needed. */
export function starting(name: string, circumstances: Partial<StepContext> = {}): Walk {
  const walked = diagnosed(name, circumstances);
  walked.feed(reproved(walked)).phase('starting');
  return walked;
}

/** A fix that was claimed and runs. */
export function executing(name: string): Walk {
  const walked = starting(name);
  walked.feed({ type: 'claimed', plan: planOf(walked).plan.id }).phase('executing');
  return walked;
}

/** A fix that ended like this. */
export function ended(name: string, result: AttemptResult = { kind: 'succeeded', summary: 'done' }): Walk {
  const walked = executing(name);
  return walked.feed({ type: 'attempt-ended', attempt: walked.phase('executing').attempt, result });
}

/** A while later Medic looks at the signals of a plan that is verified; `before` says how old what they tell is by then. */
export function lookAfter(walked: Walk, later: number, view: View, before = 0): Walk {
  const { plan } = walked.phase('verifying').decided;
  const readings = sees(plan.verify.checks, view, walked.now + later - before);
  return walked.feed({ type: 'sampled', plan: plan.id, readings }, later);
}

/** Looks at the signals every ten seconds for a while, as Medic would, while things look like this, or until it has seen enough. */
export function watch(walked: Walk, ms: number, view: View): Walk {
  walked.phase('verifying');
  for (let left = ms; left > 0 && walked.incident.phase.at === 'verifying'; left -= 10_000)
    lookAfter(walked, Math.min(left, 10_000), view);
  return walked;
}

/** Every alert has resolved at its sender, whose word that is. */
export function resolved(walked: Walk): Walk {
  const alerts = Object.values(walked.incident.alerts).map(({ alert: one }) => ({
    ...one,
    status: 'resolved' as const,
    endsAt: Math.max(walked.now, one.startsAt),
  }));
  return walked.feed({ type: 'alerts', subject: walked.incident.subject, alerts });
}

/** Medic looked at the subject once more, since nothing fires any more. */
export function rechecked(walked: Walk, view = WELL, more: readonly Check[] = []): Walk {
  const readings = sees([{ look: 'well' }, { alert: 'resolved' }, ...more], view, walked.now);
  return walked.feed({ type: 'rechecked', readings });
}

/** Slack shows the current plan as it is now. */
export function shown({ phase }: Incident): IncidentEvent {
  if (!('decided' in phase) || phase.decided === null) throw new Error(`there is no plan while ${phase.at}`);
  const { plan, diff } = phase.decided;
  return { type: 'plan-shown', plan: plan.id, diff: diff?.hash ?? null };
}
