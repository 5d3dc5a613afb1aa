import type { Incident } from '../../../src/incident/model/incident.ts';
import type { TimelineEntry, TimelineEvent } from '../../../src/incident/model/timeline.ts';
import type { Plan } from '../../../src/playbooks/plan.ts';
import type { Verdict } from '../../../src/policy/verdict.ts';
import type { ChaosRecord, KeptIncident, Ran } from './record.ts';

type Told<Kind extends TimelineEvent['kind']> = TimelineEntry & {
  readonly happening: Extract<TimelineEvent, { readonly kind: Kind }>;
};

/** The entries of one kind, in order. */
export function toldOf<Kind extends TimelineEvent['kind']>(
  timeline: readonly TimelineEntry[],
  kind: Kind,
): readonly Told<Kind>[] {
  return timeline.filter((entry): entry is Told<Kind> => entry.happening.kind === kind);
}

/** A plan as it was decided on, by the timeline. */
export interface KnownPlan {
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly service: string;
}

/** All plans of all incidents, by id. */
function plansIn({ incidents }: ChaosRecord): ReadonlyMap<string, KnownPlan> {
  return new Map(
    incidents.flatMap(({ incident, timeline }) =>
      toldOf(timeline, 'planned').map(({ happening: { plan, verdict } }): [string, KnownPlan] => [
        plan.id,
        {
          incident,
          timeline,
          plan,
          verdict,
          service: plan.parameters.service?.value ?? incident.subject.name,
        },
      ]),
    ),
  );
}

/** An attempt as the timeline tells it: from its claim until its end was known. */
export interface KnownAttempt {
  readonly id: string;
  readonly purpose: 'fix' | 'rollback';
  readonly known: KnownPlan;
  readonly seq: number;
  readonly started: number;
  /** Null while nobody knows its end. */
  readonly ended: number | null;
}

export function attemptsIn(record: ChaosRecord): readonly KnownAttempt[] {
  const plans = plansIn(record);
  return record.incidents.flatMap(({ timeline }) =>
    toldOf(timeline, 'started').flatMap(({ seq, at, happening: { plan, attempt } }) => {
      const known = plans.get(plan);
      if (known === undefined) return [];
      const end = toldOf(timeline, 'ended').find(({ happening }) => happening.attempt === attempt.id);
      const { id, purpose } = attempt;
      return [{ id, purpose, known, seq, started: at, ended: end?.at ?? null }];
    }),
  );
}

/** Which attempt a run of a playbook belongs to; each attempt takes one run. */
export interface Accounted {
  readonly run: Ran;
  /** Null for a run that no attempt accounts for. */
  readonly attempt: KnownAttempt | null;
  /** An attempt it would belong to, had that not had its one run already. */
  readonly again: KnownAttempt | null;
}

/** Gives every run, in the order of their beginnings, the attempt under which it began. */
export function accountFor(record: ChaosRecord): readonly Accounted[] {
  const attempts = attemptsIn(record);
  const taken = new Set<string>();
  return record.runs
    .toSorted((a, b) => a.began - b.began)
    .map((run) => {
      const fitting = attempts.filter((attempt) => fits(run, attempt));
      const attempt = fitting.find(({ id }) => !taken.has(id)) ?? null;
      if (attempt !== null) taken.add(attempt.id);
      return { run, attempt, again: attempt === null ? (fitting[0] ?? null) : null };
    });
}

function fits(run: Ran, { purpose, known, started, ended }: KnownAttempt): boolean {
  return (
    run.how === (purpose === 'fix' ? 'cure' : 'undo') &&
    run.playbook === known.plan.playbook &&
    run.service === known.service &&
    run.began >= started &&
    (ended === null || run.began <= ended)
  );
}

/** A span in which something was held or ran; epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * How long each fix held what it works on, by the timeline: from its claim until its verification, its rollback or its stop was
 * over. One that is not over yet holds it for ever.
 */
export function holdsIn(record: ChaosRecord): readonly (Span & { readonly attempt: KnownAttempt })[] {
  return attemptsIn(record)
    .filter(({ purpose }) => purpose === 'fix')
    .map((attempt) => ({ attempt, from: attempt.started, to: letGo(attempt) }));
}

function letGo({ known: { timeline }, seq }: KnownAttempt): number {
  const after = timeline.filter((entry) => entry.seq > seq);
  const last = after.find(({ happening }, index) => {
    if (happening.kind === 'escalated' || happening.kind === 'closed') return true;
    return happening.kind === 'outcome' && after[index + 1]?.happening.kind !== 'started';
  });
  return last?.at ?? Number.POSITIVE_INFINITY;
}

/** What an incident is called where it is spoken of. */
export function nameOf({ incident }: Pick<KeptIncident, 'incident'>): string {
  return `${incident.id} (${incident.subject.name})`;
}
