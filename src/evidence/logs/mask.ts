import { withoutTimes } from './times.ts';

/** An HTTP status code where one may stand: as a word of its own, or behind the name of such a field; never with a unit. */
const STATUS =
  /(?:(?<=[\s"])|(?<=(?:status|code)"?[:=]\s?))(?:20[0-6]|30[0-8]|4[0-3]\d|451|50[0-8])(?![\w.%]|\s(?:ms|s|[kMG]?B)\b)/;
const STATUS_OR_NUMBER = new RegExp(`(${STATUS.source})|\\d+(?:\\.\\d+)*`, 'gi');
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const HEX = /\b(?:0x[0-9a-f]{1,64}|(?=[0-9a-f]*\d)[0-9a-f]{8,64})\b/gi;
/** An address of IPv6, which has more colons than a time of day. */
const IPV6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{1,4}(?![\w:])/gi;
/** How Kubernetes ends the names of what it makes: without vowels, so that it never is a word. */
const GENERATED = /(?<=[a-z0-9]-)(?=[b-df-hj-np-tv-z]*\d)[b-df-hj-np-tv-z0-9]{5,10}\b/g;

const LONGEST = 2000;

/** Masks what differs between lines of one kind: times, ids, addresses, numbers. Status codes stay: 200 and 500 are different lines. */
export function mask(line: string): string {
  return withoutTimes(line.slice(0, LONGEST))
    .replace(UUID, '<id>')
    .replace(HEX, '<id>')
    .replace(GENERATED, '<id>')
    .replace(IPV6, '<n>')
    .replace(STATUS_OR_NUMBER, (_, status?: string) => status ?? '<n>');
}

const BAD_WORDS =
  /\b(?:error|err|exception|fatal|panic|critical|fail(?:ed|ure|s)?|traceback|segfault|oom|out of memory|killed|refused|timed? ?out|unhandled|denied|cannot|no space left)\b|"level":(?:"(?:error|fatal)"|[56]0)|\b5\d\d\b/i;
/** Names of errors and signals, which are written in capitals: ENOSPC, but not every. */
const BAD_NAMES = /\b(?:E[A-Z]{4,}|SIG[A-Z]{3,})\b/;

export function looksBad(text: string): boolean {
  return BAD_WORDS.test(text) || BAD_NAMES.test(text);
}
