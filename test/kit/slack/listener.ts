import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { sendJson } from './http.ts';
import type { Platform } from './platform.ts';
import { serve } from './routes.ts';
import type { SocketMode } from './socket.ts';

/** The listening server and its connections, which a test may take down and bring back. */
export function newListener(platform: Platform, socketMode: SocketMode | undefined) {
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    serve(platform, request, response).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      // Slack itself never fails this way: it is the emulator that is wrong, and somebody must see it.
      process.emitWarning(`local Slack: ${request.method} ${request.url}: ${message}`);
      if (!response.headersSent) sendJson(response, 500, { ok: false, error: message });
      else response.destroy();
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket, head) => {
    if (socketMode && request.url?.startsWith('/link')) socketMode.upgrade(request, socket, head);
    else socket.destroy();
  });
  const listen = (port: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  const close = () =>
    new Promise<void>((resolve) => {
      if (!server.listening) return resolve();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return { listen, close };
}
