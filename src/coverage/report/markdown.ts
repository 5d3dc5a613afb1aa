import type { Coverage, Row } from '../sum.ts';
import { helpOf } from './help.ts';
import { summaryOf } from './summary.ts';
import { aboutWords, firesWhen, lackWords, listOf, mendingWords, plain } from './words.ts';

/** The same as a page: a table with the loudest rules first. */
export function asMarkdown(coverage: Coverage): string {
  const help = helpOf(coverage).map((line) => `- ${safe(line)}`);
  return [
    `**${safe(summaryOf(coverage))}**`,
    '',
    ...(help.length === 0 ? [] : ['What would help most:', '', ...help, '']),
    '| fired | alert | fires when | about | could be | mended by |',
    '|---:|---|---|---|---|---|',
    ...coverage.rows.map(rowOf),
    '',
  ].join('\n');
}

function rowOf(row: Row): string {
  const could =
    row.lack === null
      ? listOf(
          row.faults.map(({ title }) => title),
          3,
        )
      : '';
  const mended = row.mendings.map((one) => mendingWords(one, row.faults.length)).join('; ');
  const cells = [
    row.fired === null ? '' : String(row.fired),
    row.rule.name,
    firesWhen(row.reading, row.rule),
    aboutWords(row),
    could,
    row.lack === null ? mended || 'nothing yet' : lackWords(row),
  ];
  return `| ${cells.map(safe).join(' | ')} |`;
}

/** Nothing in it is markup. */
function safe(text: string): string {
  return plain(text).replace(/[\\|<>`*[\]]/g, '\\$&');
}
