import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/**
 * Every script with the keys that it takes, in their order, which nobody else knows: in the script each is `keys.<name>`, and a caller
 * hands them over by name (`keysFor`). A name that stands on one side only does not compile, or is refused when the scripts are loaded.
 */
export const SCRIPTS = {
  commit: [
    'incident',
    'timeline',
    'owed',
    'open',
    'attached',
    'unshown',
    'once',
    'pause',
    'locks',
    'cooldowns',
    'running',
    'ill',
    'queue',
    'queueSeen',
    'strikes',
    'tripped',
    'openings',
    'fences',
    'seat',
    'silences',
    'recent',
    'crowd',
    'closed',
    'changed',
    'untold',
  ],
  clock: ['life', 'chatLife', 'silences'],
  shown: ['unshown'],
  silence: ['silences'],
  mode: ['silences', 'once'],
  replace: ['text'],
  turn: ['turn'],
  notices: ['notices', 'losses', 'watchdogs', 'sights'],
  audit: ['checkpoints', 'changed'],
  bag: ['bag', 'due'],
  change: ['reports', 'times'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type ScriptName = keyof typeof SCRIPTS;

/** The keys of a script by the names that it has for them. */
export type KeysOf<Name extends ScriptName> = Readonly<Record<(typeof SCRIPTS)[Name][number], string>>;

/** The keys of a script in the order in which it takes them. */
export function keysFor<Name extends ScriptName>(name: Name, keys: KeysOf<Name>): string[] {
  const names: readonly (typeof SCRIPTS)[Name][number][] = SCRIPTS[name];
  return names.map((one) => keys[one]);
}

/**
 * A script as Redis gets it, with its keys by name before its own text.
 *
 * @throws Error where it uses a key that it is not given, or is given one that it does not use
 */
export function withKeys(name: string, names: readonly string[], text: string): string {
  const code = text.replace(/--.*$/gm, '');
  const used = new Set([...code.matchAll(/\bkeys\.(\w+)/g)].map(([, key = '']) => key));
  const wrong = [
    ...[...used].filter((key) => !names.includes(key)).map((key) => `it uses ${key}, which it is not given`),
    ...names.filter((key) => !used.has(key)).map((key) => `it is given ${key}, which it does not use`),
    ...(/\bKEYS\b/.test(code) ? ['it counts its keys instead of naming them'] : []),
  ];
  if (wrong.length > 0) throw new Error(`the script ${name}.lua: ${wrong.join('; ')}`);
  const table = names.map((key, index) => `${key} = KEYS[${index + 1}]`).join(', ');
  return `local keys = { ${table} }\n${text}`;
}

/** Defines every script as a command of this connection: `commit` as `medicCommit`. */
export function defineScripts(redis: Redis): void {
  for (const [name, names] of Object.entries(SCRIPTS)) {
    const text = readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
    const command = `medic${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    redis.defineCommand(command, { numberOfKeys: names.length, lua: withKeys(name, names, text) });
  }
}
