import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import { freeze } from '../../src/playbooks/freeze.ts';
import { looksFor } from '../../src/playbooks/look.ts';
import type { Plan } from '../../src/playbooks/plan.ts';
import { differenceIn } from '../../src/playbooks/rebuild.ts';
import type { Grounds } from '../../src/playbooks/sources.ts';
import { alert, looked, settings, shop } from '../kit/incident/fixtures.ts';

const catalog = loadCatalog(new URL('../../playbooks', import.meta.url).pathname);
const service = settings({
  services: {
    shop: {
      hosts: ['web-1', 'web-2'],
      cleanable: ['/var/spool/shop'],
      kubernetes: {
        ...{ namespace: 'shop', workload: 'deployment/shop' },
        ...{ replicas: { min: 2, max: 6 }, memory_ceiling: '2Gi' },
      },
      settings: {
        release_link: '/srv/current',
        ...{ pg_service: 'orders', releasable_users: 'shop', releasable_after_idle: '60' },
        ...{ tls_address: '127.0.0.1:443', tls_name: 'shop.example.com', tls_file: '/etc/shop.pem' },
        ...{ config_path: '/etc/nginx', config_check: 'nginx', relievable_units: 'reindex.service' },
      },
    },
  },
}).services.shop;
const bare: Grounds = {
  subject: shop,
  service: service ?? null,
  alerts: [
    alert('Small', { labels: { alertname: 'Small', service: 'shop', mountpoint: '/var/spool/shop' } }),
  ],
  evidence: [],
};

/** What looks found on one of two hosts, and in Kubernetes. */
const SEEN = {
  host: 'web-1',
  facts: {
    ...{ container: 'shop', memory_limit: '512Mi', pod: 'shop-7d9f8b6c5d-x2x4z' },
    ...{ replicas: '2', node: 'node-1' },
  },
};

/** What the looks found, and the release before. */
const evidence: readonly Evidence[] = [
  ...looksFor(catalog, bare).map(({ spec, playbooks }, index) =>
    item(`E${index + 1}`, { type: 'look', playbooks, spec, reading: looked('fault', SEEN) }),
  ),
  item('E99', { type: 'facts', facts: { previous_version: 'v1.2.3', previous_release: 'v1.2.3' } }),
];
const grounds: Grounds = { ...bare, evidence };

function item(id: string, data: Evidence['data']): Evidence {
  return {
    id,
    kind: 'state',
    title: 'a look',
    source: 'look',
    query: '',
    window: null,
    observedAt: 0,
    text: '',
    data,
    link: null,
    environment: 'production',
    witness: 'host/web-1',
    status: 'ok',
    hash: '',
  };
}

const stored = (plan: Plan) => JSON.parse(JSON.stringify(plan)) as Plan;

describe('a plan made anew', () => {
  const all = [...catalog.values()].flatMap((playbook) => {
    const freezing = freeze('inc-1-p1', playbook, {}, grounds, { kind: 'medic' });
    return freezing.kind === 'frozen' ? [{ playbook, plan: stored(freezing.plan) }] : [];
  });

  it('looks by the first source that knows a value, and by the usual one of a range', () => {
    const [look, ...more] = looksFor(catalog, bare).filter(({ playbooks }) =>
      playbooks.includes('release_database_connections'),
    );
    expect(more).toEqual([]);
    expect(JSON.stringify(look?.spec)).toMatch(
      /medic\.applications=\* -c medic\.idle=60 -c medic\.idle_in_transaction=60'/,
    );
  });

  it('is the same for every playbook of the catalog', () => {
    expect(all.map(({ plan }) => plan.playbook).sort()).toEqual([...catalog.keys()].sort());
    for (const { playbook, plan } of all) expect(differenceIn(plan, playbook, grounds)).toBeNull();
  });

  it('is the same after more alerts came, and for a person who asked before any did', () => {
    const by = { kind: 'person', user: 'UBOB' } as const;
    const more = { ...grounds, alerts: [...grounds.alerts, alert('Other')] };
    for (const { playbook, plan } of all) {
      const values = Object.fromEntries(
        Object.entries(plan.parameters).map(([name, { value }]) => [name, value]),
      );
      const asked = freeze('inc-1-p2', playbook, values, { ...bare, alerts: [] }, by);
      if (asked.kind === 'frozen') expect(differenceIn(stored(asked.plan), playbook, more)).toBeNull();
      expect(differenceIn(plan, playbook, more)).toBeNull();
    }
  });

  it('is another one where no look was at those hosts, or the registry does not have them', () => {
    const restart = all.find(({ plan }) => plan.playbook === 'restart_service');
    if (restart === undefined) throw new Error('there is no restart_service');
    expect(restart.plan.look?.hosts).toEqual(['web-1']);
    expect(differenceIn(restart.plan, restart.playbook, bare)).toContain('nothing here backs');
    const elsewhere = {
      ...restart.plan,
      look: { spec: { unit: { is: 'failed' } }, hosts: ['web-2'] },
    } as const;
    expect(differenceIn(elsewhere, restart.playbook, grounds)).toContain('differs in its look');
  });
});
