import type { Alert, Subject } from '../../src/alerts/alert.ts';
import { collect } from '../../src/evidence/collect.ts';
import type { AnyCollector, Finding, Inquiry, ServiceView } from '../../src/evidence/collector.ts';
import { createCollectors } from '../../src/evidence/collectors/answer.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';

/** When an investigation of these samples is made. */
export const NOON = Date.parse('2026-11-03T12:00:00Z');

/** A firing ServiceDown of `catalog`, one minute old at noon. */
export function alertOf(more: Partial<Alert> = {}): Alert {
  return {
    fingerprint: 'f1',
    source: 'alertmanager',
    status: 'firing',
    name: 'ServiceDown',
    severity: 'critical',
    labels: { alertname: 'ServiceDown', service: 'catalog', job: 'fleet', instance: '127.0.0.1:9000' },
    annotations: { summary: 'catalog is down' },
    startsAt: NOON - 60_000,
    endsAt: null,
    expression: 'up{job="fleet"} == 0',
    link: null,
    ...more,
  };
}

export function serviceOf(more: Partial<ServiceView> = {}): ServiceView {
  return {
    name: 'catalog',
    environment: 'production',
    hosts: ['localhost'],
    group: 'catalog',
    unit: 'catalog',
    memoryLimit: null,
    release: null,
    labels: { service: 'catalog' },
    logs: [],
    journal: false,
    probes: [],
    changes: null,
    kubernetes: null,
    state: null,
    ...more,
  };
}

/** An investigation of `catalog` in production at noon. */
export function inquiryOf(more: Partial<Inquiry> = {}): Inquiry {
  return {
    subject: { kind: 'service', name: 'catalog', environment: 'production' },
    service: null,
    alerts: [alertOf()],
    bindings: {},
    ...more,
  };
}

/** What a collector answers to what it is asked in an investigation, at a time (noon by default); nothing where it is not asked. */
export async function askedOf(
  { declared, collect: answer }: AnyCollector,
  inquiry: Inquiry,
  { now = NOON, signal = new AbortController().signal }: { now?: number; signal?: AbortSignal } = {},
): Promise<readonly Finding[]> {
  const asked = declared.ask(inquiry);
  return asked === null ? [] : answer(asked as never, { service: inquiry.service, now }, signal);
}

/** The evidence that some collectors yield in an investigation, as it is kept. */
export function evidenceOf(
  table: Readonly<Record<string, AnyCollector>>,
  inquiry: Inquiry,
  { now, budget, redact }: { now: () => number; budget: number; redact: (text: string) => string },
): Promise<readonly Evidence[]> {
  const serviceOf = ({ name }: Subject) => (inquiry.service?.name === name ? inquiry.service : null);
  const requests = Object.values(table).flatMap(({ declared: { name, kind, ask } }) => {
    const asked = ask(inquiry);
    return asked === null ? [] : [{ request: { collector: name, arguments: asked }, kind }];
  });
  const collectors = createCollectors(table, { serviceOf, now });
  return collect(collectors, requests, inquiry, { at: now(), budget, redact, now });
}
