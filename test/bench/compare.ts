import { execFile } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { scratchDir } from '../kit/stack/guardian.ts';
import type { OtherRun, Section } from './table.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the same parts of the benchmark as another commit has them, in a worktree of its own that is gone afterwards. */
export async function runAt(ref: string, parts: readonly string[]): Promise<OtherRun> {
  const scratch = await scratchDir('bench-at');
  const tree = join(scratch.path, 'tree');
  try {
    const { stdout: commit } = await run('git', ['rev-parse', '--short', `${ref}^{commit}`], { cwd: ROOT });
    await run('git', ['worktree', 'add', '--detach', tree, commit.trim()], { cwd: ROOT });
    const main = join(tree, 'test', 'bench', 'main.ts');
    if (!existsSync(main)) throw new Error(`${ref} has no benchmark yet to compare with`);
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    const { stdout } = await run(process.execPath, [main, '--json', '--only', parts.join(',')], {
      cwd: tree,
      maxBuffer: 16 * 2 ** 20,
    });
    const { sections } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
      sections: readonly Section[];
    };
    return { name: commit.trim(), sections };
  } finally {
    await run('git', ['worktree', 'remove', '--force', tree], { cwd: ROOT }).catch(() => undefined);
    await scratch.remove();
  }
}
