import { describe, expect, it } from 'vitest';
import type { TimelineEvent } from '../../src/incident/model/timeline.ts';
import { chanceOf } from '../chaos/world/random.ts';
import { happensIn } from '../corpus/happens.ts';
import { readCorpus } from '../corpus/keep.ts';
import { wander } from '../corpus/wander.ts';
import { type Life, lifeOf, type Moment } from './lives.ts';
import { KINDS, type Kind, mutated } from './mutations.ts';
import type { Sources } from './sources.ts';
import { readStreams } from './streams.ts';
import { unsummed } from './sums.ts';
import { untruths } from './untruths.ts';
import { witnessed } from './witnessed.ts';

const LIVES = readCorpus().map(lifeOf);
const STREAMS = readStreams();
const COUNTED =
  /\b\d+(?= (?:facts?|sources?|alerts?|changes?|% sure|independent|checked quotes?|approvals?)\b)/g;

/** A text is looked at when it is new and at the end, and with `always` after every event: what was true may be so no more. */
function liesIn(life: Life, always = true): readonly string[] {
  const lies = new Set<string>();
  const seen = new Set<string>();
  const all = [...witnessed(life)];
  for (const [index, [moment, sources]] of all.entries()) {
    const isLast = index === all.length - 1;
    const texts = moment.shown.filter((text) => always || isLast || !seen.has(text));
    for (const text of texts) for (const lie of untruths(text, moment, sources)) lies.add(lie);
    for (const text of moment.shown) seen.add(text);
    for (const lie of unsummed(moment.shown)) lies.add(lie);
  }
  return [...lies];
}

/** What it is called, where it can be put, how it reads there, and what must not be on record for it to be one. */
type Lie = readonly [string, RegExp, (found: string) => string, TimelineEvent['kind']?];

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

type Moments = readonly (readonly [Moment, Sources])[];

/** Every text of these moments with the lie in one of its places. */
function lies(moments: Moments, says: RegExp, forge: Lie[2]) {
  return moments.flatMap(([moment, sources]) =>
    moment.shown.flatMap((text) =>
      [...text.matchAll(says)].map(({ index, 0: found }) => ({
        forged: text.slice(0, index) + forge(found) + text.slice(index + found.length),
        moment,
        sources,
      })),
    ),
  );
}

/** Those of them in which nothing is found. */
function unfound(moments: Moments, says: RegExp, forge: Lie[2]): readonly string[] {
  return lies(moments, says, forge)
    .filter(({ forged, moment, sources }) => untruths(forged, moment, sources).length === 0)
    .map(({ forged }) => forged);
}

describe('a lie put into what is shown is found', () => {
  const moments = LIVES.flatMap((life) => [...witnessed(life)].slice(-1));

  it.each(LIES.map((lie) => ({ name: lie[0], lie })))('$name', ({ lie: [, says, forge, unless] }) => {
    const fit = moments.filter(([{ timeline }]) =>
      timeline.every(({ happening: { kind } }) => kind !== unless),
    );
    expect(lies(fit, says, forge).length).toBeGreaterThan(10);
    expect(unfound(fit, says, forge)).toEqual([]);
  });
});

/** Lies that can be put into what somebody is told who asked with `/diagnose`: into a recorded answer, at any moment of its life. */
const LIES_OF_ANSWERS: readonly Lie[] = [
  ['health that was not seen', /\blooks healthy\b/gi, () => 'does not look healthy'],
  ['health of what is ill', /(?<=^Cause: .*; ).+$/g, () => 'looks healthy'],
  ['health before anything was looked at', /^Gathering evidence(?= \()/g, () => 'Looks healthy'],
  ['another certainty', /\d+(?= % sure)/g, (found) => String(Number(found) - 41)],
  ['another span', /(?<=^Gathering evidence \()\d+(?= s\))/g, (found) => String(Number(found) + 4_321)],
  ['somebody else who asked', /<@\w+>(?= asked for it)/g, () => '<@U0CAROL>'],
  ['a fix that was made', /(?<=; )about to fix$/g, () => 'resolved in 3 s'],
];

describe('a lie put into an answer to /diagnose is found', () => {
  const asked = STREAMS.filter(({ steps: [first] }) => first?.event.type === 'diagnosis-requested');
  const moments = asked.flatMap((life) => [...witnessed(life)]);

  it('in at least four lives of a real Medic', () => {
    expect(asked.length).toBeGreaterThanOrEqual(4);
  });

  it.each(LIES_OF_ANSWERS.map((lie) => ({ name: lie[0], lie })))('$name', ({ lie: [, says, forge] }) => {
    expect(lies(moments, says, forge).length).toBeGreaterThan(0);
    expect(unfound(moments, says, forge)).toEqual([]);
  });
});

describe('all that is shown of an incident is on its record', () => {
  it('for at least forty lives', () => {
    expect(LIVES.length).toBeGreaterThanOrEqual(40);
  });

  it.each(Array.from({ length: 40 }, (_, n) => n + 101))('through a life by chance, seed %i', (seed) => {
    expect(liesIn(lifeOf({ name: `by chance ${seed}`, happens: happensIn(wander(seed)) }))).toEqual([]);
  });

  it.each(LIVES)('through the whole of “$name”', (life) => {
    expect(liesIn(life)).toEqual([]);
  });

  describe('of real Medics, in the cases of sabotage and on real hosts', () => {
    it('for at least forty', () => {
      expect(STREAMS.length).toBeGreaterThanOrEqual(40);
    });

    it.each(STREAMS)('through $name', { timeout: 60_000 }, (life) => {
      const [moment] = [...witnessed(life)].at(-1) ?? [];
      const advice = 'the recorded events lead elsewhere today: npm run truth:record';
      expect(moment?.incident.version, advice).toBe(life.last);
      expect(liesIn(life, false)).toEqual([]);
    });
  });
});

describe('of texts in which chance has changed one thing', () => {
  /** What is seen of each kind, at least: see README.md for what is not. */
  const SEEN: Readonly<Record<Kind, number>> = {
    number: 0.9,
    span: 0.8,
    time: 0.95,
    'name of nobody': 0.95,
    'name of another': 0.6,
    verdict: 0.9,
  };
  const chance = chanceOf(7);
  const tried: { readonly kind: Kind; readonly isSeen: boolean; readonly what: string }[] = [];
  for (const life of [...LIVES, ...STREAMS.filter((_, index) => index % 4 === 0)]) {
    const all = [...witnessed(life)];
    const [middle, last] = [all[chance.between(0, all.length - 1)], all.at(-1)];
    for (const [moment, sources] of [middle, last].filter((one) => one !== undefined))
      for (const kind of KINDS) {
        const [first, ...others] = moment.shown.flatMap((text) => mutated(text, moment, kind, chance) ?? []);
        if (first === undefined) continue;
        const { was, is, text } = chance.pick([first, ...others]);
        const isSeen = untruths(text, moment, sources).length > 0;
        tried.push({ kind, isSeen, what: `${kind}: ${is} for ${was}, in: ${text}` });
      }
  }
  const partSeen = (those: typeof tried) => those.filter(({ isSeen }) => isSeen).length / those.length;
  const unseen = (those: typeof tried) =>
    those.flatMap(({ isSeen, what }) => (isSeen ? [] : [what])).join('\n');

  it('nine of ten are found', () => {
    expect(tried.length).toBeGreaterThan(500);
    expect(partSeen(tried), unseen(tried)).toBeGreaterThanOrEqual(0.9);
  });

  it.each(KINDS)('most are found where it is another %s', (kind) => {
    const those = tried.filter((one) => one.kind === kind);
    expect(partSeen(those), unseen(those)).toBeGreaterThanOrEqual(SEEN[kind]);
  });
});
