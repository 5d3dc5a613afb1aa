import { createServer } from 'node:http';
import type { Alert } from '../../../src/alerts/alert.ts';
import { listening, type Replay } from './server.ts';

const DAY = 86_400_000;

/** An Alertmanager that has been up for a day and has those of the alerts that fire. */
export function replayAlertmanager(alerts: readonly Alert[], at: number): Promise<Replay> {
  const firing = alerts
    .filter(({ status }) => status === 'firing')
    .map(({ fingerprint, labels, annotations, startsAt }) => ({
      fingerprint,
      labels,
      annotations,
      startsAt: new Date(startsAt).toISOString(),
      updatedAt: new Date(at).toISOString(),
      endsAt: new Date(at + DAY).toISOString(),
      status: { state: 'active', inhibitedBy: [], silencedBy: [] },
      receivers: [{ name: 'medic' }],
    }));
  return listening(
    createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://replay');
      const body = {
        '/api/v2/alerts': firing,
        '/api/v2/status': { uptime: new Date(at - DAY).toISOString() },
      };
      const found = Object.hasOwn(body, pathname) ? body[pathname as keyof typeof body] : null;
      response.writeHead(found === null ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(found));
    }),
  );
}
