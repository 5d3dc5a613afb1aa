import type { ServerResponse } from 'node:http';
import type { Platform } from './platform.ts';
import type { Change } from './types.ts';

const KEEP_ALIVE_MS = 15_000;

/** Streams every change to the page as server-sent events until the page goes away. */
export function serveStream(platform: Platform, response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache',
    Connection: 'keep-alive',
  });
  response.write('retry: 500\n\n');
  const send = (change: Change) => {
    response.write(`data: ${JSON.stringify(change)}\n\n`);
  };
  const keepAlive = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
  platform.workspace.changes.on('change', send);
  send({ type: 'connected', connected: platform.delivery.connected() });
  response.on('close', () => {
    clearInterval(keepAlive);
    platform.workspace.changes.off('change', send);
  });
}
