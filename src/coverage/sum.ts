import type { History } from './firings.ts';
import { type Start, startsByRule } from './firings.ts';
import type { Judged, Lack, Outcome } from './judge.ts';

/** A rule with how often it fired; null where nobody could tell. */
export interface Row extends Judged {
  readonly fired: number | null;
  /** When it began to fire last, epoch milliseconds; null for never, as far as anybody remembers. */
  readonly last: number | null;
  /** What its alerts were about, with how often each; the most frequent first. */
  readonly subjects: ReadonlyMap<string, number>;
  /** How many of its alerts were about nothing that is registered, where there is a registry. */
  readonly strangers: number;
}

/** What one alert was about, and whether that is a registered service; null where nobody registered any. */
export type Told = (start: Start) => { readonly name: string; readonly registered: boolean | null };

/** All rules, what fired, and what could have become of that. */
export interface Coverage {
  /** The loudest first. */
  readonly rows: readonly Row[];
  readonly history: Omit<History, 'starts'> | null;
  readonly sum: Sum;
  /** How often alerts fired of which no rule is left, by their names. */
  readonly ruleless: ReadonlyMap<string, number>;
}

/** By outcome, and by what is lacking: alerts where it is known what fired, else rules. */
export interface Sum {
  readonly counts: 'alerts' | 'rules';
  readonly total: number;
  readonly by: Readonly<Record<Outcome, number>>;
  readonly lacking: ReadonlyMap<Lack, number>;
}

/** Puts what was read of each rule beside how often it fired. */
export function sumUp(judged: readonly Judged[], history: History | null, told: Told): Coverage {
  const { byRule, left } = startsByRule(
    judged.map(({ rule }) => rule),
    history?.starts ?? [],
  );
  const rows = judged
    .map((one): Row => {
      const starts = byRule.get(one.rule) ?? [];
      const fired = history === null ? null : starts.length;
      return { ...one, fired, last: newest(starts), ...subjectsOf(starts, told) };
    })
    .sort((a, b) => (b.fired ?? 0) - (a.fired ?? 0) || compare(a.rule.name, b.rule.name));
  const names = Map.groupBy(left, ({ labels }) => labels.alertname ?? '');
  const { asked, covered, step } = history ?? { asked: 0, covered: 0, step: 0 };
  return {
    rows,
    history: history === null ? null : { asked, covered, step },
    sum: sumOf(rows, history !== null),
    ruleless: new Map([...names].map(([name, starts]) => [name, starts.length])),
  };
}

function sumOf(rows: readonly Row[], isMeasured: boolean): Sum {
  const weight = ({ fired }: Row) => (isMeasured ? (fired ?? 0) : 1);
  const total = (some: readonly Row[]) => some.reduce((sum, row) => sum + weight(row), 0);
  // What fires always on purpose is nobody's trouble.
  const counted = rows.filter(({ lack }) => lack !== 'always');
  const of = (outcome: Outcome) => total(counted.filter((row) => row.outcome === outcome));
  // Nothing acts on what is not registered.
  const strange = (outcome: Outcome) =>
    counted.reduce((sum, row) => sum + (row.outcome === outcome ? row.strangers : 0), 0);
  const lacks = Map.groupBy(
    counted.filter(({ lack }) => lack !== null),
    ({ lack }) => lack as Lack,
  );
  return {
    counts: isMeasured ? 'alerts' : 'rules',
    total: total(counted),
    by: {
      heal: of('heal') - strange('heal'),
      ask: of('ask') - strange('ask'),
      explain: of('explain') + strange('heal') + strange('ask'),
      none: of('none'),
    },
    lacking: new Map(
      [...lacks].map(([lack, some]) => [lack, total(some)] as const).sort((a, b) => b[1] - a[1]),
    ),
  };
}

function subjectsOf(starts: readonly Start[], told: Told): Pick<Row, 'subjects' | 'strangers'> {
  const all = starts.map(told);
  const byName = [...Map.groupBy(all, ({ name }) => name)].map(
    ([name, some]) => [name, some.length] as const,
  );
  return {
    subjects: new Map(byName.sort((a, b) => b[1] - a[1])),
    strangers: all.filter(({ registered }) => registered === false).length,
  };
}

function newest(starts: readonly Start[]): number | null {
  return starts.reduce<number | null>((last, { at }) => Math.max(last ?? at, at), null);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
