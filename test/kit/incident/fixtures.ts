import { createHash } from 'node:crypto';
import type { Alert, Subject } from '../../../src/alerts/alert.ts';
import { Settings } from '../../../src/config/settings.ts';
import { NO_FAULTS } from '../../../src/diagnosis/faults/library.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { LookReading } from '../../../src/evidence/looks/look.ts';
import type { StepContext } from '../../../src/incident/model/step-context.ts';
import { type Catalog, Manifest } from '../../../src/playbooks/manifest.ts';

export const T0 = Date.UTC(2026, 0, 1, 3, 0, 0);
export const shop: Subject = { kind: 'service', name: 'shop', environment: 'production' };

export const alice = { id: 'UALICE', name: 'Alice', groups: [] };
export const bob = { id: 'UBOB', name: 'Bob', groups: ['SOPS'] };
export const carol = { id: 'UCAROL', name: 'Carol', groups: [] };
export const dave = { id: 'UDAVE', name: 'Dave', groups: [] };

/** Alice and Carol approve, Bob operates, Dave may do neither. */
export function settings(changes: object = {}): Settings {
  return Settings.parse({
    services: { shop: { hosts: ['web-1'] } },
    roles: { operators: { groups: ['SOPS'] }, approvers: { users: ['UALICE', 'UCAROL'] } },
    ...changes,
  });
}

/** How every playbook here looks for itself. */
export const LOOK = { command: { argv: ['cat', 'healthy'], fault: '^no', well: '^yes' } };

/** What that look says of web-1. */
export function looked(
  verdict: LookReading['verdict'] = 'fault',
  changes: Partial<LookReading> = {},
): LookReading {
  return {
    host: 'web-1',
    verdict,
    words: `web-1 was looked at: ${verdict}`,
    instrument: 'command/cat',
    facts: {},
    at: T0,
    ...changes,
  };
}

function manifest(name: string, alertName: string, changes: object): Manifest {
  return Manifest.parse({
    name,
    title: `Run ${name}`,
    description: 'An example.',
    risk: 'low',
    category: 'restart',
    idempotent: true,
    parameters: { service: { description: 'the service', from: [{ registry: 'name' }] } },
    targets: ['{{service}}'],
    run: { command: ['true', '{{service}}'] },
    timeout: '10s',
    rollback: { none: 'nothing to put back' },
    answers: [
      {
        pattern: alertName,
        summary: `${alertName} fires.`,
        cause: `cause of ${alertName}`,
        when: [{ evidence: 'alert', quote: `^alert ${alertName} is firing`, claim: 'it fires' }],
      },
    ],
    look: LOOK,
    preconditions: [{ alert: 'firing' }],
    verify: { checks: [{ alert: 'resolved' }], within: '60s', every: '1s', stable: '3s' },
    ...changes,
  });
}

/** One playbook a tier: `ease` is low with a rollback, `mend` medium with a dry run, `undo` high with both. `tune` is one with choices. */
const catalog: Catalog = new Map(
  [
    manifest('ease', 'Small', { rollback: { run: { command: ['true', 'back'] }, rehearsed: true } }),
    manifest('soothe', 'Probed', {
      verify: { checks: [{ probe: 'healthy' }], within: '60s', every: '1s', stable: '3s' },
    }),
    manifest('mend', 'Middling', { risk: 'medium', dry_run: { command: ['true', '--dry'] } }),
    manifest('tune', 'Choosy', {
      risk: 'medium',
      parameters: {
        service: { description: 'the service', from: [{ registry: 'name' }] },
        release: { description: 'the release', from: [{ fact: 'previous_version' }] },
        pace: { description: 'how', from: [{ oneOf: ['slow', 'fast'] }] },
        percent: { description: 'how much', from: [{ range: { min: 1, max: 50, default: 10 } }] },
      },
      targets: ['{{service}}'],
    }),
    manifest('undo', 'Grave', {
      risk: 'high',
      dry_run: { command: ['true', '--dry'] },
      rollback: { run: { command: ['true', 'back'] }, rehearsed: true },
    }),
  ].map((one) => [one.name, { manifest: one, folder: `/playbooks/${one.name}`, hash: `hash-${one.name}` }]),
);

export function given(changes: Partial<StepContext> = {}): StepContext {
  return {
    now: T0,
    aliveSince: 0,
    reachableSince: 0,
    settings: settings(),
    policyDigest: 'policy-1',
    catalog,
    library: NO_FAULTS,
    model: false,
    silences: [],
    heard: {},
    around: { neighbours: [], lately: null },
    redact: (text) => text,
    ...changes,
  };
}

export function alert(name: string, changes: Partial<Alert> = {}): Alert {
  return {
    fingerprint: `fp-${name}`,
    source: 'alertmanager',
    status: 'firing',
    name,
    severity: 'critical',
    labels: { alertname: name, service: 'shop', job: 'shop', instance: 'web-1:80' },
    annotations: {},
    startsAt: T0 - 1000,
    endsAt: null,
    expression: null,
    link: null,
    ...changes,
  };
}

export function evidenceItem(changes: Partial<Evidence>): Evidence {
  const text = changes.text ?? 'nothing of note';
  return {
    id: 'E1',
    kind: 'log',
    title: 'a fact',
    source: 'file',
    query: '/var/log/shop.log',
    window: null,
    observedAt: T0,
    data: null,
    link: null,
    environment: 'production',
    witness: 'log/shop',
    status: 'ok',
    hash: createHash('sha256').update(text).digest('hex'),
    ...changes,
    text,
  };
}

/** Evidence that lets the known pattern of this alert decide, where the look finds the fault. */
export function telling(name: string, now = T0, verdict: LookReading['verdict'] = 'fault'): Evidence[] {
  return [
    evidenceItem({
      id: 'E1',
      kind: 'alert',
      witness: 'sender/alertmanager',
      data: { type: 'alert', reads: [] },
      text: `alert ${name} is firing\nseverity: critical`,
      observedAt: now,
    }),
    evidenceItem({
      id: 'E2',
      kind: 'state',
      witness: 'command/cat',
      text: `web-1 was looked at: ${verdict}`,
      data: {
        type: 'look',
        playbooks: ['ease', 'soothe', 'mend', 'tune', 'undo'],
        spec: LOOK,
        reading: looked(verdict, { at: now }),
      },
      observedAt: now,
    }),
  ];
}
