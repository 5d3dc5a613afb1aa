import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Running, startProcess } from '../stack/process.ts';

const run = promisify(execFile);

export type Program = { name: string; argv: readonly string[]; logFile: string };

export type Supervisor = Running & {
  conf: string;
  /** Runs one supervisorctl command and gives what it printed; rejects with that when it failed. */
  ctl(...args: string[]): Promise<string>;
};

/** Starts a supervisord, any user will do, that runs the programs and leaves a crash a crash. */
export async function startSupervisor(dir: string, programs: readonly Program[]): Promise<Supervisor> {
  await mkdir(dir, { recursive: true });
  const conf = join(dir, 'supervisord.conf');
  await writeFile(conf, [...daemonSections(dir), ...programs.flatMap(programSection)].join('\n'));
  const ctl = async (...args: string[]) => {
    try {
      return (await run('supervisorctl', ['-c', conf, ...args], { timeout: 15_000 })).stdout.trim();
    } catch (error) {
      const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
      throw new Error(`supervisorctl ${args.join(' ')}: ${stdout}${stderr}`.trim(), { cause: error });
    }
  };
  const running = await startProcess({
    name: 'supervisord',
    argv: ['supervisord', '-n', '-c', conf],
    logFile: join(dir, 'supervisord.out'),
    // Its socket comes a moment after it.
    ready: async () => (await ctl('pid')) !== '',
    graceMs: 8_000,
  });
  async function stop() {
    // All at once; a terminated supervisord would stop them one after another.
    await ctl('stop', 'all').catch(() => undefined);
    await running.stop();
  }
  return { ...running, conf, ctl, stop };
}

function daemonSections(dir: string): string[] {
  return [
    '[unix_http_server]',
    `file=${join(dir, 'supervisor.sock')}`,
    'chmod=0700',
    '[rpcinterface:supervisor]',
    'supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface',
    '[supervisorctl]',
    `serverurl=unix://${join(dir, 'supervisor.sock')}`,
    '[supervisord]',
    `logfile=${join(dir, 'supervisord.log')}`,
    `pidfile=${join(dir, 'supervisord.pid')}`,
    `childlogdir=${dir}`,
    'minfds=256',
    ...(process.getuid?.() === 0 ? ['user=root'] : []),
  ];
}

function programSection({ name, argv, logFile }: Program): string[] {
  return [
    `[program:${name}]`,
    `command=${argv.map(quoted).join(' ')}`,
    'autorestart=false',
    // The service counts as started at once; whether it answers is for its health check to say.
    'startsecs=0',
    'stopwaitsecs=5',
    'stopasgroup=true',
    'killasgroup=true',
    'redirect_stderr=true',
    `stdout_logfile=${logFile}`,
    'stdout_logfile_maxbytes=5MB',
    'stdout_logfile_backups=1',
  ];
}

/** Supervisor splits commands as a shell would and expands `%(name)s`. */
function quoted(word: string): string {
  const escaped = word.replaceAll('%', '%%');
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `'${escaped.replaceAll("'", `'"'"'`)}'`;
}
