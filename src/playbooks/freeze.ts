import { createHash } from 'node:crypto';
import { admits, ground } from './ground.ts';
import { lookOf } from './look.ts';
import type {
  Check,
  KubernetesOperation,
  KubernetesRun,
  Manifest,
  Playbook,
  Run,
  SshRun,
} from './manifest.ts';
import type { GroundedValue, Plan, Requester } from './plan.ts';
import type { Problem } from './problem.ts';
import { render } from './render.ts';
import { type Grounds, ownOf } from './sources.ts';

export type Freezing =
  | { readonly kind: 'frozen'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/**
 * Makes a plan of a playbook: grounds its parameters, renders every template once, and seals the result with its digest.
 * Checks about alerts are left out where no alert exists, as for a plan that a person asked for, and those about health checks where
 * the service has none and others are left. The playbook's own look is checked before and afterwards, whatever the manifest names.
 */
export function freeze(
  id: string,
  playbook: Playbook,
  proposed: Readonly<Record<string, string>>,
  grounds: Grounds,
  requestedBy: Requester,
): Freezing {
  const grounding = ground(playbook.manifest, proposed, grounds, requestedBy);
  return grounding.kind === 'ungrounded'
    ? { kind: 'refused', problems: grounding.problems }
    : { kind: 'frozen', plan: assemble(id, playbook, grounding.values, grounds, requestedBy) };
}

/** The plan that a playbook makes of values. */
export function assemble(
  id: string,
  playbook: Playbook,
  values: Values,
  grounds: Grounds,
  requestedBy: Requester,
): Plan {
  const { manifest } = playbook;
  const look = lookOf(manifest, values, grounds.evidence);
  const checks = (list: readonly Check[], own: Check) =>
    [...(look === null ? [] : [own]), ...applicable(list, grounds, look !== null)]
      .filter((check, index, all) => index === 0 || !isSame(check, all[0]))
      .map((check) => renderCheck(check, values));
  const unsealed: Omit<Plan, 'digest'> = {
    id,
    playbook: manifest.name,
    title: render(manifest.title, values),
    playbookHash: playbook.hash,
    ...boundsOf(manifest),
    parameters: values,
    targets: targetsOf(manifest, values, grounds.subject.environment),
    environment: grounds.subject.environment,
    ...commandsOf(manifest, values),
    look,
    preconditions: checks(manifest.preconditions, { look: 'fault' }),
    verify: { ...manifest.verify, checks: checks(manifest.verify.checks, { look: 'well' }) },
    requestedBy,
  };
  return { ...unsealed, digest: digestOf(unsealed) };
}

type Bounds = Pick<Plan, 'risk' | 'category' | 'idempotent' | 'maxTargets' | 'timeout'>;

/** What a manifest says of every plan of it, whatever its values. */
function boundsOf(manifest: Manifest): Bounds {
  const { risk, category, idempotent, blast_radius, timeout } = manifest;
  return { risk, category, idempotent, maxTargets: blast_radius.max_targets, timeout };
}

function targetsOf({ targets }: Manifest, values: Values, environment: string): readonly string[] {
  return targets.map((target) => `${environment}/${render(target, values)}`);
}

function applicable(
  list: readonly Check[],
  { alerts, service }: Grounds,
  hasLook: boolean,
): readonly Check[] {
  const asked = list.filter((check) => !('alert' in check) || alerts.length > 0);
  if (service === null || service.health.length > 0) return asked;
  const others = asked.filter((check) => !('probe' in check));
  return others.length > 0 || hasLook ? others : asked;
}

type Values = Readonly<Record<string, GroundedValue>>;
type Commands = Pick<Plan, 'run' | 'dryRun' | 'rollback'>;

/** Everything of a plan that is ever run. */
function commandsOf(manifest: Manifest, values: Values): Commands {
  return {
    run: renderRun(manifest.run, values),
    dryRun:
      typeof manifest.dry_run === 'object' && manifest.dry_run !== null
        ? { command: renderAll(manifest.dry_run.command, values) }
        : manifest.dry_run,
    rollback:
      'none' in manifest.rollback
        ? manifest.rollback
        : { run: renderRun(manifest.rollback.run, values), rehearsed: manifest.rollback.rehearsed },
  };
}

/**
 * Why a stored plan must not be run as it stands, or null. Its digest shows whether it was changed since it was frozen. Whoever
 * could write the plan could write a digest too: so what is to be run must also be what the runner's own playbook makes of
 * values that it admits.
 */
export function flawIn(plan: Plan, playbook: Playbook, toRun: readonly (keyof Commands)[]): string | null {
  const { digest, ...sealed } = plan;
  if (digestOf(sealed) !== digest) return 'the plan was changed after it was frozen';
  const { parameters } = playbook.manifest;
  const foreign = Object.keys({ ...parameters, ...plan.parameters }).find((name) => {
    const [parameter, value] = [ownOf(parameters, name), ownOf(plan.parameters, name)];
    return parameter === undefined || value === undefined || !admits(parameter, value.value);
  });
  if (foreign !== undefined) return `${plan.playbook} does not admit the plan's value of "${foreign}"`;
  const own = commandsOf(playbook.manifest, plan.parameters);
  const other = toRun.find((name) => !isSame(own[name], plan[name]));
  if (other !== undefined) return `${plan.playbook} has another command than the plan`;
  // What undoes a fix belongs to the playbook as it was then.
  return toRun.includes('run') ? unlike(plan, playbook.manifest) : null;
}

/** What else of a plan is not as its playbook has it, whatever the incident; null where nothing is. */
function unlike(plan: Plan, manifest: Manifest): string | null {
  const bounds = boundsOf(manifest);
  const names = Object.keys(bounds) as (keyof Bounds)[];
  const other = names.find((name) => bounds[name] !== plan[name]);
  if (other !== undefined) return `${plan.playbook} has another ${WORDS[other]} than the plan`;
  if (!isSame(targetsOf(manifest, plan.parameters, plan.environment), plan.targets))
    return `${plan.playbook} has other targets than the plan`;
  return isSameLook(plan, manifest) ? null : `${plan.playbook} looks at something else than the plan`;
}

/** The names of a plan's parts, for people. */
export const WORDS: Readonly<Record<keyof Omit<Plan, 'digest'>, string>> = {
  id: 'id',
  playbook: 'name',
  title: 'title',
  playbookHash: 'content',
  risk: 'risk',
  category: 'category',
  idempotent: 'word on whether it may be repeated',
  parameters: 'parameters',
  targets: 'targets',
  maxTargets: 'blast radius',
  environment: 'environment',
  run: 'command',
  dryRun: 'dry run',
  rollback: 'rollback',
  timeout: 'timeout',
  look: 'look',
  preconditions: 'preconditions',
  verify: 'verification',
  requestedBy: 'requester',
};

/** Whether a plan looks at what its playbook looks at. A limit of memory that the manifest leaves open may be any that was measured by. */
export function isSameLook(
  { look, parameters }: Pick<Plan, 'look' | 'parameters'>,
  manifest: Manifest,
): boolean {
  const own = lookOf(manifest, parameters, []);
  const given = look ?? null;
  if (own === null || given === null) return own === given;
  const measured =
    'memory' in own.spec && own.spec.memory.limit === null && 'memory' in given.spec
      ? { ...own, spec: given.spec }
      : own;
  return isSame(measured, given);
}

/** Both come from the same function, so that their keys are in the same order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** SHA-256 of a plan without its digest. */
function digestOf(plan: Omit<Plan, 'digest'>): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}

function renderRun(run: Run, values: Values): Run {
  if ('command' in run) return { command: renderAll(run.command, values) };
  if ('ssh' in run) return { ssh: renderSsh(run.ssh, values) };
  if ('kubernetes' in run) return { kubernetes: renderKubernetes(run.kubernetes, values) };
  const { playbook, limit } = run.ansible;
  // An empty limit is none: the playbook chooses its hosts by itself.
  return { ansible: { playbook, limit: limit === null ? null : render(limit, values) || null } };
}

function renderSsh(ssh: SshRun, values: Values): SshRun {
  const vector = (argv: SshRun['argv']): SshRun['argv'] =>
    Array.isArray(argv)
      ? renderAll(argv, values)
      : Object.fromEntries(Object.entries(argv).map(([name, own]) => [name, renderAll(own ?? [], values)]));
  return {
    ...ssh,
    hosts: render(ssh.hosts, values),
    group: ssh.group === null ? null : render(ssh.group, values),
    fence: render(ssh.fence, values),
    argv: vector(ssh.argv),
    state: ssh.state === null ? null : vector(ssh.state),
    between: ssh.between === null ? null : vector(ssh.between),
  };
}

function renderKubernetes(
  { namespace, workload, do: operation }: KubernetesRun,
  values: Values,
): KubernetesRun {
  return {
    namespace: render(namespace, values),
    workload: render(workload, values),
    do: renderOperation(operation, values),
  };
}

function renderOperation(operation: KubernetesOperation, values: Values): KubernetesOperation {
  if (typeof operation === 'string') return operation;
  if ('delete_pod' in operation) return { delete_pod: render(operation.delete_pod, values) };
  if ('cordon' in operation) return { cordon: render(operation.cordon, values) };
  if ('uncordon' in operation) return { uncordon: render(operation.uncordon, values) };
  if ('scale' in operation) {
    const { replicas, min, max } = operation.scale;
    return {
      scale: { replicas: render(replicas, values), min: render(min, values), max: render(max, values) },
    };
  }
  const { container, limit, most } = operation.memory;
  return {
    memory: {
      container: render(container, values),
      limit: render(limit, values),
      most: render(most, values),
    },
  };
}

function renderAll(templates: readonly string[], values: Values): string[] {
  return templates.map((template) => render(template, values));
}

function renderCheck(check: Check, values: Values): Check {
  if (!('metric' in check)) return check;
  // Inside a query's quoted label value, a quote or backslash would end the string early.
  const quoted = Object.fromEntries(
    Object.entries(values).map(([name, { value, origin }]) => [
      name,
      { value: JSON.stringify(value).slice(1, -1), origin },
    ]),
  );
  return { metric: { ...check.metric, query: render(check.metric.query, quoted) } };
}
