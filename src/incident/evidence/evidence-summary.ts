import { deployIn } from '../../evidence/deploy.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { ofSubject } from '../../evidence/facts/of-subject.ts';
import { briefly, inShort } from '../../lib/text/briefly.ts';

/** As many of a kind as are named one by one. */
const NAMED = 3;

/** How a subject is now, as far as what was read tells. */
export interface Health {
  /** `unclear` where nothing was seen that is wrong, and nothing either that shows that all is well. */
  readonly verdict: 'healthy' | 'unhealthy' | 'unclear';
  /** What that rests on, each in a clause: `health answered 200 in 3 ms (0.4 s ago)`. */
  readonly signals: readonly string[];
}

/**
 * Judges by looks and probes alone, and by what a log says that is new. What could not be read is never health.
 *
 * @param now epoch milliseconds
 */
export function healthIn(all: readonly Evidence[], now: number): Health {
  const evidence = ofSubject(all);
  const read = evidence.filter(({ status }) => status === 'ok');
  const of = (kind: Evidence['kind']) => read.filter((item) => item.kind === kind);
  // That a release is new is no ill.
  const looks = read.filter(({ data }) => data?.type === 'look' && !('release' in data.spec));
  const errors = errorsIn(of('log'));
  const ill = looks.some(isIll) || of('probe').some((item) => !isHealthy(item)) || firing(read).length > 0;
  const well = looks.some((item) => !isUndecided(item)) || of('probe').some(isHealthy);
  return {
    verdict: ill ? 'unhealthy' : well && errors === 0 ? 'healthy' : 'unclear',
    signals: [
      ...firing(read),
      ...some(
        looks.map((item) => look(item, now)),
        'look',
      ),
      ...some(
        of('probe').map((item) => probe(item, now)),
        'probe',
      ),
      ...some(
        of('metric').flatMap((item) => numbers(item, now)),
        'number',
      ),
      ...logs(of('log'), errors),
      ...changes(of('change'), now),
      ...unread(evidence),
    ],
  };
}

/**
 * The answer to somebody who asked how a service is: a verdict, and the few signals that decide it, what is wrong first. "looks healthy:
 * web-1: shop.service: active (running); health answered 200 in 3 ms; no errors in the log". Every number is in the thread.
 */
export function evidenceSummary(all: readonly Evidence[], now: number): string {
  const evidence = ofSubject(all);
  const { verdict } = healthIn(evidence, now);
  const read = evidence.filter(({ status }) => status === 'ok');
  const looks = read.flatMap(({ data }) =>
    data?.type === 'look' && !('release' in data.spec) ? [data.reading] : [],
  );
  const probes = read.filter(({ kind }) => kind === 'probe');
  const log = read.filter(({ kind }) => kind === 'log');
  const seen = (those: typeof looks) => those.map(({ words }) => briefly(words).slice(0, 120));
  const wrong = [
    ...firing(read),
    ...seen(looks.filter(({ verdict }) => verdict === 'fault' || verdict === 'other')),
    ...probes.filter((one) => !isHealthy(one)).map(probeInShort),
  ];
  const shown = some(wrong, 'sign of trouble', MOST);
  const right = [
    ...looks.filter(({ verdict }) => verdict === 'well').map(({ words }) => words),
    ...probes.filter(isHealthy).map(probeInShort),
  ];
  const well = inShort(right, Math.max(0, MOST + 1 - shown.length));
  const said = [
    ...shown,
    ...(well === '' ? [] : [well]),
    ...logs(log, errorsIn(log)),
    ...unread(evidence),
  ].join('; ');
  return `${VERDICTS[verdict]}${said === '' ? '' : `: ${said}`}`;
}

/** So many signals decide an answer. */
const MOST = 4;

function probeInShort(item: Evidence): string {
  return probe(item, item.observedAt).replace(/ \([^()]*\)$/, '');
}

const VERDICTS: Readonly<Record<Health['verdict'], string>> = {
  healthy: 'looks healthy',
  unhealthy: 'does not look healthy',
  unclear: 'shows no clear sign of health',
};

/** Seen to be wrong; what was read and compared with nothing says neither. */
function isIll({ data }: Evidence): boolean {
  return data?.type === 'look' && data.reading.verdict !== 'well' && data.reading.undecided !== true;
}

function isUndecided({ data }: Evidence): boolean {
  return data?.type === 'look' && data.reading.undecided === true;
}

/** Alerts that fire, as far as their sources do not say otherwise. */
function firing(read: readonly Evidence[]): readonly string[] {
  return read.flatMap(({ kind, text, supportsNothing }) => {
    const [, name] = /^alert (.{1,100}) is firing$/m.exec(kind === 'alert' ? text : '') ?? [];
    return name === undefined || supportsNothing !== undefined ? [] : [`${name} is firing`];
  });
}

function look({ data, text, observedAt }: Evidence, now: number): string {
  const words = data?.type === 'look' ? data.reading.words : (text.split('\n')[0] ?? '');
  return `${words.slice(0, 160)} (${ago(now - observedAt)})`;
}

function isHealthy({ data }: Evidence): boolean {
  return data?.type === 'facts' && data.facts.healthy === true;
}

function probe(item: Evidence, now: number): string {
  const { title, text, data, observedAt } = item;
  const name = title
    .replace(/^Probe /, '')
    .replace(/ \([^()]*\)$/, '')
    .slice(0, 60);
  const facts = data?.type === 'facts' ? data.facts : {};
  const when = ago(now - observedAt);
  if (isHealthy(item)) return `${name} answered ${facts.status} in ${facts.milliseconds} ms (${when})`;
  // Its first line says what is wrong.
  return `${name} is ${(text.split('\n')[0] ?? 'unhealthy').slice(0, 120)} (${when})`;
}

/** What a metric is now, where its text says it in a line: `memory: 80 MB at least, now 84 MB`. */
function numbers({ text, observedAt }: Evidence, now: number): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const [, name, value] = /^([a-z][\w %/()-]{0,60}): .{0,200}?\bnow ([^,;]{1,40})/i.exec(line) ?? [];
    return name === undefined || value === undefined
      ? []
      : [`${name} ${value.trim()} (${ago(now - observedAt)})`];
  });
}

const ERROR = /\b(?:error|fatal|panic|exception|critical|fail(?:ed|ure)?)\b/i;

/** The first line of each log says how much was read, and not what stands in it. What was always there is no news. */
function newLines(items: readonly Evidence[]): readonly string[] {
  const telling = items.filter(({ supportsNothing, data }) => supportsNothing === undefined && !isAsIs(data));
  return telling.flatMap(({ text }) => text.split('\n').slice(1));
}

/** The newest lines as somebody wanted to read them, however old. */
function isAsIs(data: Evidence['data']): boolean {
  return data?.type === 'facts' && 'last' in data.facts;
}

function errorsIn(items: readonly Evidence[]): number {
  return newLines(items).filter((line) => ERROR.test(line)).length;
}

function logs(items: readonly Evidence[], errors: number): readonly string[] {
  if (items.length === 0) return [];
  const log = items.length === 1 ? 'the log' : 'the logs';
  if (newLines(items).length === 0) return [`nothing new in ${log}`];
  return [errors === 0 ? `no errors in ${log}` : `errors in ${counted(errors, 'line')} of ${log}`];
}

function changes(items: readonly Evidence[], now: number): readonly string[] {
  if (items.length === 0) return [];
  const times = items.flatMap((item) => {
    const at = deployIn(item)?.at ?? Number.NaN;
    return Number.isNaN(at) ? [] : [at];
  });
  return [times.length === 0 ? 'no change is recorded' : `last change ${ago(now - Math.max(...times))}`];
}

function unread(evidence: readonly Evidence[]): readonly string[] {
  const failed = evidence.filter(({ status }) => status === 'failed').map(({ source }) => source);
  return failed.length === 0 ? [] : [`${[...new Set(failed)].join(' and ')} could not be read`];
}

function ago(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 10) return `${Math.round(seconds * 10) / 10} s ago`;
  if (seconds < 120) return `${Math.round(seconds)} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

function some(words: readonly string[], noun: string, most = NAMED): readonly string[] {
  const more = words.length - most;
  return more > 0
    ? [...words.slice(0, most), more === 1 ? `1 more ${noun}` : `${more} more ${plural(noun)}`]
    : words;
}

function plural(noun: string): string {
  return noun.startsWith('sign ') ? noun.replace('sign ', 'signs ') : `${noun}s`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
