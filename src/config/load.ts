import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { Contacts, conflictsIn, Environment, type Role } from './environment.ts';
import { bringInSecrets, SECRET_VARIABLES, type SecretSource } from './secrets.ts';
import { serverConflicts } from './servers.ts';
import { Settings } from './settings.ts';

/** Everything that is wrong with a configuration, each by its path. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `the configuration has ${problems.length} problem(s):\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/** What every process knows, whatever its role. */
export interface Shared {
  readonly env: Environment;
  readonly settings: Settings;
  /** SHA-256 of the rules that verdicts depend on: policy and roles. How a service is registered is added where its plans are decided. */
  readonly policyDigest: string;
  /** Absolute path. */
  readonly playbooks: string;
  /** Where each secret of this process came from. */
  readonly secrets: readonly SecretSource[];
}

/** What a process needs that touches the infrastructure. */
export interface Hands {
  /** Absolute path. */
  readonly inventory: string;
  /** The environment without any secret of Medic's; commands get the allowed part of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The whole configuration, read once and frozen. A role has what it needs and no more: least privilege begins here. */
export type Config = Shared &
  (
    | { readonly role: 'all'; readonly contacts: Contacts; readonly hands: Hands }
    | { readonly role: 'brain'; readonly contacts: Contacts; readonly hands: null }
    | { readonly role: 'runner'; readonly contacts: null; readonly hands: Hands }
  );

const HERE = resolve(import.meta.dirname, '..', '..');

/** Reads the environment and `medic.yml`. Throws `ConfigError` that lists every problem of both at once. */
export function loadConfig(given: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable is an unset one, as in a compose file.
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const secrets = bringInSecrets(set, readSecret);
  const { variables } = secrets;
  const problems = secrets.problems.map((problem) => `environment: ${problem}`);
  const env = check(Environment, variables, 'environment', problems);
  const role = env?.MEDIC_ROLE ?? roleIn(variables);
  const contacts = role === 'runner' ? null : check(Contacts, variables, 'environment', problems);
  for (const { name, message } of conflictsIn(role, variables))
    problems.push(`environment: ${name}: ${message}`);
  const file = variables.MEDIC_CONFIG ? resolve(variables.MEDIC_CONFIG) : resolve('medic.yml');
  const written = readYaml(file, variables.MEDIC_CONFIG !== undefined, problems);
  const settings = written === null ? null : check(Settings, written, file, problems);
  if (settings !== null) {
    for (const problem of serverConflicts(env ?? {}, settings)) problems.push(`${file}: ${problem}`);
  }
  if (env === null || settings === null || problems.length > 0)
    throw new ConfigError(problems.filter(isFirstOfItsSecret));
  const { policy, roles } = settings;
  const shared: Shared = {
    env,
    settings,
    policyDigest: createHash('sha256').update(JSON.stringify({ policy, roles })).digest('hex'),
    playbooks: env.MEDIC_PLAYBOOKS === undefined ? resolve(HERE, 'playbooks') : resolve(env.MEDIC_PLAYBOOKS),
    secrets: secrets.sources,
  };
  const inventory = resolve(dirname(file), settings.ansible.inventory);
  return deepFreeze(forRole(role, shared, contacts, { inventory, environment: withoutSecrets(given) }));
}

/**
 * Takes Medic's secrets out of an environment that it has been read from. What the system keeps of the one that the process was started with
 * stays: only a secret that came by a file leaves no trace there.
 */
export function dropSecrets(environment: Record<string, string | undefined>): void {
  for (const name of SECRET_VARIABLES) delete environment[name];
}

function withoutSecrets(
  given: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const rest = { ...given };
  dropSecrets(rest);
  return rest;
}

/** A secret that could not be read is missing as well, which is no second mistake. */
function isFirstOfItsSecret(problem: string, index: number, all: readonly string[]): boolean {
  const about = SECRET_VARIABLES.map((name) => `environment: ${name}: `).find((start) =>
    problem.startsWith(start),
  );
  return about === undefined || all.findIndex((one) => one.startsWith(about)) === index;
}

function readSecret(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** The role that is meant where other variables are wrong, so that these are judged by it. */
function roleIn({ MEDIC_ROLE }: Readonly<Record<string, string | undefined>>): Role {
  return MEDIC_ROLE === 'brain' || MEDIC_ROLE === 'runner' ? MEDIC_ROLE : 'all';
}

function forRole(role: Role, shared: Shared, contacts: Contacts | null, hands: Hands): Config {
  if (contacts === null) return { ...shared, role: 'runner', contacts, hands };
  return role === 'brain'
    ? { ...shared, role, contacts, hands: null }
    : { ...shared, role: 'all', contacts, hands };
}

function check<T extends z.ZodType>(
  schema: T,
  value: unknown,
  where: string,
  problems: string[],
): z.infer<T> | null {
  const parsed = schema.safeParse(value, {
    error: ({ input }) => (input === undefined ? 'is not set' : undefined),
  });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues)
    problems.push(`${where}: ${issue.path.join('.') || '(all)'}: ${issue.message}`);
  return null;
}

/** A file that was named must be there; without one, the defaults hold. */
function readYaml(file: string, named: boolean, problems: string[]): unknown {
  if (!existsSync(file)) {
    if (!named) return {};
    problems.push(`${file}: MEDIC_CONFIG names this file, and it is not there`);
    return null;
  }
  const document = parseDocument(readFileSync(file, 'utf8'));
  if (document.errors.length === 0) return document.toJS() ?? {};
  for (const error of document.errors) problems.push(`${file}: ${error.message.split('\n')[0]}`);
  return null;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
