import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answers, type Running, startProcess } from '../stack/process.ts';

export const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

/** What Node has made of Medic's text, for the next start: reading and compiling it anew is most of one. */
const COMPILED = fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url));

/** Medic itself, as its own process, as in production. */
export interface MedicProcess extends Running {
  readonly url: string;
}

/** Starts Medic with this environment and nothing of our own but the path, and waits until it says that it is ready. */
export async function startMedic(
  dir: string,
  env: Readonly<Record<string, string>>,
  name = 'medic',
  main = MAIN,
): Promise<MedicProcess> {
  const url = `http://127.0.0.1:${env.PORT}`;
  const running = await startProcess({
    name,
    argv: [process.execPath, main],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      LANG: 'C.UTF-8',
      NODE_COMPILE_CACHE: COMPILED,
      ...env,
    },
    ready: () => answers(`${url}/readyz`),
    // No rule is about this: on a machine that others keep busy, a start takes many times as long.
    readyWithinMs: 60_000,
    logFile: join(dir, `${name}.log`),
    graceMs: 15_000,
  });
  return { ...running, url };
}
