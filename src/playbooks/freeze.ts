import { createHash } from 'node:crypto';
import { type Grounds, ground } from './ground.ts';
import type { Check, Playbook, Run } from './manifest.ts';
import type { GroundedValue, Plan, Requester } from './plan.ts';

export type Freezing =
  | { readonly kind: 'frozen'; readonly plan: Plan }
  | { readonly kind: 'refused'; readonly problems: readonly string[] };

/**
 * Makes a plan of a playbook: grounds its parameters, renders every template once, and seals the result with its digest.
 * Checks about alerts are left out where no alert exists, as for a plan that a person asked for.
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
  const checks = (list: readonly Check[]) =>
    list
      .filter((check) => !('alert' in check) || grounds.alerts.length > 0)
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
    run: renderRun(manifest.run, values),
    dryRun:
      typeof manifest.dry_run === 'object' && manifest.dry_run !== null
        ? { command: renderAll(manifest.dry_run.command, values) }
        : manifest.dry_run,
    rollback:
      'none' in manifest.rollback
        ? manifest.rollback
        : { run: renderRun(manifest.rollback.run, values), rehearsed: manifest.rollback.rehearsed },
    timeout: manifest.timeout,
    preconditions: checks(manifest.preconditions),
    verify: { ...manifest.verify, checks: checks(manifest.verify.checks) },
    requestedBy,
  };
  return { kind: 'frozen', plan: { ...unsealed, digest: digestOf(unsealed) } };
}

/** SHA-256 of a plan without its digest. */
function digestOf(plan: Omit<Plan, 'digest'>): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}

function renderRun(run: Run, values: Readonly<Record<string, GroundedValue>>): Run {
  if ('command' in run) return { command: renderAll(run.command, values) };
  const { playbook, limit } = run.ansible;
  return { ansible: { playbook, limit: limit === null ? null : render(limit, values) } };
}

function renderAll(templates: readonly string[], values: Readonly<Record<string, GroundedValue>>): string[] {
  return templates.map((template) => render(template, values));
}

function renderCheck(check: Check, values: Readonly<Record<string, GroundedValue>>): Check {
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

/** Replaces each `{{name}}`. A manifest that names an unknown parameter does not load, so none is left. */
function render(template: string, values: Readonly<Record<string, GroundedValue>>): string {
  return template.replace(/\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g, (_, name: string) => values[name]?.value ?? '');
}
