import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchDir } from '../stack/guardian.ts';
import { type FailedFile, TOLD_IN } from './failed-files.ts';

/**
 * `npm test`: runs all tests, and the files that failed once more, each from its beginning, with nothing of the first try left. What real
 * programs on a busy machine have spoilt passes then, and is told; what is wrong fails again. With arguments it is a plain run of vitest.
 */

/** Where more files than this fail, something is wrong and no second try is worth its time. */
const MOST = 8;

const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));
const wanted = process.argv.slice(2);

const scratch = await scratchDir('test-run');
try {
  process.exitCode = wanted.length > 0 ? (await run(wanted)).code : await runTwice();
} finally {
  await scratch.remove();
}

async function runTwice(): Promise<number> {
  const { code, failed } = await run([]);
  if (code === 0 || failed === null || failed.length > MOST || failed.some(({ property }) => property))
    return code;
  say('THESE FILES FAILED, AND ARE RUN ONCE MORE FROM THE BEGINNING:', failed);
  const second = await run(failed.map(({ file }) => file));
  if (second.code === 0) say('ALL TESTS PASSED, OF THESE FILES ONLY WHEN THEY WERE RUN AGAIN:', failed);
  return second.code;
}

/** Resolves to the files that failed; to null where it failed by something else than a test. */
async function run(args: readonly string[]): Promise<{ code: number; failed: readonly FailedFile[] | null }> {
  const told = join(scratch.path, `${performance.now()}.json`);
  const env = { ...process.env, [TOLD_IN]: told };
  const child = spawn(process.execPath, [vitest, 'run', ...args], { stdio: 'inherit', env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code: code ?? 1, failed: failedIn(told) };
}

function failedIn(path: string): readonly FailedFile[] | null {
  try {
    const { failed, unhandled } = JSON.parse(readFileSync(path, 'utf8'));
    return unhandled === 0 && failed.length > 0 ? failed : null;
  } catch {
    return null;
  }
}

function say(head: string, failed: readonly FailedFile[]): void {
  const line = '!'.repeat(100);
  const files = failed.map(({ project, file, tests }) =>
    [`!! ${project} ${file}`, ...tests.map((test) => `   ${test}`)].join('\n'),
  );
  process.stdout.write(`${[line, `!! ${head}`, ...files, line].join('\n')}\n\n`);
}
