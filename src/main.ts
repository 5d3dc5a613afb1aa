import { readFileSync } from 'node:fs';
import { readWish } from './cli/usage.ts';
import { ConfigError, dropSecrets, loadConfig } from './config/load.ts';

/** Ends with the exit code of `sysexits.h` for a configuration error. */
const EX_CONFIG = 78;
/** What a shell's own commands end with where they are called wrongly. */
const WRONG_USAGE = 2;

const wish = readWish(process.argv.slice(2));
switch (wish.kind) {
  case 'start':
    await start();
    break;
  case 'check':
    // Each loads what it needs and no more: a check is over before the client of Slack would have been read.
    process.exitCode = await (await import('./cli/check.ts')).check(process.env, wish.json, {
      out: process.stdout,
      err: process.stderr,
    });
    break;
  case 'coverage':
    process.exitCode = await (await import('./cli/coverage.ts')).coverage(wish, process.env, {
      out: process.stdout,
      err: process.stderr,
    });
    break;
  case 'playbooks-lint':
  case 'playbooks-new':
  case 'playbooks-try':
    process.exitCode = await (await import('./cli/playbooks/playbooks.ts')).playbooks(wish, process.env, {
      out: process.stdout,
      err: process.stderr,
    });
    break;
  case 'audit-export':
  case 'audit-verify':
    process.exitCode = await (await import('./cli/audit.ts')).audit(wish, process.env, {
      in: process.stdin,
      out: process.stdout,
      err: process.stderr,
    });
    break;
  case 'replay':
  case 'lint':
    process.exitCode = await (await import('./cli/replay/replay.ts')).replayOrLint(wish, process.env, {
      in: process.stdin,
      out: process.stdout,
      err: process.stderr,
    });
    break;
  case 'help':
    process.stdout.write(wish.text);
    break;
  case 'version':
    process.stdout.write(`${wish.json ? JSON.stringify({ version: versionOf() }) : versionOf()}\n`);
    break;
  case 'wrong':
    process.stderr.write(`medic: ${wish.why}\n\n${wish.text}`);
    process.exitCode = WRONG_USAGE;
    break;
  default:
    wish satisfies never;
}

async function start(): Promise<void> {
  try {
    const config = loadConfig(process.env);
    // Whatever this process starts inherits its environment.
    dropSecrets(process.env);
    const { startApp } = await import('./app/app.ts');
    const app = await startApp(config);
    // A connection that waits for its server to come back would keep a stopped process alive.
    const stop = (signal: string) => app.stop(signal).finally(() => process.exit());
    // A signal that comes twice, as from a terminal and from npm at once, must not cut the drain short.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  } catch (error) {
    const known = error instanceof ConfigError;
    process.stderr.write(`medic did not start: ${known ? error.message : describe(error)}\n`);
    process.exitCode = known ? EX_CONFIG : 1;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\n  because: ${describe(error.cause)}`;
  return `${error.message}${cause}`;
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  };
  return version;
}
