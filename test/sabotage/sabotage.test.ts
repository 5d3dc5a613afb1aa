import { expect, it } from 'vitest';
import { against, play } from './run.ts';

it('never speaks of a recovery that is none, and of every one that is', async () => {
  const verdicts = await play({ seed: 11, sabotaged: 48, honest: 12, atOnce: 16 });
  expect(against(verdicts).map(({ service, wrong, broken }) => [service, ...wrong, broken])).toEqual([]);
}, 180_000);
