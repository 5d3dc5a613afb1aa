import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createJournalCollector } from '../../src/adapters/collectors/logs/journal.ts';
import { createLooker } from '../../src/adapters/collectors/looks/looker.ts';
import { createHosts } from '../../src/adapters/hosts/hosts.ts';
import type { LookReading, LookSpec } from '../../src/evidence/looks/look.ts';
import { askedOf, inquiryOf, serviceOf } from '../evidence/samples.ts';
import * as faults from '../kit/hosts/faults.ts';
import { writeInventory } from '../kit/hosts/inventory.ts';
import { type HostsKit, hindrance, startHosts } from '../kit/hosts/kit.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';

const reason = await hindrance();
const never = new AbortController().signal;
const UNIT: LookSpec = { unit: { is: 'failed' } };
const SHOP = { group: 'web', unit: 'shop' };
const WORKER = { group: 'batch', unit: 'worker' };

if (reason !== null) {
  it(`looks at real hosts are left out, because ${reason}`, async () => {
    expect(await hindrance()).toBe(reason);
  });
} else describe('a look at a real host, by its group alone', realLooks);

function realLooks() {
  let scratch: Scratch;
  let kit: HostsKit;
  let hosts: ReturnType<typeof createHosts>;

  beforeAll(async () => {
    scratch = await scratchDir('looks-real');
    kit = await startHosts({ dir: join(scratch.path, 'hosts') });
    hosts = createHosts({ inventory: await writeInventory(kit), environment: process.env });
  }, 900_000);
  afterAll(async () => {
    await hosts?.close();
    await kit?.stop();
    await scratch?.remove();
  });
  afterEach(() => Promise.all(kit.hosts.map((host) => faults.restore(host))));

  async function look(
    spec: LookSpec,
    service: { group: string; unit: string },
    over: typeof hosts = hosts,
  ): Promise<LookReading> {
    const looker = createLooker({ hosts: over, now: Date.now, timeout: 15_000, environment: process.env });
    const target = { service: serviceOf({ hosts: [], ...service }), hosts: null, symptomAt: null };
    const [reading, ...more] = await looker.look(spec, target, never);
    expect(more).toEqual([]);
    return reading as LookReading;
  }

  it('sees units that run, under systemd and under supervisor', async () => {
    expect(await look(UNIT, SHOP)).toMatchObject({
      verdict: 'well',
      instrument: 'systemd/web-1/shop.service',
      words: expect.stringMatching(/^systemd on web-1: shop\.service: active \(running\) since /),
    });
    expect(await look(UNIT, WORKER)).toMatchObject({
      verdict: 'well',
      instrument: 'supervisor/jobs-1/worker',
    });
    expect(await look(UNIT, { ...SHOP, unit: 'nope' })).toMatchObject({ verdict: 'unknown' });
  });

  it('sees a crash as the fault', async () => {
    await Promise.all([
      faults.crash(kit.host('web-1'), 'shop.service'),
      faults.crashProgram(kit.host('jobs-1')),
    ]);
    expect(await look(UNIT, SHOP)).toMatchObject({
      verdict: 'fault',
      words: expect.stringContaining('failed (signal, signal 9) since '),
    });
    expect(await look(UNIT, WORKER)).toMatchObject({ verdict: 'fault' });
  });

  it('asks supervisorctl itself where sudo permits nothing else', async () => {
    const host = kit.host('jobs-1');
    const rules = '/etc/sudoers.d/deploy';
    const before = await host.ask('cat', rules);
    const only = 'deploy ALL=(ALL) NOPASSWD: /usr/bin/env LC_ALL=C timeout -k 1 [0-9]* supervisorctl *';
    const write = (text: string) => host.ask('sh', '-c', 'printf "%s\\n" "$1" > "$2"', 'write', text, rules);
    const strict = createHosts({ inventory: await writeInventory(kit), environment: process.env });
    try {
      await write(only);
      const wanted = { verdict: 'well', instrument: 'supervisor/jobs-1/worker' };
      expect(await look(UNIT, WORKER, strict)).toMatchObject(wanted);
      expect(await look(UNIT, WORKER, strict)).toMatchObject(wanted);
    } finally {
      await strict.close();
      await write(before);
    }
  });

  it('sees what a person stopped, and what systemd gave up, as no fault to mend', async () => {
    await faults.stopOnPurpose(kit.host('web-1'), 'nginx.service');
    expect(await look(UNIT, { ...SHOP, unit: 'nginx' })).toMatchObject({
      verdict: 'other',
      words: expect.stringContaining('stopped on purpose'),
    });
    await faults.stopOnPurpose(kit.host('jobs-1'), 'worker');
    expect(await look(UNIT, WORKER)).toMatchObject({ verdict: 'other' });
    await faults.reachStartLimit(kit.host('web-1'));
    expect(await look(UNIT, SHOP)).toMatchObject({
      verdict: 'other',
      words: expect.stringContaining('it gave up after 3 restarts'),
    });
  });

  it('sees a disk without space as the fault, and one without inodes as another', async () => {
    await faults.fillDisk(kit.host('web-1'));
    await faults.fillFiles(kit.host('web-1'), '/srv/archive');
    expect(await look({ disk: { path: '/srv/data', used: 0.9 } }, SHOP)).toMatchObject({ verdict: 'fault' });
    expect(await look({ disk: { path: '/srv/archive', used: 0.9 } }, SHOP)).toMatchObject({
      verdict: 'other',
    });
  });

  it('counts the memory of the unit, and no page cache', async () => {
    const before = await look({ memory: { limit: 100e6 } }, SHOP);
    expect(before).toMatchObject({ verdict: 'well', instrument: 'kernel/web-1' });
    await faults.growPageCache(kit.host('web-1'));
    const after = await look({ memory: { limit: 100e6 } }, SHOP);
    expect(after.verdict).toBe('well');
    expect(Number(after.facts.rss_bytes)).toBeLessThan(100e6);
    await faults.leak(kit.host('web-1'));
    await until(async () => (await look({ memory: { limit: 100e6 } }, SHOP)).verdict === 'fault', {
      what: 'the leak to pass the limit',
      ms: 30_000,
    });
    expect(await look({ memory: { limit: 100e6 } }, { ...SHOP, unit: 'nope' })).toMatchObject({
      verdict: 'unknown',
      words: expect.stringContaining('systemd has no unit nope'),
    });
  });

  const journalOf = (service: { group: string; unit: string }, journal: boolean | null = null) =>
    askedOf(
      createJournalCollector({ hosts, now: Date.now, timeout: 15_000 }),
      inquiryOf({ alerts: [], service: serviceOf({ hosts: [], journal, ...service }) }),
      { now: Date.now() },
    );

  it('reads in the journal what systemd did with a unit, as the word of systemd', async () => {
    await faults.crash(kit.host('web-1'), 'shop.service');
    const found = await journalOf(SHOP);
    const systemd = found.find(({ source }) => source === 'systemd');
    expect(systemd).toMatchObject({
      title: 'What systemd did with shop.service on web-1',
      witness: 'systemd/web-1/shop.service',
      text: expect.stringMatching(
        /^(?:one line|\d+ lines) since .*\n.*Main process exited, code=killed, status=9\/KILL/s,
      ),
    });
  });

  it('takes what a service writes as its own word, also where it writes as systemd would', async () => {
    const forged = 'chatter.service: Main process exited, code=killed, status=9/KILL';
    const script = `echo it speaks; logger --tag systemd --id=1 '${forged}'; echo '<3>${forged}'`;
    await kit
      .host('web-1')
      .ask('systemd-run', '--wait', '--unit=chatter', '--description=it', 'sh', '-c', script);
    const wanted = { group: 'web', unit: 'chatter' };
    const own = await until(
      async () => (await journalOf(wanted)).find(({ text }) => text.includes('it speaks')),
      { what: 'the journal', ms: 30_000 },
    );
    expect(own).toMatchObject({ source: 'journal', witness: 'service/production/catalog' });
    expect(own.text).toContain(forged);
    for (const { source, text } of await journalOf(wanted))
      if (source === 'systemd') expect(text).not.toContain('status=9/KILL');
  });

  it('has nothing to tell where supervisor runs it, or nothing was written', async () => {
    expect(await journalOf(WORKER)).toEqual([]);
    expect(await journalOf({ ...SHOP, unit: 'nope' })).toEqual([]);
    expect(await journalOf({ ...SHOP, unit: 'nope' }, true)).toMatchObject([
      {
        text: expect.stringMatching(/^nothing was written around the alert/),
        supportsNothing: expect.any(String),
      },
    ]);
  });
}
