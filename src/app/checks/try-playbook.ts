import { createLooker } from '../../adapters/collectors/looks/looker.ts';
import { createHosts, type OpenHosts } from '../../adapters/hosts/hosts.ts';
import { createRunners } from '../../adapters/runners/runners.ts';
import { registered } from '../../alerts/subject.ts';
import type { Config } from '../../config/load.ts';
import { orderOf } from '../../engine/effects/perform.ts';
import { viewOf } from '../../engine/effects/view.ts';
import type { LookReading } from '../../evidence/looks/look.ts';
import type { DryRunResult } from '../../execution/runner.ts';
import { sentenceOf } from '../../lib/schema/mistake.ts';
import { nearest } from '../../lib/text/nearest.ts';
import { plainly } from '../../lib/text/text-read.ts';
import { readCatalog } from '../../playbooks/catalog.ts';
import { freeze } from '../../playbooks/freeze.ts';
import type { Plan } from '../../playbooks/plan.ts';
import type { Grounds } from '../../playbooks/sources.ts';
import { clusterOf } from '../infrastructure.ts';
import { isolationOf } from '../isolation.ts';
import { readConfigAlone } from './check.ts';

export type Tried =
  | { readonly kind: 'refused'; readonly reasons: readonly string[] }
  | {
      readonly kind: 'tried';
      readonly plan: Plan;
      readonly looks: readonly LookReading[];
      readonly rehearsed: DryRunResult | { readonly kind: 'none' };
    };

/** Makes the plan of a playbook for a service as a person would ask for it, takes its look and rehearses it. Runs nothing of it. */
export async function tryPlaybook(
  name: string,
  values: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Tried> {
  const { config, mistakes } = readConfigAlone(given);
  if (config === null) return refused(mistakes.map(sentenceOf));
  if (config.hands === null) return refused(['a brain runs nothing: try it where the runner is']);
  const read = readCatalog(config.playbooks);
  const playbook = read.catalog.get(name);
  if (playbook === undefined) {
    const own = read.mistakes.filter(({ file }) => file.includes(`/${name}/`));
    const near = nearest(name, [...read.catalog.keys()]);
    const unknown = `no playbook "${name}" in ${config.playbooks}${near === null ? '' : `: did you mean ${near}?`}`;
    return refused(own.length > 0 ? own.map(sentenceOf) : [unknown]);
  }
  const grounds = groundsFor(values.service, config);
  if ('why' in grounds) return refused([grounds.why]);
  const frozen = freeze('try', playbook, values, grounds, { kind: 'person', user: 'terminal' });
  if (frozen.kind === 'refused')
    return refused(frozen.problems.map(({ parameter, words }) => `${parameter}: ${plainly(words)}`));
  const runAs = (await isolationOf(config)).runAs;
  const hosts = createHosts({ ...config.hands, runAs });
  try {
    return await rehearse(frozen.plan, { config, hosts, grounds, catalog: read.catalog, runAs, signal });
  } finally {
    await hosts.close();
  }
}

interface Parts {
  readonly config: Config;
  readonly hosts: OpenHosts;
  readonly grounds: Grounds;
  readonly catalog: Parameters<typeof orderOf>[3];
  readonly runAs: Parameters<typeof createHosts>[0]['runAs'];
  readonly signal: AbortSignal;
}

async function rehearse(plan: Plan, parts: Parts): Promise<Tried> {
  const { config, hosts, grounds, catalog, runAs = null, signal } = parts;
  const service = viewOf(grounds.subject, config.settings);
  const { inventory = '', environment = {} } = config.hands ?? {};
  const looker = createLooker({
    ...{ hosts, environment, runAs, now: Date.now },
    timeout: config.settings.evidence.look,
  });
  const target = { service, hosts: plan.look?.hosts ?? null, symptomAt: Date.now() };
  const looks =
    plan.look === null || target.service === null
      ? []
      : await looker.look(plan.look.spec, { ...target, service: target.service }, signal);
  const cluster = clusterOf(config.settings, Date.now);
  const runner = createRunners({ inventory, hosts, environment, runAs, cluster, redact: (text) => text });
  const order = plan.dryRun === null ? null : orderOf('try', plan.run, plan, catalog);
  const rehearsed = order === null ? ({ kind: 'none' } as const) : await runner.dryRun(order, signal);
  return { kind: 'tried', plan, looks, rehearsed };
}

function groundsFor(service: string | undefined, { settings }: Config): Grounds | { readonly why: string } {
  const known = Object.keys(settings.services);
  if (service === undefined) return { why: `say which service: service=${known[0] ?? '<service>'}` };
  const entry = Object.hasOwn(settings.services, service) ? settings.services[service] : undefined;
  if (entry === undefined) {
    const near = nearest(service, known);
    return { why: `medic.yml has no service "${service}"${near === null ? '' : `: did you mean ${near}?`}` };
  }
  const subject = { kind: 'service', name: service, environment: entry.environment } as const;
  return { subject, service: registered(subject, settings), alerts: [], evidence: [] };
}

const refused = (reasons: readonly string[]): Tried => ({ kind: 'refused', reasons });
