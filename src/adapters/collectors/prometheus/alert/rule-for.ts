import type { Alert } from '../../../../alerts/alert.ts';
import type { AlertRule } from '../client.ts';
import { activesOf, couldRaise, nameOf } from './match.ts';

type Labels = Readonly<Record<string, string>>;

/** The expression of the rule that fires for an alert, or why none can be told to be its. */
export type Ruled =
  | { readonly kind: 'rule'; readonly query: string }
  | { readonly kind: 'untold'; readonly why: string };

/**
 * Finds the rule of an alert whose source nobody found: the one of its name that fires just now with labels that this alert has, every
 * one of them. Only such a rule speaks for the alert; another of the same name may be about something else.
 */
export function ruleFor(alert: Alert, labels: Labels, rules: readonly AlertRule[]): Ruled {
  const name = nameOf(alert);
  const mine = rulesCalled(alert, labels, rules);
  const firing = mine.filter((rule) => activesOf(rule).some((active) => isOf(active.labels, labels)));
  const [query, ...others] = new Set(firing.map((rule) => rule.query));
  if (query === undefined) {
    const none =
      mine.length === 0 ? `there is no rule ${name} here` : `no rule ${name} fires here for its labels`;
    return { kind: 'untold', why: none };
  }
  if (others.length > 0)
    return { kind: 'untold', why: `${others.length + 1} rules ${name} fire here for its labels` };
  return { kind: 'rule', query };
}

/** The rules that could have raised it, by name and labels. */
export function rulesCalled(alert: Alert, labels: Labels, rules: readonly AlertRule[]): readonly AlertRule[] {
  return rules.filter((rule) => rule.name === nameOf(alert) && couldRaise(rule, labels));
}

function isOf(active: Labels, labels: Labels): boolean {
  return Object.entries(active).every(([name, value]) => labels[name] === value);
}
