import { bytes, type Judged, percent } from './words.ts';

/** A filesystem as the kernel tells it (statfs), in blocks of `blockSize` bytes. */
export interface Filesystem {
  readonly path: string;
  readonly blockSize: number;
  readonly blocks: number;
  /** Those that a user other than root may still use. */
  readonly available: number;
  /** 0 where the filesystem has no fixed number of them. */
  readonly inodes: number;
  readonly inodesFree: number;
  readonly readOnly: boolean;
}

const INODES_OUT = 0.99;

/** How much of a filesystem is used: of its space as others than root see it, and of its inodes. */
export function usage(fs: Filesystem): { readonly used: number; readonly inodesUsed: number } {
  const inodesUsed = fs.inodes > 0 ? 1 - fs.inodesFree / fs.inodes : 0;
  return { used: fs.blocks > 0 ? 1 - fs.available / fs.blocks : 0, inodesUsed };
}

/** Whether a disk is full of bytes. One that has run out of inodes, or that cannot be written, is another fault. */
export function judgeDisk(fs: Filesystem, limit: number): Judged {
  if (!(fs.blocks > 0)) return { verdict: 'unknown', words: `${fs.path} is no filesystem with a size` };
  const { used, inodesUsed } = usage(fs);
  const size = `${bytes(fs.available * fs.blockSize)} free of ${bytes(fs.blocks * fs.blockSize)}`;
  const words = `${fs.path} is ${percent(used)} used, ${size}`;
  if (fs.readOnly) return { verdict: 'other', words: `${words}; it is mounted read-only` };
  if (inodesUsed >= INODES_OUT)
    return { verdict: 'other', words: `${words}; its inodes have run out (${percent(inodesUsed)} used)` };
  const inodes = fs.inodes > 0 ? `, inodes ${percent(inodesUsed)} used` : '';
  return { verdict: used >= limit ? 'fault' : 'well', words: words + inodes };
}

/** The mount of exactly this path as `/proc/self/mounts` lists it; null where it is no mount point. The last one covers the others. */
export function mountOf(path: string, mounts: string): { readonly readOnly: boolean } | null {
  const wanted = path.length > 1 ? path.replace(/\/+$/, '') || '/' : path;
  const found = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .findLast(([, where = '']) => unescaped(where) === wanted);
  return found === undefined ? null : { readOnly: (found[3] ?? '').split(',').includes('ro') };
}

/** The kernel writes white space and backslashes of a path as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
