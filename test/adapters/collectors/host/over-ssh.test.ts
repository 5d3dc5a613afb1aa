import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createActivityCollector,
  createHostCollector,
} from '../../../../src/adapters/collectors/host/collector.ts';
import { createHosts, type OpenHosts } from '../../../../src/adapters/hosts/hosts.ts';
import type { HostCommand } from '../../../../src/evidence/hosts.ts';
import { evidenceOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { startSshd } from '../../runners/sshd.ts';

let scratch: Scratch;
let sshd: Awaited<ReturnType<typeof startSshd>>;
let hosts: OpenHosts;
const asked: HostCommand[] = [];

beforeAll(async () => {
  scratch = await scratchDir('over-ssh');
  sshd = await startSshd(join(scratch.path, 'sshd'));
  const inventory = join(scratch.path, 'inventory.ini');
  await writeFile(inventory, `[web]\nweb-1 ${sshd.host}\n`);
  hosts = createHosts({ inventory, environment: { ...process.env } });
});
afterAll(async () => {
  await hosts?.close();
  await sshd?.stop();
  await scratch?.remove();
});

it('a host is read in two goes, as it is and what it does, and without rights, and every fact that is kept stands in a line of its item', async () => {
  const counting = {
    ...hosts,
    run: (command: HostCommand, signal: AbortSignal) => {
      asked.push(command);
      return hosts.run(command, signal);
    },
  };
  const host = createHostCollector({ hosts: counting, timeout: 20_000 });
  const hostActivity = createActivityCollector({ hosts: counting, timeout: 20_000 });
  const service = serviceOf({ hosts: ['web-1'] });
  const inquiry = inquiryOf({ service, alerts: [] });
  const evidence = await evidenceOf({ host, hostActivity }, inquiry, {
    now: Date.now,
    budget: 30_000,
    redact: (text) => text,
  });
  expect(asked.map(({ become = false }) => become)).toEqual([false, false]);
  expect(evidence.filter(({ status }) => status === 'failed')).toEqual([]);
  const facts = evidence.flatMap(({ facts: all = [] }) => all);
  for (const name of [
    ...['system.cpu.load_per_core', 'system.cpu.utilization', 'process.top.cpu', 'system.memory.available'],
    ...[
      'system.filesystem.utilization',
      'system.filesystem.inodes.utilization',
      'system.filesystem.read_only',
    ],
    ...['system.file_descriptors.utilization', 'system.conntrack.utilization', 'system.clock.offset'],
  ])
    expect(facts.map((fact) => fact.name as string)).toContain(name);
  for (const { text, facts: all = [] } of evidence)
    for (const { quote } of all) expect(text.split('\n')).toContain(quote);
  expect(new Set(evidence.map(({ witness }) => witness)).has('kernel/web-1')).toBe(true);
}, 60_000);
