import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quickSupervisorctl, supervisorctl } from '../../../../src/adapters/collectors/looks/supervisor.ts';
import { type Supervisor, startSupervisor } from '../../../kit/fleet/supervisor.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { until } from '../../../kit/stack/process.ts';

let scratch: Scratch;
let supervisor: Supervisor;
let written = 0;
const at = (name: string) => join(scratch.path, name);

beforeAll(async () => {
  scratch = await scratchDir('supervisorctl');
  const program = (name: string, ...argv: string[]) => ({ name, argv, logFile: at(`${name}.log`) });
  supervisor = await startSupervisor(at('supervisor'), [
    program('shop', 'sleep', '600'),
    program('stopped', 'sleep', '600'),
    program('ended', 'true'),
    program('broken', '/no/such/<program>&co'),
  ]);
  await supervisor.ctl('stop', 'stopped');
  const over = async () => {
    const said = await all();
    return said.includes('EXITED') && said.includes('FATAL');
  };
  await until(over, { what: 'the programs to end', ms: 30_000 });
  // The Python that supervisorctl runs with, and words of its own where it is asked itself.
  await mkdir(at('bin'));
  const [first] = (await readFile(await which('supervisorctl'), 'utf8')).split('\n');
  await fakeCtl(`${first}\n${ITSELF}`);
});
afterAll(async () => {
  await supervisor?.stop();
  await scratch?.remove();
});

const all = () => supervisor.ctl('status').catch((error: Error) => error.message);
const which = async (name: string) => (await say(['sh', '-c', `command -v ${name}`])).stdout.trim();
const ITSELF = `import sys\nprint('itself', *sys.argv[1:])\n`;
const fakeCtl = async (script: string) => {
  await writeFile(at('bin/supervisorctl'), script);
  await chmod(at('bin/supervisorctl'), 0o755);
};

interface Answer {
  readonly code: number;
  readonly stdout: string;
}

function say([program = '', ...args]: readonly string[], path = process.env.PATH): Promise<Answer> {
  const env = { ...process.env, PATH: path, LC_ALL: 'C' };
  return new Promise((resolve) =>
    execFile(program, args, { env, timeout: 30_000 }, (error, stdout) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout }),
    ),
  );
}

const factsOf = (supervisorConf: string | null) =>
  ({ name: 'jobs-1', local: false, manager: 'supervisor', supervisorConf }) as const;
const quickly = (conf: string | null, verb: 'status' | 'pid', name: string) =>
  say(quickSupervisorctl(factsOf(conf), verb, name), `${at('bin')}:${process.env.PATH}`);
/** As people read it: supervisorctl lines its columns up, and the time goes on. */
const words = ({ code, stdout }: Answer) => ({
  code,
  words: stdout
    .replace(/ +/g, ' ')
    .replace(/uptime [\d:]+/, 'uptime')
    .replace(/, exit status -?\d+, ended @\d+/, ''),
});

describe('supervisor asked over its socket', () => {
  it.each(['shop', 'stopped', 'ended', 'broken'])('says of %s what supervisorctl says', async (name) => {
    for (const verb of ['status', 'pid'] as const)
      expect(words(await quickly(supervisor.conf, verb, name))).toEqual(
        words(await say(supervisorctl(factsOf(supervisor.conf), verb, name))),
      );
  });

  it('tells besides how what has ended did so, and when', async () => {
    const { stdout } = await quickly(supervisor.conf, 'status', 'ended');
    expect(stdout).toMatch(/^ended EXITED .*, exit status 0, ended @\d{10}\n$/);
  });

  it('is found by a configuration with comments, and by where that lies', async () => {
    const conf = await confWith((text) =>
      text.replace(/^serverurl=.*$/m, 'serverurl = unix://%(here)s/supervisor.sock ; the usual'),
    );
    expect((await quickly(conf, 'status', 'shop')).stdout).toMatch(/^shop RUNNING pid \d+, uptime /);
  });
});

describe('supervisorctl itself is asked', () => {
  it.each<[string, (conf: string) => string]>([
    ['supervisor listens on no socket', (conf) => conf.replace(/unix:\/\/.*$/m, 'http://127.0.0.1:9')],
    ['nobody listens on it', (conf) => conf.replace(/(unix:\/\/.*)$/m, '$1.gone')],
    ['it asks for a password', (conf) => conf.replace(/^\[supervisorctl\]$/m, '$&\nusername=a\npassword=b')],
    ['the environment says where it is', (conf) => conf.replace(/unix:\/\/.*$/m, 'unix://%(ENV_S)s')],
    ['its place is in another section', (conf) => conf.replace('[supervisorctl]', '[other]')],
  ])('where %s', async (_, change) => {
    const conf = await confWith(change);
    expect(await quickly(conf, 'status', 'shop')).toEqual({
      code: 0,
      stdout: `itself -c ${conf} status shop\n`,
    });
  });

  it('of what the socket does not know, and where there is no configuration', async () => {
    const { conf } = supervisor;
    expect((await quickly(conf, 'status', 'nope')).stdout).toBe(`itself -c ${conf} status nope\n`);
    expect((await quickly('/nowhere', 'pid', 'shop')).stdout).toBe('itself -c /nowhere pid shop\n');
  });

  it.each([
    ['is a script of a shell', `#!/bin/sh\necho itself "$@"\n`],
    ['looks for its Python by itself', `#!/usr/bin/env python3\n${ITSELF}`],
  ])('where it %s', async (_, script) => {
    await fakeCtl(script);
    const { conf } = supervisor;
    expect((await quickly(conf, 'status', 'shop')).stdout).toBe(`itself -c ${conf} status shop\n`);
  });
});

async function confWith(change: (conf: string) => string): Promise<string> {
  written += 1;
  const path = at(`supervisor/${written}.conf`);
  await writeFile(path, change(await readFile(supervisor.conf, 'utf8')));
  return path;
}
