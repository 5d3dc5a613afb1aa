import { readFileSync } from 'node:fs';
import { scratchDir } from '../kit/stack/guardian.ts';
import { missedText, mutate } from './mutate.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { NoSuite, openSuite, type Suite } from './read/suite.ts';
import { loadKnowledge } from './run/library.ts';
import { shownText } from './run/show.ts';
import { type Ran, runSuite } from './run/suite.ts';
import { compare, type Earlier, readEarlier } from './score/compare.ts';
import { summarise } from './score/summary.ts';
import { changesText, rowText, summaryText } from './score/table.ts';

/** Exit codes: as it was, something got worse or moved with the order, something could not be read. */
const [FINE, WORSE, BROKEN] = [0, 1, 2];
/** How often somebody who waits hears how far it is, milliseconds. */
const PROGRESS = 5_000;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(USAGE);
    return FINE;
  }
  try {
    const options = readOptions(argv);
    const suite = chosen(openSuite(options.suite, options.labels), options.only);
    const earlier = options.compare === null ? null : readEarlier(readFileSync(options.compare, 'utf8'));
    return await evaluate(options, suite, earlier);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${why}\n${error instanceof NoSuite ? '' : `\n${USAGE}`}`);
    return BROKEN;
  }
}

function chosen(suite: Suite, only: string | null): Suite {
  if (only === null) return suite;
  const cases = suite.cases.filter(({ name }) => name.includes(only));
  if (cases.length === 0) throw new NoSuite(`no case of ${suite.folder} has "${only}" in its name`);
  return { ...suite, cases };
}

async function evaluate(options: Options, suite: Suite, earlier: Earlier | null): Promise<number> {
  const knowledge = loadKnowledge();
  const scratch = await scratchDir('evals');
  try {
    const { orders } = options;
    const told = progressOf(suite.cases.length);
    const ran = await runSuite(suite, { knowledge, orders, scratch: scratch.path, onRow: told });
    const summary = summarise(options.suite, ran.rows);
    const changes = earlier === null ? [] : compare(earlier, ran.rows);
    const say = (text: string) => process.stdout.write(`${text}\n`);
    if (options.show) for (const one of ran.ready) say(shownText(one, knowledge));
    const listed = ran.rows.filter(({ verdict }) => options.all || verdict !== 'right');
    for (const row of listed) say(rowText(row));
    say(`\n${suite.folder}\n${summaryText(summary)}`);
    for (const remark of remarksOn(ran)) say(remark);
    if (earlier !== null) say(changesText(changes));
    if (options.mutate) say(missedText(mutate(ran.ready, suite, knowledge)));
    if (options.json) say(JSON.stringify(summary));
    if (summary.errors > 0) return BROKEN;
    return ran.unstable.length > 0 || changes.some(({ isWorse }) => isWorse) ? WORSE : FINE;
  } finally {
    await scratch.remove();
  }
}

function remarksOn({ unmapped, unread, unstable }: Ran): readonly string[] {
  const labels = [...unmapped].map(([label, count]) => `${label} (${count})`);
  return [
    ...(labels.length > 0
      ? [
          `No fault is known for these labels, so that only the rest of what is expected counts: ${labels.join(', ')}`,
        ]
      : []),
    ...(unread > 0
      ? [`In ${unread} cases some lines of commands.jsonl are no commands of a host, and were not read.`]
      : []),
    ...(unstable.length > 0
      ? [`The order of the evidence changes the answer of: ${unstable.join(', ')}`]
      : []),
  ];
}

/** On stderr, now and then. */
function progressOf(all: number): (row: unknown, done: number) => void {
  let next = performance.now() + PROGRESS;
  return (_row, done) => {
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS;
    process.stderr.write(`${done} of ${all} cases\n`);
  };
}
