import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHosts } from '../../../src/adapters/hosts/hosts.ts';
import { longestFor, scratchRoot } from '../../../src/adapters/runners/process/scratch.ts';
import { createRunners } from '../../../src/adapters/runners/runners.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { startSshd } from './sshd.ts';

const never = new AbortController().signal;
/** A place where nobody can make anything, root included. */
const NOWHERE = '/proc/nowhere';

let scratch: Scratch;
let sshd: Awaited<ReturnType<typeof startSshd>>;
let inventory: string;
const at = (name: string) => join(scratch.path, name);

beforeAll(async () => {
  scratch = await scratchDir('hardened');
  sshd = await startSshd(at('sshd'));
  inventory = at('inventory.ini');
  const host = sshd.host.replace(/ansible_control_path_dir=\S+/, '');
  await writeFile(inventory, `[web]\nweb-1 ${host}\n`);
  await mkdir(at('playbook'));
  await writeFile(
    at('playbook/site.yml'),
    "- { hosts: all, gather_facts: false, tasks: [{ name: look, command: 'true' }] }\n",
  );
});
afterAll(async () => {
  await sshd?.stop();
  await scratch?.remove();
});

/** As systemd starts a unit whose home and system are read-only. */
const hardened = (more: Readonly<Record<string, string>>) => ({
  PATH: process.env.PATH,
  LANG: 'C.UTF-8',
  HOME: NOWHERE,
  TMPDIR: NOWHERE,
  ...more,
});

async function runBoth(environment: Readonly<Record<string, string | undefined>>) {
  const hosts = createHosts({ inventory, environment });
  try {
    const looked = await hosts.run({ host: 'web-1', argv: ['echo', 'here'], timeout: 15_000 }, never);
    const run = await createRunners({ inventory, environment, redact: (text) => text }).run(
      {
        id: 'hardened',
        run: { ansible: { playbook: 'site.yml', limit: null } },
        dryRun: null,
        folder: at('playbook'),
        parameters: {},
        timeout: 30_000,
        fence: null,
        reportTo: null,
      },
      () => undefined,
      never,
    );
    return { looked, run };
  } finally {
    await hosts.close();
  }
}

describe('with a home and a system that cannot be written to, hosts are looked at and playbooks run', () => {
  it.each(['RUNTIME_DIRECTORY', 'STATE_DIRECTORY'])(
    'in what systemd gives as %s, and little is left there',
    async (name) => {
      const folder = at(name.toLowerCase());
      await mkdir(folder);
      const { looked, run } = await runBoth(hardened({ [name]: `${folder}:/elsewhere` }));
      expect(looked).toMatchObject({ kind: 'answered', stdout: 'here\n' });
      expect(run).toMatchObject({ kind: 'succeeded' });
      // The sockets of connections that are used again.
      expect((await readdir(folder)).filter((file) => file !== 'cp')).toEqual([]);
    },
  );

  it('where its path is too long for a socket, too', async () => {
    const folder = at('l'.repeat(90));
    await mkdir(folder);
    const { looked, run } = await runBoth(hardened({ RUNTIME_DIRECTORY: folder }));
    expect(looked).toMatchObject({ kind: 'answered', stdout: 'here\n' });
    expect(run).toMatchObject({ kind: 'succeeded' });
  });
});

it('what is written goes where systemd says, else where temporary files go, and sockets where they fit', async () => {
  const long = at('x'.repeat(80));
  const short = at('r');
  for (const folder of [long, short]) await mkdir(folder);
  expect(scratchRoot({ RUNTIME_DIRECTORY: short, TMPDIR: long })).toBe(short);
  expect(scratchRoot({ RUNTIME_DIRECTORY: NOWHERE, STATE_DIRECTORY: short })).toBe(short);
  expect(scratchRoot({ RUNTIME_DIRECTORY: 'not/absolute', TMPDIR: short })).toBe(short);
  expect(scratchRoot({ RUNTIME_DIRECTORY: long })).toBe(long);
  expect(scratchRoot({ RUNTIME_DIRECTORY: long, TMPDIR: short }, longestFor(20))).toBe(short);
});
