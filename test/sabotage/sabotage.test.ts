import { expect, it } from 'vitest';
import { play } from './run.ts';

it('never speaks of a recovery that is none, and of every one that is', async () => {
  const verdicts = await play({ seed: 11, sabotaged: 48, honest: 12, atOnce: 16 });
  const failed = verdicts.filter(({ wrong, broken }) => wrong.length > 0 || broken !== null);
  expect(failed.map(({ service, wrong, broken }) => [service, ...wrong, broken])).toEqual([]);
}, 180_000);
