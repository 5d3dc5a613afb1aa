// Records every life anew: `npm run corpus:record`. Only for a change that is meant; what it changed is then read in the diff.
import { happensIn } from './happens.ts';
import { writeCorpus } from './keep.ts';
import { LIVES } from './lives.ts';
import { LIVES_OF_PEOPLE } from './lives-of-people.ts';
import { play } from './play.ts';
import { wander } from './wander.ts';

const WANDERINGS = 6;
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
