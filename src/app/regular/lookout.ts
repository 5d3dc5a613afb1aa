import { createPrometheus } from '../../adapters/collectors/prometheus/client.ts';
import { createClient } from '../../adapters/sources/alertmanager/alerts.ts';
import type { Shared } from '../../config/load.ts';
import { serversOf } from '../../config/servers.ts';
import type { Server } from '../../config/settings.ts';
import {
  alertmanagerAway,
  prometheusAway,
  type See,
  seenServer,
  watched,
} from '../../engine/health/blindness.ts';

/** How long a server may take to say that it is there, milliseconds. */
const TIMEOUT = 3_000;

interface Look {
  /** What is looked for. */
  readonly name: string;
  /** Rejects where it cannot be asked. */
  readonly look: () => Promise<unknown>;
}

/** A look for each server that Medic asks about alerts and metrics; whether the one whose silences it reads is there, that reading tells. */
export function looksFor({ env, settings }: Pick<Shared, 'env' | 'settings'>, see: See): readonly Look[] {
  const { prometheus, alertmanager } = serversOf({ env, settings });
  return [
    ...once(prometheus).map((server) => {
      const about = seenServer('prometheus', server);
      return { name: about, look: watched(see, about, prometheusAway(server), prometheusLook(server)) };
    }),
    ...once(alertmanager)
      .filter(({ url }) => url !== env.ALERTMANAGER_URL)
      .map((server) => {
        const about = seenServer('alertmanager', server);
        const absence = alertmanagerAway(server, { silences: false, alerts: true });
        return { name: about, look: watched(see, about, absence, alertmanagerLook(server)) };
      }),
  ];
}

/** One that is named twice, in the environment and in `medic.yml`, is looked for once. */
const once = (servers: readonly Server[]) =>
  servers.filter(({ url }, place) => servers.findIndex((one) => one.url === url) === place);

/** Reads the silences; what comes of it also tells whether that Alertmanager is there. */
export function silencesOf<Silences>(
  url: string,
  see: See,
  hasHands: boolean,
  read: () => Promise<Silences>,
): () => Promise<Silences> {
  const server = { name: 'alertmanager', url };
  const absence = alertmanagerAway(server, { silences: true, alerts: hasHands });
  return watched(see, seenServer('alertmanager', server), absence, read);
}

function prometheusLook({ url }: Server): () => Promise<unknown> {
  const prometheus = createPrometheus({ url, timeout: TIMEOUT });
  return () => prometheus.query('vector(1)');
}

function alertmanagerLook(server: Server): () => Promise<unknown> {
  // Each client asks each thing once.
  return () => createClient(server, globalThis.fetch, AbortSignal.timeout(TIMEOUT)).startedAt();
}
