import type { z } from 'zod';
import type { Collector, Declaration, Inquiry, Request } from '../collector.ts';
import { alertMetric } from './alert-metric.ts';
import { changes } from './changes.ts';
import { containerVitals } from './container-vitals.ts';
import { postgresql, redis } from './databases.ts';
import { docker } from './docker.ts';
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
}

/** What an investigation asks, of each collector that can tell something. */
export function requestsFor(inquiry: Inquiry): readonly Asked[] {
  const all: readonly Declaration[] = Object.values(DECLARED);
  return all.flatMap(({ name, kind, ask, takesLong = false }) => {
    const wanted = ask(inquiry);
    return wanted === null ? [] : [{ request: { collector: name, arguments: wanted }, kind, takesLong }];
  });
}
