import { execFile } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { scratchDir } from '../kit/stack/guardian.ts';
import type { Section } from './table.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Another commit's benchmark, in a worktree of its own. */
export interface OtherTree {
  readonly name: string;
  /** Measures the same parts as that commit has them. */
  measure(parts: readonly string[]): Promise<readonly Section[]>;
  close(): Promise<void>;
}

export async function treeOf(ref: string): Promise<OtherTree> {
  const scratch = await scratchDir('bench-at');
  const tree = join(scratch.path, 'tree');
  const close = async () => {
    await run('git', ['worktree', 'remove', '--force', tree], { cwd: ROOT }).catch(() => undefined);
    await scratch.remove();
  };
  try {
    const { stdout: commit } = await run('git', ['rev-parse', '--short', `${ref}^{commit}`], { cwd: ROOT });
    await run('git', ['worktree', 'add', '--detach', tree, commit.trim()], { cwd: ROOT });
    const main = join(tree, 'test', 'bench', 'main.ts');
    if (!existsSync(main)) throw new Error(`${ref} has no benchmark yet to compare with`);
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    return { name: commit.trim(), measure: (parts) => measured(tree, main, parts), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function measured(tree: string, main: string, parts: readonly string[]): Promise<readonly Section[]> {
  const { stdout } = await run(process.execPath, [main, '--json', '--only', parts.join(',')], {
    cwd: tree,
    maxBuffer: 16 * 2 ** 20,
  });
  const { sections } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    readonly sections: readonly Section[];
  };
  return sections;
}
