// The system programs that the demo and the tests use, and how to get them on Debian and its relatives.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline/promises';

/**
 * @typedef {object} Program
 * @property {string} program  the name to look for
 * @property {string} aptPackage
 * @property {string} without  what the demo goes without when it is missing
 * @property {boolean} [required]  nothing works without it
 * @property {boolean} [testOnly]
 */

/** @type {Program[]} */
const programs = [
  {
    program: 'redis-server',
    aptPackage: 'redis-server',
    required: true,
    without: 'no state, so no demo (or set REDIS_URL)',
  },
  {
    program: 'prometheus',
    aptPackage: 'prometheus',
    required: true,
    without: 'nothing notices a fault, and no recovery is proven',
  },
  {
    program: 'prometheus-alertmanager',
    aptPackage: 'prometheus-alertmanager',
    required: true,
    without: 'no alert reaches Medic by itself',
  },
  {
    program: 'prometheus-node-exporter',
    aptPackage: 'prometheus-node-exporter',
    without: 'no vital signs of the host as evidence',
  },
  {
    program: 'ansible-playbook',
    aptPackage: 'ansible-core',
    without: 'no playbook runs, so nothing is healed',
  },
  {
    program: 'supervisord',
    aptPackage: 'supervisor',
    required: true,
    without: 'no fleet of services to break',
  },
  {
    program: 'sshd',
    aptPackage: 'openssh-server',
    testOnly: true,
    without: 'nothing is shown about other machines',
  },
  {
    program: 'ssh-keygen',
    aptPackage: 'openssh-client',
    testOnly: true,
    without: 'nothing is shown about other machines',
  },
  ...[
    // Test hosts: what makes the system that they start from, boots them, and watches them.
    { program: 'mmdebstrap', aptPackage: 'mmdebstrap' },
    { program: 'systemd-nspawn', aptPackage: 'systemd-container' },
    { program: 'ip', aptPackage: 'iproute2' },
    { program: 'prometheus-process-exporter', aptPackage: 'prometheus-process-exporter' },
    { program: 'prometheus-blackbox-exporter', aptPackage: 'prometheus-blackbox-exporter' },
  ].map((each) => ({ ...each, testOnly: true, without: 'nothing is shown on hosts with a systemd' })),
  {
    program: 'pg_ctlcluster',
    aptPackage: 'postgresql',
    testOnly: true,
    without: 'nothing is read of a PostgreSQL',
  },
  {
    program: 'prometheus-postgres-exporter',
    aptPackage: 'prometheus-postgres-exporter',
    testOnly: true,
    without: 'no alert of a PostgreSQL is shown',
  },
  {
    program: 'openssl',
    aptPackage: 'openssl',
    testOnly: true,
    without: 'no certificate is made that could expire',
  },
  {
    program: 'chromium',
    // Without fonts a browser shows boxes.
    aptPackage: 'chromium fonts-liberation fonts-noto-color-emoji',
    testOnly: true,
    without: 'the page is not tested',
  },
];

/** @param {'demo' | 'test'} purpose */
export function missingPrograms(purpose) {
  return programs.filter(
    ({ program, testOnly }) =>
      !(testOnly && purpose === 'demo') &&
      !(program === 'redis-server' && process.env.REDIS_URL && purpose === 'demo') &&
      findProgram(program) === undefined,
  );
}

/** @param {string} name */
function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return folders
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * The line that a person with the right to install would run; undefined where there is no apt-get.
 *
 * @param {Program[]} missing
 */
export function installLine(missing) {
  if (!findProgram('apt-get')) return undefined;
  const packages = missing.map(({ aptPackage }) => aptPackage).join(' ');
  const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${packages}`;
}

/**
 * Installs what is missing if that is possible and wanted, and says in words how it went.
 *
 * @param {Program[]} missing
 * @param {boolean} yes  do not ask
 * @returns {Promise<string>}
 */
export async function installPrograms(missing, yes) {
  if (!findProgram('apt-get')) return 'there is no apt-get here';
  const root = process.getuid?.() === 0;
  if (!root && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    return 'installing needs root or a sudo that asks for no password';
  }
  const packages = missing.flatMap(({ aptPackage }) => aptPackage.split(' '));
  if (!yes && process.stdin.isTTY && !(await agreed(packages))) return 'not installed, as you wished';
  const begun = announce(`Installing ${packages.join(', ')}`);
  const script = ['sh', '-c', installScript, 'install', ...packages];
  const [program, ...args] = root ? script : ['sudo', '-n', ...script];
  const { status, stdout, stderr } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) return `apt-get failed: ${`${stdout}${stderr}`.trim().split('\n').slice(-3).join(' / ')}`;
  done(begun);
  if (existsSync('/run/systemd/system')) {
    console.log(
      'Their services were not started now; to keep them from starting at boot: systemctl disable <service>',
    );
  }
  return 'installed';
}

// The demo starts its own processes, so the packages must not start services of theirs on a systemd host: policy-rc.d is
// Debian's way to say so. Where there is one already, it is left alone. An update of the lists may fail in part (a
// repository that is away) without making the installation impossible.
const installScript = `
set -u
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ -d /run/systemd/system ] && [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
apt-get update -q
apt-get -o DPkg::Lock::Timeout=120 install -q -y --no-install-recommends "$@"
`;

/** @param {string[]} packages */
async function agreed(packages) {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await terminal.question(
    `Install these system packages with apt-get: ${packages.join(', ')}? [Y/n] `,
  );
  terminal.close();
  return /^(y|yes|)$/i.test(answer.trim());
}

/**
 * Says what begins now, on a line that `done` completes.
 *
 * @param {string} what
 */
export function announce(what) {
  process.stdout.write(`${what} ... `);
  return performance.now();
}

/** @param {number} begun  what `announce` gave */
export function done(begun) {
  console.log(`${((performance.now() - begun) / 1000).toFixed(1)} s`);
}
