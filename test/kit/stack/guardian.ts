import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

type Line = `${'hold' | 'release'} ${number}` | `${'mount' | 'unmount' | 'scratch' | 'removed'} ${string}`;

let send: ((line: Line) => void) | undefined;

/**
 * Tells the guardian, a small shell process that outlives this one by a moment, what to clean up should this process
 * die without doing so. See guardian.sh. Paths may not contain white space.
 */
export function tellGuardian(line: Line): void {
  send ??= startGuardian();
  send(line);
}

function startGuardian(): (line: Line) => void {
  const script = fileURLToPath(new URL('guardian.sh', import.meta.url));
  const guardian = spawn('/bin/sh', [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guardian.unref();
  // The pipe must not keep this process alive: its end is the very sign that the guardian waits for.
  (guardian.stdin as unknown as { unref(): void }).unref();
  guardian.stdin.on('error', () => {
    send = undefined;
  });
  return (line) => void guardian.stdin.write(`${line}\n`);
}

export type Scratch = { path: string; remove(): Promise<void> };

/** Makes a directory of its own under the system's temporary directory; it goes away even if this process is killed. */
export async function scratchDir(name: string): Promise<Scratch> {
  const path = await mkdtemp(join(tmpdir(), `medic-${name}-`));
  tellGuardian(`scratch ${path}`);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true });
      tellGuardian(`removed ${path}`);
    },
  };
}
