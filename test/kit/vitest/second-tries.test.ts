import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scratchDir } from '../stack/guardian.ts';

const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));
const reporter = fileURLToPath(new URL('second-tries.ts', import.meta.url));
const failedFiles = fileURLToPath(new URL('failed-files.ts', import.meta.url));
const runner = fileURLToPath(new URL('run.ts', import.meta.url));

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

/** Runs tests as `npm test` does, where a test is tried once; \`fresh\` is so at the first run only. */
async function runAll(tests: string) {
  const scratch = await scratchDir('test-run');
  onTestFinished(() => scratch.remove());
  const config = { globals: true, reporters: ['default', failedFiles] };
  writeFileSync(
    join(scratch.path, 'vitest.config.js'),
    `export default { test: ${JSON.stringify(config)} };`,
  );
  const fresh = `
import { existsSync, writeFileSync } from 'node:fs';
const fresh = !existsSync('seen');
writeFileSync('seen', '');`;
  writeFileSync(join(scratch.path, 'some.test.js'), `${fresh}\n${tests}`);
  writeFileSync(join(scratch.path, 'other.test.js'), "it('is well', () => console.log('the other ran'));");
  return spawnSync(process.execPath, [runner], { encoding: 'utf8', cwd: scratch.path });
}

describe('a file with a test that fails', { timeout: 60_000 }, () => {
  it('is run once more from its beginning, alone, and that is told', async () => {
    const { status, stdout } = await runAll(
      "it('minds', () => { if (fresh) throw new Error('left over'); });",
    );
    expect(stdout).toMatch(/ONCE MORE FROM THE BEGINNING:\n!! .*some\.test\.js\n {3}minds\n {6}left over\n/);
    expect(stdout).toContain('ALL TESTS PASSED, OF THESE FILES ONLY WHEN THEY WERE RUN AGAIN:');
    expect(stdout.split('the other ran')).toHaveLength(2);
    expect(status).toBe(0);
  });

  it('fails the run where it fails again', async () => {
    const { status, stdout } = await runAll("it('fails', () => { throw new Error('always wrong'); });");
    expect(stdout).toContain('ONCE MORE FROM THE BEGINNING');
    expect(stdout).not.toContain('ALL TESTS PASSED');
    expect(status).toBe(1);
  });

  it('is not run again where a property does not hold, or nothing but a test is wrong', async () => {
    for (const tests of [
      "it('holds', () => { if (fresh) throw new Error('Property failed after 3 tests'); });",
      "it('passes', () => {}); if (fresh) setTimeout(() => { throw new Error('nobody caught it'); }); it('waits', () => new Promise((done) => setTimeout(done, 50)));",
    ]) {
      const { status, stdout } = await runAll(tests);
      expect(stdout).not.toContain('ONCE MORE FROM THE BEGINNING');
      expect(status).toBe(1);
    }
  });
});

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
