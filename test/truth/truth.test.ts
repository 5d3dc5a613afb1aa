import { describe, expect, it } from 'vitest';
import type { Happening } from '../../src/incident/timeline.ts';
import type { Recording } from '../corpus/format.ts';
import { happensIn } from '../corpus/happens.ts';
import { readCorpus } from '../corpus/keep.ts';
import { wander } from '../corpus/wander.ts';
import { type Moment, momentsOf } from './lives.ts';
import { gathering, type Sources } from './sources.ts';
import { untruths } from './untruths.ts';

const LIVES = readCorpus();
const COUNTED =
  /\b\d+(?= (?:facts?|sources?|alerts?|changes?|% sure|independent|checked quotes?|approvals?)\b)/g;

/** Every moment of a life, with what may be said in it. */
function* witnessed(life: Recording): Generator<readonly [Moment, Sources]> {
  const gather = gathering();
  let seen = 0;
  for (const moment of momentsOf(life)) {
    const fresh = moment.outside.slice(seen);
    seen = moment.outside.length;
    yield [moment, gather(moment, fresh)];
  }
}

function liesIn(life: Recording): readonly string[] {
  const lies = new Set<string>();
  for (const [moment, sources] of witnessed(life))
    for (const text of moment.shown) for (const lie of untruths(text, moment, sources)) lies.add(lie);
  return [...lies];
}

/** What it is called, where it can be put, how it reads there, and what must not be on record for it to be one. */
type Lie = readonly [string, RegExp, (found: string) => string, Happening['kind']?];

/** What no record bears out, each with the texts in which it can be put. */
const LIES: readonly Lie[] = [
  ['another time', /<!date\^\d+/g, (found) => `<!date^${Number(found.slice(7)) + 7_777}`],
  ['another person', /<@\w+>/g, () => '<@UMALLORY>'],
  ['another name of a service', /(?<=[* ])shop(?=[*: .?])/g, () => 'checkout'],
  ['another playbook', /(?<=`)(?:ease|mend|undo|soothe|tune)(?=`)/g, () => 'wipe'],
  ['another host', /\bweb-1\b/g, () => 'web-7'],
  ['one more of what is counted', COUNTED, (found) => String(Number(found) + 41)],
  [
    'another span',
    /(?<=after |in |for )\d+(?:\.\d)?(?= (?:s|min)\b)/g,
    (found) => String(Number(found) + 4_321),
  ],
  [
    'an end that it did not come to',
    /(?<=^|\*|: )(?:Needs a person|Fixing|Investigating)\b/g,
    () => 'Resolved in 3 s',
  ],
  ['somebody’s consent', /(?<=\d{2} UTC> )(?::mag: checked|:hourglass)/g, () => 'approved by <@UDAVE>;'],
  [
    'a proof that there is not',
    /(?<=person is )needed for(?= shop)/g,
    () => 'needed, since recovery proven, for',
    'outcome',
  ],
];

describe('a lie put into what is shown is found', () => {
  const moments = LIVES.flatMap((life) => [...witnessed(life)].slice(-1));

  it.each(LIES.map((lie) => ({ name: lie[0], lie })))('$name', ({ lie: [, says, forge, unless] }) => {
    let told = 0;
    const fit = moments.filter(([{ timeline }]) =>
      timeline.every(({ happening: { kind } }) => kind !== unless),
    );
    for (const [moment, sources] of fit)
      for (const text of moment.shown)
        for (const found of text.matchAll(says)) {
          const forged =
            text.slice(0, found.index) + forge(found[0]) + text.slice(found.index + found[0].length);
          told += 1;
          expect(untruths(forged, moment, sources), forged).not.toEqual([]);
        }
    expect(told).toBeGreaterThan(10);
  });
});

describe('all that is shown of an incident is on its record', () => {
  it('for at least forty lives', () => {
    expect(LIVES.length).toBeGreaterThanOrEqual(40);
  });

  it.each(Array.from({ length: 40 }, (_, n) => n + 101))('through a life by chance, seed %i', (seed) => {
    expect(liesIn({ name: `by chance ${seed}`, happens: happensIn(wander(seed)), led: [] })).toEqual([]);
  });

  it.each(LIVES)('through the whole of “$name”', (life) => {
    expect(liesIn(life)).toEqual([]);
  });
});
