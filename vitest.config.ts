import { defineConfig } from 'vitest/config';

/**
 * Files that start a whole stack, Medic itself or a browser, or that are about how fast processes end: one after the
 * other, when the rest is done, so that none starves another.
 */
const real = [
  'stack',
  'attack',
  'upgrade',
  'scenarios',
  'chaos',
  'sabotage',
  'demo',
  'kit/slack/page',
  'kit/stack',
  'kit/hosts',
  'browser',
  'adapters/runners/process',
  'hosts',
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    allowOnly: false,
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: real,
          testTimeout: 20_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'real',
          include: real,
          globalSetup: 'test/attack/print.ts',
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 90_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
