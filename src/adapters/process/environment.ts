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

/** The part of an environment that commands get to see; `more` names further variables to let through. */
export function allowedEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  more: readonly string[] = [],
): Record<string, string> {
  const names = new Set([...ALLOWED, ...more]);
  return Object.fromEntries(
    Object.entries(environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && names.has(entry[0]),
    ),
  );
}
