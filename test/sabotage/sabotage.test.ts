import { expect, it } from 'vitest';
import { against, play } from './run.ts';
import { SEEDED_LIES } from './seeded-lies.ts';

it('never speaks of a recovery that is none, and of every one that is', async () => {
  const verdicts = await play({ seed: 11, sabotaged: 48, honest: 12, atOnce: 16 });
  const told = against(verdicts).map(
    ({ service, wrong, broken }) => `${service}: ${[...wrong, broken].join('; ')}`,
  );
  expect(told.join('\n')).toBe('');
}, 240_000);

it.each(SEEDED_LIES)(
  'is caught at it, in every kind of such cases, where it $name',
  async ({ edits, kinds }) => {
    const verdicts = await play({ seed: 12, sabotaged: 8, honest: 0, atOnce: 8, kinds, lies: edits });
    const caught = new Set(verdicts.flatMap(({ kind, wrong }) => (wrong.length > 0 ? [kind] : [])));
    expect([...caught].sort()).toEqual([...kinds].sort());
  },
  180_000,
);
