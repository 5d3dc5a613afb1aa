import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Ledger } from '../../engine/orders/door.ts';

/** So many attempts are remembered over a restart. */
const KEPT = 10_000;

/**
 * What a runner began, in a folder of its own that nobody else writes to: one line for each attempt, on the disk before it begins. Without
 * a folder it remembers as long as it lives.
 *
 * @throws where the folder cannot be written to
 */
export function createLedger(folder: string | null, namespace: string): Ledger {
  if (folder === null)
    return remembering(new Set(), null, { append: () => undefined, keep: () => undefined });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const attempts = join(folder, `${namespace}-attempts`);
  const control = join(folder, `${namespace}-control`);
  const known = readLines(attempts).slice(-KEPT);
  replaceWith(attempts, known.map((attempt) => `${attempt}\n`).join(''));
  const [number, issuedAt] = readLines(control).map(Number);
  const seen = number === undefined || issuedAt === undefined ? null : { number, issuedAt };
  return remembering(new Set(known), seen, {
    append: (attempt) => appendDurably(attempts, `${attempt}\n`),
    keep: (text) => replaceWith(control, text),
  });
}

interface Disk {
  append(attempt: string): void;
  keep(control: string): void;
}

function remembering(begun: Set<string>, seen: Ledger['seen'], disk: Disk): Ledger {
  return {
    begin(attempt) {
      if (begun.has(attempt)) return false;
      disk.append(attempt);
      begun.add(attempt);
      return true;
    },
    seen,
    see: (newest) => disk.keep(`${newest.number}\n${newest.issuedAt}\n`),
  };
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function appendDurably(file: string, text: string): void {
  const handle = openSync(file, 'a', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function replaceWith(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
