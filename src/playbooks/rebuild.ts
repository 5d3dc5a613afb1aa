import { assemble, WORDS } from './freeze.ts';
import { ground } from './ground.ts';
import type { Playbook } from './manifest.ts';
import type { Plan } from './plan.ts';
import { sentenceOf } from './problem.ts';
import type { Grounds } from './sources.ts';

/**
 * What of a plan is not as this playbook, this registry and these facts make it, in words; null where all of it is. Whoever runs a plan
 * makes it anew, and does not take it from whoever made it: values that no source bears out, and every part that differs, are refused.
 */
export function differenceIn(plan: Plan, playbook: Playbook, grounds: Grounds): string | null {
  const { manifest } = playbook;
  if (plan.environment !== grounds.subject.environment)
    return `the plan is for ${plan.environment}, and the incident is about ${grounds.subject.environment}`;
  const proposed = Object.fromEntries(
    Object.entries(plan.parameters).map(([name, { value }]) => [name, value]),
  );
  // What a person gave needs no other source than its form, unless the manifest closes it.
  const standing = plan.requestedBy.kind === 'person' ? { standing: plan.parameters } : {};
  const grounding = ground(manifest, proposed, { ...grounds, ...standing }, plan.requestedBy);
  if (grounding.kind === 'ungrounded')
    return `nothing here backs the values for ${plan.playbook}: ${sentenceOf(grounding.problems)}`;
  const other = Object.keys(grounding.values).find(
    (name) => grounding.values[name]?.value !== plan.parameters[name]?.value,
  );
  if (other !== undefined) return `${plan.playbook} has another value for "${other}" than the plan`;
  const made = momentsOf(grounds).map((one) =>
    assemble(plan.id, playbook, plan.parameters, one, plan.requestedBy),
  );
  const differences = made.map((own) => firstDifference(plan, own));
  return differences.includes(null)
    ? null
    : `the plan is not what ${plan.playbook} makes here: it differs in its ${differences[0]}`;
}

/** A person's plan may have been made before any alert came, and without regard to what was found. */
function momentsOf(grounds: Grounds): readonly Grounds[] {
  return [
    grounds,
    { ...grounds, alerts: [] },
    { ...grounds, evidence: [] },
    { ...grounds, alerts: [], evidence: [] },
  ];
}

/** Part by part: an older Medic wrote them in another order. */
function firstDifference(plan: Plan, own: Plan): string | null {
  const names = Object.keys(WORDS) as (keyof typeof WORDS)[];
  const name = names.find((one) => JSON.stringify(own[one]) !== JSON.stringify(plan[one]));
  return name === undefined ? null : WORDS[name];
}
