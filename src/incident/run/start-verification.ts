import { type Draft, emit, enter, record } from '../model/draft.ts';
import type { Decided, Phase, Waiting } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';

type Verifying = Extract<Phase, { at: 'verifying' }>;

/** Starts watching for recovery after a fix. */
export function verifyFix(draft: Draft, decided: Decided, attempt: string, context: StepContext): Draft {
  return watch(draft, decided, { kind: 'fix', attempt }, context);
}

/** Within this it has to be well after a fix was undone, milliseconds: whoever is called otherwise has waited for the fix already. */
const AFTER_ROLLBACK = 60_000;

/** Starts watching whether all is well once a fix that did not help was undone. */
export function verifyRollback(
  draft: Draft,
  decided: Decided,
  after: Extract<Verifying['after'], { kind: 'rollback' }>,
  context: StepContext,
): Draft {
  return watch(draft, decided, after, context, Math.min(decided.plan.verify.within, AFTER_ROLLBACK));
}

/** Starts watching because the alerts resolved while a plan waited: a plan that is no longer needed is withdrawn. */
export function verifyResolved(draft: Draft, resume: Waiting, context: StepContext): Draft {
  return watch(draft, resume.decided, { kind: 'resolved', resume }, context);
}

/** Starts watching because a plan's premises are gone and all looks well: it may have recovered, perhaps by a fix next to it. */
export function verifyLooksHealthy(draft: Draft, resume: Waiting, context: StepContext): Draft {
  return watch(draft, resume.decided, { kind: 'looks-healthy', resume }, context);
}

function watch(
  draft: Draft,
  decided: Decided,
  after: Verifying['after'],
  context: StepContext,
  within = decided.plan.verify.within,
): Draft {
  const { plan } = decided;
  const deadline = context.now + within;
  const phase: Verifying = {
    at: 'verifying',
    decided,
    after,
    since: context.now,
    deadline,
    goodSince: null,
    sample: null,
  };
  const told = record(enter(draft, phase), { kind: 'watching', plan: plan.id, deadline, why: after.kind });
  return emit(told, { kind: 'sample', plan: plan.id });
}
