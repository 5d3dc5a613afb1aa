import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '../../src/incident/model/incident.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import { issue, OPENSSL, served, serveTls, TLS } from '../kit/hosts/certificates.ts';
import { type Database, startDatabase } from '../kit/hosts/database.ts';
import { type Host, type HostsKit, hindrance, startHosts } from '../kit/hosts/kit.ts';
import { firing, type Healing, type More, startHealing } from '../kit/hosts/medic.ts';
import { throughBlackbox } from '../kit/hosts/monitoring.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';

const reason = await hindrance();

if (reason !== null) {
  it(`what an operator does on real hosts is left out, because ${reason}`, async () => {
    expect(await hindrance()).toBe(reason);
  });
} else describe('what an operator would do, on the real thing', { timeout: 240_000 }, operating);

function operating() {
  let scratch: Scratch;
  let kit: HostsKit;
  let web: Host;
  let database: Database;
  let healing: Healing;

  beforeAll(async () => {
    scratch = await scratchDir('operator');
    [kit, database] = await Promise.all([
      startHosts({
        dir: join(scratch.path, 'hosts'),
        hosts: [{ name: 'web-1', kind: 'web' }],
        binds: [OPENSSL],
      }),
      startDatabase(),
    ]);
    web = kit.host('web-1');
    await serveTls(web, 90);
    healing = await startHealing({ dir: scratch.path, kit, more: moreFor(web, database) });
    await until(async () => (await firing(healing.monitoring)).length === 0, {
      what: 'all to be well',
      ms: 60_000,
    });
  }, 900_000);
  afterAll(async () => {
    await healing?.stop();
    await database?.stop();
    await kit?.stop();
    await scratch?.remove();
  }, 60_000);

  afterEach(() => database.give());

  /** The incident of a service since then, once it is over or a person was called. */
  function over(service: string, since: number): Promise<Incident> {
    const ended = async () => {
      const incident = await healing.incident(service, since);
      return incident !== undefined && ['closed', 'escalated'].includes(incident.phase.at) && incident;
    };
    return until(ended, { what: `the end of the incident of ${service}`, ms: 150_000 });
  }

  it('ends idle sessions where a program has leaked them, and reloads what serves a certificate that was renewed', async () => {
    const since = Date.now();
    await Promise.all([
      database.take(),
      (async () => {
        await serveTls(web, -1);
        await issue(web, 90);
      })(),
    ]);
    const [orders, gateway] = await Promise.all([over('orders-db', since), over('gateway', since)]);
    expect(orders.phase, healing.thread(orders)).toMatchObject({ at: 'closed', how: 'healed' });
    expect(orders.attempts.map(({ playbook }) => playbook)).toEqual(['release_database_connections']);
    expect(await database.sessions()).toBe(0);
    const told = /ended 52 sessions: 52 of shop \(shop-web\), idle for/;
    await until(async () => told.test(healing.thread(orders)), {
      what: 'its thread to tell whose',
      ms: 30_000,
    });
    expect(gateway.phase, healing.thread(gateway)).toMatchObject({ at: 'closed', how: 'healed' });
    expect(gateway.attempts.map(({ playbook }) => playbook)).toEqual(['renew_certificate']);
    expect((await served(web)).daysLeft).toBeGreaterThan(80);
  });

  it('calls a person, and runs nothing, where no newer certificate is there and nobody says how to renew it', async () => {
    const since = Date.now();
    await serveTls(web, -1);
    const gateway = await over('gateway', since);
    expect(gateway.phase, healing.thread(gateway)).toMatchObject({ at: 'escalated' });
    expect(gateway.attempts).toEqual([]);
    expect(whyOf(gateway)).toContain('holds no newer certificate than nginx.service serves');
    expect((await served(web)).daysLeft).toBeLessThan(0);
  });
}

const whyOf = ({ phase }: Incident) => ('reason' in phase ? plainly(phase.reason ?? '') : '');

function moreFor(web: Host, database: Database): More {
  const endpoint = `${web.address}:443`;
  return {
    services: {
      'orders-db': {
        group: 'databases',
        labels: [{ job: 'postgres', instance: 'db-1:9187' }],
        postgresql: [{ name: 'orders-db', address: `127.0.0.1:${database.server.port}` }],
        settings: {
          ...{ pg_service: 'orders', releasable_users: 'shop' },
          ...{ releasable_after_idle: '1', releasable_after_idle_in_transaction: '1' },
        },
      },
      gateway: {
        group: 'web',
        unit: 'nginx.service',
        labels: [{ job: 'blackbox-tls', instance: endpoint }],
        tls: [{ address: endpoint, name: TLS.name, file: TLS.file }],
        settings: { tls_address: '127.0.0.1:443', tls_name: TLS.name, tls_file: TLS.file },
      },
    },
    groups: {
      databases: { hosts: { 'db-1': { ansible_connection: 'local', medic_become: false } } },
    },
    watched: {
      targets: [
        { job: 'postgres', targets: [database.exporter], labels: { instance: 'db-1:9187' } },
        { job: 'blackbox-tls', targets: [endpoint], labels: {} },
      ],
      settings: (blackbox) => ({ 'blackbox-tls': throughBlackbox(blackbox, 'tls_connect') }),
    },
    rules: [join(import.meta.dirname, 'operator.yml')],
    environment: { HOME: database.home, DATABASE_PASSWORD_ORDERS_DB: 'look' },
  };
}
