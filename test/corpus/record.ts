// Records every life anew: `npm run corpus:record`. Only for a change that is meant; what it changed is then read in the diff.
import type { Given } from '../../src/incident/given.ts';
import { given, T0 } from '../incident/fixtures.ts';
import type { Walk } from '../incident/walk.ts';
import { writeCorpus } from './keep.ts';
import { LIVES } from './lives.ts';
import { LIVES_OF_PEOPLE } from './lives-of-people.ts';
import { writtenOf } from './moves.ts';
import { type Around, type Happens, play } from './play.ts';
import { wander } from './wander.ts';

const WANDERINGS = 6;
const USUAL = given();
const KEPT = [
  'fence',
  'aliveSince',
  'reachableSince',
  'policyDigest',
  'model',
  'silences',
  'heard',
  'around',
] as const;

function aroundOf(circumstances: Given): Around {
  const settings = writtenOf(circumstances.settings);
  const others = KEPT.filter((name) => JSON.stringify(circumstances[name]) !== JSON.stringify(USUAL[name]));
  return {
    ...Object.fromEntries(others.map((name) => [name, circumstances[name]])),
    ...(settings === undefined ? {} : { settings }),
  };
}

function happensIn({ fed }: Walk): readonly Happens[] {
  return fed.map(({ event, given: circumstances }, index) => ({
    later: circumstances.now - (fed[index - 1]?.given.now ?? T0),
    event,
    around: aroundOf(circumstances),
  }));
}

const lives = [
  ...Object.entries({ ...LIVES, ...LIVES_OF_PEOPLE }),
  ...Array.from({ length: WANDERINGS }, (_, index) => {
    const seed = String(index + 1).padStart(2, '0');
    return [`by chance ${seed}`, () => wander(index + 1)] as const;
  }),
];
writeCorpus(
  lives
    .map(([name, live]) => {
      const happens = happensIn(live());
      return { name: name.replace(/[^a-z0-9]+/gi, '-'), happens, led: play(happens) };
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1)),
);
