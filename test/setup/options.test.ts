import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const COMMANDS = [
  'chaos/main.ts',
  'sabotage/main.ts',
  'hosts/hold.ts',
  'bench/main.ts',
  'truth/record.ts',
  'demo/demo.ts',
  'evals/main.ts',
];

const run = (command: string, ...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, '..', command), ...args]);

describe.each(COMMANDS)('the command %s', (command) => {
  it('says how it is used, and starts nothing', async () => {
    const { stdout, stderr } = await run(command, '--help');
    expect(stdout).toMatch(/^(?:Usage: )?npm run [\w:]+ -- \[[\s\S]+\n {2}--\w/);
    expect(stderr).toBe('');
  });

  it('names what it cannot read, and how it is used, without a trace of its own insides', async () => {
    const wrong: { readonly code: number; readonly stderr: string } = await run(command, '--nonsense').then(
      () => expect.unreachable('it has taken an option that it does not have'),
      (error) => error,
    );
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^Unknown option '--nonsense'[\s\S]*\n\n(?:Usage: )?npm run /);
    expect(wrong.stderr).not.toMatch(/^ {4}at /m);
  });
});
