import { Settings } from '../../../src/config/settings.ts';
import { changes as section } from '../../../src/evidence/collectors/changes.ts';
import type { Recorded, Scenario } from '../read/scenario.ts';
import { CHANGE_FILE, logFileOf, serviceOf } from '../replay/files.ts';

/**
 * The services as `medic.yml` would have them: those of the scenario, and those whose logs or changes were recorded outside of Kubernetes,
 * for nobody records what nobody reads. Where no file is named for these, they are in one of the replay.
 */
export function registryOf(scenario: Pick<Scenario, 'settings' | 'recorded'>): Settings {
  const { settings, recorded } = scenario;
  const { logs, changes } = recorded;
  const written = logs.flatMap((line) => serviceOf(line) ?? []);
  const names = new Set([
    ...Object.keys(settings.services),
    ...written,
    ...changes.map(({ service }) => service),
  ]);
  const services = [...names]
    .filter((name) => name !== '')
    .map((name) => {
      const own = Object.hasOwn(settings.services, name) ? settings.services[name] : undefined;
      const service = own ?? assumed(name, recorded);
      const hasLog = service.logs.length === 0 && written.includes(name);
      const hasChanges = service.changes === null && changes.some((change) => change.service === name);
      return [
        name,
        {
          ...service,
          ...(hasLog ? { logs: [{ file: logFileOf(name) }] } : {}),
          ...(hasChanges ? { changes: section.section.parse({ file: CHANGE_FILE }) } : {}),
        },
      ] as const;
    });
  return { ...settings, services: Object.fromEntries(services) };
}

const WORKLOADS: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

type Service = Settings['services'][string];

function assumed(name: string, { logs, kubernetes }: Recorded): Service {
  const hosts = new Set(logs.flatMap((line) => (serviceOf(line) === name ? (line.labels.host ?? []) : [])));
  const workload = kubernetes?.find(
    ({ kind, metadata }) => WORKLOADS.includes(kind) && metadata.name === name && metadata.namespace,
  );
  const place =
    workload === undefined
      ? {}
      : {
          kubernetes: {
            namespace: workload.metadata.namespace,
            workload: `${workload.kind.toLowerCase()}/${name}`,
          },
        };
  const { services } = Settings.parse({ services: { service: { hosts: [...hosts], ...place } } });
  return services.service as Service;
}
