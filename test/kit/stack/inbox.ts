import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './process.ts';

export type Delivery = {
  authorization: string | undefined;
  status: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
};

/** A webhook receiver on loopback that keeps every alert it is sent. */
export async function openInbox() {
  const deliveries: Delivery[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { alerts } = JSON.parse(text) as { alerts: Omit<Delivery, 'authorization'>[] };
    const { authorization } = request.headers;
    for (const { status, labels, annotations } of alerts) {
      deliveries.push({ authorization, status, labels, annotations });
    }
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alert`,
    deliveries,
    /** The next alert of this name and status that is not among the first `after` deliveries. */
    next: (alertname: string, status: string, after: number) =>
      until(
        () =>
          deliveries.slice(after).find((one) => one.labels.alertname === alertname && one.status === status),
        { what: `${alertname} to be ${status}`, ms: 100_000 },
      ),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
