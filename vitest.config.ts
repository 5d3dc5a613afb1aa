import { configDefaults, defineConfig } from 'vitest/config';
import FailedFiles from './test/kit/vitest/failed-files.ts';
import SecondTries from './test/kit/vitest/second-tries.ts';

const filesIn = (folders: readonly string[]) => folders.map((folder) => `test/${folder}/**/*.test.ts`);

/** Files that start a whole stack, Medic itself or a browser, each with a Redis and ports of its own: two at a time, for they mostly wait. */
const real = filesIn([
  'stack',
  'upgrade',
  'scenarios',
  'demo',
  'kit/slack/page',
  'kit/stack',
  'kit/hosts',
  'browser',
]);

/** Files that need the programs of Kubernetes' control plane, which only some machines have: they run where `KUBEBUILDER_ASSETS` names their folder. */
const cluster = filesIn(['cluster']);
const hasCluster = (process.env.KUBEBUILDER_ASSETS ?? '') !== '';

/** Files that keep the machine busy, or that are about how fast something goes, on hosts as in processes: one after the other, when the rest is done. */
const alone = filesIn(['attack', 'chaos', 'hosts', 'sabotage', 'adapters/runners/process']);

/** Keeps every wait within the time of its test. */
const setupFiles = ['test/kit/vitest/each-test.ts'];

/**
 * What runs real programs may be hit by what the machine does meanwhile: it is tried once more, and that is told at the end. A property that
 * was found not to hold does not hold, whatever the next try draws.
 */
const retry = { count: 1, condition: /^(?!Property failed)/ };

export default defineConfig({
  test: {
    allowOnly: false,
    passWithNoTests: false,
    reporters: [...configDefaults.reporters, new SecondTries(), new FailedFiles()],
    projects: [
      {
        test: {
          name: 'unit',
          setupFiles,
          retry,
          include: ['test/**/*.test.ts'],
          exclude: [...real, ...cluster, ...alone],
          // By default one core is left over, which is half of a machine with two.
          maxWorkers: '100%',
          testTimeout: 20_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'real',
          setupFiles,
          retry,
          include: hasCluster ? [...real, ...cluster] : real,
          maxWorkers: 2,
          testTimeout: 240_000,
          hookTimeout: 90_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'alone',
          setupFiles,
          retry,
          include: alone,
          globalSetup: 'test/attack/print.ts',
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 90_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
