import type { Prometheus } from '../adapters/collectors/prometheus/client.ts';
import {
  createPrometheusCollectors,
  type PrometheusCollectors,
} from '../adapters/collectors/prometheus/collectors.ts';
import type { Subject } from '../alerts/alert.ts';
import type { BoundAlert } from '../evidence/alert-source.ts';
import type { Collector, ServiceView } from '../evidence/collector.ts';
import { alertMetric } from '../evidence/collectors/alert-metric.ts';
import { containerVitals } from '../evidence/collectors/container-vitals.ts';
import { mysql, queues } from '../evidence/collectors/exporters.ts';
import { hostVitals } from '../evidence/collectors/host-vitals.ts';
import { serviceVitals } from '../evidence/collectors/service-vitals.ts';
import { type Askable, prometheusFor } from './signals.ts';

/**
 * What Prometheus has to say, where several servers may be asked: each alert's metric is read at the server that its rule runs on, and
 * everything else at the one that knows the service best. They have nothing to tell where none is configured.
 *
 * @param namespaces where Medic looks in Kubernetes for what nobody has placed
 */
export function prometheusCollectorsOf(
  askable: Askable,
  namespaces: readonly string[],
): PrometheusCollectors {
  const byServer = new Map(
    [...askable.prometheus.values()].map((prometheus) => [
      prometheus,
      createPrometheusCollectors({ prometheus, namespaces }),
    ]),
  );
  const of = (server: Prometheus | null) => (server === null ? undefined : byServer.get(server));
  const home = (service: ServiceView | null) => prometheusFor(askable, service?.name ?? null);
  return {
    alertMetric: {
      declared: alertMetric,
      async collect(asked, present, signal) {
        const parts = Map.groupBy(
          asked.alerts,
          ({ bound }) => serverOf(bound, askable) ?? home(present.service),
        );
        const answers = [...parts].map(([server, alerts]) =>
          of(server)?.alertMetric.collect({ ...asked, alerts }, present, signal),
        );
        return (await Promise.all(answers)).flatMap((found) => found ?? []);
      },
    },
    serviceVitals: atHome(serviceVitals, (service) => of(home(service))?.serviceVitals),
    hostVitals: atHome(hostVitals, (service) => of(home(service))?.hostVitals),
    containerVitals: atHome(containerVitals, (service) => of(home(service))?.containerVitals),
    mysql: atHome(mysql, (service) => of(home(service))?.mysql),
    queues: atHome(queues, (service) => of(home(service))?.queues),
  };
}

function serverOf(bound: BoundAlert | null, { prometheus }: Askable): Prometheus | null {
  return bound === null ? null : (prometheus.get(bound.server) ?? null);
}

/** A collector that is asked at the server that knows the service best. */
function atHome<Arguments extends { readonly about: Subject }>(
  declared: Collector<Arguments>['declared'],
  homeOf: (service: ServiceView | null) => Collector<Arguments> | undefined,
): Collector<Arguments> {
  return {
    declared,
    collect: async (asked, present, signal) => homeOf(present.service)?.collect(asked, present, signal) ?? [],
  };
}
