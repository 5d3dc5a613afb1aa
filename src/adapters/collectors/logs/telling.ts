import type { Finding } from '../../../evidence/collector.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { type Cluster, mostTelling } from './cluster.ts';
import type { Told } from './usual.ts';

const ROOM = { kinds: 30, characters: 3500 };
const LINE_LENGTH = 400;
/** How far before the alert a log is evidence, milliseconds; what is older is what it is compared with. */
export const BEFORE = 5 * 60_000;

export type Item = Pick<Finding, 'kind' | 'title' | 'source' | 'query' | 'observedAt' | 'witness'>;

interface Telling {
  readonly window: { readonly from: number; readonly to: number };
  /** What it says in one line, without anything that is no word of the log. */
  readonly headline: string;
  /** What has to be known beside it. */
  readonly remarks: readonly string[];
  readonly facts: Readonly<Record<string, number>>;
}

/** What is new in a log, and beside it what was usual already. */
export function findingsOf(
  told: Told,
  item: Item,
  { window, headline, remarks, facts: more }: Telling,
): readonly Finding[] {
  const facts = { lines: told.lines, kinds: told.fresh.length, usual_kinds: told.usual.length, ...more };
  const common = { ...item, window, data: { type: 'facts', facts }, link: null } as const;
  const usual = usualText(told);
  return [
    {
      ...common,
      text: [headline, ...remarks.map((remark) => `(${remark})`), ...shownLines(told.fresh)].join('\n'),
      ...(told.fresh.length === 0 ? { supportsNothing: 'nothing new was logged around the alert' } : {}),
    },
    ...(usual === null
      ? []
      : [
          {
            ...common,
            title: item.title.replace('Log of', 'Usual log lines of'),
            text: usual,
            supportsNothing: 'it was logged in the same measure before the alert',
          },
        ]),
  ];
}

/** How many lines there are, and whether there is anything new among them. */
export function linesSince({ lines, fresh }: Told, from: number): string {
  const count = lines === 1 ? 'one line' : `${lines} lines`;
  return `${count} since ${iso(from)}${fresh.length === 0 ? ', of none but usual kinds' : ''}`;
}

export function withoutBaseline({ lines, baseline }: Told): readonly string[] {
  return lines > 0 && baseline === null ? ['what was read holds no line from before to compare with'] : [];
}

function shownLines(clusters: readonly Cluster[]): readonly string[] {
  const shown = mostTelling(clusters, ROOM, (cluster) => show(cluster).length + 1);
  const left = clusters.length - shown.length;
  return [...(left > 0 ? [`(${left} frequent kinds of lines left out)`] : []), ...shown.map(show)];
}

function show({ count, line, firstAt, lastAt }: Cluster): string {
  if (count === 1) return cutWholeWords(line, LINE_LENGTH);
  const when = firstAt === null || lastAt === null ? '' : ` from ${iso(firstAt)} to ${iso(lastAt)}`;
  return `${count}x${when} like: ${cutWholeWords(line, LINE_LENGTH)}`;
}

function usualText({ usual, baseline }: Told): string | null {
  if (usual.length === 0 || baseline === null) return null;
  const before = new Map(usual.map((one) => [one.cluster, one.before]));
  const say = (cluster: Cluster) =>
    `${before.get(cluster)}x before, ${cluster.count}x since, like: ${cutWholeWords(cluster.line, LINE_LENGTH)}`;
  const shown = mostTelling(
    usual.map(({ cluster }) => cluster),
    ROOM,
    (cluster) => say(cluster).length + 1,
  );
  return [`compared with the lines since ${iso(baseline)}`, ...shown.map(say)].join('\n');
}

export const iso = (time: number) => new Date(time).toISOString();
