import type { Coverage, Row } from '../sum.ts';
import { adviceFor, counted, listOf, plain } from './words.ts';

/** So many pieces of advice are worth reading. */
const MOST = 5;

interface Advice {
  readonly weight: number;
  readonly words: string;
}

/** What would let Medic do more, what helps with the most alerts first. */
export function helpOf({ rows, sum }: Coverage): readonly string[] {
  const isMeasured = sum.counts === 'alerts' && sum.total > 0;
  const weightOf = (some: readonly Row[]) =>
    some.reduce((all, { fired }) => all + (isMeasured ? (fired ?? 0) : 1), 0);
  const advice = [
    ...labels(rows, weightOf),
    ...facts(rows, weightOf),
    ...faults(rows, weightOf),
    ...playbooks(rows, weightOf),
    ...strangers(rows),
  ];
  return advice
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, MOST)
    .map(({ weight, words }) => `${counted(weight, isMeasured ? 'alert' : 'rule')}: ${words}`);
}

type WeightOf = (rows: readonly Row[]) => number;

const namesOf = (rows: readonly Row[]) => listOf([...new Set(rows.map(({ rule }) => plain(rule.name)))], 3);

function labels(rows: readonly Row[], weightOf: WeightOf): readonly Advice[] {
  const lacking = rows.filter(({ lack }) => lack === 'label');
  return [...Map.groupBy(lacking, ({ about }) => adviceFor(about) ?? '')].map(([advice, some]) => ({
    weight: weightOf(some),
    words: `${namesOf(some)}: ${advice}`,
  }));
}

function facts(rows: readonly Row[], weightOf: WeightOf): readonly Advice[] {
  const lacking = rows.filter(({ lack }) => lack === 'facts');
  const byFamily = Map.groupBy(lacking, ({ unknown }) => (unknown[0] ?? '').split('_').slice(0, 1).join('_'));
  return [...byFamily].map(([family, some]) => ({
    weight: weightOf(some),
    words: `${namesOf(some)}: Medic reads no facts about ${family === '' ? 'what they measure' : `${plain(family)}_* metrics`}`,
  }));
}

function faults(rows: readonly Row[], weightOf: WeightOf): readonly Advice[] {
  const lacking = rows.filter(({ lack }) => lack === 'fault');
  if (lacking.length === 0) return [];
  return [
    {
      weight: weightOf(lacking),
      words: `${namesOf(lacking)}: Medic reads the facts, and no fault rests on them: write one in playbooks/faults/`,
    },
  ];
}

/** What is not registered is not acted on. */
function strangers(rows: readonly Row[]): readonly Advice[] {
  const lacking = rows.filter(
    (row) => row.strangers > 0 && (row.outcome === 'heal' || row.outcome === 'ask'),
  );
  const names = [...new Set(lacking.flatMap(({ subjects }) => [...subjects.keys()]))].map(plain);
  return [
    {
      weight: lacking.reduce((sum, row) => sum + row.strangers, 0),
      words: `${namesOf(lacking)}: register what they are about as services in medic.yml: ${listOf(names, 3)}`,
    },
  ];
}

function playbooks(rows: readonly Row[], weightOf: WeightOf): readonly Advice[] {
  const lacking = rows.filter(({ outcome }) => outcome === 'explain');
  const byFault = Map.groupBy(lacking, ({ faults: [first] }) => first?.name ?? '');
  return [...byFault].map(([fault, some]) => ({
    weight: weightOf(some),
    words: `${namesOf(some)}: a playbook that mends ${fault} would let Medic act`,
  }));
}
