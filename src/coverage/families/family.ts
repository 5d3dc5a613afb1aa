import { type FactName, VOCABULARY } from '../../evidence/facts/vocabulary.ts';

/** Metrics of one kind, by their names: what they are about, in facts, and which labels they usually have. */
export interface Family {
  readonly metric: RegExp;
  /** Only of series whose label may have such a value. */
  readonly where?: {
    readonly label: string;
    readonly is: RegExp;
    /** Only where the rule says so, and not where it leaves the label open. */
    readonly said?: true;
  };
  /** On which side of its values trouble lies, where it lies on one only. */
  readonly bad?: 'high' | 'low';
  /** Whether its facts are all high where it is bad. */
  readonly rises?: true;
  /** It is what others are measured by, and says nothing beside them. */
  readonly limit?: true;
  /** The facts that say what the metric says, or what stands behind it; `a.b.*` is all that begin so. */
  readonly facts: readonly FactPattern[];
  /** A label whose value is what that fact says. */
  readonly says?: { readonly label: string; readonly fact: FactName };
  /** The labels that its series usually have, besides `job` and `instance`. */
  readonly labels: readonly string[];
  /** The usual job of an exporter that speaks for others. */
  readonly speaker?: string;
}

export type FactPattern = FactName | `${string}.*`;

/** The facts that patterns name, each once, in the order of the patterns. */
export function factsOf(patterns: readonly FactPattern[]): readonly FactName[] {
  const all = Object.keys(VOCABULARY) as FactName[];
  const named = patterns.flatMap((pattern) =>
    pattern.endsWith('.*')
      ? all.filter((name) => name.startsWith(pattern.slice(0, -1)))
      : [pattern as FactName],
  );
  return [...new Set(named)];
}

/** Families of one exporter, which differ in little. */
export function families(
  common: Pick<Family, 'labels' | 'speaker'>,
  all: readonly (readonly [RegExp, readonly FactPattern[], Partial<Family>?])[],
): readonly Family[] {
  return all.map(([metric, facts, more]) => ({ ...common, metric, facts, ...more }));
}
