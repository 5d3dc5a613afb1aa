import type { Redis } from 'ioredis';

/** The clock of record, epoch milliseconds. */
export async function clockOf(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time();
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}
