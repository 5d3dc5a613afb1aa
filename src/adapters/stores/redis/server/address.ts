/** Where Redis is: at one address, or wherever the sentinels say that the master is now. */
export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string }
  | {
      readonly kind: 'sentinels';
      /** The name by which the sentinels know the master. */
      readonly name: string;
      readonly sentinels: readonly { readonly host: string; readonly port: number }[];
      readonly tls: boolean;
      readonly username?: string;
      readonly password?: string;
      /** Where the sentinels ask for a password themselves. */
      readonly sentinelPassword?: string;
      readonly db: number;
    };

const SENTINELS =
  /^redis(?<tls>s?)\+sentinel:\/\/(?:(?<user>[^:/]*):(?<password>[^/]*)@)?(?<hosts>[^/@?]+)\/(?<name>[\w.-]+)(?:\/(?<db>\d+))?(?:\?sentinelPassword=(?<own>.+))?$/;
const HOST = /^(?<host>\[[0-9a-f:]+\]|[\w.-]+)(?::(?<port>\d+))?$/i;
const SENTINEL_PORT = 26_379;

/**
 * Reads `redis://`, `rediss://`, or
 * `redis+sentinel://[user:password@]host:26379,host:26379/<name of the master>[/<db>][?sentinelPassword=…]`
 * (`rediss+sentinel` speaks TLS with both). User and passwords are percent-encoded. Throws when the address cannot be read,
 * without repeating it: it may hold a password.
 */
export function readAddress(url: string): RedisAddress {
  if (!/^rediss?\+sentinel:/.test(url)) return { kind: 'server', url };
  const parts = SENTINELS.exec(url)?.groups;
  if (parts === undefined) throw new Error('REDIS_URL names no sentinels and master that could be read');
  const { user, password, own, hosts = '', name = '' } = parts;
  return {
    kind: 'sentinels',
    name,
    sentinels: hosts.split(',').map(hostOf),
    tls: parts.tls === 's',
    db: Number(parts.db ?? 0),
    ...(user ? { username: decodeURIComponent(user) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(own ? { sentinelPassword: decodeURIComponent(own) } : {}),
  };
}

function hostOf(text: string): { readonly host: string; readonly port: number } {
  const { host, port } = HOST.exec(text)?.groups ?? {};
  if (host === undefined) throw new Error('REDIS_URL names a sentinel that could not be read');
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port ?? SENTINEL_PORT) };
}

/** The passwords in an address, so that they can be kept out of everything that is written. */
export function passwordsIn(url: string): readonly string[] {
  const address = readAddress(url);
  const found =
    address.kind === 'sentinels'
      ? [address.password, address.sentinelPassword]
      : [decodeURIComponent(new URL(address.url).password)];
  return found.flatMap((password) => (password ? [password] : []));
}
