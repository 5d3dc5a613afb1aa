import { cutWholeWords } from '../../lib/text/cut.ts';
import type { Finding } from '../collector.ts';
import { type Cluster, mostTelling } from './cluster.ts';
import { rateFacts, type Shown, signatureFacts, templateFacts, type Writer } from './facts.ts';
import type { Told } from './usual.ts';

const ROOM = { kinds: 30, characters: 3200 };
const LINE_LENGTH = 400;
/** Of the lines that were written once and found no room above, so many are shown beside it. */
const ONCE = { kinds: 60, characters: 3400 };
const ONCE_LENGTH = 240;
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
  /** Whose log it is; null where its lines are another's word about the service. */
  readonly writer: Writer | null;
}

/** What is new in a log, and beside it what was usual already. */
export function findingsOf(told: Told, item: Item, telling: Telling): readonly Finding[] {
  const { window, writer } = telling;
  const facts = {
    lines: told.lines,
    kinds: told.fresh.length,
    usual_kinds: told.usual.length,
    ...telling.facts,
  };
  const common = { ...item, window, data: { type: 'facts', facts }, link: null } as const;
  const shown = shownOf(told.fresh, ROOM, show);
  const once = onceBeside(told, shown);
  const usual = usualShown(told);
  return [
    {
      ...common,
      ...freshText(told, shown, once, telling),
      ...(writer === null ? {} : { facts: freshFacts(told, shown, writer, telling, item.observedAt) }),
      ...(told.fresh.length === 0 ? { supportsNothing: 'nothing new was logged around the alert' } : {}),
    },
    ...(once === null
      ? []
      : [{ ...common, title: item.title.replace('Log of', 'Lines written once in the log of'), text: once }]),
    ...(usual === null
      ? []
      : [
          {
            ...common,
            title: item.title.replace('Log of', 'Usual log lines of'),
            text: [usual.headline, ...usual.shown.map(({ line }) => line)].join('\n'),
            ...(writer === null ? {} : { facts: signatureFacts(usual.shown, writer, item.observedAt, true) }),
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

function freshText(
  told: Told,
  shown: readonly Shown[],
  once: string | null,
  { headline, remarks, writer }: Telling,
): { readonly text: string } {
  const left = told.fresh.length - shown.length;
  const hidden =
    left === 0
      ? []
      : [
          `(${left} more kinds of lines left out here${once === null ? '' : ', those that were written once stand beside it'})`,
        ];
  const known = knownWords(told.fresh);
  const rates = writer === null ? null : rateLine(told);
  return {
    text: [
      headline,
      ...remarks.map((remark) => `(${remark})`),
      ...(rates === null ? [] : [rates]),
      ...(known === null ? [] : [known]),
      ...hidden,
      ...shown.map(({ line }) => line),
    ].join('\n'),
  };
}

function freshFacts(
  told: Told,
  shown: readonly Shown[],
  writer: Writer,
  { headline }: Telling,
  seenAt: number,
): NonNullable<Finding['facts']> {
  const known = signatureFacts(shown, writer, seenAt);
  const none =
    told.fresh.some(({ signatures }) => signatures.length > 0) || known.length > 0
      ? []
      : [
          {
            name: 'log.signature',
            of: writer.of,
            within: writer.within,
            value: 'none',
            at: seenAt,
            quote: headline,
          } as const,
        ];
  return [
    ...known,
    ...none,
    ...templateFacts(shown, told, writer, seenAt),
    ...rateFacts(told, writer, rateLine(told), seenAt),
  ];
}

function shownOf(
  clusters: readonly Cluster[],
  room: typeof ROOM,
  say: (cluster: Cluster) => string,
): Shown[] {
  const telling = mostTelling(clusters, room, (cluster) => say(cluster).length + 1);
  return telling.map((cluster) => ({ cluster, line: say(cluster) }));
}

/** The lines that were written once and found no room with the rest; what is rare is what people look for. */
function onceBeside({ fresh }: Told, shown: readonly Shown[]): string | null {
  const kept = new Set(shown.map(({ cluster }) => cluster));
  const left = fresh.filter((cluster) => cluster.count === 1 && !kept.has(cluster));
  if (left.length === 0) return null;
  const beside = shownOf(left, ONCE, ({ line }) => cutWholeWords(line, ONCE_LENGTH));
  const more = left.length - beside.length;
  return [
    ...(more === 0
      ? []
      : [`(${more} more ${more === 1 ? 'line that was' : 'lines that were'} written once)`]),
    ...beside.map(({ line }) => line),
  ].join('\n');
}

/** What the known messages mean, once each. */
function knownWords(clusters: readonly Cluster[]): string | null {
  const counts = new Map<string, number>();
  for (const { signatures, count } of clusters)
    for (const { means } of signatures) counts.set(means, (counts.get(means) ?? 0) + count);
  if (counts.size === 0) return null;
  const most = [...counts].toSorted(([, a], [, b]) => b - a).slice(0, 5);
  return `(known: ${most.map(([means, count]) => `${means}, ${count}x`).join('; ')})`;
}

/** What was written before, to compare with; null where nobody knows. */
function rateLine({ rates }: Told): string | null {
  if (rates === null || rates.before === null) return null;
  const { now, before } = rates;
  const bad = `${perMinute(now.errors)} and ${perMinute(before.errors)} of them look bad`;
  return `(lines a minute: ${perMinute(now.lines)} since then, ${perMinute(before.lines)} before; ${bad})`;
}

const perMinute = (rate: number) =>
  rate * 60 >= 10 ? (rate * 60).toFixed(0) : String(Number((rate * 60).toPrecision(2)));

function show({ count, line, firstAt, lastAt }: Cluster): string {
  if (count === 1) return cutWholeWords(line, LINE_LENGTH);
  const when = firstAt === null || lastAt === null ? '' : ` from ${iso(firstAt)} to ${iso(lastAt)}`;
  return `${count}x${when} like: ${cutWholeWords(line, LINE_LENGTH)}`;
}

function usualShown({
  usual,
  baseline,
}: Told): { readonly headline: string; readonly shown: readonly Shown[] } | null {
  if (usual.length === 0 || baseline === null) return null;
  const before = new Map(usual.map((one) => [one.cluster, one.before]));
  const say = (cluster: Cluster) =>
    `${before.get(cluster)}x before, ${cluster.count}x since, like: ${cutWholeWords(cluster.line, LINE_LENGTH)}`;
  return {
    headline: `compared with the lines since ${iso(baseline)}`,
    shown: shownOf(
      usual.map(({ cluster }) => cluster),
      ROOM,
      say,
    ),
  };
}

export const iso = (time: number) => new Date(time).toISOString();
