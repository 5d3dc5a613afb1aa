import { join } from 'node:path';
import type { Knowledge } from '../../../src/app/replay/walk.ts';
import { readScenario } from '../read/read.ts';
import type { Scenario } from '../read/scenario.ts';
import type { Suite } from '../read/suite.ts';
import type { Row } from '../score/summary.ts';
import { isScored, verdictOf, wantedOf } from '../score/verdict.ts';
import type { Answer } from './answer.ts';
import { answerTo, isSameAnswer, prepare, type Ready } from './case.ts';

export interface RunOptions {
  readonly knowledge: Knowledge;
  /** In how many other orders the evidence is given. */
  readonly orders: number;
  /** A folder that may be filled. */
  readonly scratch: string;
  /** Told of every case as it is done. */
  readonly onRow?: (row: Row, done: number) => void;
}

export interface Ran {
  readonly rows: readonly Row[];
  /** Those that could be read and run, with their evidence. */
  readonly ready: readonly Ready[];
  /** Cases whose answer changed with the order of the evidence. */
  readonly unstable: readonly string[];
  /** Labels that nobody has mapped, each with how many cases have it. */
  readonly unmapped: ReadonlyMap<string, number>;
  /** Recordings that fit no source, each with how many cases have them. */
  readonly unread: number;
}

/** Runs every case of a suite, one after the other. One that cannot be read or run is an error row, and the rest go on. */
export async function runSuite(suite: Suite, options: RunOptions): Promise<Ran> {
  const rows: Row[] = [];
  const ready: Ready[] = [];
  const unstable: string[] = [];
  const unmapped = new Map<string, number>();
  let unread = 0;
  for (const { name, folder, key } of suite.cases) {
    const read = readScenario(folder, name, key);
    const ran =
      read.kind === 'malformed' ? errorRow(name, read.problems.join('; ')) : await run(read.scenario);
    rows.push(ran);
    options.onRow?.(ran, rows.length);
  }
  return { rows, ready, unstable, unmapped, unread };

  async function run(scenario: Scenario): Promise<Row> {
    const { name } = scenario;
    try {
      const one = await prepare(scenario, options.knowledge, join(options.scratch, String(rows.length)));
      ready.push(one);
      if (scenario.unread.length > 0) unread += 1;
      const scored = score(one, suite, options.knowledge);
      if (scored.unmapped !== null) unmapped.set(scored.unmapped, (unmapped.get(scored.unmapped) ?? 0) + 1);
      const moved = ordersThatDiffer(one, scored.answer, options);
      if (moved !== null) unstable.push(name);
      return moved === null ? scored.row : { ...scored.row, note: moved };
    } catch (error) {
      return errorRow(name, error instanceof Error ? error.message : String(error));
    }
  }
}

/** What the answer to a case is worth; `answer` is Medic's own where none is given. */
export function score(
  one: Ready,
  { labels }: Pick<Suite, 'labels'>,
  knowledge: Knowledge,
  answer?: Answer,
): { readonly row: Row; readonly answer: Answer; readonly unmapped: string | null } {
  const begun = performance.now();
  const said = answer ?? answerTo(one, knowledge);
  const seconds = one.seconds + (performance.now() - begun) / 1000;
  const { name, expected } = one.scenario;
  const wanted = wantedOf(expected, labels, new Set(knowledge.library.faults.keys()));
  if (!isScored(expected, wanted))
    return {
      row: errorRow(name, `${wanted.unmapped} means no fault of the library, and nothing else is expected`),
      answer: said,
      unmapped: wanted.unmapped,
    };
  const verdict = verdictOf(said, expected, wanted);
  const faults = wanted.faults?.join(' or ') ?? expected.root_cause ?? expected.category ?? 'anything';
  const row: Row = {
    case: name,
    verdict,
    fault: said.fault,
    object: said.object,
    confidence: said.confidence,
    seconds: Math.round(seconds * 10_000) / 10_000,
    expected: expected.healthy
      ? 'nothing is wrong'
      : `${faults} in ${expected.object?.join(' or ') ?? 'anything'}`,
    healthy: expected.healthy,
    note: verdict === 'wrong_action' ? `${said.plan?.playbook} would run by itself` : said.reason,
    citations: said.citations,
  };
  return { row, answer: said, unmapped: wanted.unmapped };
}

function ordersThatDiffer(one: Ready, answer: Answer, { orders, knowledge }: RunOptions): string | null {
  for (let seed = 1; seed <= orders; seed += 1)
    if (!isSameAnswer(answer, answerTo(one, knowledge, seed)))
      return `another order of the evidence (${seed}) gives another answer`;
  return null;
}

function errorRow(name: string, note: string): Row {
  return {
    case: name,
    verdict: 'error',
    fault: null,
    object: null,
    confidence: null,
    seconds: 0,
    expected: '',
    healthy: false,
    note,
    citations: { made: 0, resolved: 0 },
  };
}
