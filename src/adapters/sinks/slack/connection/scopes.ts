import type { Failure } from './failure.ts';
import type { Log } from './web-client.ts';

/** What Medic may have to be allowed, and what a person misses where it is not. `manifest.yml` asks for exactly these. */
export const SCOPES: Readonly<Record<string, string>> = {
  'app_mentions:read': 'it does not hear that it was mentioned',
  'channels:history': 'after a lost answer it may post twice in a public channel',
  'channels:join': 'somebody has to invite it into each public channel',
  'channels:read': 'it finds no public channel by its name, and is not told when it is invited into one',
  'chat:write': 'it can say nothing at all',
  commands: 'there is no `/heal` and no `/diagnose`',
  'files:write': 'there are no charts',
  'groups:history': 'after a lost answer it may post twice in a private channel',
  'groups:read': 'it finds no private channel by its name, and is not told when it is invited into one',
  'metadata.message:read': 'after a lost answer it may post twice',
  'reactions:read': 'a cross on a message cancels nothing',
  'usergroups:read': 'roles that are given to user groups have no members',
  'users:read': 'people are called by their ids',
};

/** Without it nobody can be reached. */
const SPEECH = 'chat:write';

/** Which scopes the app lacks, read from what every answer of Slack says of them. */
export interface Scopes {
  /** The scopes that an answer names. */
  granted(scopes: readonly string[]): void;
  /** A call that was refused may name the scope that it lacked. */
  heard(failure: Failure | null): void;
  /** What is missing and what that costs, in sentences. */
  troubles(): readonly string[];
  /** Whether messages can be posted, as far as is known. */
  maySpeak(): boolean;
}

export function createScopes(log: Log): Scopes {
  let last = '';
  let known: ReadonlySet<string> | null = null;
  const refused = new Set<string>();
  const told = new Set<string>();

  function missing(): readonly string[] {
    return Object.keys(SCOPES).filter((scope) => refused.has(scope) || known?.has(scope) === false);
  }

  function tell(): void {
    const missed = missing();
    for (const scope of told) if (!missed.includes(scope)) told.delete(scope);
    for (const scope of missed) {
      if (told.has(scope)) continue;
      told.add(scope);
      log.warn({ scope, cost: SCOPES[scope] }, 'the Slack app lacks a scope');
    }
  }

  return {
    granted(scopes) {
      const key = scopes.join(',');
      if (key === last || key === '') return;
      last = key;
      known = new Set(scopes);
      for (const scope of scopes) refused.delete(scope);
      tell();
    },
    heard(failure) {
      if (failure?.kind !== 'refused' || failure.error !== 'missing_scope') return;
      // Slack names all that would do; what the app has is not what it lacks.
      for (const scope of failure.needed?.split(',') ?? [])
        if (Object.hasOwn(SCOPES, scope.trim()) && !known?.has(scope.trim())) refused.add(scope.trim());
      tell();
    },
    troubles: () =>
      missing().map(
        (scope) =>
          `The Slack app lacks the scope \`${scope}\`: ${SCOPES[scope]}. Add it under OAuth & Permissions, and install the app again.`,
      ),
    maySpeak: () => !missing().includes(SPEECH),
  };
}
