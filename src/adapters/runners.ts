import type { Order, Runner } from '../execution/runner.ts';
import { type AnsibleOptions, createAnsibleRunner } from './ansible/runner.ts';
import { createCommandRunner } from './command/runner.ts';

export interface RunnersOptions extends Omit<AnsibleOptions, 'inventory'> {
  /** The Ansible inventory, or null where none is configured: such plans then fail with that reason. */
  readonly inventory: string | null;
}

/** One runner for every kind of order: the kind of command decides who runs it. */
export function createRunners({ inventory, ...options }: RunnersOptions): Runner {
  const command = createCommandRunner(options);
  const ansible = inventory === null ? noInventory : createAnsibleRunner({ ...options, inventory });
  return {
    run: (order, report, signal) => ('ansible' in order.run ? ansible : command).run(order, report, signal),
    dryRun: (order, signal) => (isCheck(order) ? ansible : command).dryRun(order, signal),
  };
}

/** An Ansible playbook may be rehearsed by a command of its own. */
function isCheck(order: Order): boolean {
  return 'ansible' in order.run && (order.dryRun === 'check' || order.dryRun === null);
}

const REASON = 'no Ansible inventory is configured';
const noInventory: Runner = {
  run: async () => ({ kind: 'failed', reason: REASON, exitCode: null, untouched: true }),
  dryRun: async () => ({ kind: 'failed', reason: REASON }),
};
