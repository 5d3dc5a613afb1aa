import { cutWholeWords } from '../../lib/text/cut.ts';
import type { Finding } from '../collector.ts';
import { type Item, iso } from './telling.ts';
import { type TimedLine, withoutTimes } from './times.ts';

/** All of them have to find room in one item, with what is said above them. */
const ROOM = 3500;
const LONGEST = 400;

/**
 * The newest lines of a log, oldest first, to the letter and each with its time: a line that does not state one begins with it. Fewer where
 * there are no more.
 *
 * @param last how many are wanted
 */
export function newestLines(lines: readonly TimedLine[], item: Item, last: number): readonly Finding[] {
  const newest = lines.filter(({ line }) => line.trim() !== '').slice(-last);
  if (newest.length === 0) return [];
  const longest = Math.min(LONGEST, Math.floor(ROOM / last) - 1);
  const times = newest.flatMap(({ at }) => at ?? []);
  return [
    {
      ...item,
      title: item.title.replace(/^Log of/, `Last ${counted(newest.length)} of`),
      window: times.length === 0 ? null : { from: Math.min(...times), to: Math.max(...times) },
      text: newest.map((one) => cutWholeWords(dated(one), longest)).join('\n'),
      data: { type: 'facts', facts: { last: newest.length } },
      link: null,
    },
  ];
}

function dated({ line, at }: TimedLine): string {
  const states = withoutTimes(line) !== line;
  return at === null || states ? line.trimEnd() : `${iso(at)} ${line.trimEnd()}`;
}

const counted = (count: number) => (count === 1 ? 'line' : `${count} lines`);
