import type { Subject } from '../../alerts/alert.ts';
import { identity, registered } from '../../alerts/subject.ts';
import type { Service, Settings } from '../../config/settings.ts';
import type { ServiceView } from '../../evidence/collector.ts';

/** The registry's view of a service, for those who read; null where it does not know it. */
export function viewOf(subject: Subject, settings: Settings): ServiceView | null {
  const service = registered(subject, settings);
  if (service === null) return null;
  const { environment, hosts, logs, journal, health, state, changes, kubernetes, tls, dns } = service;
  const used = [service, ...neededBy(service, settings)];
  return {
    name: subject.name,
    environment,
    hosts,
    group: service.group ?? subject.name,
    unit: service.unit ?? subject.name,
    memoryLimit: service.memory_limit ?? null,
    release: releaseOf(service.settings.release_link),
    logs,
    journal,
    probes: health,
    state,
    changes,
    docker: service.docker,
    needs: service.depends_on.flatMap((name) => {
      const needed = Object.hasOwn(settings.services, name) ? settings.services[name] : undefined;
      return needed === undefined ? [] : [{ name, environment: needed.environment }];
    }),
    postgresql: distinct(used.flatMap((one) => one.postgresql)),
    redis: distinct(used.flatMap((one) => one.redis)),
    mysql: distinct(used.flatMap((one) => one.mysql)),
    queues: service.queues,
    tls,
    dns,
    kubernetes,
    labels: identity(subject.name, service),
  };
}

/** The entries of what a service needs directly. Their databases are its own: it is what their clients notice that is looked into. */
function neededBy({ depends_on }: Service, { services }: Settings): readonly Service[] {
  return depends_on.flatMap((name) => (Object.hasOwn(services, name) ? (services[name] ?? []) : []));
}

function distinct<Source extends { readonly name: string }>(sources: readonly Source[]): readonly Source[] {
  return [...new Map(sources.map((source) => [source.name, source])).values()];
}

function releaseOf(link: string | undefined): ServiceView['release'] {
  return link === undefined ? null : { link };
}
