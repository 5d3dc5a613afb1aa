import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { conflictsIn, Environment } from './environment.ts';
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

/** The whole configuration, read once and frozen. */
export interface Config {
  readonly env: Environment;
  readonly settings: Settings;
  /** SHA-256 of what verdicts depend on: policy, roles and registry. */
  readonly policyDigest: string;
  /** Absolute paths. */
  readonly playbooks: string;
  readonly inventory: string;
  /** The whole environment, of which commands get the allowed part. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const HERE = resolve(import.meta.dirname, '..', '..');

/** Reads the environment and `medic.yml`. Throws `ConfigError` that lists every problem of both at once. */
export function loadConfig(given: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable is an unset one, as in a compose file.
  const variables = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const problems: string[] = [];
  const env = check(Environment, variables, 'environment', problems);
  for (const { name, message } of conflictsIn(variables)) problems.push(`environment: ${name}: ${message}`);
  const file = variables.MEDIC_CONFIG ? resolve(variables.MEDIC_CONFIG) : resolve('medic.yml');
  const written = readYaml(file, variables.MEDIC_CONFIG !== undefined, problems);
  const settings = written === null ? null : check(Settings, written, file, problems);
  if (env === null || settings === null || problems.length > 0) throw new ConfigError(problems);
  const { policy, roles, services } = settings;
  return deepFreeze({
    env,
    settings,
    policyDigest: createHash('sha256').update(JSON.stringify({ policy, roles, services })).digest('hex'),
    playbooks: env.MEDIC_PLAYBOOKS === undefined ? resolve(HERE, 'playbooks') : resolve(env.MEDIC_PLAYBOOKS),
    inventory: resolve(dirname(file), settings.ansible.inventory),
    environment: { ...given },
  });
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
