import { startFleet } from '../fleet/fleet.ts';
import { scratchDir } from './guardian.ts';
import { startRedis } from './redis.ts';

// Holds a scratch directory, a Redis and a fleet with its disk until it is killed. Says once what it holds.
const { path } = await scratchDir('held');
const redis = await startRedis({ dir: `${path}/redis` });
const fleet = await startFleet({ dir: `${path}/fleet` });
const services = await Promise.all(
  Object.keys(fleet.services).map((name) => fleet.supervisorctl('pid', name)),
);
process.stdout.write(`${JSON.stringify({ path, pids: [redis.pid, fleet.pid, ...services.map(Number)] })}\n`);
setInterval(() => undefined, 60_000);
