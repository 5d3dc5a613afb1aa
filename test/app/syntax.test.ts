import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { syntaxOf } from '../../src/adapters/runners/ansible/syntax.ts';
import { soundCatalog } from '../../src/app/checks/syntax.ts';
import { type Mistake, mistake, sentenceOf } from '../../src/lib/schema/mistake.ts';
import { loadCatalog } from '../../src/playbooks/catalog.ts';
import { livingCatalog } from '../../src/playbooks/reload.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await scratchDir('syntax');
});
afterEach(() => scratch.remove());

const manifest = (name: string) => ({
  name,
  title: 'Ease',
  description: 'An example.',
  risk: 'low',
  category: 'restart',
  idempotent: true,
  parameters: { hosts: { description: 'where', from: [{ registry: 'hosts' }] } },
  targets: ['{{hosts}}'],
  run: { ansible: { playbook: 'site.yml' } },
  timeout: '10s',
  rollback: { none: 'nothing to put back' },
  verify: { checks: [{ probe: 'healthy' }], within: '1m', every: '1s', stable: '3s' },
});

async function write(path: string, content: string): Promise<void> {
  const file = join(scratch.path, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
async function writePlaybook(name: string, site: string): Promise<void> {
  await write(`${name}/playbook.yml`, stringify(manifest(name)));
  await write(`${name}/site.yml`, site);
}

async function saidOf(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  gently = false,
) {
  const [playbook] = loadCatalog(scratch.path).values();
  if (playbook === undefined) throw new Error('there is no playbook');
  const options = {
    gently,
    inventory: join(scratch.path, 'none'),
    environment,
    redact: (text: string) => text,
  };
  const mistakes = await syntaxOf(playbook, { ...options, signal: new AbortController().signal });
  return mistakes.map((one) => `${one.kind} ${sentenceOf(one).replaceAll(`${scratch.path}/ease/`, '')}`);
}

describe('what a playbook runs is read by Ansible, which says', () => {
  it('nothing where it is in order, whatever its parameters will be', async () => {
    await writePlaybook('ease', "- hosts: '{{ hosts }}'\n  tasks:\n    - include_tasks: more.yml\n");
    await write('ease/tasks/more.yml', "- include_tasks: '{{ which }}.yml'\n- debug: { msg: x }\n");
    expect(await saidOf()).toEqual([]);
  });

  it.each([
    ['- hosts: all\n  tasks: [{ command: x }\n', /^wrong site\.yml:3:1: the YAML is broken: /],
    [
      '- hosts: all\n  roles: [gone]\n',
      /^wrong site\.yml:2:11: the role gone is not there: Ansible looked for it in roles, /,
    ],
    ['- hosts: all\n  tasks:\n    - gone: {}\n', /^wrong site\.yml:3:7: Ansible knows no module gone: /],
    [
      "- hosts: '{{ elsewhere }}'\n",
      /^wrong site\.yml:1:3: uses elsewhere where Ansible needs its value at once/,
    ],
    [
      '- hosts: all\n  tasks:\n    - import_tasks: gone.yml\n',
      /^wrong site\.yml:3:7: gone\.yml is not there: it is included from here$/,
    ],
    [
      '- hosts: all\n  tasks:\n    - block:\n        - ansible.builtin.include_tasks: { file: gone.yml }\n',
      /^wrong site\.yml:4:11: gone\.yml is not there/,
    ],
    ['- hosts: all\n  vars_files: [gone.yml]\n', /^wrong site\.yml:2:16: gone\.yml is not there/],
    [
      '- hosts: all\n  tasks:\n    - include_role: { name: gone }\n',
      /^wrong site\.yml:3:7: the role gone is neither in roles\/ beside the playbook nor/,
    ],
  ])('what is wrong with it, and where: %j', async (site, expected) => {
    await writePlaybook('ease', site);
    const said = await saidOf();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(expected);
  });

  it('what is missing in a file that another includes', async () => {
    await writePlaybook('ease', '- hosts: all\n  tasks:\n    - include_tasks: more.yml\n');
    await write('ease/more.yml', '- debug: { msg: x }\n- include_vars: gone.yml\n');
    expect(await saidOf()).toEqual(['wrong more.yml:2:3: gone.yml is not there: it is included from here']);
  });

  it('nothing where it is not installed, and that is no word about the playbook', async () => {
    await writePlaybook('ease', '- hosts: all\n');
    await symlink('/usr/bin/nice', join(scratch.path, 'nice'));
    for (const gently of [false, true]) {
      const said = await saidOf({ PATH: scratch.path }, gently);
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(/^unchecked site\.yml: its syntax was not checked: ansible-playbook/);
    }
  });
});

describe('a playbook that Ansible cannot read', () => {
  const stage = (leavesOut: boolean) => {
    const answers = new Map<string, readonly Mistake[]>();
    const told = new Map<string, string | null>();
    const asked: string[] = [];
    const catalog = soundCatalog(livingCatalog(scratch.path), {
      leavesOut,
      syntax: async ({ manifest: { name } }) => {
        asked.push(name);
        return answers.get(name) ?? [];
      },
      troubles: { tell: async (about, words) => void told.set(about, words) },
      log: { warn: vi.fn() } as never,
    });
    return { answers, told, asked, catalog };
  };

  it('counts until that is known, is left out and named then, and is back when it is mended', async () => {
    await writePlaybook('ease', '- hosts: all\n');
    await writePlaybook('heal', '- hosts: all\n');
    const { answers, told, asked, catalog } = stage(true);
    answers.set('ease', [mistake('site.yml', '', 'the YAML is broken')]);
    expect([...catalog.current().keys()]).toEqual(['ease', 'heal']);
    await catalog.look();
    expect([...catalog.current().keys()]).toEqual(['heal']);
    expect(told.get('playbook ease')).toBe(
      'The playbook ease cannot be run, and is left out until it is mended: site.yml: the YAML is broken.',
    );
    expect(told.has('playbook heal')).toBe(false);
    answers.delete('ease');
    await writePlaybook('ease', '- hosts: web\n');
    catalog.refresh();
    expect([...catalog.current().keys()]).toEqual(['ease', 'heal']);
    await catalog.look();
    expect(told.get('playbook ease')).toBeNull();
    // What is in order is read once for each of its versions.
    expect(asked).toEqual(['ease', 'heal', 'ease']);
  });

  it('is only named where brain and runner are apart, and where nobody could tell', async () => {
    await writePlaybook('ease', '- hosts: all\n');
    const apart = stage(false);
    apart.answers.set('ease', [mistake('site.yml', '', 'the YAML is broken')]);
    await apart.catalog.look();
    expect([...apart.catalog.current().keys()]).toEqual(['ease']);
    expect(apart.told.get('playbook ease')).toContain('cannot be run, and would fail: ');
    const unknown = stage(true);
    unknown.answers.set('ease', [mistake('site.yml', '', 'Ansible is not installed', 'unchecked')]);
    await unknown.catalog.look();
    expect([...unknown.catalog.current().keys()]).toEqual(['ease']);
    expect(unknown.told.get('playbook ease')).toContain(
      'Nobody knows whether the playbook ease can be run: ',
    );
  });
});
