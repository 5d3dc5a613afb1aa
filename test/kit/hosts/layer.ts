import { randomUUID } from 'node:crypto';
import { cp, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a host is for: a web server with the shop behind it, under systemd; or a program under supervisor. */
export type Kind = 'web' | 'worker';

const UNITS: Record<Kind, readonly string[]> = {
  web: ['nginx.service', 'shop.service', 'node-exporter.service', 'process-exporter.service', 'ssh.service'],
  worker: ['supervisor.service', 'node-exporter.service', 'process-exporter.service', 'ssh.service'],
};

/** Units that the packages brought and that nothing here needs: they would only make the start slower. */
const UNWANTED = [
  'console-getty.service',
  'getty.target',
  'remote-fs.target',
  'systemd-firstboot.service',
  'systemd-logind.service',
  'systemd-networkd.service',
  'systemd-networkd.socket',
  'systemd-timesyncd.service',
];

export type Keys = { hostKey: string; authorized: string };

/** Writes the files that make a system this host, to be laid over the common ones. */
export async function writeLayer(dir: string, name: string, kind: Kind, keys: Keys): Promise<void> {
  await cp(fileURLToPath(new URL('files', import.meta.url)), dir, { recursive: true });
  const put = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text, { mode });
  };
  await put('etc/ssh/host_key', keys.hostKey, 0o600);
  await put('etc/ssh/authorized_keys', keys.authorized);
  await put('etc/hostname', `${name}\n`);
  await put('etc/machine-id', `${randomUUID().replaceAll('-', '')}\n`);
  const units = join(dir, 'etc/systemd/system');
  const wants = join(units, 'multi-user.target.wants');
  await mkdir(wants, { recursive: true });
  const wanted = UNITS[kind];
  for (const unit of wanted) await symlink(unitFile(unit), join(wants, unit)).catch(alreadyThere);
  const others = Object.values(UNITS).flat();
  const masked = [...UNWANTED, ...others.filter((unit) => !wanted.includes(unit) && unit !== 'shop.service')];
  for (const unit of masked) await symlink('/dev/null', join(units, unit));
  await symlink('/lib/systemd/system/multi-user.target', join(units, 'default.target'));
  if (kind === 'web') await symlink('releases/v1', join(dir, 'srv/shop/current'));
}

const OURS = ['shop.service', 'node-exporter.service', 'process-exporter.service'];

function unitFile(unit: string): string {
  return OURS.includes(unit) ? `/etc/systemd/system/${unit}` : `/lib/systemd/system/${unit}`;
}

function alreadyThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/** A file with nothing but holes: it takes no space on the disk, and its pages take memory once they are read. */
export async function sparseFile(path: string, bytes: number): Promise<void> {
  await writeFile(path, '');
  await truncate(path, bytes);
}
