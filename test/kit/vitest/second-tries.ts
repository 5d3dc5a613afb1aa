import type { Reporter, TestCase, TestModule } from 'vitest/node';

/** So much of a first error is told, in characters: the thread that it shows may be long. */
const LONGEST = 6_000;

/** Says at the end which tests passed only when they were tried again, with what was wrong the first time: it is not to be hidden. */
export default class SecondTries implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const flaky = modules.flatMap((module) =>
      [...module.children.allTests('passed')].filter((test) => test.diagnostic()?.flaky === true),
    );
    process.stdout.write(`${secondTries(flaky.map(triedTwice))}\n\n`);
  }
}

interface TriedTwice {
  readonly project: string;
  readonly file: string;
  readonly test: string;
  readonly error: string;
}

function triedTwice(test: TestCase): TriedTwice {
  const [first] = test.result().errors ?? [];
  const where = first?.stacks?.map(({ file, line }) => `\n at ${file}:${line}`).join('') ?? '';
  return {
    project: test.project.name,
    file: test.module.relativeModuleId,
    test: test.fullName,
    error: first === undefined ? 'nothing is known of its error' : `${first.name}: ${first.message}${where}`,
  };
}

/** The count is on a line of its own, to be found by whoever looks for it. */
export function secondTries(all: readonly TriedTwice[]): string {
  const count = `Second tries: ${all.length}`;
  if (all.length === 0) return count;
  const line = '!'.repeat(100);
  const tests = all.map(
    ({ project, file, test, error }) =>
      `!! ${project} ${file} > ${test}\n${error.slice(0, LONGEST).replaceAll(/^/gm, '   ')}`,
  );
  const head = `!! THESE TESTS FAILED, AND PASSED ONLY WHEN THEY WERE TRIED AGAIN:`;
  return [line, head, ...tests, line, count].join('\n');
}
