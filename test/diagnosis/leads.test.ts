import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../src/diagnosis/faults/library.ts';
import { leadsIn as leadsOf } from '../../src/diagnosis/leads.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { type Catalog, Manifest } from '../../src/playbooks/manifest.ts';
import { evidenceItem, looked } from '../kit/incident/fixtures.ts';

const WHEN_ANY = [{ alert: 'any', claim: 'An alert about it fires.' }];
const WHEN_MEMORY = [{ alert: { reads: 'memory' }, claim: 'An alert that measures memory fires.' }];

function playbook(name: string, when: readonly object[]) {
  const manifest = Manifest.parse({
    name,
    title: name,
    description: name,
    risk: 'low',
    category: 'restart',
    idempotent: true,
    parameters: {},
    targets: ['it'],
    run: { command: ['true'] },
    timeout: '1s',
    rollback: { none: 'nothing' },
    look: { unit: { is: 'failed' } },
    answers: [{ pattern: name, summary: name, cause: `${name} it is.`, when }],
    verify: { checks: [{ probe: 'healthy' }], within: '1s', every: '1s', stable: '1s' },
  });
  return [name, { manifest, folder: `/${name}`, hash: 'h' }] as const;
}

const catalog: Catalog = new Map([playbook('ended', WHEN_ANY), playbook('leaking', WHEN_MEMORY)]);
const leadsIn = (known: Catalog, evidence: readonly Evidence[]) =>
  leadsOf(NO_FAULTS, known, evidence, { symptom: 0, needs: new Map() });
const firing = (...reads: string[]) =>
  evidenceItem({ id: 'E1', kind: 'alert', text: 'alert A is firing', data: { type: 'alert', reads } });
const look = (verdict: 'fault' | 'well' | 'unknown', ...playbooks: string[]) =>
  evidenceItem({
    id: 'E2',
    kind: 'state',
    text: looked(verdict).words,
    data: { type: 'look', playbooks, spec: { unit: { is: 'failed' } }, reading: looked(verdict) },
  });

describe('leads', () => {
  it('say of each known cause which of its signs were found and which were not, the closest first', () => {
    const leads = leadsIn(catalog, [firing('memory_bytes'), look('well', 'ended', 'leaking')]);
    expect(leads.map(({ playbook }) => playbook)).toEqual(['leaking']);
    expect(leads[0]?.matched).toEqual(['An alert that measures memory fires']);
    expect(leads[0]?.missing).toHaveLength(1);
  });

  it('are none where no more is known than that something fires', () => {
    expect(leadsIn(catalog, [firing('other'), look('well', 'ended', 'leaking')])).toEqual([]);
  });

  it('say apart which signs could not be read', () => {
    const broke = [{ evidence: 'log', quote: 'error', claim: 'Its log says that it broke.' }];
    const known: Catalog = new Map([playbook('broken', [...WHEN_MEMORY, ...broke])]);
    const log = evidenceItem({ id: 'E3', kind: 'log', status: 'failed', text: 'no answer' });
    const found = [firing('memory_bytes'), look('fault', 'broken')];
    expect(leadsIn(known, found)[0]).toMatchObject({ missing: ['Its log says that it broke'] });
    expect(leadsIn(known, [...found, log])[0]).toMatchObject({
      missing: [],
      unread: ['Its log says that it broke'],
    });
  });

  it('keep a cause in sight that nobody could look at', () => {
    const [lead] = leadsIn(catalog, [firing('other'), look('unknown', 'ended', 'leaking')]);
    expect(lead?.playbook).toBe('ended');
    expect(lead?.unread?.[0]).toMatch(/^Medic’s own look: /);
  });
});
