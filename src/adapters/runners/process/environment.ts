import { environmentOf, type RunAs } from './run-as.ts';

/** What a command may know of the environment that Medic runs in; Medic's own tokens are not on the list. */
const ALLOWED = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'SSH_AUTH_SOCK',
  'KUBECONFIG',
  'DOCKER_HOST',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);

/**
 * The part of an environment that commands get to see; `more` names further variables to let through. A command that has another
 * user's rights is told of that user.
 */
export function allowedEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  more: readonly string[] = [],
  runAs: RunAs | null = null,
): Record<string, string> {
  const names = new Set([...ALLOWED, ...more]);
  const allowed = Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && names.has(entry[0]),
    ),
  );
  return runAs === null ? allowed : { ...allowed, ...environmentOf(runAs) };
}

/** Whose rights a command has, and what it knows of its surroundings. */
export interface Account {
  readonly env: Readonly<Record<string, string>>;
  /** Null for Medic's own. */
  readonly runAs: RunAs | null;
}
