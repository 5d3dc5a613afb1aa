import { ailments, truthOf, unitOf, workerOf } from '../../hosts/checks.ts';
import { answers, until } from '../stack/process.ts';
import { BIG_FILE, type Host, MOUNTS, type Mount } from './kit.ts';

/** What may be deleted on a host, and where: the inventory declares it. */
export const DELETABLE = { path: '/srv/data', patterns: ['*.debug.log.[0-9]*'], older_than: '0s' } as const;

const settled = { ms: 30_000 };
type Unit = 'shop.service' | 'nginx.service';

/** Kills the main process of a unit; resolves when systemd calls the unit failed, or runs another: Medic may have been faster. */
export async function crash(host: Host, unit: Unit): Promise<void> {
  const before = (await unitOf(host, unit)).pid;
  await host.ask('systemctl', 'kill', '--signal=KILL', '--kill-who=main', unit);
  const ended = async () => {
    const { active, pid } = await unitOf(host, unit);
    return active === 'failed' || (pid !== 0 && pid !== before);
  };
  await until(ended, { what: `${unit} to fail`, ...settled });
}

/** Kills the program that supervisor runs; resolves when supervisor says so, or somebody has already started it again. */
export async function crashProgram(host: Host): Promise<void> {
  const killed = (await workerOf(host)).pid;
  await host.ask('kill', '-KILL', String(killed));
  const over = async () => {
    const { word, pid } = await workerOf(host);
    return word === 'EXITED' || (pid > 0 && pid !== killed);
  };
  await until(over, { what: 'the worker to end', ...settled });
}

/** Stops a unit, or the worker under supervisor, as a person does who means it. */
export async function stopOnPurpose(host: Host, what: Unit | 'worker'): Promise<void> {
  if (what === 'worker') await host.ask('supervisorctl', 'stop', what);
  else await host.ask('systemctl', 'stop', what);
}

const limitsOf = (unit: Unit) => `/run/systemd/system/${unit}.d/limit.conf`;
const LIMITS =
  '[Unit]\\nStartLimitIntervalSec=1h\\nStartLimitBurst=3\\n[Service]\\nRestart=on-failure\\nRestartSec=100ms\\n';

/** Makes the shop end whenever it starts, until systemd gives it up and starts it no more. */
export async function reachStartLimit(host: Host): Promise<void> {
  const unit = 'shop.service';
  const drop = limitsOf(unit);
  await host.ask(
    'sh',
    '-c',
    `mkdir -p "$(dirname ${drop})" && printf '${LIMITS}' > ${drop} && touch /run/shop-broken-start`,
  );
  await host.ask('systemctl', 'daemon-reload');
  await host.run('systemctl', 'restart', unit);
  await until(
    async () => {
      const { active, sub } = await unitOf(host, unit);
      return active === 'failed' && sub === 'failed';
    },
    { what: `${unit} to reach its start limit`, ...settled },
  );
}

const WORKER_CONF = '/etc/supervisor/conf.d/worker.conf';

/** Makes the worker end whenever it starts, until supervisor gives it up and starts it no more. */
export async function giveUpProgram(host: Host): Promise<void> {
  await host.ask(
    'sh',
    '-c',
    `touch /run/worker-broken-start && sed -i 's/^startsecs=0/startsecs=3/' ${WORKER_CONF} && supervisorctl update`,
  );
  await until(async () => (await workerOf(host)).word === 'FATAL', {
    what: 'supervisor to give the worker up',
    ...settled,
  });
}

/**
 * Fills a mount to the last byte. `deletable` is the part that the inventory allows to delete, 0 to 1; the rest is the shop's own
 * data. Elsewhere than on `/srv/data` nothing is deletable, whatever its name.
 */
export async function fillDisk(
  host: Host,
  { mount = '/srv/data', deletable = 1 }: { mount?: Mount; deletable?: number } = {},
) {
  const megabytes = MOUNTS[mount].bytes >> 20;
  const logs = Math.round((megabytes * deletable) / 4);
  const write = `i=0; while [ $i -lt ${logs} ]; do i=$((i+1)); head -c 4M /dev/zero > shop.debug.log.$i; done; cat /dev/zero > `;
  // Ends with "no space left".
  const rest = deletable === 1 ? 'shop.debug.log.0' : 'orders.db';
  await host.run('sh', '-c', `cd ${mount} && ${write}${rest}`);
  const { space } = (await truthOf(host)).mounts[mount];
  if (space < 0.99) throw new Error(`${mount} of ${host.name} is only ${space} full`);
}

/** Takes every file that a mount has room for, and hardly any space. */
export async function fillFiles(host: Host, mount: Mount = '/srv/data'): Promise<void> {
  await host.run('sh', '-c', `cd ${mount} && seq -f session.%g 1 ${MOUNTS[mount].files} | xargs touch`);
  const { files } = (await truthOf(host)).mounts[mount];
  if (files < 0.99) throw new Error(`${mount} of ${host.name} has only ${files} of its files`);
}

/** Makes the host's program keep `rate` MB more every second, up to `limit` MB. Its memory is really written. */
export const leak = (host: Host, { rate = 50, limit = 250 } = {}): Promise<void> =>
  tell(host, `leak?rate=${rate}&limit=${limit}`);

/**
 * Reads a file of 200 MB. `mapped`: through a mapping, so that its pages count as resident memory of the program. `read`: plainly,
 * so that only the machine's page cache grows. Nobody holds memory that the kernel could not take back at once.
 */
export const growPageCache = (host: Host, how: 'mapped' | 'read' = 'mapped'): Promise<void> =>
  tell(host, `${how === 'mapped' ? 'map' : 'read'}?path=${BIG_FILE.path}`);

/** So many processes of a spinning program: more than the host has cores, whatever else this machine does. */
const SPINNERS = 4;

/**
 * Makes a program compute for nothing, by default the one that the host serves; `reindex` is a batch job that starts for it. One that is
 * `stubborn` takes back whatever niceness it is given.
 */
export async function spin(
  host: Host,
  { program, stubborn = false }: { program?: Batch; stubborn?: boolean } = {},
): Promise<void> {
  const url = program === undefined ? host.url : `http://${host.address}:${BATCH[program]}`;
  if (program !== undefined) {
    const argv = ['/usr/bin/python3', '/usr/local/lib/shop.py', program, String(BATCH[program])];
    if (program === 'reindex') await host.ask('systemctl', 'start', 'reindex.service');
    else await host.ask('systemd-run', '--quiet', `--unit=${program}`, ...argv);
    await until(() => answers(`${url}/healthz`), { what: `${program} to answer`, ...settled });
  }
  await tell(host, `spin?processes=${SPINNERS}&stubborn=${stubborn ? 'yes' : 'no'}`, url);
}

/** Programs beside those that a host serves, and their ports: a batch job with a unit of its own, and one that nobody has registered. */
const BATCH = { reindex: 8090, thumbs: 8091 } as const;
type Batch = keyof typeof BATCH;

/** What spins has done its work. */
export const stopSpinning = (host: Host) => host.ask('sh', '-c', 'rm -f /run/*-spins');

async function tell(host: Host, what: string, url = host.url): Promise<void> {
  const response = await fetch(`${url}/admin/${what}`, {
    method: 'POST',
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`${host.name} answered ${response.status}: ${await response.text()}`);
}

/** `v1` is well, `v2` fails every order, `v3` is as well as v1. */
export type Release = 'v1' | 'v2' | 'v3';

/** Where deployers note what they did, on each host. */
export const DEPLOYS = '/var/log/deploys.jsonl';

/**
 * Deploys a release as somebody else does: points the link to it and restarts the shop; resolves when it answers. With `record`, the
 * deployer notes it on the host.
 */
export async function deploy(
  host: Host,
  release: Release,
  { record = false }: { record?: boolean } = {},
): Promise<void> {
  const previous = (await truthOf(host)).release;
  await link(host, release);
  await host.ask('systemctl', 'restart', 'shop.service');
  await until(() => answers(`${host.url}/healthz`), { what: `${release} to answer`, ...settled });
  if (record) await noteDeploy(host, { service: 'storefront', version: release, previous });
}

/** Notes a deploy of a service as its deployer would, whether there was one or not. */
export async function noteDeploy(
  host: Host,
  what: { service: string; version: string; previous: string | null },
): Promise<void> {
  const line = { time: new Date().toISOString(), ...what, who: 'ben', summary: 'Loyalty discount' };
  await host.ask('sh', '-c', `printf '%s\\n' '${JSON.stringify(line)}' >> ${DEPLOYS}`);
}

async function link(host: Host, release: Release): Promise<void> {
  await host.ask('ln', '-sfn', `releases/${release}`, '/srv/shop/next');
  await host.ask('mv', '-T', '/srv/shop/next', '/srv/shop/current');
}

/** Something that the shop depends on goes away: every order fails, with whatever release, until `restore`. */
export const loseDependency = (host: Host) => host.ask('touch', '/run/shop-dependency-away');

/** Stops an exporter, so that its series vanish; what it watched goes on as it was. */
export const stopExporter = (host: Host, which: 'node' | 'process') =>
  host.ask('systemctl', 'stop', `${which}-exporter.service`);

/** Puts a host back to how it was when it began, whatever was done to it; resolves when it is well. */
export async function restore(host: Host): Promise<void> {
  const steps = host.kind === 'web' ? [...COMMON, ...WEB] : [...COMMON, ...WORKER];
  await host.ask('sh', '-c', steps.join('\n'));
  let wrong: string[] = [];
  const well = async () => {
    wrong = await ailments(host);
    return wrong.length === 0;
  };
  await until(well, { what: `${host.name} to be well`, ...settled }).catch((cause: Error) => {
    throw new Error(`${cause.message}: ${wrong.join(', ')}`, { cause });
  });
}

const COMMON = [
  'set -e',
  'find /srv/data /srv/archive -mindepth 1 -delete',
  'rm -f /run/*-dependency-away /run/*-broken-start /run/*-spins /var/log/shop.log /var/log/worker.log',
  `rm -f ${DEPLOYS} && touch ${DEPLOYS}`,
  'systemctl start node-exporter.service process-exporter.service',
];
const WEB = [
  `if [ -e ${limitsOf('shop.service')} ]; then rm ${limitsOf('shop.service')}; systemctl daemon-reload; fi`,
  'ln -sfn releases/v1 /srv/shop/next && mv -T /srv/shop/next /srv/shop/current',
  // Nothing was deployed lately.
  "touch -h -d '6 days ago' /srv/shop/current",
  'systemctl reset-failed',
  'systemctl restart shop.service',
  'systemctl start nginx.service',
  'systemctl stop reindex.service thumbs.service 2> /dev/null || true',
];
const WORKER = [
  `if grep -q '^startsecs=3' ${WORKER_CONF}; then sed -i 's/^startsecs=3/startsecs=0/' ${WORKER_CONF}; supervisorctl update; fi`,
  // It refuses what is started by somebody else at this moment; whether it runs is seen afterwards.
  'supervisorctl restart worker || supervisorctl restart worker || true',
];
