import type { Inquiry, ServiceView } from '../../src/evidence/collector.ts';
import type { Alert } from '../../src/intake/alert.ts';

const NOON = Date.parse('2026-11-03T12:00:00Z');

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
    probes: [],
    changes: null,
    state: null,
    ...more,
  };
}

/** An investigation of `catalog` in production at noon. */
export function inquiryOf(more: Partial<Inquiry> = {}): Inquiry {
  return {
    incident: 'inc1',
    subject: { kind: 'service', name: 'catalog', environment: 'production' },
    service: null,
    alerts: [alertOf()],
    bindings: {},
    looks: [],
    now: NOON,
    ...more,
  };
}
