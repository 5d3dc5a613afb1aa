import { execFile } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { type Running, startProcess } from '../kit/stack/process.ts';
import { endedTasks, runnersFor, runOf } from './run-of.ts';

const root = fileURLToPath(new URL('../../playbooks', import.meta.url));
const catalog = loadCatalog(root);
const names = [...catalog.keys()];
/** Those that can act on what is here; others need a database, an nginx or a cluster. */
const acting = ['clean_disk', 'recycle_service', 'restart_service', 'rollback_release'];
const plays = names.filter((name) => 'ansible' in (catalog.get(name)?.manifest.run ?? {}));
const TASK = 'Make sure that no later fix came first';

let scratch: Scratch;
let supervisor: Running;
const at = (...names: string[]) => join(scratch.path, ...names);
const ctl = async (...args: string[]) =>
  (await promisify(execFile)('supervisorctl', ['-c', at('supervisor.conf'), ...args])).stdout.trim();

beforeAll(async () => {
  scratch = await scratchDir('fence');
  for (const dir of ['disk', 'releases/v1', 'releases/v2', 'fences'])
    await mkdir(at(dir), { recursive: true });
  await writeFile(at('supervisor.conf'), supervisorConf());
  supervisor = await startProcess({
    name: 'supervisord',
    argv: ['supervisord', '-n', '-c', at('supervisor.conf')],
    ready: async () => /RUNNING/.test(await ctl('status', 'shop')),
    logFile: at('supervisord.log'),
  });
  await writeFile(at('inventory.yml'), stringify(inventory()));
  await mkdir(at('only_fence'));
  await copyFile(join(root, 'shared', 'fence.yml'), at('only_fence', 'fence.yml'));
  const tasks = [{ 'ansible.builtin.import_tasks': 'fence.yml' }];
  await writeFile(
    at('only_fence', 'site.yml'),
    stringify([{ hosts: '{{ service }}', gather_facts: false, tasks }]),
  );
});
afterAll(async () => {
  await supervisor?.stop();
  await scratch?.remove();
});

function supervisorConf(): string {
  const sections = {
    unix_http_server: { file: at('s.sock') },
    supervisord: { logfile: '/dev/null', logfile_maxbytes: 0, pidfile: at('s.pid'), nodaemon: true },
    'rpcinterface:supervisor': {
      'supervisor.rpcinterface_factory': 'supervisor.rpcinterface:make_main_rpcinterface',
    },
    supervisorctl: { serverurl: `unix://${at('s.sock')}` },
    'program:shop': { command: 'sleep 600', startsecs: 0 },
  };
  return Object.entries(sections)
    .map(
      ([name, lines]) =>
        `[${name}]\n${Object.entries(lines)
          .map((pair) => pair.join('='))
          .join('\n')}\n`,
    )
    .join('\n');
}

const inventory = () => ({
  shop: {
    hosts: { web1: { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3' } },
    vars: {
      medic_fence_dir: at('fences'),
      medic_service_manager: 'supervisor',
      medic_supervisor_conf: at('supervisor.conf'),
      medic_cleanable: [{ path: at('disk'), patterns: ['*.log'] }],
      medic_releases: { shop: { dir: at('releases'), current: at('current') } },
    },
  },
});

/** Everything that one of the playbooks might change. */
async function world() {
  await writeFile(at('disk', 'old.log'), 'x');
  await writeFile(at('current'), 'v2\n');
  return look();
}
const look = async () => ({
  pid: await ctl('pid', 'shop'),
  current: await readFile(at('current'), 'utf8'),
  files: await readdir(at('disk')),
});

async function run(name: string, fence: number | null, how: 'run' | 'dryRun' = 'run') {
  const parameters = {
    ...{ service: 'shop', group: 'shop', unit: 'shop', hosts: '' },
    ...{ mountpoint: at('disk'), to_release: 'v1' },
  };
  const own = catalog.get(name)?.manifest.run;
  const order = {
    id: name,
    run: own === undefined ? { ansible: { playbook: 'site.yml', limit: null } } : runOf(own, parameters),
    dryRun: 'check',
    folder: name === 'only_fence' ? at(name) : join(root, name),
    parameters,
    timeout: 60_000,
    fence,
    reportTo: null,
  } as const;
  const { tasks, report } = endedTasks();
  const signal = new AbortController().signal;
  const { runner, close } = runnersFor(at('inventory.yml'));
  const ran = how === 'dryRun' ? runner.dryRun(order, signal) : runner.run(order, report, signal);
  return { result: await ran.finally(close), tasks };
}
const kept = () => readFile(at('fences', 'shop'), 'utf8').then(Number, () => null);

describe.each(acting)('%s', { timeout: 120_000 }, (name) => {
  it('acts for the latest claim, and refuses an earlier one that comes late before it changes anything', async () => {
    const begun = ((await kept()) ?? 0) + 10;
    const before = await world();
    const acted = (await run(name, begun)).result;
    expect(acted).toMatchObject({ kind: 'succeeded' });
    expect('changed' in acted && acted.changed).toBeGreaterThan(0);
    expect(await kept()).toBe(begun);
    expect(await look()).not.toEqual(before);

    const untouched = await world();
    const { result, tasks } = await run(name, begun - 1);
    expect(result).toMatchObject({
      kind: 'failed',
      untouched: true,
      reason: expect.stringContaining(
        `a later fix of shop was here: its number is ${begun}, this one's is ${begun - 1}`,
      ),
    });
    if (plays.includes(name)) expect(tasks.at(-1)).toBe(TASK);
    expect(await look()).toEqual(untouched);
    expect(await kept()).toBe(begun);
  });
});

describe('the fence', { timeout: 60_000 }, () => {
  it('is neither moved nor mentioned by a dry run', async () => {
    const before = await kept();
    const { result } = await run('clean_disk', null, 'dryRun');
    expect(result).toMatchObject({ kind: 'diff', diff: expect.not.stringContaining(TASK) });
    expect((await run('restart_service', 1_000_000, 'dryRun')).result).toMatchObject({ kind: 'diff' });
    expect((await run('only_fence', 1_000_000, 'dryRun')).result).toMatchObject({ kind: 'diff' });
    expect(await kept()).toBe(before);
  });

  it('is not asked for when no claim stands behind a run', async () => {
    const before = await kept();
    const { result, tasks } = await run('clean_disk', null);
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(tasks).not.toContain(TASK);
    expect(await kept()).toBe(before);
  });

  it('lets the same number pass again: two hosts of one run may be one machine', async () => {
    const fence = ((await kept()) ?? 0) + 1;
    expect((await run('only_fence', fence)).result).toMatchObject({ kind: 'succeeded' });
    expect((await run('only_fence', fence)).result).toMatchObject({ kind: 'succeeded' });
  });

  it("of one service is never another's, whatever their names", async () => {
    const { mode } = await stat(at('fences', '.shop.lock'));
    expect(mode & 0o077).toBe(0);
    const files = await readdir(at('fences'));
    expect(files.filter((name) => /^[A-Za-z0-9]/.test(name))).toEqual(['shop']);
  });

  it('that holds no number stops the run', async () => {
    await writeFile(at('fences', 'shop'), 'soon\n');
    expect((await run('only_fence', 2_000_000)).result).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('holds no number'),
    });
  });

  it('is compared by every play, right before it acts', async () => {
    const texts = await Promise.all(plays.map((name) => readFile(join(root, name, 'site.yml'), 'utf8')));
    for (const text of texts) expect(text).toContain('import_tasks: ../shared/fence.yml');
  });
});
