import type { z } from 'zod';
import type { Collector, Declaration, Inquiry, Request, ServiceView } from '../collector.ts';
import { alertMetric } from './alert-metric.ts';
import { symptomOf } from './arguments.ts';
import { changes } from './changes.ts';
import { containerVitals } from './container-vitals.ts';
import { postgresql, redis } from './databases.ts';
import { docker } from './docker.ts';
import { mysql, queues } from './exporters.ts';
import { host, hostActivity } from './host.ts';
import { hostVitals } from './host-vitals.ts';
import { journal } from './journal.ts';
import { kubernetes } from './kubernetes.ts';
import { logs } from './logs.ts';
import { looks } from './looks.ts';
import { certificates, names } from './network.ts';
import { podLogs } from './pod-logs.ts';
import { probes } from './probes.ts';
import { processState } from './process-state.ts';
import { serviceVitals } from './service-vitals.ts';

/** Every collector there is, in the order in which their findings are numbered. */
export const DECLARED = {
  looks,
  alertMetric,
  serviceVitals,
  hostVitals,
  containerVitals,
  processState,
  kubernetes,
  logs,
  journal,
  podLogs,
  probes,
  changes,
  host,
  hostActivity,
  postgresql,
  redis,
  mysql,
  queues,
  certificates,
  names,
  docker,
} as const satisfies Readonly<Record<string, Declaration>>;

type Declared = typeof DECLARED;

/** One of each: a collector that is declared and not made, or made and not declared, does not compile. */
export type CollectorTable = {
  readonly [Name in keyof Declared]: Collector<z.infer<Declared[Name]['arguments']>>;
};

/** A request with what is to be said of it where nobody answers. */
export interface Asked {
  readonly request: Request;
  readonly kind: Declaration['kind'];
  /** See `Declaration`. */
  readonly takesLong?: boolean;
  /** The service that is asked about, where the subject only depends on it. */
  readonly dependency?: string;
}

/** What an investigation asks, of each collector that can tell something. */
export function requestsFor(inquiry: Inquiry): readonly Asked[] {
  return asked(Object.values(DECLARED), inquiry);
}

/**
 * What an investigation asks of a service that its subject depends on: whether it runs and answers. What it runs on, and what it writes,
 * is looked into where it has an incident of its own.
 */
export function requestsAround({ service, alerts }: Inquiry, needed: ServiceView): readonly Asked[] {
  if (service === null) return [];
  const since = symptomOf(alerts);
  const { name, environment } = needed;
  const inquiry: Inquiry = {
    subject: { kind: 'service', name, environment },
    service: needed,
    alerts: [],
    bindings: {},
    neededBy: service,
    ...(since === null ? {} : { since }),
  };
  const all: readonly Declaration[] = Object.values(DECLARED);
  const around = all.filter((one) => one.around === true);
  return asked(around, inquiry).map((one) => ({ ...one, dependency: name }));
}

function asked(declared: readonly Declaration[], inquiry: Inquiry): readonly Asked[] {
  return declared.flatMap(({ name, kind, ask, takesLong = false }) => {
    const wanted = ask(inquiry);
    return wanted === null ? [] : [{ request: { collector: name, arguments: wanted }, kind, takesLong }];
  });
}
