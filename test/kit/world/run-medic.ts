import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { MAIN } from './medic.ts';

/** How a Medic ended that did not start. */
export interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs Medic with this environment until it ends by itself; for starts that must fail. Ended with SIGKILL after 45 s, since a busy machine takes long to start it. */
export async function runMedic(env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    signal: AbortSignal.timeout(45_000),
    killSignal: 'SIGKILL',
  });
  const [[code], said] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stderr),
  ]);
  return { code, said };
}
