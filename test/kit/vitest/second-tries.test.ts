import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scratchDir } from '../stack/guardian.ts';

const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));
const reporter = fileURLToPath(new URL('second-tries.ts', import.meta.url));

const FLAKY = `
describe.concurrent('some', () => {
  const tried = { a: 0, b: 0 };
  it('passes at its second try', () => { tried.a += 1; if (tried.a === 1) throw new Error('the first\\nwas wrong'); });
  it('passes at once', () => {});
});`;
const WRONG = `
it('fails twice', () => { throw new Error('always wrong'); });`;

/** Runs tests with one second try in a process of their own, as a project of this repository does. */
async function run(tests: string) {
  const scratch = await scratchDir('second-tries');
  onTestFinished(() => scratch.remove());
  const config = { globals: true, retry: 1, reporters: ['default', reporter] };
  writeFileSync(
    join(scratch.path, 'vitest.config.js'),
    `export default { test: ${JSON.stringify(config)} };`,
  );
  writeFileSync(join(scratch.path, 'some.test.js'), tests);
  return spawnSync(process.execPath, [vitest, 'run'], { encoding: 'utf8', cwd: scratch.path });
}

describe('a test that is tried twice', { timeout: 60_000 }, () => {
  it('is told at the end with its first error where it passed at last, and counted', async () => {
    const { status, stdout } = await run(FLAKY);
    expect(stdout).toMatch(
      /!! {2}some\.test\.js > some > passes at its second try\n {3}Error: the first\n {3}was wrong[\s\S]*\nSecond tries: 1\n/,
    );
    expect(stdout).not.toContain('!!  some.test.js > some > passes at once');
    expect(status).toBe(0);
  });

  it('fails the run where it failed both times', async () => {
    const { status, stdout } = await run(WRONG);
    expect(stdout).toMatch(/\nSecond tries: 0\n/);
    expect(status).toBe(1);
  });
});
