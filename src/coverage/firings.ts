import type { Rule } from './rule.ts';

/** One alert that began to fire: its labels, and when. */
export interface Start {
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch milliseconds, to within a step. */
  readonly at: number;
}

/** What fired, as far as anybody remembers. */
export interface History {
  readonly starts: readonly Start[];
  /** How far back it was asked, and how far the answer goes, milliseconds. */
  readonly asked: number;
  readonly covered: number;
  /** How far apart it was looked at, milliseconds: what fired for less may be missing. */
  readonly step: number;
}

/** The starts of each rule; those that no rule of today has are left over. */
export function startsByRule(
  rules: readonly Rule[],
  starts: readonly Start[],
): { readonly byRule: ReadonlyMap<Rule, readonly Start[]>; readonly left: readonly Start[] } {
  const byName = Map.groupBy(rules, ({ name }) => name);
  const found = Map.groupBy(starts, (start) => ruleOf(start, byName.get(start.labels.alertname ?? '') ?? []));
  const left = found.get(null) ?? [];
  const byRule = new Map([...found].flatMap(([rule, own]) => (rule === null ? [] : [[rule, own] as const])));
  return { byRule, left };
}

/** Of several rules of a name, the one whose own labels are all there; the one with the most of them. */
function ruleOf({ labels }: Start, rules: readonly Rule[]): Rule | null {
  const fitting = rules.filter((rule) =>
    Object.entries(rule.labels).every(
      ([label, value]) => value.includes('{{') || (labels[label] ?? '') === value,
    ),
  );
  const [best] = fitting.toSorted((a, b) => Object.keys(b.labels).length - Object.keys(a.labels).length);
  // Labels may be changed on their way; a name that only one rule has is that rule's.
  return best ?? (rules.length === 1 ? (rules[0] ?? null) : null);
}
