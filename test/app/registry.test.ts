import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHosts } from '../../src/adapters/hosts/hosts.ts';
import { registryFlaws, stateMistakes } from '../../src/app/checks/registry.ts';
import { Settings } from '../../src/config/settings.ts';
import { pathOf, whyUnreadable } from '../../src/lib/schema/mistake.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('registry');
  await writeFile(at('good.ini'), '[web]\nweb-1\nweb-2\n[idle]\n[storage]\ndb-1 ansible_connection=docker\n');
  await writeFile(at('broken.yml'), 'all:\n  hosts:\n    web-1: [\n');
  await mkdir(at('empty'));
});
afterAll(() => scratch.remove());
const at = (name: string) => join(scratch.path, name);

async function flawsOf(inventory: string, services: object): Promise<readonly string[]> {
  const hosts = createHosts({ inventory: at(inventory), environment: process.env });
  try {
    const flaws = await registryFlaws(hosts, Settings.parse({ services }));
    return flaws.map(({ path, message }) => `${pathOf(path)}: ${message.replaceAll(scratch.path, '')}`);
  } finally {
    await hosts.close();
  }
}

describe('the registry and the inventory', () => {
  it('agree where every host and group is there, and one may be this machine', async () => {
    const services = { shop: { hosts: ['web-1', 'localhost'] }, blog: { group: 'web' }, none: {} };
    expect(await flawsOf('good.ini', services)).toEqual([]);
  });

  it('are told apart by host and group, with the name that was meant', async () => {
    const services = {
      shop: { hosts: ['web-11', 'db-1'], group: 'wbe' },
      blog: { group: 'idle' },
      till: { group: 'payments' },
    };
    expect(await flawsOf('good.ini', services)).toEqual([
      "services.shop.hosts.0: web-11 is not in the inventory: add it to /good.ini, or name the service's hosts as they are called there. Did you mean web-1?",
      'services.shop.hosts.1: ansible_connection of db-1 is docker; Medic looks over ssh, or here where it is local',
      'services.shop.group: the inventory has no group wbe with hosts in it: did you mean web?',
      'services.blog.group: the inventory has no group idle with hosts in it: it has storage and web',
      'services.till.group: the inventory has no group payments with hosts in it: it has storage and web',
    ]);
  });

  it.each([
    ['gone.ini', 'there is no inventory at /gone.ini: set ansible.inventory in medic.yml'],
    [
      'broken.yml',
      'the inventory /broken.yml cannot be read: the YAML is broken in line 4, column 1 (did not find expected node content)',
    ],
  ])(
    'are one problem, however many hosts there are, where the inventory is %s',
    async (inventory, expected) => {
      const services = { shop: { hosts: ['web-1', 'web-2'] }, blog: { group: 'web' } };
      expect(await flawsOf(inventory, services)).toEqual([`ansible.inventory: ${expected}`]);
    },
  );
});

it('a runner whose folder cannot be written to is told before it starts, and none is made by looking', async () => {
  const of = (env: object, role = 'runner') =>
    stateMistakes({ env, role } as never).map(({ path, message }) => `${path}: ${message}`);
  expect(of({ MEDIC_STATE: at('deep/er') })).toEqual([]);
  expect(await readdir(scratch.path)).not.toContain('deep');
  expect(of({ STATE_DIRECTORY: '/proc/1/task/nowhere/deeper' }, 'all')).toEqual([]);
  await writeFile(at('file'), '');
  expect(of({ STATE_DIRECTORY: `${at('file')}/state:/other` })).toEqual([
    `STATE_DIRECTORY: ${at('file')}/state cannot be written to (ENOTDIR: not a directory): name a folder that belongs to the user that Medic runs as`,
  ]);
});

it.each([
  ['ENOENT', 'is not there'],
  [
    'EACCES',
    'may not be read by the user that Medic runs as: give that user the right to read it, and to enter the folders above it',
  ],
  ['EISDIR', 'is a folder, and must be a file: name the file in it'],
  ['ENOTDIR', 'is a file, or lies under one, and must be a folder'],
  ['EIO', 'cannot be read (input/output error)'],
])('a file that cannot be read for %s is told in words', (code, expected) => {
  expect(whyUnreadable(Object.assign(new Error('input/output error'), { code }))).toBe(expected);
});
