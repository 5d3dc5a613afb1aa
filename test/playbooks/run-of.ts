import { createHosts } from '../../src/adapters/hosts/hosts.ts';
import { createRunners } from '../../src/adapters/runners/runners.ts';
import type { TaskLine } from '../../src/execution/attempt.ts';
import type { Run } from '../../src/playbooks/manifest.ts';

/** What a manifest runs, with values for its parameters; what is not given is empty. */
export function runOf(run: Run, parameters: Readonly<Record<string, string>>): Run {
  const filled = JSON.stringify(run).replace(/\{\{(\w+)\}\}/g, (_, name: string) =>
    JSON.stringify(parameters[name] ?? '').slice(1, -1),
  );
  return JSON.parse(filled) as Run;
}

/** The runners as Medic has them, with an inventory; whoever asks for them closes them. */
export function runnersFor(inventory: string) {
  const hosts = createHosts({ inventory, environment: process.env });
  const runner = createRunners({ inventory, hosts, environment: process.env, redact: (text) => text });
  return { runner, close: () => hosts.close() };
}

/** Keeps the names of what has ended. */
export function endedTasks() {
  const tasks: string[] = [];
  return { tasks, report: (line: TaskLine) => line.status !== 'running' && void tasks.push(line.name) };
}
