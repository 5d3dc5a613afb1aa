import { relative } from 'node:path';
import type { Linted, Trial, Tried } from '../../app/replay/lint.ts';
import { type Mistake, sentenceOf } from '../../lib/schema/mistake.ts';

const VERDICTS: Readonly<Record<Trial['verdict'], string>> = {
  cause: 'is recognised',
  consequence: 'is recognised, as a consequence of another',
  'ruled out': 'is ruled out',
  near: 'came near',
  far: 'is not there: none of its signs is',
};
const MARKS: Readonly<Record<Mistake['kind'], string>> = { wrong: '✗', doubtful: '?', unchecked: '–' };

/** Every mistake by its place, and a line that sums it up. */
export function lintText({ mistakes, faults, path }: Linted, folder: string): string {
  const lines = mistakes.map(
    (one) => `${MARKS[one.kind]} ${sentenceOf({ ...one, file: shortened(one.file, folder) })}\n`,
  );
  const wrong = mistakes.filter(({ kind }) => kind === 'wrong').length;
  const sum = wrong === 0 ? 'Nothing is wrong' : `${wrong} ${wrong === 1 ? 'mistake' : 'mistakes'}`;
  return `${lines.join('')}${sum} (${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} in ${shortened(path, folder)})\n`;
}

function shortened(file: string, folder: string): string {
  const near = relative(folder, file);
  return near.startsWith('..') ? file : near || '.';
}

/** How each fault did, sign by sign; those of which nothing was there in a line together. */
export function trialText(trials: readonly Trial[], about: string): string {
  const far = trials.filter(({ verdict }) => verdict === 'far');
  const shown =
    trials.length === far.length && trials.length <= 3 ? trials : trials.filter((one) => !far.includes(one));
  const rest = far.filter((one) => !shown.includes(one));
  return [
    `\nTried on ${about}:\n`,
    ...shown.map(oneText),
    ...(rest.length === 0
      ? []
      : [
          `\nOf ${rest.length} no sign was there${rest.length > 12 ? '' : `: ${rest.map(({ fault }) => fault).join(', ')}`}.\n`,
        ]),
  ].join('');
}

function oneText({ fault, verdict, object, signs, unless, against }: Trial): string {
  const where = object === null ? '' : ` in ${object}`;
  const seen = signs.filter(({ holds }) => holds).length;
  const share = verdict === 'near' ? `, with ${seen} of ${signs.length} signs` : '';
  return [
    `\n${fault} ${VERDICTS[verdict]}${share}${where}\n`,
    ...signs.map((one) => triedText(one, one.holds ? '+' : '-', one.holds ? '' : 'missing: ')),
    ...unless.filter(({ holds }) => holds).map((one) => triedText(one, '!', 'excluded, as ')),
    ...against.filter(({ holds }) => holds).map((one) => triedText(one, '!', 'speaks against it: ')),
  ].join('');
}

function triedText({ words, lines, otherwise, unread }: Tried, mark: string, lead: string): string {
  return [
    `  ${mark} ${lead}${words}\n`,
    ...lines.map(({ evidence, quote }) => `      ${evidence}: ${quote}\n`),
    ...otherwise.map(
      ({ evidence, quote, usual }) =>
        `      ${evidence}: ${quote}${usual ? ' (so already while all was well)' : ''}\n`,
    ),
    ...(unread.length === 0 ? [] : [`      nothing was read of ${unread.join(', ')}\n`]),
  ].join('');
}
