import { startApp } from './app.ts';
import { ConfigError, dropSecrets, loadConfig } from './config/load.ts';
import { CatalogError } from './playbooks/catalog.ts';

/** Ends with the exit code of `sysexits.h` for a configuration error. */
const EX_CONFIG = 78;

try {
  const config = loadConfig(process.env);
  // Whatever this process starts inherits its environment.
  dropSecrets(process.env);
  const app = await startApp(config);
  // A connection that waits for its server to come back would keep a stopped process alive.
  const stop = (signal: string) => app.stop(signal).finally(() => process.exit());
  // A signal that comes twice, as from a terminal and from npm at once, must not cut the drain short.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
} catch (error) {
  const known = error instanceof ConfigError || error instanceof CatalogError;
  process.stderr.write(`medic did not start: ${known ? error.message : describe(error)}\n`);
  process.exitCode = known ? EX_CONFIG : 1;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n  because: ${describe(error.cause)}`;
  return `${error.message}${cause}`;
}
