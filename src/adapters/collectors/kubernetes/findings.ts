import type { Finding } from '../../../evidence/collector.ts';
import type { Fact, ObjectId } from '../../../evidence/facts/fact.ts';
import type { Instrument } from '../../../evidence/facts/word.ts';
import type { Statement, Weight } from './facts/statement.ts';

/** Below what an item of evidence keeps: a fact whose line is cut is lost. */
const MOST = 3800;
const ORDER: Readonly<Record<Weight, number>> = { ill: 0, plain: 1, well: 2 };

/** What is shown together: the lines of one instrument about one group of objects. */
interface Group {
  readonly instrument: Instrument;
  /** Null for all that is well. */
  readonly of: ObjectId | null;
  readonly lines: readonly Statement[];
}

export interface Shown {
  readonly now: number;
  /** What was asked, for people: `pods, services ... of shop`. */
  readonly query: string;
  readonly source: string;
  /** What it is about comes first. */
  readonly subjects: ReadonlySet<ObjectId>;
}

/**
 * One finding for each instrument and each group of objects with something ill in it; all that is well stands together, an instrument a
 * finding. The most telling lines come first.
 */
export function findingsOf(statements: readonly Statement[], shown: Shown): readonly Finding[] {
  const ill = new Set(statements.flatMap(({ weight, group }) => (weight === 'ill' ? [group] : [])));
  for (const subject of shown.subjects) ill.add(subject);
  const groups = [
    ...Map.groupBy(
      statements,
      ({ instrument, group }) => `${instrument} ${ill.has(group) ? group : ''}`,
    ).values(),
  ].flatMap((lines): readonly Group[] => {
    const [first] = lines;
    if (first === undefined) return [];
    return [{ instrument: first.instrument, of: ill.has(first.group) ? first.group : null, lines }];
  });
  return groups.toSorted((a, b) => rank(a, shown) - rank(b, shown)).flatMap((group) => pagesOf(group, shown));
}

function rank({ of, lines }: Group, { subjects }: Shown): number {
  if (of === null) return 3;
  if (subjects.has(of)) return 0;
  return lines.some(({ weight }) => weight === 'ill') ? 1 : 2;
}

/** The text of a group, in as many findings as it takes. */
function pagesOf(group: Group, shown: Shown): readonly Finding[] {
  const pages: Statement[][] = [];
  let room = 0;
  for (const line of group.lines.toSorted((a, b) => ORDER[a.weight] - ORDER[b.weight])) {
    if (line.text.length + 1 > room) {
      pages.push([]);
      room = MOST;
    }
    pages.at(-1)?.push(line);
    room -= line.text.length + 1;
  }
  return pages.map((lines, place) => findingOf({ ...group, lines }, place, pages.length, shown));
}

const AUTHORS: Partial<Readonly<Record<Instrument, string>>> = {
  apiserver: 'what the API server has',
  deployer: 'its specification',
  controller: 'its controllers',
  scheduler: 'the scheduler',
  kubelet: 'its kubelet',
};

function findingOf({ instrument, of, lines }: Group, place: number, pages: number, shown: Shown): Finding {
  const what = of === null ? 'what is well' : of;
  return {
    kind: 'state',
    title: `${what}, by ${AUTHORS[instrument] ?? instrument}${pages > 1 ? ` (${place + 1} of ${pages})` : ''}`,
    source: shown.source,
    query: shown.query,
    window: null,
    observedAt: shown.now,
    text: [...new Set(lines.map(({ text }) => text))].join('\n'),
    data: null,
    facts: lines.flatMap((line) => factsOf(line, shown.now)),
    link: null,
    witness: `kubernetes ${instrument}/${of ?? 'all'}`,
  };
}

function factsOf({ of, within, facts, text, at, usual }: Statement, now: number): readonly Fact[] {
  return facts.map(([name, value]) => ({
    name,
    of,
    within,
    value,
    at: at ?? now,
    quote: text,
    ...(usual ? { usual } : {}),
  }));
}
