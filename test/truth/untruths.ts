import { HEALTH } from './health.ts';
import { COUNTS, type Record, told } from './numbers.ts';
import { ownWords } from './own-words.ts';
import { misplaced } from './roles.ts';
import { namesIn, type Sources } from './sources.ts';
import { lengthsNamed, spansOf } from './spans.ts';
import { untimely } from './times.ts';
import { HEAVY, misread, misstated, PROMISES, VERDICTS } from './verdicts.ts';

const OWN = ownWords();
/** In place of what has been accounted for, so that what stood on both its sides is not read as one. */
const GONE = ' \u0001 ';

/**
 * What a text that is shown says and the record does not: every time, span, number, name and verdict word in it that cannot be traced to
 * the record, or to what came from outside. Empty where all of it is true.
 */
export function untruths(text: string, record: Record, sources: Sources): readonly string[] {
  const lies: string[] = [
    ...misstated(text, record),
    ...misread(text, record),
    ...misplaced(text, record),
    ...untimely(text, record),
  ];
  let rest = withoutTimes(text, sources, lies);
  rest = withoutPhrases(unescaped(withoutLinks(rest, sources, lies)), sources);
  rest = withoutReadings(rest, record, lies);
  rest = withoutCounts(rest, record, lies);
  rest = withoutFigures(withoutSpans(rest, record, sources, lies), record, lies);
  rest = withoutVerdicts(rest, record, lies);
  rest = withoutMarks(rest, sources, lies);
  if (HEAVY.test(rest)) lies.push(`says “${HEAVY.exec(rest)?.[0]}” of nothing that is on record`);
  lies.push(...strangers(rest, sources));
  return lies.map((lie) => `${lie}, in: ${text.replaceAll('\n', ' ⏎ ').slice(0, 300)}`);
}

/** Times are those of the record, and both ways of writing one say the same. */
function withoutTimes(text: string, { times }: Sources, lies: string[]): string {
  return text.replace(
    /<!date\^(\d+)\^([^|]*)\|([^>]*)>/g,
    (mark, seconds: string, form: string, shown: string) => {
      const at = Number(seconds) * 1000;
      const iso = new Date(at).toISOString();
      const said = [
        `${iso.slice(11, 19)} UTC`,
        `${iso.slice(11, 16)} UTC`,
        `${iso.slice(0, 16).replace('T', ' ')} UTC`,
      ];
      if (!times.some((time) => Math.floor(time / 1000) * 1000 === at))
        lies.push(`the time ${shown} is none of the record`);
      if (!said.includes(shown)) lies.push(`the time ${mark} is written as ${shown} (${form})`);
      return GONE;
    },
  );
}

function withoutVerdicts(text: string, record: Record, lies: string[]): string {
  let rest = PROMISES.reduce((left, promise) => left.replace(new RegExp(promise, 'gi'), GONE), text);
  for (const { says, isSo } of [...HEALTH, ...VERDICTS]) {
    const everywhere = new RegExp(says.source, `g${says.flags.replace('g', '')}`);
    rest = rest.replace(everywhere, (whole, ...caught: readonly unknown[]) => {
      const said = caught.filter((one) => typeof one === 'string').slice(0, -1);
      if (!isSo(record, said)) lies.push(`“${whole}” is not so`);
      return GONE;
    });
  }
  return rest;
}

/** A link leads where something on record does. */
function withoutLinks(text: string, { names }: Sources, lies: string[]): string {
  return text.replace(/<(https?:[^|>]*)\|([^>]*)>/g, (_mark, url: string, label: string) => {
    const address = unescaped(url);
    if (!names.has(new URL(address).host)) lies.push(`nothing on record leads to ${address}`);
    return ` ${label} `;
  });
}

/** People and signs. */
function withoutMarks(text: string, { names }: Sources, lies: string[]): string {
  return text
    .replace(/<(?:@|!subteam\^|#)(\w+)>/g, (_mark, id: string) => {
      if (!names.has(id.toLowerCase())) lies.push(`${id} is nobody on record`);
      return GONE;
    })
    .replace(/:[a-z_]+:/g, GONE);
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** What came from outside is shown as it came, whole or cut. */
function withoutPhrases(text: string, { phrases }: Sources): string {
  let rest = text;
  for (const one of phrases) {
    if (!rest.includes('\u0001') && rest === one) return GONE;
    for (const said of new Set([one, capital(one)])) if (rest.includes(said)) rest = replaced(rest, said);
  }
  return rest.replace(CUT, (cut) => {
    const words = cut.slice(0, -1).trim();
    return phrases.some((one) => one.includes(words)) ? GONE : cut;
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it stands for what is gone
const CUT = /[^\n\u0001“”"]{8,}…/g;

/** Only where it is no part of a longer word. */
function replaced(text: string, phrase: string): string {
  const parts = text.split(phrase);
  return parts.reduce((before, after) => {
    const inWord = /[\p{L}\p{N}]$/u.test(before) && /^[\p{L}\p{N}]/u.test(phrase);
    const onWord = /^[\p{L}\p{N}]/u.test(after) && /[\p{L}\p{N}]$/u.test(phrase);
    return inWord || onWord ? before + phrase + after : before + GONE + after;
  });
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const SPAN = /\b(?:\d+ h(?: \d+ min)?|\d+ min(?: \d+ s)?|\d+(?:\.\d+)? s|\d+(?:\.\d+)? ms|\d+ days?)\b/;

/** Spans are what lies between two times of the record; those that have a name are what that name says. */
function withoutSpans(text: string, record: Record, { times, spans }: Sources, lies: string[]): string {
  let rest = withoutSecondsOf(chartValues(record), text);
  for (const { says, allows } of lengthsNamed(SPAN.source)) {
    rest = rest.replace(new RegExp(says.source, 'g'), (whole, span: string) => {
      if (!allows(record).some((one) => spansOf(span, one)))
        lies.push(`“${whole}” is not what lies between the times of the record`);
      return whole.replace(span, GONE);
    });
  }
  return rest.replace(new RegExp(SPAN.source, 'g'), (span) => {
    const isKnown = [...spans].some((one) => spansOf(span, one));
    const isBetween = times.some((from) => times.some((to) => to >= from && spansOf(span, to - from)));
    if (!isKnown && !isBetween) lies.push(`${span} lies between no two times of the record`);
    return GONE;
  });
}

const plainNumber = (written: string) => Number(written.replaceAll(',', ''));
const isNear = (one: number, other: number) => Math.abs(one - other) <= Math.abs(other) * 0.005 + 1e-9;

/** What a metric was and what it has to be, as it was read. */
function withoutReadings(text: string, { events }: Record, lies: string[]): string {
  const read = events.flatMap((event) => ('readings' in event ? event.readings : []));
  return text.replace(
    /(?:\bis (-?[\d.,]*\d) \(it has to be )?([<>]=?|[=!]=) (-?[\d.,]*\d)(?=$|[\s:;.)])/gm,
    (whole, was: string | undefined, sign: string, wanted: string) => {
      const isSo = read.some(
        (one) =>
          'metric' in one.check &&
          one.check.metric.is === sign &&
          isNear(plainNumber(wanted), one.check.metric.value) &&
          (was === undefined || (one.kind === 'value' && isNear(plainNumber(was), one.value))),
      );
      if (!isSo && was !== undefined) lies.push(`“${whole}” was never read`);
      return isSo || was !== undefined ? GONE : whole;
    },
  );
}

/** What a picture says in words, each number of it a point of its lines or the limit drawn through them. */
function withoutFigures(text: string, record: Record, lies: string[]): string {
  if (!/metric/.test(text) || told(record, 'charted').length === 0) return text;
  const values = chartValues(record);
  return text.replace(
    /(\d+(?:\.\d+)?) ?(%|[kMGT]?B)?/g,
    (number, digits: string, unit: string | undefined) => {
      const shown = Number(digits) * (SCALES[unit ?? ''] ?? 1);
      const isPoint = values.some((value) => Math.abs(value - shown) <= Math.abs(value) * 0.05 + 1e-9);
      if (!isPoint) lies.push(`${number} is no point of the picture`);
      return GONE;
    },
  );
}

function chartValues(record: Record): readonly number[] {
  return told(record, 'charted').flatMap(({ chart }) => [
    ...chart.lines.flatMap(({ points }) => points.map(([, value]) => value)),
    ...(chart.threshold === null ? [] : [chart.threshold.value]),
  ]);
}

/** A metric that is measured in seconds: its values look like spans, and are none. */
function withoutSecondsOf(values: readonly number[], text: string): string {
  if (values.length === 0 || !/metric/.test(text)) return text;
  const seconds = new RegExp(
    `(?<= (?:of|and|at|between|above|below|from|worst|:) |: |; |, )${SPAN.source}`,
    'g',
  );
  return text.replace(seconds, (span) => (values.some((one) => spansOf(span, one * 1000)) ? GONE : span));
}

const SCALES: Readonly<{ [unit: string]: number }> = { '%': 0.01, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

function withoutCounts(text: string, record: Record, lies: string[]): string {
  return COUNTS.reduce(
    (rest, { says, allows }) =>
      rest.replace(new RegExp(says.source, `g${says.flags}`), (whole, ...caught: readonly unknown[]) => {
        const numbers = caught.slice(0, -2).map(Number);
        const isSo = allows(record).some(
          (one) => one.length === numbers.length && one.every((count, at) => count === numbers[at]),
        );
        if (!isSo) lies.push(`“${whole}” is not how many the record has`);
        return GONE;
      }),
    text,
  );
}

/** Whatever is left is a word of Medic's own, or the name of something that is known. */
function strangers(text: string, { names }: Sources): readonly string[] {
  return namesIn(text).flatMap((word) => {
    const plain = word.replace(/^[_.:/@%-]+|[_.:/@%-]+$/g, '');
    if (plain === '' || plain === '%' || names.has(plain)) return [];
    if (isDigest(plain, names)) return [];
    const parts = plain.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
    const isKnown = parts.every((part) =>
      /\d/.test(part) ? names.has(part) && parts.length > 1 : OWN.has(part) || names.has(part),
    );
    return isKnown ? [] : [`nothing on record accounts for “${plain}”`];
  });
}

/** The beginning of a hash that is on record. */
function isDigest(word: string, names: ReadonlySet<string>): boolean {
  return /^[0-9a-f]{12,16}$/.test(word) && [...names].some((one) => one.startsWith(word));
}
