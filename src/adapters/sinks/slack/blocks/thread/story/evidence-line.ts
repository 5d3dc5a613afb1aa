import type { EvidenceSummary } from '../../../../../../evidence/evidence.ts';
import { isQuery } from '../../alerts.ts';
import { readable, roundly } from '../../plain.ts';
import { link, safeUrl, timely, words } from '../../text.ts';

const HOUR = 3_600_000;
/** What these say is put more plainly than their lines do. */
const PLAINER: ReadonlySet<EvidenceSummary['kind']> = new Set(['alert', 'metric']);

const TROUBLE =
  /\b(error|fatal|panic|exception|killed|oom|out of memory|refused|timed? ?out|denied|failed|firing|exit(ed)?)\b/i;

/**
 * A fact in one line: its id, which leads to its source, what it is about, and what it says.
 *
 * @param cited the line of it on which the cause stands; without one, that which says most
 */
export function evidenceLine(item: EvidenceSummary, excerpt: string, cited: string | null = null): string {
  const name = titleOf(item);
  const title = words(name, 100);
  if (item.status === 'failed') {
    const why = reasonIn(excerpt);
    const what = title.replace(/: no answer$/, '');
    return `:grey_question: ${evidenceId(item)} *${what}* could not be read: ${timely(readable(why), 160)}`;
  }
  const said = roundly(readable(cited === null || PLAINER.has(item.kind) ? telling(item, excerpt) : cited));
  const short = withoutLabel(said, name.split(': ').at(-1) ?? '');
  return `${evidenceId(item)} *${title}:* ${timely(dated(short, item.observedAt), 200)}`;
}

/** Why something could not be read, without saying twice that it could not. */
export function reasonIn(excerpt: string): string {
  const [why = ''] = excerpt.split('\n');
  return (
    why.replace(/^.{1,80}? could not answer: /, '').replace(/^could not be read: (?:on \S+: )?/, '') ||
    'no answer'
  );
}

/** What is said without what the title says already. */
function withoutLabel(said: string, label: string): string {
  return /^(?:now|of) /.test(said.slice(label.length + 1)) && said.startsWith(`${label} `)
    ? said.slice(label.length + 1).replace(/^of /, '')
    : said;
}

/** Times of day are given their day, so that they can be shown in the reader's zone: the last such time before a moment. */
export function dated(text: string, before: number): string {
  if (!Number.isFinite(before) || Math.abs(before) > 8e15) return text;
  return text.replace(/(?<![\dT:-])(\d\d:\d\d:\d\d)Z\b/g, (whole, clock: string) => {
    const at = Date.parse(`${new Date(before).toISOString().slice(0, 10)}T${clock}Z`);
    if (Number.isNaN(at)) return whole;
    return new Date(at > before + HOUR ? at - 24 * HOUR : at).toISOString();
  });
}

/** An item's id, which leads to where it was read, where there is such a place. */
export function evidenceId({ id, link: url }: { readonly id: string; readonly link: string | null }): string {
  return safeUrl(url) === null ? `*${words(id, 12)}*` : link(url, id.slice(0, 12));
}

/** Where it runs, without ports that say nothing to people. */
function titleOf({ kind, title }: EvidenceSummary): string {
  if (isQuery(title)) return kind === 'metric' ? 'A metric' : `A ${kind}`;
  return title
    .replace(/(\b[\w.-]+):\d{2,5}\b(?!\S)/g, '$1')
    .replace(/^(Host [\w.-]+):\d{2,5}:/, '$1:')
    .replace(/^([a-z]+)\/(\S+), by /, '$1 $2, by ');
}

/** What of an excerpt says most, by the kind of fact it is. */
function telling({ kind, title }: EvidenceSummary, excerpt: string): string {
  const lines = excerpt.split('\n').filter((line) => line.trim() !== '');
  switch (kind) {
    case 'alert':
      return alertState(lines);
    case 'metric':
      return metricState(lines) ?? loudest(lines, 0);
    case 'log':
      return loudest(lines, -1);
    case 'state':
      return loudest(lines, 0)
        .replace(/\s+/g, ' ')
        .replace(`${lastWord(title)} `, '');
    case 'probe':
      return loudest(lines, 0)
        .replace(/^(?:un)?healthy: /, '')
        .replace(`${lastWord(title)} answered`, 'answered');
    default:
      return loudest(lines, 0);
  }
}

/** The newest line that speaks of trouble, else the first or the last. */
function loudest(lines: readonly string[], otherwise: 0 | -1): string {
  return lines.findLast((line) => TROUBLE.test(line)) ?? lines.at(otherwise) ?? 'nothing to show';
}

function alertState(lines: readonly string[]): string {
  const state = /\bis (firing|resolved)\b/.exec(lines[0] ?? '')?.[1];
  const since = lines.find((line) => line.startsWith('since '))?.replace(/ \(0 s\)$/, '');
  return state === undefined ? loudest(lines, 0) : `${state}${since === undefined ? '' : ` ${since}`}`;
}

/** `now 0.075, rose from 0.01 to 0.075; fires above 0.05`: what changed comes before what did not. */
function metricState(lines: readonly string[]): string | null {
  const readings = lines.flatMap((line, index) => {
    const [, name, now] = /^\s*(?:([^:]{1,60}): )?(now [^,]+)/.exec(line) ?? [];
    if (now === undefined) return [];
    const trend = lines[index + 1]?.trim() ?? '';
    const changed = /^(rose|fell|changed|grew|dropped)\b/.test(trend);
    return [
      {
        said: name === undefined ? now : `${name} ${now}`,
        trend: changed ? `, ${plainTrend(trend)}` : '',
        changed,
      },
    ];
  });
  const shown = readings.some(({ changed }) => changed)
    ? readings.filter(({ changed }) => changed)
    : readings;
  const [first, second] = shown;
  if (first === undefined) return null;
  const fires = lines.find((line) => line.includes('the alert fires at'))?.trim();
  return [
    `${first.said}${first.trend}`,
    ...(second === undefined ? [] : [`${second.said}${second.trend}`]),
    ...(fires === undefined ? [] : [plainThreshold(fires)]),
  ].join('; ');
}

const COMPARED: Readonly<Record<string, string>> = {
  '>': 'above',
  '>=': 'from',
  '<': 'below',
  '<=': 'at or below',
  '==': 'at',
  '!=': 'at anything but',
};

/** `fires above 0.05` for `the alert fires at > 0.05`. */
function plainThreshold(line: string): string {
  return line
    .replace('the alert fires', 'fires')
    .replace(/^fires at ([<>]=?|[=!]=) /, (whole, sign: string) => `fires ${COMPARED[sign] ?? whole} `);
}

/** `changed 26 -> 25` as words, without what the figures were computed from. */
function plainTrend(trend: string): string {
  return trend
    .replace(/ \(means [^)]*\)/, '')
    .replace(/changed (\S+(?: %| \w+)?) -> /, 'changed from $1 to ');
}

function lastWord(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1);
}
