import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A small server of a recording. */
export interface Replay {
  readonly url: string;
  stop(): Promise<void>;
}

/** On a loopback port that is free. */
export async function listening(server: Server): Promise<Replay> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
