import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Where a run is asked to say which of its files failed: the path of a file. */
export const TOLD_IN = 'TEST_FAILED_FILES';

/** A file with tests that failed, and what was wrong with the first of them. */
export interface FailedFile {
  readonly project: string;
  readonly file: string;
  /** Titles, each with the beginning of its error. */
  readonly tests: readonly string[];
  /** Whether a property was found not to hold, whatever a second run would draw. */
  readonly property: boolean;
}

/** Tells which files failed to whoever started the run. */
export default class FailedFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const path = process.env[TOLD_IN];
    if (path === undefined) return;
    const failed = modules.filter((module) => module.state() === 'failed').map(failedFile);
    writeFileSync(path, JSON.stringify({ failed, unhandled: unhandled.length }));
  }
}

function failedFile(module: TestModule): FailedFile {
  const tests = [...module.children.allTests('failed')].map((test) => ({
    title: test.fullName,
    message: test.result().errors?.[0]?.message ?? '',
  }));
  return {
    project: module.project.name,
    file: module.relativeModuleId,
    tests: tests.map(({ title, message }) => `${title}\n      ${message.split('\n', 1)[0]}`),
    property: tests.some(({ message }) => message.startsWith('Property failed')),
  };
}
