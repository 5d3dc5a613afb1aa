import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readWish } from '../../src/cli/usage.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

const MEDIC = resolve('src', 'medic.js');
const PATIENCE = 120_000;

let scratch: Scratch;
beforeEach(async () => {
  scratch = await scratchDir('playbooks-cli');
  await mkdir(at('books'));
  await writeFile(at('inventory.ini'), '[web]\nhere-1 ansible_connection=local\n');
  const shop = { environment: 'production', hosts: ['here-1'], group: 'web' };
  await writeFile(
    at('medic.yml'),
    stringify({ services: { shop }, ansible: { inventory: at('inventory.ini') } }),
  );
});
afterEach(() => scratch.remove());
const at = (...names: string[]) => join(scratch.path, ...names);

/** Runs Medic with these words; neither Redis nor Slack is there, nor named. */
async function medic(...words: readonly string[]) {
  const child = spawn(process.execPath, [MEDIC, 'playbooks', ...words], {
    cwd: scratch.path,
    env: {
      ...{ PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8' },
      ...{ MEDIC_CONFIG: at('medic.yml'), MEDIC_PLAYBOOKS: at('books') },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.timeout(PATIENCE),
    killSignal: 'SIGKILL',
  });
  const [[code], out, err] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, out, err };
}

/** A playbook that notes in a file when it is run, and says what it would do when it is rehearsed. */
async function book(name: string, more: object = {}): Promise<void> {
  await mkdir(at('books', name));
  const manifest = {
    ...{ name, title: 'Ease {{service}}', description: 'An example.', risk: 'low', category: 'restart' },
    ...{ idempotent: true, targets: ['{{service}}'], timeout: '10s', rollback: { none: 'nothing is left' } },
    parameters: {
      service: { description: 'the service', from: [{ registry: 'name' }] },
      level: { description: 'how much', from: [{ range: { min: 1, max: 9, default: 3 } }] },
    },
    run: { command: ['touch', at('ran')] },
    dry_run: { command: ['echo', 'would ease {{service}} by {{level}}'] },
    look: { command: { argv: ['echo', 'bad'], fault: '^bad$', well: '^good$' } },
    verify: { checks: [{ look: 'well' }], within: '1m', every: '1s', stable: '3s' },
    ...more,
  };
  await writeFile(at('books', name, 'playbook.yml'), stringify(manifest));
}

describe('medic playbooks', { timeout: PATIENCE }, () => {
  it('begins a playbook that is in order as it stands, and overwrites none', async () => {
    expect(await medic('new', 'ease')).toMatchObject({
      code: 0,
      out: expect.stringContaining('ease/playbook.yml'),
    });
    expect(await medic('lint')).toMatchObject({ code: 0, out: 'All is well (1 playbook)\n' });
    const before = await readFile(at('books/ease/playbook.yml'), 'utf8');
    expect(await medic('new', 'ease')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already'),
    });
    expect(await readFile(at('books/ease/playbook.yml'), 'utf8')).toBe(before);
    expect(await medic('new', '../ease')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is no name'),
    });
  });

  it('tells what is wrong with one, by its file and place, and ends with 1', async () => {
    await book('ease', { risk: 'tiny' });
    const { code, out } = await medic('lint');
    expect(code).toBe(1);
    expect(out).toMatch(/books\/ease\/playbook\.yml\n {2}✗ \d+:\d+ {2}risk: /);
    expect(JSON.parse((await medic('lint', '--json')).out)).toMatchObject({ exitCode: 1, playbooks: 0 });
  });

  it('tries one: its values, its look, what would be run, its rehearsal; and runs nothing', async () => {
    await book('ease');
    const { code, out } = await medic('try', 'ease', 'service=shop', 'level=5');
    expect(code).toBe(0);
    expect(out).toContain('Ease shop (risk low)');
    expect(out).toContain('level = 5   (the range 1 to 9)');
    expect(out).toContain('fault: command on the machine of Medic: it said "bad"');
    expect(out).toContain(`Would run\n  touch ${at('ran')}`);
    expect(out).toContain('would ease shop by 5');
    await expect(readFile(at('ran'))).rejects.toThrow('ENOENT');
  });

  it.each([
    [['ease'], 'say which service: service=shop'],
    [['ease', 'service=ship'], 'medic.yml has no service "ship": did you mean shop?'],
    [['ese', 'service=shop'], 'did you mean ease?'],
    [['ease', 'service=shop', 'level=12'], 'level: '],
    [['ease', 'service=shop', 'colour=red'], 'colour: ease has no such parameter'],
  ])('says why it cannot try %j, and ends with 1', async (words, why) => {
    await book('ease');
    expect(await medic('try', ...words)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining(why),
    });
  });

  it.each([
    [[], 'say lint, new or try'],
    [['lnt'], 'did you mean lint?'],
    [['new'], 'new takes the name of a playbook'],
    [['try', 'ease', 'level'], '"level" is no <parameter>=<value>'],
  ])('is told of %j that it is no use of it', (words, why) => {
    expect(readWish(['playbooks', ...words])).toMatchObject({
      kind: 'wrong',
      why: expect.stringContaining(why),
    });
  });
});
