import { access, constants, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { whyUnreadable } from '../../lib/schema/mistake.ts';
import { allowedEnvironment } from '../runners/process/environment.ts';
import type { RunAs } from '../runners/process/run-as.ts';
import { runGuarded } from '../runners/process/run-guarded.ts';
import { ansiblePlaces } from '../runners/process/scratch.ts';
import { type Inventory, parseInventory, type Refused } from './inventory.ts';
import { inventoryReason } from './inventory-reason.ts';

/** How often it is looked whether the inventory has changed, ms. */
const LOOK_AGAIN = 5000;
/** After this long it is read again in any case, as a script may say something else by then, ms. */
const STALE = 300_000;
const READ_WITHIN = 20_000;
const OUTPUT = 32 * 1024 * 1024;
const FILES = 2000;

export interface InventoryReader {
  /** The inventory as it stands now, or why it cannot be read, in words. */
  read(): Promise<Inventory | Refused>;
}

/**
 * Reads an inventory by `ansible-inventory`, as the fixes do, and keeps what it said until the files change. Whoever asks meanwhile
 * shares the reading.
 */
export function createInventoryReader(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  runAs: RunAs | null,
  stopping: AbortSignal,
): InventoryReader {
  let known: { readonly stamp: string; readonly said: Inventory | Refused; readonly at: number } | null =
    null;
  let reading: { readonly stamp: string; readonly said: Promise<Inventory | Refused> } | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;

  const readNow = async (stamp: string) => {
    const said = await ask(path, environment, runAs, stopping);
    // What could not be read once more, although nothing has changed, is no reason to forget what could.
    if (known === null || known.stamp !== stamp || 'hosts' in said)
      known = { stamp, said, at: performance.now() };
    reading = null;
    return known.said;
  };
  const readOnce = (stamp: string) => {
    reading ??= { stamp, said: readNow(stamp) };
    return reading.said;
  };

  return {
    async read() {
      if (reading !== null && reading.stamp !== known?.stamp) return reading.said;
      if (known !== null && performance.now() - lookedAt < LOOK_AGAIN) return known.said;
      const stamp = await stampOf(path);
      if (stamp === null)
        return { refused: `there is no inventory at ${path}: set ansible.inventory in medic.yml` };
      lookedAt = performance.now();
      if (known === null || known.stamp !== stamp || 'refused' in known.said) return readOnce(stamp);
      if (performance.now() - known.at > STALE) void readOnce(stamp);
      return known.said;
    },
  };
}

async function ask(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
  runAs: RunAs | null,
  signal: AbortSignal,
): Promise<Inventory | Refused> {
  const closed = await whyClosed(path);
  if (closed !== null) return { refused: `the inventory ${path} ${closed}` };
  const lines: string[] = [];
  const result = await runGuarded({
    argv: ['ansible-inventory', '-i', path, '--list'],
    cwd: '/',
    env: {
      ...allowedEnvironment(environment, [], runAs),
      ...ansiblePlaces(environment, null, runAs),
      ANSIBLE_INVENTORY_UNPARSED_FAILED: 'True',
      ANSIBLE_NOCOLOR: '1',
    },
    runAs,
    timeout: READ_WITHIN,
    outputCap: OUTPUT,
    redact: (text) => text,
    // Redacted words would name other hosts, so they are taken before.
    claim: (line) => lines.push(line) > 0,
    signal,
  });
  const refuse = (why: string) => ({ refused: `the inventory ${path} cannot be read: ${why}` });
  if (result.failedToStart !== null) return refuse(result.failedToStart);
  if (result.timedOut) return refuse(`ansible-inventory took longer than ${READ_WITHIN / 1000} s`);
  if (result.exitCode !== 0) return refuse(inventoryReason(path, result.output));
  try {
    return parseInventory(lines.join('\n'));
  } catch {
    return refuse('ansible-inventory answered something else than an inventory');
  }
}

/** Why the inventory cannot be read, which Ansible would not say: to it, that is one more source that holds nothing. */
async function whyClosed(path: string): Promise<string | null> {
  try {
    const isFolder = (await stat(path)).isDirectory();
    await access(path, isFolder ? constants.R_OK | constants.X_OK : constants.R_OK);
    return null;
  } catch (error) {
    return whyUnreadable(error);
  }
}

/** Changes whenever a file of the inventory does, group and host variables included; null where there is no inventory. */
async function stampOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  const beside = found.isDirectory()
    ? [path]
    : ['group_vars', 'host_vars'].map((name) => join(dirname(path), name));
  const listed = await Promise.all(
    beside.map(async (folder) =>
      (await readdir(folder, { recursive: true }).catch(() => [])).map((name) => join(folder, name)),
    ),
  );
  const files = [path, ...listed.flat().sort()].slice(0, FILES);
  const stamps = await Promise.all(
    files.map(async (file) => {
      const { mtimeMs, size } = await stat(file).catch(() => ({ mtimeMs: 0, size: 0 }));
      return `${file} ${mtimeMs} ${size}`;
    }),
  );
  return stamps.join('\n');
}
