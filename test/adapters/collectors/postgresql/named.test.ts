import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createLogCollector } from '../../../../src/adapters/collectors/logs/collector.ts';
import { createPostgresqlCollector } from '../../../../src/adapters/collectors/postgresql/collector.ts';
import { createHosts } from '../../../../src/adapters/hosts/hosts.ts';
import { recognise } from '../../../../src/diagnosis/faults/recognise.ts';
import { recogniserOf } from '../../../../src/evidence/facts/signatures.ts';
import { readSignatures } from '../../../../src/playbooks/signatures.ts';
import { alertOf, evidenceOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { linesOf, shipped } from '../../../kit/faults/shipped.ts';
import { scratchDir } from '../../../kit/stack/guardian.ts';
import { startPostgresql } from '../../../kit/stack/postgresql.ts';

it('a database without a connection left is named by what it answers and what its client writes, each quoted to the letter', async () => {
  const scratch = await scratchDir('exhausted');
  onTestFinished(() => scratch.remove());
  const server = await startPostgresql(scratch.path, {
    max_connections: '8',
    superuser_reserved_connections: '2',
  });
  onTestFinished(() => server.stop());
  const admin = await server.connect();
  await admin.query("CREATE ROLE shop LOGIN PASSWORD 'shop'");
  const held = await Promise.all(Array.from({ length: 5 }, () => server.connect('shop', 'shop')));
  onTestFinished(async () => void (await Promise.all([admin, ...held].map((client) => client.end()))));
  const refusal = await server.connect('shop', 'shop').then(
    () => 'it got one',
    (error: Error) => error.message,
  );
  const log = join(scratch.path, 'shop.log');
  await writeFile(log, `${new Date().toISOString()} error cannot take an order: ${refusal}\n`);
  const inventory = join(scratch.path, 'inventory.ini');
  await writeFile(inventory, 'web-1 ansible_connection=local\n');
  const hosts = createHosts({ inventory, environment: process.env });
  onTestFinished(() => hosts.close());
  const source = {
    name: 'orders-db',
    address: `127.0.0.1:${server.port}`,
    user: 'shop',
    database: 'postgres',
    tls: 'off',
    timeout: 5000,
  } as const;
  const service = serviceOf({ hosts: ['web-1'], logs: [{ file: log }], postgresql: [source] });
  const recogniser = recogniserOf([readSignatures('playbooks').signatures]);
  const table = {
    postgresql: createPostgresqlCollector({ passwords: { 'orders-db': 'shop' } }),
    logs: createLogCollector({ hosts, now: Date.now, recognise: recogniser }),
  };
  const inquiry = inquiryOf({ service, alerts: [alertOf({ startsAt: Date.now() - 60_000 })] });
  const evidence = await evidenceOf(table, inquiry, {
    now: Date.now,
    budget: 10_000,
    redact: (text) => text,
  });
  const scene = { symptom: Date.now() - 60_000, needs: new Map(), about: ['service/catalog'] as const };
  const [first, ...more] = recognise(shipped().library, evidence, scene);
  expect(first && linesOf([first])).toEqual(['postgresql_connections_exhausted in database/orders-db']);
  expect(more).toEqual([]);
  const quotes = first?.claims.flatMap(({ citations }) => citations.map(({ quote }) => quote)) ?? [];
  expect(quotes).toEqual([
    expect.stringContaining('it refuses to work with SQLSTATE 53300'),
    expect.stringContaining(refusal),
  ]);
});
