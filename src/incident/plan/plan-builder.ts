import { registered } from '../../alerts/subject.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { freeze } from '../../playbooks/freeze.ts';
import type { Plan, Requester } from '../../playbooks/plan.ts';
import { byParameter, sentenceOf } from '../../playbooks/problem.ts';
import type { Grounds } from '../../playbooks/sources.ts';
import { change, type Draft } from '../model/draft.ts';
import type { Incident } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';

export type Making =
  | { readonly kind: 'made'; readonly draft: Draft; readonly plan: Plan }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      /** What is wrong with single values, by parameter. */
      readonly fields: Readonly<Record<string, string>>;
    };

/** What a plan is to be made of. */
export interface PlanRequest {
  readonly playbook: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly by: Requester;
}

/** Freezes a plan of a playbook for this incident. */
export function makePlan(
  draft: Draft,
  wish: PlanRequest,
  grounds: Grounds,
  { catalog }: Pick<StepContext, 'catalog'>,
): Making {
  const { incident } = draft;
  const playbook = catalog.get(wish.playbook);
  if (playbook === undefined) {
    const reason = `there is no playbook "${wish.playbook}" in the catalog`;
    return { kind: 'refused', reason, fields: {} };
  }
  const number = incident.plans + 1;
  const freezing = freeze(`${incident.id}-p${number}`, playbook, wish.parameters, grounds, wish.by);
  if (freezing.kind === 'refused') {
    const { problems } = freezing;
    return { kind: 'refused', reason: sentenceOf(problems), fields: byParameter(problems) };
  }
  return { kind: 'made', draft: change(draft, { plans: number }), plan: freezing.plan };
}

/** Where the values of an incident's plans may be found. */
export function groundsOf(
  { subject, alerts }: Incident,
  evidence: readonly Evidence[],
  settings: StepContext['settings'],
): Grounds {
  return {
    subject,
    service: registered(subject, settings),
    alerts: Object.values(alerts).map(({ alert }) => alert),
    evidence,
  };
}
