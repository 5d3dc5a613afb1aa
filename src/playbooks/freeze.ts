import { createHash } from 'node:crypto';
import { admits, ground } from './ground.ts';
import { lookOf } from './look.ts';
import type { Check, Manifest, Playbook, Run } from './manifest.ts';
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
  const { manifest } = playbook;
  const grounding = ground(manifest, proposed, grounds, requestedBy);
  if (grounding.kind === 'ungrounded') return { kind: 'refused', problems: grounding.problems };
  const { values } = grounding;
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
    risk: manifest.risk,
    category: manifest.category,
    idempotent: manifest.idempotent,
    parameters: values,
    targets: manifest.targets.map((target) => `${grounds.subject.environment}/${render(target, values)}`),
    maxTargets: manifest.blast_radius.max_targets,
    environment: grounds.subject.environment,
    ...commandsOf(manifest, values),
    timeout: manifest.timeout,
    look,
    preconditions: checks(manifest.preconditions, { look: 'fault' }),
    verify: { ...manifest.verify, checks: checks(manifest.verify.checks, { look: 'well' }) },
    requestedBy,
  };
  return { kind: 'frozen', plan: { ...unsealed, digest: digestOf(unsealed) } };
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
  return other === undefined ? null : `${plan.playbook} has another command than the plan`;
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
  const { playbook, limit } = run.ansible;
  // An empty limit is none: the playbook chooses its hosts by itself.
  return { ansible: { playbook, limit: limit === null ? null : render(limit, values) || null } };
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
