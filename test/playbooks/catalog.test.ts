import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { CatalogError, hashOf, loadCatalog } from '../../src/playbooks/catalog.ts';
import { livingCatalog } from '../../src/playbooks/reload.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await scratchDir('catalog');
});
afterEach(() => scratch.remove());

const manifest = {
  name: 'ease',
  title: 'Ease {{service}}',
  description: 'An example.',
  risk: 'low',
  category: 'restart',
  idempotent: true,
  parameters: { service: { description: 'the service', from: [{ registry: 'name' }] } },
  targets: ['{{service}}'],
  run: { command: ['true', '{{service}}'] },
  timeout: '10s',
  rollback: { none: 'nothing to put back' },
  verify: { checks: [{ probe: 'healthy' }], within: '1m', every: '1s', stable: '3s' },
};

async function write(path: string, content: object | string): Promise<void> {
  const file = join(scratch.path, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, typeof content === 'string' ? content : stringify(content));
}

function problemsOf(folder: string): readonly string[] {
  try {
    loadCatalog(folder);
    return [];
  } catch (error) {
    if (error instanceof CatalogError) return error.problems;
    throw error;
  }
}

describe('the catalog', () => {
  it('holds every folder with a manifest, with durations as milliseconds', async () => {
    await write('ease/playbook.yml', manifest);
    await write('README.md', 'not a playbook');
    const playbook = loadCatalog(scratch.path).get('ease');
    expect(playbook?.manifest).toMatchObject({ timeout: 10_000, verify: { within: 60_000, stable: 3_000 } });
    expect(playbook?.folder).toBe(join(scratch.path, 'ease'));
  });

  it('that is wrong is refused with every problem of every playbook, by file and path', async () => {
    await write('ease/playbook.yml', { ...manifest, risk: 'tiny', timeout: 'soon', colour: 'red' });
    await write('other/playbook.yml', manifest);
    await write('broken/playbook.yml', 'name: [');
    await write('empty/notes.txt', 'no manifest here');
    const problems = problemsOf(scratch.path).join('\n');
    for (const expected of [
      /ease\/playbook\.yml:4:1: risk: /,
      /ease\/playbook\.yml:18:1: timeout: "soon" is no duration: write a number/,
      /ease\/playbook\.yml:27:1: colour: is not known/,
      /other\/playbook\.yml:1:1: name: "ease" is in a folder called "other"/,
      /broken\/playbook\.yml:1:8: the YAML is broken/,
      /empty\/playbook\.yml: missing/,
    ])
      expect(problems).toMatch(expected);
  });

  it.each([
    [
      'a template without a parameter',
      { run: { command: ['rm', '{{path}}'] } },
      '{{path}} is not one of its',
    ],
    [
      'a pattern that is no regular expression',
      { parameters: { service: { ...manifest.parameters.service, pattern: '(' } } },
      'parameters.service.pattern: ',
    ],
    [
      'an Ansible playbook that is not there',
      { run: { ansible: { playbook: 'gone.yml' } } },
      'gone.yml is not in',
    ],
    ['a check of a command', { dry_run: 'check' }, 'dry_run: check is for ansible, ssh and kubernetes'],
    [
      'a program of the folder that would be run on hosts',
      { run: { ssh: { hosts: 'web-1', argv: { systemd: ['./mend.sh'] }, fence: '{{service}}' } } },
      'run.ssh.argv.systemd.0: ./mend.sh would be looked for on the host',
    ],
    ['a command as one shell string', { run: { command: 'rm -rf /' } }, 'run'],
    [
      'a check of a look that it does not declare',
      { verify: { ...manifest.verify, checks: [{ look: 'well' }] } },
      'look: a check or a parameter asks for it, and the playbook declares none',
    ],
    [
      'a kind of evidence that there is not, also where it speaks against it',
      {
        answers: [
          {
            pattern: 'down',
            summary: 's',
            cause: 'c',
            when: [{ alert: 'any', claim: 'it fires' }],
            against: [{ evidence: 'lgo', quote: 'deployed', claim: 'it was deployed' }],
          },
        ],
      },
      'against',
    ],
    ['a check of nothing', { verify: { ...manifest.verify, checks: [] } }, 'verify.checks'],
  ])('refuses %s', async (_, changes, expected) => {
    await write('ease/playbook.yml', { ...manifest, ...changes });
    expect(problemsOf(scratch.path).join('\n')).toContain(expected);
  });

  it('that is not there says which setting names it', () => {
    expect(problemsOf(join(scratch.path, 'nowhere')).join()).toContain('set MEDIC_PLAYBOOKS');
  });

  it('knows a playbook by every byte and name in its folder', async () => {
    await write('ease/playbook.yml', manifest);
    await write('ease/tasks/main.yml', 'one');
    const folder = join(scratch.path, 'ease');
    const hashes = [hashOf(folder)];
    await write('ease/tasks/main.yml', 'two');
    hashes.push(hashOf(folder));
    await write('ease/tasks/more.yml', '');
    hashes.push(hashOf(folder));
    expect(new Set(hashes).size).toBe(3);
    await write('ease/tasks/more.yml', '');
    expect(hashOf(folder)).toBe(hashes[2]);
  });

  it('takes what playbooks share for a part of each, and for no playbook', async () => {
    await write('ease/playbook.yml', manifest);
    const alone = hashOf(join(scratch.path, 'ease'));
    await write('shared/fence.yml', '[]');
    const shared = hashOf(join(scratch.path, 'ease'));
    expect(shared).not.toBe(alone);
    await write('shared/fence.yml', '[1]');
    expect(hashOf(join(scratch.path, 'ease'))).not.toBe(shared);
    expect([...loadCatalog(scratch.path).keys()]).toEqual(['ease']);
  });

  it('that goes wrong while Medic runs does not replace the one that was right', async () => {
    await write('ease/playbook.yml', manifest);
    const catalog = livingCatalog(scratch.path);
    await write('ease/playbook.yml', { ...manifest, risk: 'tiny' });
    expect(() => catalog.refresh()).toThrow(CatalogError);
    expect(catalog.current().get('ease')?.manifest.risk).toBe('low');
    await write('ease/playbook.yml', { ...manifest, risk: 'high' });
    catalog.refresh();
    expect(catalog.current().get('ease')?.manifest.risk).toBe('high');
  });

  it('is not read again as long as nothing in its folder was written, and is where the size and the time of a file are kept', async () => {
    await write('ease/playbook.yml', manifest);
    const file = join(scratch.path, 'ease', 'playbook.yml');
    const catalog = livingCatalog(scratch.path);
    const isRead = () => {
      const before = catalog.current();
      catalog.refresh();
      return catalog.current() !== before;
    };
    // What was written a moment ago may be written again within the same tick of the file system's clock.
    expect(isRead()).toBe(true);
    await utimes(file, new Date(0), new Date(0));
    await until(() => !isRead(), { what: 'the folder to be at rest', ms: 10_000 });
    const before = await stat(file);
    await write('ease/playbook.yml', { ...manifest, description: 'An Example.' });
    await utimes(file, new Date(0), new Date(0));
    expect((await stat(file)).size).toBe(before.size);
    expect(isRead()).toBe(true);
    expect(catalog.current().get('ease')?.manifest.description).toBe('An Example.');
  });
});

it('the playbooks that come with Medic are in order', () => {
  const catalog = loadCatalog(join(import.meta.dirname, '..', '..', 'playbooks'));
  expect([...catalog.keys()]).toEqual([
    'clean_disk',
    'raise_memory_limit',
    'recycle_service',
    'release_database_connections',
    'relieve_cpu',
    'reload_configuration',
    'renew_certificate',
    'restart_pod',
    'restart_service',
    'rollback_release',
    'rollback_rollout',
    'scale_service',
    'uncordon_node',
  ]);
});

describe.each([
  ['Ansible is limited to', { ansible: { playbook: 'site.yml', limit: '{{hosts}}' } }],
  ['ssh goes to', { ssh: { hosts: '{{hosts}}', argv: ['true'], fence: '{{service}}' } }],
  ['ssh takes of a group', { ssh: { hosts: '', group: '{{hosts}}', argv: ['true'], fence: 'x' } }],
])('the hosts that %s', (_, run) => {
  const limited = (hosts: object) => ({
    ...manifest,
    parameters: { ...manifest.parameters, hosts: { description: 'the hosts', ...hosts } },
    run,
  });

  it.each([
    ['a label', { from: [{ label: 'instance' }] }],
    ['a fact', { from: [{ fact: 'node' }] }],
    ['a label besides', { from: [{ registry: 'hosts' }, { label: 'instance' }] }],
    [
      'a label among the values of a setting',
      { from: [{ label: 'instance' }], among: { registry: 'settings.x' } },
    ],
  ])('do not come from %s: whoever writes an alert could name every host', async (_what, hosts) => {
    await write('ease/playbook.yml', limited(hosts));
    await write('ease/site.yml', '[]');
    expect(problemsOf(scratch.path).join()).toContain(
      'parameters.hosts: the hosts to act on may come from a',
    );
  });

  it.each([
    ['the registry', { from: [{ registry: 'hosts' }] }],
    ['the manifest', { from: [{ oneOf: ['web-1'] }] }],
    [
      'a label that must name a host of the service',
      { from: [{ label: 'instance' }], among: { registry: 'host' } },
    ],
  ])('come from %s', async (_what, hosts) => {
    await write('ease/playbook.yml', limited(hosts));
    await write('ease/site.yml', '[]');
    expect(problemsOf(scratch.path)).toEqual([]);
  });
});

describe('the playbooks that come with Medic', () => {
  const shipped = loadCatalog(join(import.meta.dirname, '../../playbooks'));
  const reasons = [...shipped.values()].flatMap(({ manifest: { name, rollback } }) =>
    'none' in rollback ? [[name, rollback.none] as const] : [],
  );

  it.each(reasons)('say why they are not undone so that it reads after “Cannot be undone:”: %s', (_, why) => {
    expect(why).toMatch(/^(?:[a-z]|Medic )/);
    expect(why).not.toMatch(/[.:]$|cannot be (?:undone|brought back)|in the usual way/);
    expect(why.split(' ').length).toBeLessThanOrEqual(20);
  });
});
