import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { coverage } from '../../src/cli/coverage.ts';
import { readWish } from '../../src/cli/usage.ts';
import { type Rig, startRig } from '../adapters/collectors/prometheus/rig.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

const MEDIC = join(resolve(import.meta.dirname, '..', '..'), 'src', 'medic.js');
const PATIENCE = 60_000;
const DAY = 86_400;
const NOW = Math.floor(Date.now() / 60_000) * 60;

const RULES = `groups:
  - name: shop
    rules:
      - record: shop:errors:rate5m
        expr: sum by (service) (rate(http_requests_total{code=~"5.."}[5m]))
      - { alert: DiskFills, expr: 'node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.1', for: 5m, labels: { severity: page } }
      - { alert: ShopErrors, expr: 'shop:errors:rate5m > 3', labels: { severity: page } }
      - { alert: ShopErrors, expr: 'shop:errors:rate5m > 1', labels: { severity: warning } }
      - { alert: AllErrors, expr: 'sum(rate(http_requests_total{code=~"5.."}[5m])) > 3' }
      - { alert: Widgets, expr: 'widgets_left < 3' }
      - { alert: Beat, expr: 'vector(1)' }
`;

/** An alert that fired for ten minutes, sampled once a minute, so long ago. */
function firing(labels: string, ago: number): readonly string[] {
  return Array.from(
    { length: 10 },
    (_none, minute) => `ALERTS{${labels},alertstate="firing"} 1 ${NOW - ago + minute * 60}`,
  );
}

function history(): string {
  const disk = 'alertname="DiskFills",severity="page",instance="web-1:9100"';
  const errors = (severity: string) => `alertname="ShopErrors",severity="${severity}",service="shop"`;
  return [
    '# TYPE up gauge',
    ...Array.from(
      { length: 5 * 24 * 2 },
      (_none, at) => `up{job="a",instance="b"} 1 ${NOW - 5 * DAY + at * 1800}`,
    ),
    '# TYPE ALERTS gauge',
    ...firing(disk, 4 * DAY),
    ...firing(disk, 2 * DAY),
    ...firing(disk, DAY),
    ...firing(errors('warning'), 3 * DAY),
    ...firing('alertname="Gone",instance="x"', 2 * DAY),
    '# EOF',
    '',
  ].join('\n');
}

let rig: Rig;
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('coverage');
  rig = await startRig(RULES, history());
});
afterAll(async () => {
  await rig.stop();
  await scratch.remove();
});

let folder: string;
let count = 0;
beforeEach(async () => {
  count += 1;
  folder = join(scratch.path, String(count));
  await mkdir(folder);
});

async function write(name: string, content: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), content);
}

/** Runs `medic coverage` where nothing is set: no Redis, no Slack, and only the medic.yml that a test writes. */
async function medic(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const written = { out: '', err: '' };
  const to = (stream: keyof typeof written) => ({
    isTTY: false,
    write: (text: string | Uint8Array) => {
      written[stream] += String(text);
      return true;
    },
  });
  const wish = readWish(['coverage', ...words]);
  if (wish.kind !== 'coverage') return { code: 2, out: '', err: 'why' in wish ? wish.why : '' };
  const paths = wish.paths.map((path) => join(folder, path));
  const config = join(folder, 'medic.yml');
  const environment = { ...(existsSync(config) ? { MEDIC_CONFIG: config } : {}), ...env };
  const code = await coverage({ ...wish, paths }, environment, { out: to('out'), err: to('err') });
  return { code, ...written };
}

interface Json {
  readonly summary: string;
  readonly history: { readonly covered: number } | null;
  readonly total: number;
  readonly withoutRule: Readonly<Record<string, number>>;
  readonly rules: readonly {
    readonly alert: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly fired: number | null;
    readonly lack: string | null;
    readonly measures: readonly { readonly metrics: readonly string[]; readonly fires: object }[];
    readonly about: object;
  }[];
}

describe('medic coverage asks a Prometheus', { timeout: PATIENCE }, () => {
  it('for its rules and for how often each began to fire, the loudest first', async () => {
    const { code, out } = await medic(['--prometheus', rig.url, '--json']);
    const found = JSON.parse(out) as Json;
    expect(code).toBe(0);
    // What fires always begins to fire while the test runs, sooner or later.
    const others = found.rules.filter(({ alert }) => alert !== 'Beat');
    expect(others.map(({ alert, labels, fired }) => [alert, labels.severity, fired])).toEqual([
      ['DiskFills', 'page', 3],
      ['ShopErrors', 'warning', 1],
      ['AllErrors', undefined, 0],
      ['ShopErrors', 'page', 0],
      ['Widgets', undefined, 0],
    ]);
    expect(found.total).toBe(4);
    expect(found.withoutRule).toEqual({ Gone: 1 });
    const errors = found.rules.find(({ alert }) => alert === 'ShopErrors');
    expect(errors?.measures[0]).toMatchObject({
      metrics: ['http_requests_total'],
      fires: { kind: 'limit', is: '>' },
    });
    expect(errors?.about).toEqual({ kind: 'service', words: 'service' });
  });

  it('and says so where it knows less than it was asked for', async () => {
    const { out } = await medic([], { PROMETHEUS_URL: rig.url, COLUMNS: '80' });
    expect(out).toMatch(/Asked for 30 days; what fired is known for 5 days only\./);
    expect(out).toMatch(/\n4 alerts in 5 days/);
    expect(out).toContain('No rule is left of: Gone (1×).');
    expect(out).toContain('Left out, as it fires always and on purpose: Beat.');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('by the servers of medic.yml, and for rule files what fired alone', async () => {
    await write('medic.yml', `prometheus: [{ name: main, url: '${rig.url}' }]\n`);
    await write(
      'rules/a.yml',
      'groups: [{ name: a, rules: [{ alert: DiskFills, expr: node_filesystem_avail_bytes < 3 }] }]',
    );
    const { out } = await medic(['rules', '--json']);
    expect((JSON.parse(out) as Json).rules).toMatchObject([{ alert: 'DiskFills', fired: 3 }]);
  });

  it('and says in words where that cannot be done', async () => {
    const server = createServer((request, response) => {
      const isShut = request.url?.startsWith('/shut') === true;
      response.writeHead(isShut ? 401 : 200).end(isShut ? 'Unauthorized' : '<html>hello</html>');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const shut = await medic(['--prometheus', `${url}/shut`]);
    expect(shut).toMatchObject({ code: 1, out: '', err: expect.stringContaining('asks who you are (401)') });
    const other = await medic(['--prometheus', url]);
    expect(other).toMatchObject({
      code: 1,
      err: expect.stringContaining('is no Prometheus, or not its base address'),
    });
    server.close();
    server.closeAllConnections();
    const none = await medic(['--prometheus', url]);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('gave no answer') });
    const wrong = await medic(['--prometheus', 'nowhere']);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('is no address') });
  });
});

describe('medic coverage', { timeout: PATIENCE }, () => {
  it('runs where nothing is set, and tells of itself', async () => {
    const run = (words: readonly string[]) =>
      promisify(execFile)(process.execPath, [MEDIC, ...words], {
        cwd: folder,
        env: { PATH: process.env.PATH },
      });
    await write('a.yml', RULES);
    expect((await run(['coverage', 'a.yml'])).stdout).toContain('alert rules: I could');
    expect((await run(['coverage', '--help'])).stdout).toContain('Usage: medic coverage');
    expect((await run(['--help'])).stdout).toContain('medic coverage');
  });
});

describe('medic coverage reads rule files', { timeout: PATIENCE }, () => {
  it('of folders, however deep, and says what nobody can tell without a Prometheus', async () => {
    await write('rules/a.yml', RULES);
    await write(
      'rules/deep/er/b.yaml',
      `kind: PrometheusRule\nspec:\n${RULES.replace(/^(?=.)/gm, '  ').replaceAll('DiskFills', 'Other')}`,
    );
    await write('rules/notes.yml', 'hello: world');
    await write('rules/node_modules/c.yml', RULES.replaceAll('DiskFills', 'Hidden'));
    const { code, out } = await medic(['rules', '--json']);
    const names = (JSON.parse(out) as Json).rules.map(({ alert }) => alert);
    expect(code).toBe(0);
    expect(names).toContain('Other');
    expect(names).not.toContain('Hidden');
    expect((JSON.parse(out) as Json).summary).toMatch(/^6 alert rules: I could/);
  });

  it('and tells each mistake with its file and line', async () => {
    await write(
      'a.yml',
      'groups:\n  - rules:\n      - alert: A\n        expr: sum( > 3\n      - alert: B\n        expr: up == 0\n',
    );
    const { code, out, err } = await medic(['a.yml']);
    expect(code).toBe(1);
    expect(out).toContain('up = 0');
    expect(err).toContain('a.yml:4: A: the expression is no PromQL that can be read');
  });

  it.each([
    [['nothing.yml'], 'nothing.yml: is not there'],
    [['medic.yml'], 'holds no rules'],
    [['.'], 'no rule in 1 files'],
    [[], 'name rule files or folders, or a Prometheus'],
    [['--lsat', '3d'], 'did you mean --last?'],
    [['--last', 'soon'], '--last soon: write a duration'],
    [['--json', '--markdown'], 'choose one'],
  ])('and says in words what is missing: %j', async (words, message) => {
    await write('medic.yml', 'environment: production\n');
    const { code, err } = await medic(words);
    expect(code).not.toBe(0);
    expect(err).toContain(message);
  });

  it('as a table for a wide terminal, and as a page', async () => {
    await write('a.yml', RULES);
    const wide = await medic(['a.yml'], { COLUMNS: '200' });
    expect(wide.out).toMatch(/alert +fires when +about +why\n/);
    for (const line of wide.out.split('\n')) expect(line.length).toBeLessThanOrEqual(200);
    const page = await medic(['a.yml', '--markdown']);
    expect(page.out).toContain('| fired | alert | fires when |');
  });

  it('without letting what they say steer the terminal', async () => {
    await write('a.yml', 'groups: [{ name: a, rules: [{ alert: "A\\u001b[2J\\u202e", expr: up == 0 }] }]');
    const { out } = await medic(['a.yml']);
    expect(out).not.toContain('\u001b');
    expect(out).not.toContain('\u202e');
  });
});
