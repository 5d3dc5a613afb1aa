import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { answers, type Running, startProcess, until } from '../stack/process.ts';
import { type Kind, sparseFile, writeLayer } from './layer.ts';
import { type Rootfs, rootfs } from './rootfs.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('hosts.sh', import.meta.url));

/** Bytes of each mount of a host that a test may fill, and how many files there is room for. */
export const MOUNTS = {
  '/srv/data': { bytes: 64 << 20, files: 1_000 },
  '/srv/archive': { bytes: 16 << 20, files: 1_000 },
} as const;
export type Mount = keyof typeof MOUNTS;

/** A file on a real disk, for reading into the page cache. */
export const BIG_FILE = { path: '/srv/big', bytes: 200 << 20 } as const;

const PORTS = { web: 8080, worker: 8081 } as const;

export type HostSpec = { name: string; kind: Kind };

export type HostsOptions = {
  /** Where keys, logs and the hosts' own files are. */
  dir: string;
  /** By default `web-1`, with nginx and the shop under systemd, and `jobs-1`, with the worker under supervisor. */
  hosts?: readonly HostSpec[];
  /** What of this machine they see, read-only: a path, or two with a colon between them. */
  binds?: readonly string[];
};

export type Outcome = { code: number; stdout: string; stderr: string };

export type Host = HostSpec & {
  /** Its IPv4 address; this machine reaches it, and it reaches nobody else. */
  address: string;
  /** Base address of the program that it serves: the shop, or the worker. */
  url: string;
  /** Milliseconds until it answered to SSH, and until all that it runs answered. */
  sshMs: number;
  upMs: number;
  /** Runs a command as root inside it, past SSH and past Medic. Resolves whatever its exit code. */
  run(...argv: string[]): Promise<Outcome>;
  /** The same for a command that has to succeed; gives what it printed. */
  ask(...argv: string[]): Promise<string>;
  /** Kills it, as a power cut would. */
  kill(): Promise<void>;
};

export type HostsKit = {
  hosts: readonly Host[];
  /** The host of this name. */
  host(name: string): Host;
  /** How to log in: a user who may use sudo without a password, and what ssh needs. */
  ssh: { user: string; keyFile: string; knownHosts: string };
  rootfs: Rootfs;
  dir: string;
  /** Ends all hosts; nothing of them is left. */
  stop(): Promise<void>;
};

/** Why this machine can boot no hosts, in words; null where it can. What is not installed is no reason: tests need it. */
export async function hindrance(): Promise<string | null> {
  const said = await run('/bin/sh', [script, 'probe']).then(
    () => null,
    (error: { stderr?: string }) => String(error.stderr ?? error).trim(),
  );
  if (said?.endsWith('is not installed')) throw new Error(`test hosts cannot be booted: ${said}`);
  return said;
}

/**
 * Boots real hosts: a systemd in each, reached over SSH, in networks of their own (10.77.*) that lead nowhere else. Needs root; see
 * `hindrance`. The system they start from is made once per machine and kept in the cache folder. A failed start leaves nothing, and
 * neither does a test that is killed: what a dead kit left is tidied when the next one starts.
 */
export async function startHosts(options: HostsOptions): Promise<HostsKit> {
  const { dir } = options;
  const specs = options.hosts ?? [
    { name: 'web-1', kind: 'web' },
    { name: 'jobs-1', kind: 'worker' },
  ];
  await mkdir(dir, { recursive: true });
  const base = await rootfs();
  const keys = await makeKeys(dir);
  await sparseFile(join(dir, 'big'), BIG_FILE.bytes);
  const kit = (await run('/bin/sh', [script, 'claim', String(process.pid)])).stdout.trim();
  const booted: Running[] = [];
  const stop = async () => {
    await Promise.all(booted.splice(0).map((one) => one.kill()));
    await run('/bin/sh', [script, 'release', kit]);
  };
  try {
    const starts = await Promise.allSettled(
      specs.map((spec, index) =>
        boot({ ...spec, index, kit, dir, keys, base, booted, binds: options.binds ?? [] }),
      ),
    );
    const hosts = starts.map((start) => {
      if (start.status === 'rejected') throw start.reason;
      return start.value;
    });
    await writeFile(keys.knownHosts, hosts.map(({ address }) => `${address} ${keys.hostPublic}\n`).join(''));
    const host = (name: string) => {
      const found = hosts.find((one) => one.name === name);
      if (found === undefined) throw new Error(`there is no host ${name}`);
      return found;
    };
    const ssh = { user: 'deploy', keyFile: keys.userFile, knownHosts: keys.knownHosts };
    return { hosts, host, ssh, rootfs: base, dir, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type SshKeys = Awaited<ReturnType<typeof makeKeys>>;

async function makeKeys(dir: string) {
  const file = (name: string) => join(dir, name);
  for (const name of ['host', 'deploy'])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', file(name)]);
  return {
    hostKey: await readFile(file('host'), 'utf8'),
    hostPublic: (await readFile(file('host.pub'), 'utf8')).trim(),
    authorized: await readFile(file('deploy.pub'), 'utf8'),
    userFile: file('deploy'),
    knownHosts: file('known_hosts'),
  };
}

type Boot = HostSpec & {
  index: number;
  kit: string;
  dir: string;
  keys: SshKeys;
  base: Rootfs;
  /** Where the running host is noted before it is waited for. */
  booted: Running[];
  binds: readonly string[];
};

async function boot({ name, kind, index, kit, dir, keys, base, booted, binds }: Boot): Promise<Host> {
  const begun = performance.now();
  const address = `10.77.${kit}.${4 * index + 2}`;
  const layer = join(dir, name);
  await writeLayer(layer, name, kind, keys);
  const running = await startProcess({
    name,
    argv: ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '/bin/sh', script].concat(
      ['boot', kit, String(index), name, base.path, layer],
      await mountArguments(dir),
      binds.map((each) => `--bind-ro=${each}`),
    ) as [string, ...string[]],
    logFile: join(dir, `${name}.log`),
  });
  booted.push(running);
  const early = running.ended.then((how) => {
    throw new Error(`${name} ended while it booted (${how})`);
  });
  early.catch(() => undefined);
  const waiting = (what: string, check: () => Promise<boolean>) =>
    Promise.race([until(check, { what: `${what} of ${name}`, ms: 60_000 }), early]);
  await waiting('sshd', () => greets(address, 22));
  const sshMs = Math.round(performance.now() - begun);
  const url = `http://${address}:${PORTS[kind]}`;
  const served = [`${url}/healthz`, `http://${address}:9100/metrics`, `http://${address}:9256/metrics`];
  if (kind === 'web') served.push(`http://${address}/healthz`);
  for (const each of served) await waiting(each, () => answers(each));
  const first = await until(() => firstProcess(running.pid), {
    what: `the first process of ${name}`,
    ms: 5_000,
  });
  const inside = (...argv: string[]) => enter(first, argv);
  return {
    name,
    kind,
    address,
    url,
    sshMs,
    upMs: Math.round(performance.now() - begun),
    run: inside,
    async ask(...argv) {
      const { code, stdout, stderr } = await inside(...argv);
      if (code !== 0)
        throw new Error(`${argv.join(' ')} on ${name} ended with code ${code}: ${stdout}${stderr}`);
      return stdout.trim();
    },
    kill: running.kill,
  };
}

async function mountArguments(dir: string): Promise<string[]> {
  const disks = Object.entries(MOUNTS).map(
    ([path, { bytes, files }]) => `--tmpfs=${path}:size=${bytes},nr_inodes=${files},mode=0755`,
  );
  const exporters = ['node-exporter', 'process-exporter'].map(
    async (name) => `--bind-ro=${await programFile(`prometheus-${name}`)}:/usr/local/bin/${name}`,
  );
  return [...disks, ...(await Promise.all(exporters)), `--bind-ro=${join(dir, 'big')}:${BIG_FILE.path}`];
}

async function programFile(name: string): Promise<string> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  for (const folder of folders) {
    const path = join(folder, name);
    if ((await run('test', ['-x', path]).catch(() => null)) !== null) return path;
  }
  throw new Error(`test hosts cannot be booted: ${name} is not installed`);
}

/** The systemd of a host, by the number that it has on this machine: the only child of nspawn, which is that of unshare. */
async function firstProcess(launcher: number): Promise<number | undefined> {
  const nspawn = (await childrenOf(launcher))[0];
  return nspawn === undefined ? undefined : (await childrenOf(nspawn))[0];
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

function enter(first: number, argv: readonly string[]): Promise<Outcome> {
  const flags = ['--target', String(first), '--mount', '--uts', '--ipc', '--net', '--pid', '--'];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };
  return new Promise((resolve, reject) => {
    execFile(
      'nsenter',
      [...flags, ...argv],
      { env, timeout: 30_000, maxBuffer: 1 << 24 },
      (error, stdout, stderr) => {
        if (error && typeof error.code !== 'number') reject(error);
        else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}

function greets(address: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address);
    socket.setTimeout(1_000, () => socket.destroy(new Error('no greeting')));
    socket.once('data', (greeting) => {
      socket.destroy();
      resolve(greeting.toString().startsWith('SSH-2.0-'));
    });
    socket.once('error', reject);
  });
}
