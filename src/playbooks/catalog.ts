import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { linear } from '../lib/linear.ts';
import { type Catalog, type Condition, Manifest, type Playbook, type Run } from './manifest.ts';

/** Every problem of a catalog at once, each with its file and path. */
export class CatalogError extends Error {
  override readonly name = 'CatalogError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `the playbook catalog has ${problems.length} problem(s):\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** Loads every `<folder>/<name>/playbook.yml`. Throws `CatalogError` that lists everything wrong with any of them. */
export function loadCatalog(folder: string): Catalog {
  if (!existsSync(folder))
    throw new CatalogError([`${folder}: no such folder; set MEDIC_PLAYBOOKS to where playbooks are`]);
  const problems: string[] = [];
  const catalog = new Map<string, Playbook>();
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (!statSync(path).isDirectory()) continue;
    const loaded = loadPlaybook(path, name);
    if (Array.isArray(loaded)) problems.push(...loaded);
    else catalog.set(name, loaded);
  }
  if (problems.length > 0) throw new CatalogError(problems);
  return catalog;
}

function loadPlaybook(path: string, name: string): Playbook | string[] {
  const file = join(path, 'playbook.yml');
  if (!existsSync(file)) return [`${file}: missing; a playbook needs its manifest`];
  const parsed = parseManifest(file);
  if (Array.isArray(parsed)) return parsed;
  const problems = flaws(parsed, path, name).map((problem) => `${file}: ${problem}`);
  return problems.length > 0 ? problems : { manifest: parsed, folder: path, hash: hashOf(path) };
}

function parseManifest(file: string): Manifest | string[] {
  try {
    return Manifest.parse(parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (!(error instanceof z.ZodError))
      return [`${file}: ${error instanceof Error ? error.message : String(error)}`];
    return error.issues.map((issue) => `${file}: ${issue.path.join('.') || 'manifest'}: ${issue.message}`);
  }
}

/** What a schema cannot see: names that do not agree, files that are not there, templates without a parameter. */
function flaws(manifest: Manifest, path: string, name: string): string[] {
  const found: string[] = [];
  if (manifest.name !== name) found.push(`name: "${manifest.name}" is in a folder called "${name}"`);
  const runs = [manifest.run, ...('run' in manifest.rollback ? [manifest.rollback.run] : [])];
  for (const run of runs) {
    if ('ansible' in run && !existsSync(join(path, run.ansible.playbook))) {
      found.push(`run.ansible.playbook: ${run.ansible.playbook} is not in the folder`);
    }
  }
  if (manifest.dry_run === 'check' && !('ansible' in manifest.run))
    found.push('dry_run: check is for Ansible only');
  for (const run of runs) found.push(...unboundHosts(run, manifest));
  const { answers: _answers, parameters, ...templated } = manifest;
  for (const parameter of namesIn(JSON.stringify(templated))) {
    if (parameters[parameter] === undefined) found.push(`{{${parameter}}} is not one of its parameters`);
  }
  for (const [key, { pattern }] of Object.entries(parameters))
    found.push(...badPattern(`parameters.${key}.pattern`, pattern));
  for (const answer of manifest.answers) {
    for (const condition of [...answer.when, ...answer.against])
      found.push(...badPattern(`answers.${answer.pattern}`, expressionOf(condition)));
  }
  if (manifest.look !== null && 'command' in manifest.look) {
    found.push(...badPattern('look.command.fault', manifest.look.command.fault));
    found.push(...badPattern('look.command.well', manifest.look.command.well));
  }
  if (manifest.look === null && asksForLook(manifest))
    found.push('look: a check or a parameter asks for it, and the playbook declares none');
  return found;
}

/** Where Ansible is to act is for the registry, the look or the manifest to say. Whoever writes an alert could name every host. */
function unboundHosts(run: Run, { parameters }: Manifest): string[] {
  if (!('ansible' in run) || run.ansible.limit === null) return [];
  return namesIn(run.ansible.limit).flatMap((name) => {
    const parameter = parameters[name];
    if (parameter === undefined || CONFINED.includes(parameter.among?.registry ?? '')) return [];
    const loose = parameter.from.find((source) => 'label' in source || 'fact' in source);
    if (loose === undefined) return [];
    const words = `the hosts to act on may come from a ${'label' in loose ? 'label' : 'fact'} only`;
    return [
      `parameters.${name}: ${words} with \`among: { registry: host }\`, which are those of the service`,
    ];
  });
}

/** What the registry says of the hosts of a service. */
const CONFINED: readonly string[] = ['host', 'hosts', 'group'];

/** The parameters that a template names. */
function namesIn(template: string): readonly string[] {
  return [...template.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g)].map(([, name = '']) => name);
}

function expressionOf(condition: Condition): string {
  if ('quote' in condition) return condition.quote;
  return condition.alert === 'any' ? '' : condition.alert.reads;
}

function asksForLook({ preconditions, verify, parameters }: Manifest): boolean {
  return (
    [...preconditions, ...verify.checks].some((check) => 'look' in check) ||
    Object.values(parameters).some(({ from }) => from.some((source) => 'look' in source))
  );
}

function badPattern(where: string, pattern: string): string[] {
  const compiled = linear(pattern);
  return compiled.kind === 'compiled' ? [] : [`${where}: ${compiled.reason}`];
}

/** SHA-256 over the names and contents of every file of a playbook's folder. */
export function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${relative(folder, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
