import { open, stat } from 'node:fs/promises';

/**
 * The last `bytes` of a regular file as whole lines. Throws with what to check when it is absent, unreadable or no file; a pipe or
 * device is never opened, for that could block for ever.
 */
export async function readTail(
  file: string,
  bytes: number,
): Promise<{ lines: string[]; size: number; modifiedAt: number }> {
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(whyNot(file, error), { cause: error });
  });
  if (!found.isFile())
    throw new Error(`${file} is not a regular file; check its path in the service registry`);
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new Error(whyNot(file, error), { cause: error });
  });
  try {
    const { size, mtimeMs } = await handle.stat();
    const start = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
    const lines = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/);
    // The first line was cut unless the whole file was read.
    if (start > 0) lines.shift();
    if (lines.at(-1) === '') lines.pop();
    return { lines, size, modifiedAt: Math.round(mtimeMs) };
  } finally {
    await handle.close();
  }
}

function whyNot(file: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT')
    return `${file} does not exist; check its path in the service registry and that it is on this host`;
  if (error.code === 'EACCES') return `${file} may not be read by the user that Medic runs as`;
  return `${file} cannot be read: ${error.message}`;
}
