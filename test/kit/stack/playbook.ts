import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A line that the callback plugin wrote. */
export type PlaybookEvent = { event: string; task?: string; changed?: boolean; diff?: string; msg?: string };
export type PlaybookRun = { code: number; events: PlaybookEvent[]; output: string };

/** Runs a playbook file with the callback plugin; `vars` go by file. Resolves whatever its exit code. */
export async function runPlaybookFile(
  file: string,
  { dir, inventory, vars, flags = [] }: { dir: string; inventory: string; vars: object; flags?: string[] },
): Promise<PlaybookRun> {
  const varsFile = join(dir, 'vars.json');
  await writeFile(varsFile, JSON.stringify(vars));
  const env = {
    ...process.env,
    ANSIBLE_CALLBACK_PLUGINS: join(root, 'src/adapters/runners/ansible/callback'),
    ANSIBLE_STDOUT_CALLBACK: 'medic',
    ANSIBLE_PIPELINING: '1',
    ANSIBLE_LOCAL_TEMP: join(dir, 'ansible'),
  };
  const argv = ['-i', inventory, '-e', `@${varsFile}`, ...flags, file];
  return new Promise((resolve) => {
    execFile('ansible-playbook', argv, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error ? Number(error.code ?? -1) : 0;
      const events = stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as PlaybookEvent);
      resolve({ code, events, output: stdout + stderr });
    });
  });
}

/** Runs one of the project's playbooks. */
export function runPlaybook(name: string, options: Parameters<typeof runPlaybookFile>[1]) {
  return runPlaybookFile(join(root, 'playbooks', name, 'site.yml'), options);
}
