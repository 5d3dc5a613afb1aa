import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const bootstrap = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), 'medic-bootstrap-test-'));
afterAll(() => rm(scratch, { recursive: true }));

const system = ['redis-server', 'prometheus', 'prometheus-alertmanager', 'prometheus-node-exporter'];
const hosts = [
  'mmdebstrap',
  'systemd-nspawn',
  'ip',
  'prometheus-process-exporter',
  'prometheus-blackbox-exporter',
];
const everything = [
  ...system,
  'ansible-playbook',
  'supervisord',
  'sshd',
  'ssh-keygen',
  ...hosts,
  'pg_ctlcluster',
  'prometheus-postgres-exporter',
  'openssl',
  'chromium',
];

/** A machine of its own: a PATH with these programs, the few tools that a script needs, and fakes for the rest. */
async function machine(
  name: string,
  programs: string[],
  fakes: Record<string, string> = {},
): Promise<string> {
  const bin = join(scratch, name);
  await mkdir(bin);
  for (const tool of ['sh', 'rm', 'chmod', 'cp']) await symlink(`/bin/${tool}`, join(bin, tool));
  const nothing = Object.fromEntries(programs.map((program) => [program, 'exit 0']));
  for (const [program, script] of Object.entries({ ...nothing, ...fakes })) {
    await writeFile(join(bin, program), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, program), 0o755);
  }
  return bin;
}

function start(path: string, ...args: string[]) {
  const child = spawn(process.execPath, [bootstrap, ...args], {
    env: { PATH: path, HOME: scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    said.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.stderr += chunk;
  });
  const end = once(child, 'close').then(([code]) => ({ code: code as number, ...said }));
  return { child, end };
}

const run = (path: string, ...args: string[]) => start(path, ...args).end;
const print = ['node', '-e', 'console.log(process.version, process.argv.slice(1).join())'];

describe('the bootstrap', () => {
  it('says nothing when all is there, and runs the command with Node 24 and its arguments', async () => {
    const path = await machine('complete', everything);
    const { code, stdout, stderr } = await run(path, '--for', 'test', '--', ...print, 'a', 'b c');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^v(2[4-9]|[3-9]\d)\.\S+ a,b c\n$/);
  });

  it("ends with the command's exit code", async () => {
    const path = await machine('failing', everything);
    expect((await run(path, '--', 'node', '-e', 'process.exit(7)')).code).toBe(7);
  });

  it('passes SIGTERM on and ends when the command has ended', async () => {
    const path = await machine('signalled', everything);
    const script =
      "process.on('SIGTERM', () => process.exit(9)); console.log('up'); setInterval(() => {}, 1000)";
    const { child, end } = start(path, '--', 'node', '-e', script);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect((await end).code).toBe(9);
  });

  it('installs what is missing, after an update of the lists and without recommended packages', async () => {
    const log = join(scratch, 'apt.log');
    const installs = `echo "$DEBIAN_FRONTEND $*" >> ${log}; case "$*" in *install*) cp "$0" "\${0%/*}/prometheus"; cp "$0" "\${0%/*}/ansible-playbook";; esac`;
    const present = everything.filter(
      (name) => !['prometheus', 'ansible-playbook', 'chromium'].includes(name),
    );
    const path = await machine('lacking', present, { 'apt-get': installs, sudo: 'shift; exec "$@"' });
    const { code, stdout } = await run(path, '--', ...print);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Installing prometheus, ansible-core \.\.\. \d+\.\d s\n/);
    const [update, install] = (await readFile(log, 'utf8')).trim().split('\n');
    expect(update).toBe('noninteractive update -q');
    expect(install).toMatch(
      /^noninteractive .*install -q -y --no-install-recommends prometheus ansible-core$/,
    );
  });

  it('says the line to run and what the demo goes without where it may not install, and runs it', async () => {
    const present = everything.filter((name) => name !== 'prometheus-node-exporter');
    const path = await machine('forbidden', present, {
      'apt-get': 'echo no space left >&2; exit 100',
      sudo: 'shift; exec "$@"',
    });
    const { code, stdout, stderr } = await run(path, '--', ...print);
    expect(code).toBe(0);
    expect(stdout).toContain('v');
    expect(stderr).toContain('apt-get failed: no space left');
    expect(stderr).toMatch(
      /apt-get update && (sudo )?apt-get install -y --no-install-recommends prometheus-node-exporter\n/,
    );
    expect(stderr).toContain('Without prometheus-node-exporter: no vital signs of the host as evidence.');
  });

  it('does not run the tests, nor the demo without a Redis, where something they need cannot be installed', async () => {
    const path = await machine('bare', []);
    const test = await run(path, '--for', 'test', '--', ...print);
    expect(test).toMatchObject({ code: 1, stdout: '' });
    expect(test.stderr).toMatch(/^Missing: redis-server, .*, chromium \(there is no apt-get here\)\./);
    const demo = await run(path, '--', ...print);
    expect(demo).toMatchObject({ code: 1, stdout: '' });
    expect(demo.stderr).toContain('Without redis-server: no state, so no demo (or set REDIS_URL).');
    expect(demo.stderr).not.toContain('chromium');
  });

  it('refuses options that it does not know', async () => {
    const path = await machine('misused', everything);
    expect(await run(path, '--for', 'fun', '--', ...print)).toMatchObject({ code: 1, stdout: '' });
    expect(await run(path, '--loud', '--', ...print)).toMatchObject({ code: 1, stdout: '' });
    expect((await run(path)).stderr).toMatch(/^usage: node test\/setup\/bootstrap\.mjs/);
  });
});
