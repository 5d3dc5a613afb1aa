import { mayOperate } from '../../approval/authorise.ts';
import type { Person } from '../../approval/person.ts';
import { say } from '../../lib/text/text.ts';
import { investigate } from '../evidence/gather.ts';
import { change, type Draft, type Refusal, record, refuse } from '../model/draft.ts';
import type { IncidentEvent } from '../model/event.ts';
import { atRest, isIdle } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { groundsOf, makePlan } from '../plan/plan-builder.ts';
import { submit } from '../plan/planning.ts';
import { trusting } from './wary.ts';

/** `/heal`: a person's own plan, through the same gates, without the thresholds of a diagnosis. */
export function heal(
  draft: Draft,
  event: Extract<IncidentEvent, { readonly type: 'heal-requested' }>,
  context: StepContext,
): Draft | Refusal {
  const refusal = mayOperate(event.by, context.settings.roles);
  if (refusal.kind === 'refused') return refusal;
  const { incident } = draft;
  if (!isIdle(incident))
    return refuse(
      say`${incident.subject.name} has a plan under way already: cancel it first, or wait for it`,
    );
  const by = { kind: 'person', user: event.by.id } as const;
  const wish = { playbook: event.playbook, parameters: event.parameters, by };
  const made = makePlan(draft, wish, groundsOf(incident, [], context.settings), context);
  if (made.kind === 'refused') return refuse(say`${made.reason}`, made.fields);
  const opened = openedBy(made.draft, event.by);
  return submit(opened, made.plan, null, context);
}

/** `/diagnose`: looks, or looks again where nothing is under way, which resumes what rests and so takes an operator. */
export function diagnose(
  draft: Draft,
  event: Extract<IncidentEvent, { readonly type: 'diagnosis-requested' }>,
  context: StepContext,
): Draft | Refusal {
  const { incident } = draft;
  const opened = openedBy(draft, event.by);
  if (incident.version === 0) return investigate(change(opened, { title: event.text }));
  if (!atRest(incident)) return refuse(say`${incident.subject.name} already has an open incident`);
  const authorised = mayOperate(event.by, context.settings.roles);
  return authorised.kind === 'refused' ? authorised : investigate(trusting(opened));
}

function openedBy(draft: Draft, by: Person): Draft {
  return draft.incident.version > 0 ? draft : record(draft, { kind: 'opened', by: by.id, alerts: [] });
}
