import type { Prometheus } from '../adapters/prometheus/client.ts';
import { createPrometheusCollectors } from '../adapters/prometheus/collectors.ts';
import type { Collector, Inquiry } from '../evidence/collector.ts';
import type { Alert } from '../intake/alert.ts';
import { type Askable, prometheusFor } from './signals.ts';

/**
 * What Prometheus has to say, where several servers may be asked: each alert's metric is read at the server that its rule runs on, and
 * everything else at the one that knows the service best. None where none is configured.
 */
export function prometheusCollectorsOf(askable: Askable): readonly Collector[] {
  const byServer = new Map(
    [...askable.prometheus].map(([name, prometheus]) => [name, createPrometheusCollectors({ prometheus })]),
  );
  const [first] = byServer.values();
  return (first ?? []).map(({ name, kind }, place) => ({
    name,
    kind,
    async collect(inquiry, signal) {
      const asked = [...partsOf(inquiry, askable)].flatMap(([server, part]) => {
        const collector = byServer.get(server)?.[place];
        return collector === undefined ? [] : [collector.collect(part, signal)];
      });
      return (await Promise.all(asked)).flat();
    },
  }));
}

/** The inquiry as each server is asked it: with the alerts that are its own. Only the service's own server is asked about the service. */
function partsOf(inquiry: Inquiry, askable: Askable): ReadonlyMap<string, Inquiry> {
  const home = nameOf(prometheusFor(askable, inquiry.service?.name ?? null), askable);
  const own = Map.groupBy(inquiry.alerts, (alert) => serverOf(alert, inquiry, askable) ?? home);
  if (!own.has(home)) own.set(home, []);
  return new Map(
    [...own].map(([server, alerts]) => [
      server,
      server === home
        ? { ...inquiry, alerts }
        : { ...inquiry, alerts, service: null, subject: ELSEWHERE(inquiry) },
    ]),
  );
}

/** Another server is asked for its alerts' metrics alone. */
const ELSEWHERE = ({ subject }: Inquiry): Inquiry['subject'] => ({ ...subject, kind: 'storm' });

function serverOf({ fingerprint }: Alert, { bindings }: Inquiry, { prometheus }: Askable): string | null {
  const binding = Object.hasOwn(bindings, fingerprint) ? bindings[fingerprint] : undefined;
  return binding?.kind === 'bound' && prometheus.has(binding.bound.server) ? binding.bound.server : null;
}

function nameOf(wanted: Prometheus | null, { prometheus }: Askable): string {
  return [...prometheus].find(([, client]) => client === wanted)?.[0] ?? '';
}
