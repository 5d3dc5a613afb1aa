import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCorpus } from '../../../../corpus/keep.ts';
import { shipped } from '../../../../kit/faults/shipped.ts';
import { lifeOf, momentsOf } from '../../../../truth/lives.ts';
import { textsOfFiles, textsOfSource } from '../../../../truth/own-words.ts';

const LOOKS = join(import.meta.dirname, 'looks');
/** Nobody reads more than this in one breath at three in the morning. */
const MOST_WORDS = 25;

/** What sounds translated, or says in many words what an engineer says in few. Each was said once. */
const PHRASES: readonly string[] = [
  'no way back',
  'premises could',
  'the fix dry',
  'stands there now',
  'helped not',
  'as a rule',
  'after the fix began',
  'told anew',
  'series are drawn',
  'is drawn',
  'computed, not claimed',
  'bear it out',
  'bears out',
  'borne out',
  'stands on evidence',
  'to be had',
  'be had',
  'looking whether',
  'watching whether',
  'is ill as well',
  'decided anew',
  'asks anew',
  'all the same',
  'come to its end',
  'has no way to',
  'nobody has seen that',
  'that they are on it',
  'is waited for',
  'would have been done',
  'is only observed',
  'is looked into and told',
  'what it makes of',
  'to the letter.',
  'the word of',
  'in sight',
  'a card of its own',
  'does nothing any more',
  'knows nothing of',
  'turns in a circle',
  'as its supervisor has it',
  'by the kernel',
  'who asks it',
  'take a dump of',
  'begins it anew',
  'told so',
  'nobody says what',
  'that the service has not',
  'for dead',
  'at its worst',
  'in the end.',
];

/** The sentences of a text: a line ends one, and so do a full stop, a semicolon and a mark of small print; bold words begin one. */
function sentencesIn(text: string): readonly string[] {
  return text
    .replace(/\(https?:[^)]*\)/g, '')
    .split(/\n|[.!?;](?=\s|$)|·| (?=\*)/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

const wordsIn = (sentence: string) => sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));

/** All that the library of faults says to people. */
function textsOfFaults(): readonly string[] {
  return [...shipped().library.faults.values()].flatMap(({ fault }) => [
    ...[fault.title, fault.summary, fault.cause, fault.prevention, ...fault.steps],
    ...[...fault.signs, ...fault.against].map(({ claim }) => claim),
    ...fault.unless.map(({ because }) => because),
  ]);
}

/** The cards, threads and answers at the end of every life of the corpus, without what machines and people wrote in quotes and commands. */
function textsOfLives(): readonly string[] {
  return readCorpus()
    .flatMap((one) => momentsOf(lifeOf(one)).at(-1)?.shown ?? [])
    .map((text) =>
      text
        .replace(/“[^”]*”/g, '“…”')
        .replace(/<[^<>]*>/g, 'x')
        .replace(/^>.*$/gm, ''),
    );
}

describe('what people read', () => {
  const looks = readdirSync(LOOKS).map((file) => readFileSync(join(LOOKS, file), 'utf8'));

  it('has no sentence of more than 25 words', () => {
    const long = looks.flatMap(sentencesIn).filter((sentence) => wordsIn(sentence).length > MOST_WORDS);
    expect(looks.length).toBeGreaterThan(1);
    expect(long).toEqual([]);
  });

  it('has none in the library of faults, nor in the cards, threads and answers of any life', () => {
    const texts = [...textsOfFaults(), ...textsOfLives()];
    const long = texts.flatMap(sentencesIn).filter((sentence) => wordsIn(sentence).length > MOST_WORDS);
    expect(texts.length).toBeGreaterThan(1000);
    expect(long).toEqual([]);
  });

  it('has none in the dialogs and the Home tab', () => {
    const texts = textsOfFiles(['adapters/sinks/slack/blocks/modals', 'adapters/sinks/slack/blocks/home']);
    const long = texts.flatMap(sentencesIn).filter((sentence) => wordsIn(sentence).length > MOST_WORDS);
    expect(texts.length).toBeGreaterThan(100);
    expect(long).toEqual([]);
  });

  it('sounds like an engineer on call, and not translated', () => {
    const said = [...textsOfSource(), ...textsOfFaults(), ...textsOfLives()];
    const texts = [...looks.flatMap((look) => look.split('\n')), ...said];
    const found = texts.flatMap((text) =>
      PHRASES.filter((phrase) => text.toLowerCase().includes(phrase)).map(
        (phrase) => `“${phrase}” in: ${text}`,
      ),
    );
    expect(texts.length).toBeGreaterThan(500);
    expect(found).toEqual([]);
  });
});
