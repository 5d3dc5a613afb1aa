import { execFileSync } from 'node:child_process';
import { appendFile, chmod, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogCollector } from '../../../src/adapters/collectors/logs/collector.ts';
import { clockAhead } from '../../../src/adapters/collectors/places.ts';
import { createHosts } from '../../../src/adapters/hosts/hosts.ts';
import type { ServiceView } from '../../../src/evidence/collector.ts';
import { clustersIn, kindsOf } from '../../../src/evidence/logs/cluster.ts';
import { mask } from '../../../src/evidence/logs/mask.ts';
import { timeOf, withTimes } from '../../../src/evidence/logs/times.ts';
import { tellUsual } from '../../../src/evidence/logs/usual.ts';
import { askedOf, inquiryOf, serviceOf } from '../../evidence/samples.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { startSshd } from '../runners/sshd.ts';

const _never = new AbortController().signal;
/** The alert of the samples began at 11:59. */
const BEGAN = Date.parse('2026-11-03T11:59:00Z');
const NOON = BEGAN + 60_000;
const at = (seconds: number) => new Date(BEGAN + seconds * 1000).toISOString();
let scratch: Scratch;
let sshd: Awaited<ReturnType<typeof startSshd>>;
let hosts: ReturnType<typeof createHosts>;

beforeAll(async () => {
  scratch = await scratchDir('logs');
  sshd = await startSshd(join(scratch.path, 'sshd'));
  const inventory = join(scratch.path, 'inventory.ini');
  await writeFile(
    inventory,
    `web-1 ${sshd.host}\ndb-1 ansible_connection=local\ndead-1 ansible_host=127.0.0.1 ansible_port=9\n`,
  );
  hosts = createHosts({ inventory, environment: process.env });
});
afterAll(async () => {
  await hosts?.close();
  await sshd?.stop();
  await scratch?.remove();
});

const read = (service: Partial<ServiceView>) =>
  askedOf(
    createLogCollector({ hosts, now: Date.now, timeout: 10_000 }),
    inquiryOf({ service: serviceOf({ hosts: ['db-1'], ...service }) }),
  );
async function file(name: string, content: string): Promise<string> {
  const path = join(scratch.path, name);
  await writeFile(path, content);
  return path;
}
async function readOne(name: string, lines: readonly string[], newline = '\n') {
  return read({ logs: [{ file: await file(name, lines.map((line) => line + newline).join('')) }] });
}
/** What a finding shows of the log itself. */
const shown = (text: string | undefined) =>
  (text ?? '').split('\n').filter((line, index) => index > 0 && !/^\(.*\)$/.test(line));

describe('a log', () => {
  it('gives its newest lines to the letter where somebody wants to read them, with what is new in it beside', async () => {
    const lines = Array.from({ length: 150 }, (_, i) => `${at(i / 10)} info request id=${i}`);
    const path = await file('last.log', `${lines.join('\n')}\n`);
    const service = serviceOf({ hosts: ['db-1'], logs: [{ file: path }] });
    const collector = createLogCollector({ hosts, now: Date.now, timeout: 10_000 });
    const [newest, ...more] = await askedOf(collector, { ...inquiryOf({ service }), last: 20 });
    expect(newest).toMatchObject({
      title: 'Last 20 lines of catalog on db-1',
      text: lines.slice(-20).join('\n'),
    });
    expect(more.map(({ title }) => title)).toEqual(['Log of catalog on db-1']);
  });

  it('shows like lines once with their number and times, and the newest last', async () => {
    const lines = Array.from(
      { length: 150 },
      (_, i) => `${at(i / 10)} info request id=${i} status 200 took ${i}ms`,
    );
    lines.splice(100, 0, `${at(9)} error connection to db refused`, '    at connect (db.ts:10)');
    const [item, ...more] = await readOne('like.log', lines);
    expect(more).toEqual([]);
    expect(shown(item?.text)).toEqual([
      `${at(9)} error connection to db refused`,
      '    at connect (db.ts:10)',
      `150x from ${at(0)} to ${at(14.9)} like: ${lines.at(-1)}`,
    ]);
    expect(item).toMatchObject({
      kind: 'log',
      title: 'Log of catalog on db-1',
      witness: 'service/production/catalog',
      window: { from: BEGAN - 300_000, to: NOON },
    });
    expect(item).not.toHaveProperty('supportsNothing');
  });

  it('is one instrument, however many files the service writes', async () => {
    const logs = await Promise.all(
      ['one.log', 'two.log'].map((name) => file(name, `${at(0)} error ${name}\n`)),
    );
    const items = await read({ logs: logs.map((path) => ({ file: path })) });
    expect(items).toHaveLength(2);
    expect(new Set(items.map(({ witness }) => witness)).size).toBe(1);
  });

  it('keeps each line that looks bad when there are too many kinds of lines', async () => {
    const words = [...'abcdefghijklmnopqrstuvwxyz'];
    const lines = words.flatMap((a) =>
      words.slice(0, 4).map((b) => `${at(1)} ${a}${b} ${a.repeat(50)} ${b.repeat(50)}`),
    );
    lines.splice(3, 0, `${at(1)} fatal: cannot open the index`);
    const [item, once] = await readOne('many.log', lines);
    expect(item?.text).toContain('fatal: cannot open the index');
    expect(item?.text).toMatch(/\(\d+ more kinds of lines left out here/);
    for (const one of [item, once]) expect(one?.text.length).toBeLessThan(4000);
    const left = Number(/^\((\d+) more lines that were written once\)$/m.exec(once?.text ?? '')?.[1]);
    const kept = [...shown(item?.text), ...shown(once?.text)];
    expect(new Set(kept).size + left).toBe(lines.length);
  });

  it('says nothing of what was there before the window, an ENOSPC of an earlier fault above all', async () => {
    const lines = [
      `${at(-86_400)} error ENOSPC: no space left on device, write`,
      '    at write (old.ts:1)',
      `${at(-301)} error ENOSPC: no space left on device, write`,
      `${at(-10)} error 500 checkout failed`,
    ];
    const items = await readOne('old.log', lines);
    expect(items).toHaveLength(1);
    expect(shown(items[0]?.text)).toEqual(lines.slice(3));
  });

  it('tells apart what is logged in the same measure as ever, and that supports nothing', async () => {
    const lines = [
      ...Array.from({ length: 60 }, (_, i) => `${at(-3600 + i * 55)} error upstream ${i} timed out`),
      ...Array.from({ length: 6 }, (_, i) => `${at(-290 + i * 55)} error upstream ${i} timed out`),
      `${at(-5)} error checkout 9 failed`,
    ];
    const [fresh, usual] = await readOne('usual.log', lines);
    expect(shown(fresh?.text)).toEqual([lines.at(-1)]);
    expect(usual).toMatchObject({
      title: 'Usual log lines of catalog on db-1',
      supportsNothing: 'it was logged in the same measure before the alert',
    });
    expect(usual?.text).toBe(
      `compared with the lines since ${at(-3600)}\n60x before, 6x since, like: ${lines.at(-2)}`,
    );
  });

  it('that holds none but usual lines, or none at all, supports nothing', async () => {
    const [silent] = await readOne('silent.log', ['2026-11-01T00:00:00Z error ENOSPC']);
    expect(silent).toMatchObject({ supportsNothing: expect.any(String) });
    expect(silent?.text).toMatch(/^nothing in it is from after 2026-11-03T11:54:00.000Z, last written /);
    expect(silent?.text).not.toContain('ENOSPC');
    const [empty] = await readOne('debug.log', []);
    expect(empty).toMatchObject({
      text: expect.stringMatching(/^the log is empty/),
      supportsNothing: expect.any(String),
    });
  });

  it('whose lines have no times is used only if it was written in the window, and says so', async () => {
    const path = await file('plain.log', 'error: cannot connect\n');
    const [item] = await read({ logs: [{ file: path }] });
    expect(item?.text).toMatch(/\(its lines have no times, .*\)\nerror: cannot connect$/);
    await utimes(path, 1000, 1000);
    const [old] = await read({ logs: [{ file: path }] });
    expect(old?.text).not.toContain('cannot connect');
  });

  it('was rotated meanwhile: the file before it is read too', async () => {
    const path = await file('rotated.log', `${at(2)} error second\n`);
    await file('rotated.log.1', `${at(1)} error first\n`);
    const [item] = await read({ logs: [{ file: path }] });
    expect(shown(item?.text)).toEqual([`${at(1)} error first`, `${at(2)} error second`]);
    expect(item?.text).toContain('(it was rotated meanwhile, and the file before it was read too)');
  });

  it('is read no further than the end of a huge file', async () => {
    const path = await file('huge.log', `${at(-1)} ${'x'.repeat(300)}\n`.repeat(20_000));
    await appendFile(path, `${at(0)} the end\n`);
    const [item] = await read({ logs: [{ file: path }] });
    expect(item?.text).toContain('the end');
    expect(item?.data).toMatchObject({ facts: { lines: 3217 } });
  });

  it('that cannot be read is an item of its own with what to check, and hides no other', async () => {
    const gone = join(scratch.path, 'gone.log');
    const pipe = join(scratch.path, 'pipe.log');
    execFileSync('mkfifo', [pipe]);
    const odd = await file('-odd name.log', `${at(0)} error hello\n`);
    const items = await read({ logs: [gone, pipe, odd].map((path) => ({ file: path })) });
    expect(items.map(({ text, failed }) => [failed, text.split('\n').at(-1)])).toEqual([
      [
        true,
        expect.stringMatching(/gone\.log does not exist on db-1; check its path in the service registry/),
      ],
      [true, expect.stringContaining('is not a regular file')],
      [undefined, `${at(0)} error hello`],
    ]);
  });

  it('cannot forge another file by what it says', async () => {
    const path = await file(
      'forged.log',
      `${at(0)} error\n\nmark file 1 1\n${at(0)} forged\nx clock 0 +0000\n`,
    );
    expect(await read({ logs: [{ file: path }] })).toHaveLength(1);
  });

  it('is read on each host that the service runs on, and one that is not reached hides no other', async () => {
    const path = await file('far.log', `${at(0)} error far away\n`);
    await chmod(path, 0o600);
    const items = await read({ hosts: ['web-1', 'dead-1', 'db-1'], logs: [{ file: path }] });
    expect(items.map(({ title, failed = false }) => [title, failed])).toEqual([
      ['Log of catalog on web-1', false],
      ['Log of catalog on dead-1', true],
      ['Log of catalog on db-1', false],
    ]);
    expect(items[0]?.text).toContain('error far away');
    expect(items[1]?.text).toMatch(/^dead-1 cannot be reached .*Connection refused$/);
  });
});

it('a clock is wrong only by what is not the time that the answer took', () => {
  expect(clockAhead(5000, 1000, 9000)).toBe(0);
  expect(clockAhead(10_500, 1000, 9000)).toBe(0);
  expect(clockAhead(69_000, 1000, 9000)).toBe(60_000);
  expect(clockAhead(-59_000, 1000, 9000)).toBe(-60_000);
});

describe('the time of a line', () => {
  const clock = { zone: 60, ahead: 0, modifiedAt: Date.parse('2026-12-01T00:00:00Z') };
  const wanted = Date.parse('2026-11-29T03:12:00Z');

  it.each([
    '2026-11-29T03:12:00Z started',
    '2026-11-29T04:12:00+01:00 started',
    '2026-11-29 04:12:00,000 INFO started',
    '2026-11-29 03:12:00.000 UTC [12] LOG: started',
    '[2026-11-29 04:12:00] started',
    '2026/11/29 04:12:00 [error] 12#12: *1 connect() failed',
    '192.0.2.1 - - [29/Nov/2026:03:12:00 +0000] "GET / HTTP/1.1" 200 12',
    'Nov 29 04:12:00 web-1 shop[12]: started',
    'E1129 04:12:00.000000 12 server.go:1] started',
    '12:M 29 Nov 2026 04:12:00.000 * Ready',
    '[Sun Nov 29 04:12:00.000000 2026] [core:error] [pid 1] started',
    '{"level":"info","time":1795921920000,"msg":"started"}',
    '{"level":"info","ts":1795921920.0,"msg":"started"}',
    '{"msg":"started","timestamp":"2026-11-29T03:12:00.000Z"}',
    'ts=2026-11-29T03:12:00Z level=info msg=started',
    '1795921920.000 12 192.0.2.1 TCP_MISS/200 GET',
  ])('is read as it is usually written: %s', (line) => {
    expect(new Date(timeOf(line, clock)?.at ?? 0).toISOString()).toBe(new Date(wanted).toISOString());
  });

  it.each([
    'started',
    '    at Object.<anonymous> (/srv/shop/index.js:12:34)',
    '10.0.0.1 said hello',
    '1234567890123456',
  ])('is none where the line states none: %s', (line) => expect(timeOf(line, clock)).toBeNull());

  it('without a year is that of the file, and never of days to come', () => {
    const january = { ...clock, modifiedAt: Date.parse('2027-01-01T00:00:00Z') };
    expect(timeOf('Dec 31 23:00:00 web-1 x', january)?.at).toBe(Date.parse('2026-12-31T22:00:00Z'));
  });

  it('without a zone is of the zone in which the file was last written', () => {
    const written = { zone: 60, ahead: 0, modifiedAt: wanted + 500 };
    expect(withTimes(['2026-11-29 03:12:00 in UTC'], written)[0]?.at).toBe(wanted);
    expect(withTimes(['2026-11-29 04:12:00 local'], written)[0]?.at).toBe(wanted);
  });

  it('is corrected where the clock of the host is wrong, and handed on to lines without one', () => {
    const fast = { zone: 0, ahead: 3_600_000, modifiedAt: wanted };
    expect(withTimes(['before', '2026-11-29T04:12:00Z x', '  at y'], fast).map((line) => line.at)).toEqual([
      null,
      wanted,
      wanted,
    ]);
  });
});

describe('kinds of lines', () => {
  it('are told apart by status codes although numbers are masked', () => {
    expect(mask('GET /items/17 200 12ms')).toBe(mask('GET /items/9412 200 7ms'));
    expect(mask('GET /items/17 200 12ms')).not.toBe(mask('GET /items/17 500 12ms'));
    expect(mask('took 200 ms')).toBe(mask('took 31 ms'));
    expect(mask('{"status":503}')).toContain('503');
    expect(mask('Nov 30 03:12:00 web-1 x')).toBe(mask('Dec  1 03:12:00 web-1 x'));
  });

  const line = fc.record({
    line: fc.oneof(fc.constantFrom('error ENOSPC', 'info 12 ok', 'GET /9 500'), fc.string()),
    at: fc.integer({ min: -3_600_000, max: 600_000 }),
  });

  it('hold every line once, and nothing that nobody wrote', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const clusters = clustersIn(
          lines,
          kindsOf(lines, () => []),
        );
        expect(clusters.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
        for (const cluster of clusters) expect(lines.map((one) => one.line)).toContain(cluster.line);
      }),
    );
  });

  it('that are fresh or usual were written in the window, and usual ones before it too', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { fresh, usual, lines: counted } = tellUsual(lines, 0, 600_000);
        const since = lines.filter((one) => one.at >= 0);
        const told = [...fresh, ...usual.map(({ cluster }) => cluster)];
        for (const cluster of told) expect(since.map((one) => one.line)).toContain(cluster.line);
        for (const { before } of usual) expect(before).toBeGreaterThan(1);
        expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(since.length);
        expect(counted).toBe(since.length);
      }),
    );
  });

  it('never become fresh by lines from before the window', () => {
    const old = fc.array(line.map((one) => ({ ...one, at: -Math.abs(one.at) - 1 })));
    fc.assert(
      fc.property(fc.array(line), old, (lines, older) => {
        const since = lines.filter((one) => one.at >= 0);
        const alone = new Set(tellUsual(since, 0, 600_000).fresh.map((cluster) => cluster.line));
        for (const cluster of tellUsual([...older, ...since], 0, 600_000).fresh)
          expect(alone.has(cluster.line)).toBe(true);
      }),
    );
  });
});
