import { Redis } from 'ioredis';
import type { RedisAddress } from './address.ts';

type Sentinels = Extract<RedisAddress, { readonly kind: 'sentinels' }>;

/**
 * Leaves a master as soon as a sentinel says that another one took its place. The old one may still run, and take writes that will
 * be lost, for many seconds until it is told. The watch ends with the connection.
 *
 * The client's own `failoverDetector` does not do: a word that comes while it reconnects would end it for good.
 */
export function leaveReplacedMaster(
  redis: Redis,
  { name, sentinels, tls, sentinelPassword }: Sentinels,
  retry: (attempt: number) => number,
): void {
  let replaced = false;
  const leave = () => {
    replaced = redis.status !== 'ready';
    if (!replaced) redis.disconnect(true);
  };
  const watches = sentinels.map((sentinel) => {
    const watch = new Redis({
      ...sentinel,
      ...(tls ? { tls: {} } : {}),
      ...(sentinelPassword === undefined ? {} : { password: sentinelPassword }),
      retryStrategy: retry,
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
    });
    // One sentinel less is told by the connection itself, when it finds none.
    watch.on('error', () => undefined);
    watch.on('message', (_channel, message: string) => {
      // <name> <old host> <old port> <new host> <new port>
      const [whose, , , host, port] = message.split(' ');
      if (whose === name && !isAt(redis, `${host}:${port}`)) leave();
    });
    watch.subscribe('+switch-master').catch(() => undefined);
    return watch;
  });
  // It heard of the change while it was connecting: perhaps to the old one.
  redis.on('ready', () => {
    if (replaced) leave();
  });
  redis.once('end', () => {
    for (const watch of watches) watch.disconnect();
  });
}

/** Whether it is connected to this address. An address that is only a name, or is translated on the way, is not recognised. */
function isAt({ status, stream }: Redis, address: string): boolean {
  return status === 'ready' && `${stream.remoteAddress}:${stream.remotePort}` === address;
}
