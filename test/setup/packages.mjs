// The Node packages and the Node to run them with. Runs on any Node from 18 on.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { announce, done } from './programs.mjs';

/**
 * Runs `npm ci` when the installed packages are not those of the lock file. Compares what is installed, not file times:
 * a checkout makes every file new.
 *
 * @param {string} root
 */
export function refreshPackages(root) {
  if (packagesAreCurrent(root)) return;
  const begun = announce('Installing the Node packages');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } = npm?.endsWith('npm-cli.js')
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
    : spawnSync('npm', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0)
    throw new Error(
      `The Node packages could not be installed (npm ci: ${error?.message ?? `exit code ${status}`}).`,
    );
  done(begun);
}

/** @param {string} root */
function packagesAreCurrent(root) {
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  const wanted = lockedPackages(join(root, 'package-lock.json'));
  if (!wanted) throw new Error(`There is no package-lock.json in ${root}.`);
  if (!installed) return false;
  // An optional package may be missing because it is for another platform.
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === '') return true;
    const there = installed[path];
    return there ? there.version === version : Boolean(optional ?? devOptional ?? peer);
  });
}

/** @param {string} path */
function lockedPackages(path) {
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8')).packages;
}

/**
 * A Node of at least version 24: the one that runs this, or the one that came with the packages.
 *
 * @param {string} root
 */
export function node24(root) {
  if (major(process.version) >= 24) return process.execPath;
  const packaged = join(root, 'node_modules', '.bin', 'node');
  const { stdout } = spawnSync(packaged, ['--version'], { encoding: 'utf8' });
  if (stdout && major(stdout) >= 24) return packaged;
  throw new Error(
    `Node 24 or newer is needed; this is ${process.version}, and no packaged Node runs on ${process.platform} ${process.arch}. ` +
      'Install Node 24 and try again.',
  );
}

/** @param {string} version */
function major(version) {
  return Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);
}
