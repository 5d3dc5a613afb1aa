import { ask, type Draft, enter, tell } from '../model/draft.ts';
import type { Decided, Phase, Waiting } from '../model/incident.ts';
import type { Given } from '../model/step-context.ts';

type Verifying = Extract<Phase, { at: 'verifying' }>;

/** Starts watching for recovery after a fix. */
export function watchFix(draft: Draft, decided: Decided, attempt: string, given: Given): Draft {
  return watch(draft, decided, { kind: 'fix', attempt }, given);
}

/** Starts watching because the alerts resolved while a plan waited: a plan that is no longer needed is withdrawn. */
export function watchResolved(draft: Draft, resume: Waiting, given: Given): Draft {
  return watch(draft, resume.decided, { kind: 'resolved', resume }, given);
}

/** Starts watching because a plan's premises are gone and all looks well: it may have recovered, perhaps by a fix next to it. */
export function watchHealthy(draft: Draft, resume: Waiting, given: Given): Draft {
  return watch(draft, resume.decided, { kind: 'looks-healthy', resume }, given);
}

function watch(draft: Draft, decided: Decided, after: Verifying['after'], given: Given): Draft {
  const { plan } = decided;
  const deadline = given.now + plan.verify.within;
  const phase: Verifying = {
    at: 'verifying',
    decided,
    after,
    since: given.now,
    deadline,
    goodSince: null,
    sample: null,
  };
  const told = tell(enter(draft, phase), { kind: 'watching', plan: plan.id, deadline, why: after.kind });
  return ask(told, { kind: 'sample', plan: plan.id });
}
