import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { readAs } from '../lib/schema/explain.ts';
import {
  type Flaw,
  type Mistake,
  mistake,
  pathOf,
  sentenceOf,
  whyUnreadable,
} from '../lib/schema/mistake.ts';
import { readYaml, type Written } from '../lib/schema/yaml.ts';
import { crossDoubts, crossFlaws, unreadVariables } from './cross.ts';
import { databaseFlaws, databasePasswords, isDatabasePassword } from './databases.ts';
import { conflictsIn, Environment, type Role, Secrets } from './environment.ts';
import { pagerDoubts, pagerProblems } from './escalation.ts';
import { bringInSecrets, SECRET_VARIABLES, type SecretSource } from './secrets.ts';
import { serverFlaws } from './servers.ts';
import { Settings } from './settings.ts';
import { tokenVariable } from './sources.ts';

/** Everything that is wrong with a configuration, each by its path. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly mistakes: readonly Mistake[];
  readonly problems: readonly string[];

  constructor(mistakes: readonly Mistake[]) {
    const problems = mistakes.map(sentenceOf);
    const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
    super(`the configuration has ${count}:\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.mistakes = mistakes;
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
  /** The secrets of those who send alerts besides Alertmanager, by the names of their sources; none for a runner. */
  readonly alertTokens: Readonly<Record<string, string>>;
  /** Where each secret of this process came from. */
  readonly secrets: readonly SecretSource[];
  /** Where in `medic.yml` something stands that turns out to be wrong. */
  readonly place: Written['place'];
  /** What holds, and is probably not what was meant. */
  readonly doubts: readonly Mistake[];
}

/** What a process needs that touches the infrastructure. */
export interface Infrastructure {
  /** Absolute path. */
  readonly inventory: string;
  /** The environment without any secret of Medic's; commands get the allowed part of it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of Medic's own users in the databases of `medic.yml`, by the names of these. */
  readonly passwords: Readonly<Record<string, string>>;
}

/** The whole configuration, read once and frozen. A role has what it needs and no more: least privilege begins here. */
export type Config = Shared &
  (
    | { readonly role: 'all'; readonly contacts: Secrets; readonly hands: Infrastructure }
    | { readonly role: 'brain'; readonly contacts: Secrets; readonly hands: null }
    | { readonly role: 'runner'; readonly contacts: null; readonly hands: Infrastructure }
  );

const HERE = resolve(import.meta.dirname, '..', '..');
/** The catalog that Medic comes with. */
export const SHIPPED = resolve(HERE, 'playbooks');

/** Reads the environment and `medic.yml`. Throws `ConfigError` that lists every problem of both at once. */
export function loadConfig(given: Readonly<Record<string, string | undefined>>): Config {
  // An empty variable is an unset one, as in a compose file.
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const secrets = bringInSecrets(set, readSecret);
  const { variables } = secrets;
  const problems = secrets.problems.map(({ name, message }) => mistake('environment', name, message));
  const env = check(Environment, variables, problems);
  const role = env?.MEDIC_ROLE ?? roleIn(variables);
  const contacts = role === 'runner' ? null : check(Secrets, variables, problems);
  for (const { name, message } of conflictsIn(role, variables))
    problems.push(mistake('environment', name, message));
  const file = configFile(variables);
  const written = readFile(file, variables.MEDIC_CONFIG !== undefined, problems);
  const settings = written === null ? null : checkWritten(written, problems);
  if (written !== null && settings !== null) {
    problems.push(
      ...written.place([
        ...crossFlaws(settings),
        ...databaseFlaws(settings),
        ...serverFlaws(env ?? {}, settings),
      ]),
    );
  }
  if (contacts !== null && settings !== null)
    for (const { name, message } of pagerProblems(settings, contacts))
      problems.push(mistake('environment', name, message));
  const senders = sendersOf(role, set, settings);
  const databases = databasePasswords(role, set, settings, readSecret);
  problems.push(...senders.problems, ...databases.problems);
  const files = [...SECRET_VARIABLES, ...senders.names, ...databases.names].map((name) => `${name}_FILE`);
  const known = [
    ...Object.keys({ ...Environment.shape, ...Secrets.shape }),
    ...senders.names,
    ...databases.names,
    ...files,
  ];
  const slips = unreadVariables(Object.keys(variables), known).map(({ path, message }) =>
    mistake('environment', pathOf(path), message, 'doubtful'),
  );
  if (env === null || settings === null || written === null || problems.length > 0)
    throw new ConfigError([...problems, ...slips].filter(isFirstOfItsSecret));
  const { policy, roles } = settings;
  const deaf = (contacts === null ? [] : pagerDoubts(settings, contacts)).map(({ name, message }) =>
    mistake('environment', name, message, 'doubtful'),
  );
  const shared: Shared = {
    env,
    settings,
    policyDigest: createHash('sha256').update(JSON.stringify({ policy, roles })).digest('hex'),
    playbooks: playbooksFolder(env),
    alertTokens: senders.tokens,
    secrets: [...secrets.sources, ...senders.sources, ...databases.sources],
    place: written.place,
    doubts: [...slips, ...deaf, ...databases.doubts, ...written.place(crossDoubts(settings), 'doubtful')],
  };
  const inventory = resolve(dirname(file), settings.ansible.inventory);
  return deepFreeze(
    forRole(role, shared, contacts, {
      inventory,
      environment: withoutSecrets(given),
      passwords: databases.passwords,
    }),
  );
}

/**
 * Takes Medic's secrets out of an environment that it has been read from. What the system keeps of the one that the process was started with
 * stays: only a secret that came by a file leaves no trace there.
 */
export function dropSecrets(environment: Record<string, string | undefined>): void {
  for (const name of Object.keys(environment)) if (isSecretName(name)) delete environment[name];
}

function isSecretName(name: string): boolean {
  return SECRET_VARIABLES.some((secret) => secret === name) || isSenders(name) || isDatabasePassword(name);
}

/** Whether a variable holds the secret of a source, or would if `medic.yml` described that source. */
function isSenders(name: string): boolean {
  return /^ALERT_TOKEN_[A-Z0-9_]+$/.test(name) && !name.endsWith('_FILE');
}

/** The secrets of those who send alerts, and what is wrong with them. A runner takes none. */
function sendersOf(
  role: Role,
  variables: Readonly<Record<string, string | undefined>>,
  settings: Settings | null,
) {
  const described = role === 'runner' ? [] : (settings?.sources ?? []).map(({ name }) => name);
  const byVariable = new Map(['grafana', ...described].map((name) => [tokenVariable(name), name]));
  const names = role === 'runner' ? [] : [...byVariable.keys()];
  const found = bringInSecrets(variables, readSecret, names);
  const own = (name: string) => found.variables[name];
  const wrong = (name: string, message: string) => mistake('environment', name, message);
  const given = Object.keys(variables).filter((name) => isSenders(name.replace(/_FILE$/, '')));
  const problems: readonly Mistake[] = [
    ...found.problems.map(({ name, message }) => wrong(name, message)),
    ...names.flatMap((name) => {
      const token = own(name);
      if (token === undefined)
        return name === tokenVariable('grafana') || found.problems.some((one) => one.name === name)
          ? []
          : [wrong(name, `is not set: it is the secret of the source ${byVariable.get(name)} of medic.yml`)];
      return token.length >= 16 ? [] : [wrong(name, 'must be a secret of at least 16 characters')];
    }),
    ...(role === 'runner'
      ? given.map((name) => wrong(name, 'unset it: a runner takes no alerts; only a brain may have it'))
      : []),
  ];
  const tokens = Object.fromEntries(
    names.flatMap((name) => {
      const token = own(name);
      return token === undefined ? [] : [[byVariable.get(name) ?? '', token] as const];
    }),
  );
  return { names, tokens, sources: found.sources, problems };
}

function withoutSecrets(
  given: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const rest = { ...given };
  dropSecrets(rest);
  return rest;
}

/** A secret that could not be read is missing as well, which is no second mistake. */
function isFirstOfItsSecret({ file, path }: Mistake, index: number, all: readonly Mistake[]): boolean {
  const isSecret = file === 'environment' && SECRET_VARIABLES.some((name) => name === path);
  return !isSecret || all.findIndex((one) => one.file === file && one.path === path) === index;
}

function readSecret(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** The absolute path of `medic.yml`. */
export function configFile({ MEDIC_CONFIG }: { readonly MEDIC_CONFIG?: string | undefined }): string {
  return resolve(MEDIC_CONFIG || 'medic.yml');
}

/** The absolute path of the catalog. */
export function playbooksFolder({
  MEDIC_PLAYBOOKS,
}: {
  readonly MEDIC_PLAYBOOKS?: string | undefined;
}): string {
  return MEDIC_PLAYBOOKS ? resolve(MEDIC_PLAYBOOKS) : SHIPPED;
}

/** The role that is meant where other variables are wrong, so that these are judged by it. */
function roleIn({ MEDIC_ROLE }: Readonly<Record<string, string | undefined>>): Role {
  return MEDIC_ROLE === 'brain' || MEDIC_ROLE === 'runner' ? MEDIC_ROLE : 'all';
}

function forRole(role: Role, shared: Shared, contacts: Secrets | null, hands: Infrastructure): Config {
  if (contacts === null) return { ...shared, role: 'runner', contacts, hands };
  return role === 'brain'
    ? { ...shared, role, contacts, hands: null }
    : { ...shared, role: 'all', contacts, hands };
}

/** Secrets are among the variables, so no value is repeated. */
function check<T extends z.ZodType>(schema: T, variables: unknown, problems: Mistake[]): z.infer<T> | null {
  const read = readAs(schema, variables, { missing: 'is not set', secret: true });
  if ('value' in read) return read.value;
  problems.push(
    ...read.flaws.map(({ path, message }: Flaw) => mistake('environment', pathOf(path), message)),
  );
  return null;
}

function checkWritten({ value, place }: Written, problems: Mistake[]): Settings | null {
  const read = readAs(Settings, value ?? {});
  if ('value' in read) return read.value;
  problems.push(...place(read.flaws));
  return null;
}

/** A file that was named must be there; without one, the defaults hold. */
function readFile(file: string, named: boolean, problems: Mistake[]): Written | null {
  try {
    const read = readYaml(readFileSync(file, 'utf8'), file);
    if (!('broken' in read)) return read;
    problems.push(...read.broken);
  } catch (error) {
    const isThere = !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
    if (!isThere && !named) return EMPTY(file);
    const why = isThere ? whyUnreadable(error) : 'MEDIC_CONFIG names this file, and it is not there';
    problems.push(mistake(file, '', why));
  }
  return null;
}

/** Without a file, nothing in it can be wrong but what its defaults name. */
const EMPTY = (file: string): Written => ({
  value: {},
  place: (flaws, kind) => flaws.map(({ path, message }) => mistake(file, pathOf(path), message, kind)),
});

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
