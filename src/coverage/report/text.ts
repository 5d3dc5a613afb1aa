import { inDays } from '../duration.ts';
import type { Outcome } from '../judge.ts';
import type { Coverage, Row } from '../sum.ts';
import { helpOf } from './help.ts';
import { beside, cut, hanging, wrapped } from './layout.ts';
import { summaryOf } from './summary.ts';
import { aboutWords, counted, firesWhen, lackWords, listOf, mendingWords, plain } from './words.ts';

/** How parts of the text are marked; plainly, where the terminal shows nothing else. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

export const PLAIN: Style = { strong: (text) => text, faint: (text) => text };

/** From here on there is room for a table; below, each rule has its block. */
const TABLE = 140;
/** Wider lines are not read. */
const WIDEST = 220;
/** What a rule could be, and what Medic reads for it: so many are named. */
const NAMED = 3;
/** An expression takes so many characters and no more. */
const EXPRESSION = 320;

const GROUPS: readonly (readonly [Outcome, string])[] = [
  ['heal', 'could heal by itself'],
  ['ask', 'could mend, and would ask first'],
  ['explain', 'could name the cause, and nothing mends it yet'],
  ['none', 'can’t explain'],
];

/** Everything for a person at a terminal: the rules by what could become of them, the loudest first, and the sum at the end. */
export function asText(coverage: Coverage, given: number, style: Style = PLAIN): string {
  const width = Math.min(WIDEST, Math.max(60, given));
  const groups = GROUPS.flatMap(([outcome, title]) => {
    const rows = coverage.rows.filter((row) => row.outcome === outcome && row.lack !== 'always');
    return rows.length === 0 ? [] : [groupOf(rows, title, width, style)];
  });
  const help = helpOf(coverage).flatMap((line) => hanging('  ', line, width));
  const parts = [
    ...groups,
    ...(help.length === 0 ? [] : [`${style.strong('What would help most')}\n${help.join('\n')}\n`]),
    ...notesOf(coverage).map((note) => `${wrapped(note, width).join('\n')}\n`),
    `${wrapped(summaryOf(coverage), width).map(style.strong).join('\n')}\n`,
  ];
  return parts.join('\n');
}

function groupOf(rows: readonly Row[], title: string, width: number, style: Style): string {
  const isMeasured = rows.some(({ fired }) => fired !== null);
  const fired = rows.reduce((sum, row) => sum + (row.fired ?? 0), 0);
  const count = `${counted(rows.length, 'rule')}${isMeasured ? `, ${counted(fired, 'alert')}` : ''}`;
  const [loud, quiet] = [rows.filter((row) => row.fired !== 0), rows.filter((row) => row.fired === 0)];
  const full =
    width >= TABLE ? tableOf(loud, width, style) : loud.flatMap((row) => ['', ...blockOf(row, width, style)]);
  const head = `${style.strong(`Medic ${title}`)}  ${style.faint(count)}`;
  const rest =
    quiet.length === 0 ? [] : [...(loud.length === 0 ? [] : ['']), ...quietOf(quiet, width, style)];
  return [head, ...full, ...rest, ''].join('\n');
}

/** A rule in a few lines, for a narrow terminal. */
function blockOf(row: Row, width: number, style: Style): readonly string[] {
  const head = ` ${timesOf(row)}  `;
  const under = ' '.repeat(head.length);
  const told = hanging(`${under}`, cut(firesWhen(row.reading, row.rule), EXPRESSION), width);
  const { could, mended } = answerOf(row);
  const lines = [
    ...hanging(
      `${under}about `,
      `${aboutWords(row)}${row.facts.length === 0 ? '' : `; reads ${listOf(row.facts, NAMED)}`}`,
      width,
    ),
    ...(could === '' ? [] : hanging(`${under}could be `, could, width)),
    ...(mended === '' ? [] : hanging(`${under}→ `, mended, width)),
  ];
  return [
    `${head}${style.strong(cut(plain(row.rule.name), width - head.length))}`,
    ...told,
    ...lines.map(style.faint),
  ];
}

const COLUMNS = ['', 'alert', 'fires when', 'about', 'reads', 'could be', 'mended by'] as const;
const SHARES = [0, 0.16, 0.25, 0.12, 0.17, 0.16, 0.14];
/** Where nothing can be said, why takes the place of the rest. */
const COLUMNS_WITHOUT = ['', 'alert', 'fires when', 'about', 'why'] as const;
const SHARES_WITHOUT = [0, 0.18, 0.32, 0.14, 0.36];
/** Where it says how often a rule fired. */
const TIMES = 6;

function tableOf(rows: readonly Row[], width: number, style: Style): readonly string[] {
  if (rows.length === 0) return [];
  const isWithout = rows.every(({ outcome }) => outcome === 'none');
  const [columns, shares] = isWithout ? [COLUMNS_WITHOUT, SHARES_WITHOUT] : [COLUMNS, SHARES];
  const room = width - TIMES - 2 * (columns.length - 1);
  const widths = shares.map((share, at) => (at === 0 ? TIMES : Math.floor(room * share)));
  const lines = rows.flatMap((row) => {
    const { could, mended } = answerOf(row);
    const common = [
      timesOf(row),
      plain(row.rule.name),
      cut(firesWhen(row.reading, row.rule), EXPRESSION),
      aboutWords(row),
    ];
    return beside([...common, ...(isWithout ? [mended] : [listOf(row.facts, NAMED), could, mended])], widths);
  });
  return [...beside(columns, widths).map(style.faint), ...lines];
}

function answerOf(row: Row): { readonly could: string; readonly mended: string } {
  const could = listOf(
    row.faults.map(({ title }) => plain(title)),
    NAMED,
    '; ',
  );
  const mended = row.mendings.map((one) => mendingWords(one, row.faults.length)).join('; ');
  return {
    could: row.lack === null ? could : '',
    mended: row.lack === null ? mended || 'no playbook mends it' : lackWords(row),
  };
}

/** Rules that did not fire, one line each. */
function quietOf(rows: readonly Row[], width: number, style: Style): readonly string[] {
  const longest = Math.min(34, Math.max(...rows.map(({ rule }) => plain(rule.name).length)));
  const lines = rows.map((row) => {
    const { could, mended } = answerOf(row);
    const [first] = row.mendings;
    const words =
      row.lack !== null ? mended : first === undefined ? could : `${first.playbook} ${first.how}: ${could}`;
    return style.faint(cut(`     –  ${cut(plain(row.rule.name), longest).padEnd(longest)}  ${words}`, width));
  });
  return [style.faint('     did not fire:'), ...lines];
}

function timesOf({ fired }: Row): string {
  return fired === null ? '     ' : `${fired}×`.padStart(5);
}

function notesOf({ rows, history, ruleless }: Coverage): readonly string[] {
  const always = rows.filter(({ lack }) => lack === 'always').map(({ rule }) => plain(rule.name));
  const beats =
    always.length === 0 ? [] : [`Left out, as it fires always and on purpose: ${listOf(always, 5)}.`];
  return history === null ? beats : [...beats, ...notesOfHistory(history, ruleless)];
}

function notesOfHistory(
  { asked, covered, step }: NonNullable<Coverage['history']>,
  ruleless: Coverage['ruleless'],
): readonly string[] {
  const gone = [...ruleless]
    .toSorted((a, b) => b[1] - a[1])
    .map(([name, count]) => `${plain(name)} (${count}×)`);
  return [
    ...(covered < asked * 0.95
      ? [`Asked for ${inDays(asked)}; what fired is known for ${inDays(covered)} only.`]
      : []),
    ...(gone.length === 0 ? [] : [`No rule is left of: ${listOf(gone, 5)}.`]),
    ...(step > 60_000 ? [`What fired for less than ${step / 60_000} min may be missing.`] : []),
  ];
}
