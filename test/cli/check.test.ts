import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { Report } from '../../src/app/checks/check.ts';
import { readWish } from '../../src/cli/usage.ts';
import { readLibrary } from '../../src/diagnosis/faults/load.ts';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import type { Fleet } from '../kit/fleet/fleet.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { settingsFor } from '../kit/world/settings.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const MEDIC = join(ROOT, 'src', 'medic.js');
/** How many faults ship. */
const PLAYBOOKS = loadCatalog(join(ROOT, 'playbooks')).size;
const FAULTS = readLibrary(join(ROOT, 'playbooks', 'faults')).library.faults.size;
/** Ansible reads each playbook in about a second, on a machine that others keep busy in many. */
const PATIENCE = 120_000;

let scratch: Scratch;
beforeEach(async () => {
  scratch = await scratchDir('check');
});
afterEach(() => scratch.remove());
const at = (name: string) => join(scratch.path, name);

async function write(name: string, content: string | object): Promise<void> {
  await mkdir(dirname(at(name)), { recursive: true });
  await writeFile(at(name), typeof content === 'string' ? content : stringify(content));
}

/** Runs Medic with these words, where nothing but the path and a home is set, and no Redis is there. */
async function medic(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MEDIC, ...words], {
    cwd: scratch.path,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(PATIENCE),
    killSignal: 'SIGKILL',
  });
  const [[code], out, err] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, out, err };
}

const manifest = (name: string, more: object = {}) => ({
  name,
  title: 'Ease',
  description: 'An example.',
  risk: 'low',
  category: 'restart',
  idempotent: true,
  parameters: { hosts: { description: 'where', from: [{ registry: 'hosts' }] } },
  targets: ['{{hosts}}'],
  run: { ansible: { playbook: 'site.yml' } },
  timeout: '10s',
  rollback: { none: 'nothing to put back' },
  verify: { checks: [{ probe: 'healthy' }], within: '1m', every: '1s', stable: '3s' },
  ...more,
});
const ENVIRONMENT = {
  REDIS_URL: 'redis://127.0.0.1:1',
  SLACK_BOT_TOKEN: 'xoxb-1234567890',
  SLACK_APP_TOKEN: 'xapp-1234567890',
  SLACK_CHANNEL: 'C0INCIDENTS',
  ALERT_TOKEN: 'a-secret-that-is-long-enough',
};

describe('medic check', () => {
  it(
    'ends with 0 for what ships: the playbooks, and the medic.yml of the README',
    async () => {
      const [, yaml = ''] =
        /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
      await write('medic.yml', yaml);
      await write('inventory.yml', {
        all: {
          children: { web: { hosts: { 'web-1': null, 'web-2': null } } },
          hosts: { 'app-1': null, 'db-1': null },
        },
      });
      const { code, out, err } = await medic(['check'], {
        ...ENVIRONMENT,
        DATABASE_PASSWORD_ORDERS: 'a-password',
      });
      expect({ code, out, err }).toEqual({
        code: 0,
        out: `Whether commands can run as the user of run_as was not tried: Medic tries it when it starts.\n\nAll is well (3 services, ${PLAYBOOKS} playbooks, ${FAULTS} faults)\n`,
        err: '',
      });
    },
    PATIENCE,
  );

  it(
    'ends with 0 for the demo',
    async () => {
      const service = (name: string) => ({
        name,
        url: 'http://127.0.0.1:1',
        port: 1,
        logFile: at(`${name}.log`),
      });
      const fleet = {
        services: {
          catalog: service('catalog'),
          orders: service('orders'),
          storefront: service('storefront'),
        },
        inventory: at('hosts.yml'),
        supervisorConf: at('supervisord.conf'),
        releases: { dir: scratch.path, current: at('current'), changes: at('deploys.jsonl') },
        disk: { mounted: true, path: at('disk') },
      } as unknown as Fleet;
      await write('medic.yml', settingsFor(fleet, {}));
      await write('hosts.yml', { all: { hosts: { localhost: { ansible_connection: 'local' } } } });
      await mkdir(at('none'));
      const { code, out } = await medic(['check'], { ...ENVIRONMENT, MEDIC_PLAYBOOKS: 'none' });
      expect({ code, out }).toEqual({ code: 0, out: 'All is well (3 services, 0 playbooks)\n' });
    },
    PATIENCE,
  );

  it(
    'ends with 1 and tells everything that is wrong with anything, by file and line, without a Redis',
    async () => {
      await write('medic.yml', {
        services: { shop: { hosts: ['web-2'], group: 'wbe' } },
        ansible: { inventory: 'hosts.ini' },
      });
      await write('hosts.ini', '[web]\nweb-1\n');
      await write('playbooks/ease/playbook.yml', manifest('ease', { timeout: 10 }));
      await write('playbooks/ease/site.yml', '- hosts: all\n');
      await write('playbooks/heal/playbook.yml', manifest('heal'));
      await write('playbooks/heal/site.yml', '- hosts: all\n  roles: [gone]\n');
      await write('playbooks/mend/playbook.yml', 'name: [\n');
      const { code, out } = await medic(['check'], {
        ...ENVIRONMENT,
        ALERT_TOKEN: 'short',
        MEDIC_PLAYBOOKS: 'playbooks',
      });
      expect(code).toBe(1);
      expect(out.replaceAll(scratch.path, '').replace(/: Ansible looked .*/, '')).toBe(
        `environment
  ✗ ALERT_TOKEN: must be a secret of at least 16 characters, e.g. from \`openssl rand -hex 24\`

medic.yml
  ✗ 4:9  services.shop.hosts.0: web-2 is not in the inventory: add it to /hosts.ini, or name the service's hosts as they are called there. Did you mean web-1?
  ✗ 5:5  services.shop.group: the inventory has no group wbe with hosts in it: did you mean web?

playbooks/ease/playbook.yml
  ✗ 17:1  timeout: 10 has no unit: write 10s, or 10 with ms, m or h

playbooks/mend/playbook.yml
  ✗ 2:1: the YAML is broken: this line is indented otherwise than its neighbours, or a bracket, brace or quote before it is never closed

playbooks/heal/site.yml
  ✗ 2:11: the role gone is not there

6 mistakes (1 service, 1 playbook)
`,
      );
    },
    PATIENCE,
  );

  it(
    'says the same as JSON',
    async () => {
      await write('medic.yml', 'policy:\n  cooldown: 10\n');
      await mkdir(at('none'));
      const { code, out } = await medic(['check', '--json'], { MEDIC_PLAYBOOKS: 'none' });
      expect(code).toBe(1);
      expect(JSON.parse(out)).toEqual({
        wrong: [
          {
            file: at('medic.yml'),
            line: 2,
            column: 3,
            path: 'policy.cooldown',
            message: '10 has no unit: write 10s, or 10 with ms, m or h',
          },
        ],
        doubtful: [],
        unchecked: [],
        notes: [expect.stringMatching(/^The environment was not checked/)],
        config: at('medic.yml'),
        catalog: at('none'),
        playbooks: 0,
        faults: 0,
        services: null,
        evidence: {},
        exitCode: 1,
      });
    },
    PATIENCE,
  );

  it(
    'tells what Medic can read of each service, and what is to be written for the rest',
    async () => {
      await write('medic.yml', 'services: { shop: { logs: [{ file: /var/log/shop.log }] } }\n');
      await mkdir(at('none'));
      const told = await medic(['check', '--json'], { MEDIC_PLAYBOOKS: 'none' });
      const { evidence } = JSON.parse(told.out) as Pick<Report, 'evidence'>;
      expect(Object.fromEntries((evidence.shop ?? []).map((one) => [one.collector, one.lacks]))).toEqual({
        looks: null,
        'alert metric': '`prometheus`, or PROMETHEUS_URL in the environment',
        'service vital signs': '`prometheus`, or PROMETHEUS_URL in the environment',
        'host vital signs': '`prometheus`, or PROMETHEUS_URL in the environment',
        'container vital signs': '`prometheus`, or PROMETHEUS_URL in the environment',
        'process state': '`state`',
        kubernetes: '`kubernetes`, beside `services`',
        logs: null,
        journal: '`journal: true`',
        'logs of pods': '`kubernetes`, beside `services`',
        probes: '`health`',
        changes: '`changes: { file }`, or CHANGE_TOKEN in the environment',
        docker: '`docker`, beside `services`',
        host: null,
        'host activity': null,
        postgresql: '`postgresql`',
        redis: '`redis`',
        mysql: '`prometheus`, or PROMETHEUS_URL in the environment',
        queues: '`prometheus`, or PROMETHEUS_URL in the environment',
        certificates: '`tls`',
        names: '`dns`',
      });
    },
    PATIENCE,
  );

  it(
    'says what is wrong with a kubeconfig and quotes none of it: none to be read, a broken one, and one that runs a program for its token',
    async () => {
      const flaws = async (path: string) => {
        await write('medic.yml', `kubernetes: { kubeconfig: ${path} }\n`);
        const { out } = await medic(['check', '--json'], { MEDIC_PLAYBOOKS: 'none' });
        const { wrong } = JSON.parse(out) as {
          readonly wrong: Report['mistakes'];
        };
        return wrong.flatMap((one) => (one.path === 'kubernetes.kubeconfig' ? [one.message] : []));
      };
      await mkdir(at('none'));
      expect(await flaws(at('nowhere'))).toEqual([expect.stringMatching(/nowhere is not there$/)]);
      await write('broken', 'users:\n  - user:\n      token: a-token-that-nobody-may-see\n     broken\n');
      const [broken = ''] = await flaws(at('broken'));
      expect(broken).toMatch(/^the YAML of .*broken cannot be read$/);
      const user = '{ name: cloud, user: { exec: { command: fetch-token, apiVersion: v1 } } }';
      const context = '{ name: c, context: { cluster: k, user: cloud } }';
      await write(
        'kubeconfig',
        `clusters: [{ name: k, cluster: { server: 'https://127.0.0.1:1' } }]\nusers: [${user}]\ncontexts: [${context}]\ncurrent-context: c\n`,
      );
      expect(await flaws(at('kubeconfig'))).toEqual([
        'the user cloud gets its token from a program: give Medic the token of a service account',
      ]);
    },
    PATIENCE,
  );

  it(
    'checks the files alone where no environment is set, as on a machine that builds, and says so',
    async () => {
      await write('medic.yml', 'policy: { cooldown: 10s }\n');
      await mkdir(at('none'));
      const files = await medic(['check'], { MEDIC_PLAYBOOKS: 'none' });
      expect(files.code).toBe(0);
      expect(files.out).toMatch(
        /^The environment was not checked: none of REDIS_URL, .*\n\nAll is well \(0 services, 0 playbooks\)\n$/,
      );
      const part = await medic(['check'], { MEDIC_PLAYBOOKS: 'none', REDIS_URL: 'redis://redis.example' });
      expect(part.code).toBe(1);
      expect(part.out).toContain('  ✗ SLACK_BOT_TOKEN: is not set\n');
    },
    PATIENCE,
  );

  it(
    'names what is wrong with faults, and faults to be mended that nobody knows',
    async () => {
      await write('medic.yml', 'policy: { cooldown: 10s }\n');
      await write(
        'playbooks/ease/playbook.yml',
        manifest('ease', { run: { command: ['true'] }, mends: ['slow'] }),
      );
      await write('playbooks/faults/host/slow_disk.yml', 'name: slow_disk\nobject: host\n');
      const { code, out } = await medic(['check'], { MEDIC_PLAYBOOKS: 'playbooks' });
      expect(code).toBe(1);
      expect(out).toContain('playbooks/faults/host/slow_disk.yml\n  ✗ 1:1  title: is missing\n');
      expect(out).toMatch(/ \? \d+:5 {2}mends\.0: the library has no fault "slow"\n/);
    },
    PATIENCE,
  );

  it(
    'ends with 2 where nothing is wrong and Ansible is not there to say so, and names it once',
    async () => {
      await write('hosts.ini', 'web-1\n');
      await write('medic.yml', 'ansible: { inventory: hosts.ini }\n');
      for (const name of ['ease', 'heal']) {
        await write(`playbooks/${name}/playbook.yml`, manifest(name));
        await write(`playbooks/${name}/site.yml`, '- hosts: all\n');
      }
      await mkdir(at('bin'));
      await symlink(process.execPath, at('bin/node'));
      const { code, out } = await medic(['check'], { MEDIC_PLAYBOOKS: 'playbooks', PATH: at('bin') });
      expect(code).toBe(2);
      expect(out).toMatch(/– its syntax was not checked: ansible-playbook/);
      expect(out.match(/its syntax was not checked/g)).toHaveLength(1);
      expect(out).toMatch(/\nNothing is wrong, not all of it checked \(0 services, 2 playbooks\)\n$/);
    },
    PATIENCE,
  );

  it(
    'of a brain leaves out what only a runner has, and says so',
    async () => {
      await write('medic.yml', 'services: { shop: { hosts: [web-1] } }\n');
      const { code, out } = await medic(['check'], {
        ...ENVIRONMENT,
        MEDIC_ROLE: 'brain',
        MEDIC_KEY: 'k'.repeat(32),
      });
      expect(code).toBe(0);
      expect(out).toMatch(/a brain has neither\. Run the check where the runner is\.\n\nAll is well/);
    },
    PATIENCE,
  );
});

const usage = (of: RegExp) => expect.stringMatching(new RegExp(`^Usage: ${of.source}`));
const wrong = (why: string) => ({ kind: 'wrong', why, text: usage(/medic audit/) });

describe('the words after medic', () => {
  it(
    'that nobody knows are refused with the one that was meant, and nothing is started',
    async () => {
      const { code, out, err } = await medic(['chekc'], ENVIRONMENT);
      expect(code).toBe(2);
      expect(out).toBe('');
      expect(err).toMatch(/^medic: unknown word "chekc": did you mean check\?\n\nUsage: medic /);
    },
    PATIENCE,
  );

  it(
    'may ask for help and for the version',
    async () => {
      expect(await medic(['--help'])).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^Usage: medic /),
      });
      expect(await medic(['--version'])).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      });
    },
    PATIENCE,
  );

  it.each([
    [[], { kind: 'start' }],
    [['start'], { kind: 'start' }],
    [['start', '--json'], { kind: 'wrong', why: 'unknown word "--json"', text: usage(/medic start/) }],
    [['start', '--help'], { kind: 'help', text: usage(/medic start/) }],
    [['check'], { kind: 'check', json: false }],
    [['check', '--json'], { kind: 'check', json: true }],
    [
      ['check', '--jsn'],
      { kind: 'wrong', why: 'unknown word "--jsn": did you mean --json?', text: usage(/medic check/) },
    ],
    [['check', '--help'], { kind: 'help', text: usage(/medic check/) }],
    [['--help'], { kind: 'help', text: usage(/medic \[command\]/) }],
    [['--version', '--json'], { kind: 'version', json: true }],
    [['--', 'check'], { kind: 'wrong', why: 'unknown word "--"', text: usage(/medic/) }],
    [['audit', 'verify', '-h'], { kind: 'help', text: usage(/medic audit export/) }],
    [['audit'], wrong('say what: medic audit export, or medic audit verify')],
    [['audit', 'verfy'], wrong('unknown word "verfy": did you mean verify?')],
    [['audit', 'verify'], { kind: 'audit-verify', file: null, held: null, json: false }],
    [['audit', 'verify', '-', '--json'], { kind: 'audit-verify', file: '-', held: null, json: true }],
    [
      ['audit', 'verify', 'a.jsonl', '--head', `7:${'a'.repeat(64)}`],
      { kind: 'audit-verify', file: 'a.jsonl', held: { n: 7, hash: 'a'.repeat(64) }, json: false },
    ],
    [['audit', 'verify', 'a', 'b'], wrong('unknown word "b": one file is verified at a time')],
    [
      ['audit', 'verify', '--head', '7'],
      wrong('--head "7" is no checkpoint: write its number, a colon and its hash'),
    ],
    [
      ['audit', 'export'],
      {
        kind: 'audit-export',
        span: { since: null, until: null, service: null },
        out: null,
        evidence: false,
        json: false,
      },
    ],
    [
      [
        'audit',
        'export',
        '--since',
        '2026-01-01',
        '--until=2026-01-02T03:00:00+01:00',
        '--service',
        'shop',
        '--out',
        'a',
      ],
      {
        kind: 'audit-export',
        span: { since: Date.UTC(2026, 0, 1), until: Date.UTC(2026, 0, 2, 2), service: 'shop' },
        out: 'a',
        evidence: false,
        json: false,
      },
    ],
    [
      ['audit', 'export', '--since', 'yesterday'],
      wrong('--since "yesterday" is no time: write 2026-11-29 or 2026-11-29T08:00:00Z'),
    ],
    [
      ['audit', 'export', '--since', '2026-01-02', '--until', '2026-01-01'],
      wrong('--since must be before --until'),
    ],
    [['audit', 'export', '--sinze', 'x'], wrong('unknown word "--sinze": did you mean --since?')],
    [['audit', 'export', 'a.jsonl'], wrong('unknown word "a.jsonl": a file is named with --out')],
  ])('%j mean what they say', (words, wish) => {
    expect(readWish(words)).toEqual(wish);
  });
});

it(
  'a start names a playbook that is wrong also while Redis is away',
  async () => {
    await write('playbooks/ease/playbook.yml', manifest('ease', { risk: 'tiny' }));
    await write('playbooks/ease/site.yml', '- hosts: all\n');
    const { code, err } = await medic([], { ...ENVIRONMENT, MEDIC_PLAYBOOKS: 'playbooks' });
    expect(code).toBe(78);
    expect(err).toBe(
      `medic did not start: the configuration has a problem:\n  ${at('playbooks/ease/playbook.yml')}:4:1: risk: "tiny" is not known: write low, medium or high\n`,
    );
  },
  PATIENCE,
);
