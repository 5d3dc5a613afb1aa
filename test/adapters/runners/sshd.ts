import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onFreePort, startProcess } from '../../kit/stack/process.ts';

const run = promisify(execFile);
/** An idle connection that Ansible keeps open goes after this many seconds, so that none outlives a test for long. */
const KEPT_OPEN = 1;

/**
 * Starts a real sshd on loopback with keys of its own, for the user of this process, and gives what an Ansible inventory says of a
 * host that is reached through it.
 */
export async function startSshd(dir: string) {
  await mkdir(dir, { recursive: true });
  for (const name of ['host', 'user'])
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, name)]);
  await copyFile(join(dir, 'user.pub'), join(dir, 'authorized'));
  await chmod(join(dir, 'authorized'), 0o600);
  // sshd insists on this folder when it runs as root.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true, mode: 0o755 });
  return onFreePort(async (port) => {
    await writeFile(join(dir, 'config'), config(dir, port));
    const [type, key] = (await readFile(join(dir, 'host.pub'), 'utf8')).split(' ');
    await writeFile(join(dir, 'known'), `[127.0.0.1]:${port} ${type} ${key}\n`);
    const running = await startProcess({
      name: 'sshd',
      argv: ['/usr/sbin/sshd', '-D', '-e', '-f', join(dir, 'config')],
      ready: () => greets(port),
      logFile: join(dir, 'sshd.log'),
    });
    return { ...running, host: host(dir, port) };
  });
}

function config(dir: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(dir, 'host')}`,
    `AuthorizedKeysFile ${join(dir, 'authorized')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

function host(dir: string, port: number): string {
  const strict = `-o UserKnownHostsFile=${join(dir, 'known')} -o StrictHostKeyChecking=yes -o IdentitiesOnly=yes`;
  return [
    `ansible_host=127.0.0.1 ansible_port=${port} ansible_user=${userInfo().username}`,
    `ansible_ssh_private_key_file=${join(dir, 'user')} ansible_ssh_common_args='${strict}'`,
    `ansible_ssh_args='-o ControlMaster=auto -o ControlPersist=${KEPT_OPEN}'`,
    `ansible_control_path_dir=${join(dir, 'cp')} ansible_python_interpreter=/usr/bin/python3`,
  ].join(' ');
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(1_000, () => socket.destroy(new Error('no greeting')));
    socket.once('data', (greeting) => {
      socket.destroy();
      resolve(greeting.toString().startsWith('SSH-2.0-'));
    });
    socket.once('error', reject);
  });
}
