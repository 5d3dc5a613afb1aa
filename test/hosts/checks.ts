import { type Host, MOUNTS, type Mount } from '../kit/hosts/kit.ts';

/** What a host says of itself, asked past SSH, past Medic and past its monitoring. */
export type Truth = {
  /** By unit, what `systemctl show` says. */
  units: Readonly<Record<string, UnitTruth>>;
  /** What supervisor says of the worker; null on other hosts. */
  program: string | null;
  /** Memory of the program that the host serves, bytes; null where it does not run. */
  memory: { resident: number; own: number; file: number } | null;
  /** Parts of each mount that are in use, 0 to 1. */
  mounts: Readonly<Record<Mount, { space: number; files: number }>>;
  /** The release that the shop's link names; null on other hosts. */
  release: string | null;
  /** How many of ten orders were answered with success. */
  served: number;
};

export type UnitTruth = { active: string; sub: string; result: string; pid: number; restarts: number };

/** The units of a host that are to run. */
const UNITS = { web: ['shop.service', 'nginx.service'], worker: ['supervisor.service'] } as const;

/** Own memory that a well program stays under, bytes. */
export const MEMORY_LIMIT = 100e6;

export async function truthOf(host: Host): Promise<Truth> {
  const units = Object.fromEntries(
    await Promise.all(UNITS[host.kind].map(async (unit) => [unit, await unitOf(host, unit)] as const)),
  );
  const worker = host.kind === 'worker' ? await workerOf(host) : null;
  const pid = worker ? worker.pid : units['shop.service']?.pid;
  return {
    units,
    program: worker?.word ?? null,
    memory: pid ? await memoryOf(host, pid) : null,
    mounts: await mountsOf(host),
    release:
      host.kind === 'web' ? (await host.ask('readlink', '/srv/shop/current')).replace(/^.*\//, '') : null,
    served: await served(host, 10),
  };
}

/** What is wrong with a host, in words; nothing where it is well. */
export async function ailments(host: Host): Promise<string[]> {
  const { units, program, memory, mounts, served: answered } = await truthOf(host);
  const wrong: string[] = [];
  for (const [unit, { active, sub, result }] of Object.entries(units))
    if (active !== 'active') wrong.push(`${unit} is ${active} (${sub}, ${result})`);
  if (program !== null && program !== 'RUNNING') wrong.push(`worker is ${program}`);
  if (memory && memory.own > MEMORY_LIMIT) wrong.push(`${Math.round(memory.own / 1e6)} MB are held`);
  for (const [path, { space, files }] of Object.entries(mounts)) {
    if (space > 0.8) wrong.push(`${path} is ${Math.round(space * 100)} % full`);
    if (files > 0.8) wrong.push(`${path} has ${Math.round(files * 100)} % of its files`);
  }
  if (answered < 10) wrong.push(`${10 - answered} of 10 orders failed`);
  return wrong;
}

/** Whether all that a host runs is well, whatever Medic or an alert says. */
export const healthy = async (host: Host): Promise<boolean> => (await ailments(host)).length === 0;

export async function unitOf(host: Host, unit: string): Promise<UnitTruth> {
  const names = 'ActiveState,SubState,Result,MainPID,NRestarts';
  const lines = (await host.ask('systemctl', 'show', unit, `--property=${names}`)).split('\n');
  const said = Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
  return {
    active: said.ActiveState ?? '',
    sub: said.SubState ?? '',
    result: said.Result ?? '',
    pid: Number(said.MainPID),
    restarts: Number(said.NRestarts),
  };
}

/** Supervisor's word for the state of the worker, and its process. The command ends with code 3 where the worker does not run. */
export async function workerOf(host: Host): Promise<{ word: string; pid: number }> {
  const { stdout } = await host.run('supervisorctl', 'status', 'worker');
  return { word: stdout.split(/\s+/)[1] ?? '', pid: Number(/ pid (\d+),/.exec(stdout)?.[1] ?? 0) };
}

async function memoryOf(host: Host, pid: number): Promise<Truth['memory']> {
  const { code, stdout } = await host.run('cat', `/proc/${pid}/status`);
  if (code !== 0) return null;
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(stdout)?.[1]) * 1024;
  return { resident: bytes('VmRSS'), own: bytes('RssAnon'), file: bytes('RssFile') };
}

async function mountsOf(host: Host): Promise<Truth['mounts']> {
  const paths = Object.keys(MOUNTS) as Mount[];
  const lines = (await host.ask('df', '--output=target,size,used,itotal,iused', ...paths))
    .split('\n')
    .slice(1);
  const rows = lines.map((line) => line.split(/\s+/) as [Mount, ...string[]]);
  return Object.fromEntries(
    rows.map(([path, size, used, files, taken]) => [
      path,
      { space: Number(used) / Number(size), files: Number(taken) / Number(files) },
    ]),
  ) as Truth['mounts'];
}

async function served(host: Host, orders: number): Promise<number> {
  const order = async () => {
    const response = await fetch(`${host.url}/order`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  };
  const tries = Array.from({ length: orders }, () => order().catch(() => false));
  return (await Promise.all(tries)).filter(Boolean).length;
}
