import type { Finding } from '../../../evidence/collector.ts';
import type { Fact, ObjectId } from '../../../evidence/facts/fact.ts';
import type { Instrument } from '../../../evidence/facts/word.ts';
import type { Statement, Weight } from './facts/statement.ts';

/** Below what an item of evidence keeps: a fact whose line is cut is lost. */
const MOST = 3800;
/** More items than these no incident needs. */
const MOST_FINDINGS = 60;
/** More pages than these of what is well nobody reads. */
const MOST_WELL = 2;
const ORDER: Readonly<Record<Weight, number>> = { ill: 0, plain: 1, well: 2 };

/** What is shown together: the lines of one instrument about one group of objects, or about all of a sort. */
interface Group {
  readonly instrument: Instrument;
  readonly of: ObjectId | 'beside' | 'well';
  readonly lines: readonly Statement[];
}

/** What stands for several objects, for people. */
const SORTS: Readonly<Record<string, string>> = {
  beside: 'what else is known of what is ill',
  well: 'what is well',
};

export interface Shown {
  readonly now: number;
  /** What was asked, for people: `pods, services ... of shop`. */
  readonly query: string;
  readonly source: string;
  /** What it is about comes first. */
  readonly subjects: ReadonlySet<ObjectId>;
}

/**
 * One finding for each instrument that has something ill to tell of a group of objects, and one for all else that it tells of those; what is
 * well stands together too, an instrument a finding. The most telling lines come first.
 */
export function findingsOf(statements: readonly Statement[], shown: Shown): readonly Finding[] {
  const ill = statements.filter(({ weight }) => weight === 'ill');
  const groups = new Set([...ill.map(({ group }) => group), ...shown.subjects]);
  const telling = new Set(ill.map(({ instrument, group }) => `${instrument} ${group}`));
  const placeOf = ({ instrument, group }: Statement): Group['of'] => {
    if (shown.subjects.has(group) || telling.has(`${instrument} ${group}`)) return group;
    return groups.has(group) ? 'beside' : 'well';
  };
  const all = [...Map.groupBy(statements, (one) => `${one.instrument} ${placeOf(one)}`).values()]
    .flatMap((lines): readonly Group[] => {
      const [first] = lines;
      return first === undefined ? [] : [{ instrument: first.instrument, of: placeOf(first), lines }];
    })
    .toSorted((a, b) => rank(a, shown) - rank(b, shown))
    .flatMap((group) => pagesOf(group, shown));
  return all.length <= MOST_FINDINGS ? all : [...all.slice(0, MOST_FINDINGS), untold(all, shown)];
}

/** Where a whole namespace is ill, nobody reads on: what was left out is said, and nothing is concluded from it. */
function untold(all: readonly Finding[], shown: Shown): Finding {
  const titles = all.slice(MOST_FINDINGS).map(({ title }) => title);
  return {
    ...findingOf({ instrument: 'apiserver', of: 'well', lines: [] }, 0, 1, shown),
    title: 'What is not told of Kubernetes',
    text: `There is too much to tell: ${titles.length} items were left out, such as ${titles.slice(0, 20).join('; ')}`,
    failed: true,
  };
}

function rank({ of }: Group, { subjects }: Shown): number {
  if (of === 'well') return 4;
  if (of === 'beside') return 3;
  if (subjects.has(of)) return 0;
  // What is wrong with a node explains much of the rest.
  return of.startsWith('cluster/') ? 1 : 2;
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
  const kept = group.of === 'well' ? pages.slice(0, MOST_WELL) : pages;
  return kept.map((lines, place) => findingOf({ ...group, lines }, place, kept.length, shown));
}

const AUTHORS: Partial<Readonly<Record<Instrument, string>>> = {
  apiserver: 'what the API server has',
  deployer: 'its specification',
  controller: 'its controllers',
  scheduler: 'the scheduler',
  kubelet: 'its kubelet',
};

function findingOf({ instrument, of, lines }: Group, place: number, pages: number, shown: Shown): Finding {
  const what = Object.hasOwn(SORTS, of) ? SORTS[of] : of;
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
    witness: `kubernetes ${instrument}/${of}`,
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
