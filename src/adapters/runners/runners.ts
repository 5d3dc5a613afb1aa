import type { Order, Runner } from '../../execution/runner.ts';
import { type AnsibleOptions, createAnsibleRunner } from './ansible/runner.ts';
import { createCommandRunner } from './command/runner.ts';
import { createKubernetesRunner, type KubernetesOptions } from './kubernetes/runner.ts';
import { createSshRunner } from './ssh/runner.ts';
import type { WayToHosts } from './ssh/way.ts';

export interface RunnersOptions extends Omit<AnsibleOptions, 'inventory'> {
  /** The Ansible inventory, or null where none is configured: such plans then fail with that reason. */
  readonly inventory: string | null;
  /** The hosts of the inventory; where none are given, nothing can be run on them. */
  readonly hosts?: WayToHosts;
  /** The cluster, or null where none is configured. */
  readonly cluster?: Omit<KubernetesOptions, 'redact'> | null;
}

/** One runner for every kind of order: the kind of command decides who runs it. */
export function createRunners({ inventory, hosts, cluster = null, ...options }: RunnersOptions): Runner {
  const command = createCommandRunner(options);
  const ansible = inventory === null ? lacking(NO_INVENTORY) : createAnsibleRunner({ ...options, inventory });
  const ssh =
    hosts === undefined ? lacking(NO_INVENTORY) : createSshRunner({ hosts, redact: options.redact });
  const kubernetes =
    cluster === null ? lacking(NO_CLUSTER) : createKubernetesRunner({ ...cluster, redact: options.redact });
  const byKind = { ansible, ssh, kubernetes, command };
  return {
    run: (order, report, signal) => byKind[kindOf(order)].run(order, report, signal),
    dryRun: (order, signal) => byKind[rehearsalOf(order)].dryRun(order, signal),
    compare: (order, before, signal) => byKind[kindOf(order)].compare(order, before, signal),
  };
}

type Kind = 'ansible' | 'ssh' | 'kubernetes' | 'command';

function kindOf({ run }: Order): Kind {
  if ('ansible' in run) return 'ansible';
  if ('kubernetes' in run) return 'kubernetes';
  return 'ssh' in run ? 'ssh' : 'command';
}

/** Whatever runs may be rehearsed by a command of its own. */
function rehearsalOf(order: Order): Kind {
  return order.dryRun === 'check' || order.dryRun === null ? kindOf(order) : 'command';
}

const NO_INVENTORY = 'no Ansible inventory is configured';
const NO_CLUSTER = 'no Kubernetes is configured: write kubernetes into medic.yml, beside services';

function lacking(reason: string): Runner {
  return {
    run: async () => ({ kind: 'failed', reason, exitCode: null, untouched: true }),
    dryRun: async () => ({ kind: 'failed', reason }),
    compare: async () => ({ kind: 'unknown', why: reason }),
  };
}
