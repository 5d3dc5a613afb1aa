import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { until } from '../../kit/stack/process.ts';
import { startRedis } from '../../kit/stack/redis.ts';
import { webhookOf } from '../../kit/world/webhook.ts';
import { ALERT_TOKEN } from '../../kit/world/world.ts';
import { httpRig, type Rig } from './rig.ts';

let redis: Awaited<ReturnType<typeof startRedis>>;
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('stalled');
  redis = await startRedis({ dir: join(scratch.path, 'redis') });
});
afterAll(async () => {
  await redis?.stop();
  await scratch?.remove();
});

/** Begins a webhook whose body never ends, and waits until it has taken all the room there is. */
async function stall({ url, post }: Rig): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  // Hanging up may show as a reset.
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'connect');
  socket.write(
    `POST /alert HTTP/1.1\r\nhost: medic\r\nauthorization: Bearer ${ALERT_TOKEN}\r\n` +
      'content-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
  );
  await until(async () => (await post(webhookOf({ name: 'Any' }))).status === 503, {
    what: 'no room',
    ms: 5_000,
  });
  return socket;
}

describe('a webhook whose body never ends', () => {
  it('is hung up on, and gives its room back', async () => {
    const rig = await httpRig(
      redis.url,
      { under_way: { bytes: 1_000 } },
      { patience: { request: 500, close: 100 } },
    );
    const hungUp = once(await stall(rig), 'close');
    await hungUp;
    expect((await rig.post(webhookOf({ name: 'Any' }))).status).toBe(200);
  });

  it('holds up the end of the process for a moment only', async () => {
    const rig = await httpRig(
      redis.url,
      { under_way: { bytes: 1_000 } },
      { patience: { request: 60_000, close: 100 } },
    );
    await stall(rig);
    const begun = performance.now();
    await rig.close();
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});
