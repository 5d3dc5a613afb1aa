import type { Evidence } from '../evidence/evidence.ts';

/** As many of a kind as are named one by one. */
const NAMED = 2;

/**
 * What was looked at for somebody who asked, and what it says, in a clause: "looked at 9 facts from 4 sources: no alert has come, health
 * answers 200 in 3 ms, no errors in the log, last change 3 days ago".
 *
 * @param now epoch milliseconds
 */
export function whatWasLookedAt(evidence: readonly Evidence[], now: number): string {
  const read = evidence.filter(({ status }) => status === 'ok');
  const sources = new Set(read.map(({ witness }) => witness)).size;
  const of = (kind: Evidence['kind']) => read.filter((item) => item.kind === kind);
  const failed = [
    ...new Set(evidence.filter(({ status }) => status === 'failed').map(({ source }) => source)),
  ];
  const said = [
    'no alert has come',
    ...some(of('probe').map(probe)),
    ...logs(of('log')),
    ...changes(of('change'), now),
    ...(failed.length === 0 ? [] : [`${failed.join(' and ')} could not be read`]),
  ];
  return `looked at ${counted(read.length, 'fact')} from ${counted(sources, 'source')}: ${said.join(', ')}`;
}

function probe({ title, text, data }: Evidence): string {
  const name = title.replace(/^Probe /, '').slice(0, 60);
  const facts = data?.type === 'facts' ? data.facts : {};
  if (facts.healthy === true) return `${name} answers ${facts.status} in ${facts.milliseconds} ms`;
  // Its first line says what is wrong.
  return `${name} is ${(text.split('\n')[0] ?? 'unhealthy').slice(0, 120)}`;
}

const ERROR = /\b(?:error|fatal|panic|exception|critical|fail(?:ed|ure)?)\b/i;

function logs(items: readonly Evidence[]): readonly string[] {
  if (items.length === 0) return [];
  // The first line of each says how much was read, and not what stands in it. What was always there is no news.
  const telling = items.filter(({ supportsNothing }) => supportsNothing === undefined);
  const lines = telling.flatMap(({ text }) => text.split('\n').slice(1));
  const errors = lines.filter((line) => ERROR.test(line)).length;
  const log = items.length === 1 ? 'the log' : 'the logs';
  if (lines.length === 0) return [`nothing new in ${log}`];
  return [errors === 0 ? `no errors in ${log}` : `errors in ${counted(errors, 'line')} of ${log}`];
}

function changes(items: readonly Evidence[], now: number): readonly string[] {
  if (items.length === 0) return [];
  const times = items.flatMap(({ data }) => {
    const at = data?.type === 'facts' ? Date.parse(String(data.facts.deployed_at)) : Number.NaN;
    return Number.isNaN(at) ? [] : [at];
  });
  return [times.length === 0 ? 'no change is recorded' : `last change ${ago(now - Math.max(...times))}`];
}

function ago(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

function some(words: readonly string[]): readonly string[] {
  const more = words.length - NAMED;
  return more > 0 ? [...words.slice(0, NAMED), `${counted(more, 'more probe')}`] : words;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
