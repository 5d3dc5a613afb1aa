import type { Subject } from '../../alerts/alert.ts';
import { identity, registered } from '../../alerts/subject.ts';
import type { Settings } from '../../config/settings.ts';
import type { ServiceView } from '../../evidence/collector.ts';

/** The registry's view of a service, for those who read; null where it does not know it. */
export function viewOf(subject: Subject, settings: Settings): ServiceView | null {
  const service = registered(subject, settings);
  if (service === null) return null;
  const {
    environment,
    hosts,
    logs,
    journal,
    health,
    state,
    changes,
    kubernetes,
    postgresql,
    redis,
    tls,
    dns,
  } = service;
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
    postgresql,
    redis,
    tls,
    dns,
    kubernetes,
    labels: identity(subject.name, service),
  };
}

function releaseOf(link: string | undefined): ServiceView['release'] {
  return link === undefined ? null : { link };
}
