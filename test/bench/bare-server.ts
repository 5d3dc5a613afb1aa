/**
 * What a server does at least that takes a webhook: it parses the body, writes it durably to Redis, and answers 200. Started with a port and
 * the address of a Redis.
 */
import Fastify from 'fastify';
import { Redis } from 'ioredis';

const [port = '', url = ''] = process.argv.slice(2);
const redis = new Redis(url);
const app = Fastify({ bodyLimit: 8 * 1024 * 1024, logger: false });
let count = 0;

app.get('/readyz', async () => redis.ping());
app.post('/alert', async ({ body }) => {
  count += 1;
  await redis.set(`alert:${count}`, JSON.stringify(body));
  return { status: 'ok' };
});
process.once('SIGTERM', () => {
  redis.disconnect();
  void app.close();
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
