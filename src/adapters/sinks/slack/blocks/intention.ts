import type { Plan } from '../../../../playbooks/plan.ts';
import { placeName, spoken } from './plain.ts';
import { listed, words } from './text.ts';

/** `Roll back a release on storefront (to release v1)`, as words of a sentence. */
export function intention(plan: Plan): string {
  const places = plan.targets.slice(0, 3).map((target) => placeName(target, plan.environment));
  const values = Object.entries(plan.parameters)
    .filter(([, { value }]) => !places.includes(value))
    .slice(0, 3)
    .map(([name, { value }]) => `${words(spoken(name), 40)} ${words(value, 60)}`);
  const where = places.length > 0 ? ` on ${listed(places.map((place) => words(place, 60)))}` : '';
  return `${words(plan.title, 150)}${where}${values.length > 0 ? ` (${values.join(', ')})` : ''}`;
}
