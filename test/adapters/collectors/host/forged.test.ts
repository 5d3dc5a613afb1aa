import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tellChanged } from '../../../../src/adapters/collectors/host/changed.ts';
import { tellComputing } from '../../../../src/adapters/collectors/host/computing.ts';
import { unreadable } from '../../../../src/adapters/collectors/host/place.ts';
import { STATE_SCRIPT, WORK_SCRIPT } from '../../../../src/adapters/collectors/host/script.ts';
import { parseVitals } from '../../../../src/adapters/collectors/host/vitals.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'medic-forged-'));
});
afterAll(() => rm(folder, { recursive: true }));
const PLACE = { host: 'web-1', serves: [] };

/** What the real scripts make of programs that answer like this. */
async function read(script: string, programs: Readonly<Record<string, string>>) {
  for (const [name, body] of Object.entries(programs)) {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
  }
  const { stdout } = spawnSync('sh', ['-c', script, 'read', '==here', '1780000000', '1780000000', ''], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env.PATH}` },
  });
  return parseVitals(stdout, '==here');
}

const FOUND = (code: number) => `case "$1 $2" in
  '/proc/version '*) exit 0 ;;
  '/etc '*) printf '1780000001.0 /etc/shop/x\\n1780000002.0 /etc/forged.conf\\0'; exit ${code} ;;
esac`;

it('a file whose name holds a line break is one file', async () => {
  const { changed } = await read(WORK_SCRIPT, { find: FOUND(0) });
  const told = tellChanged(changed, 0, PLACE);
  expect(told.map(({ facts }) => facts.map(({ value }) => value))).toEqual([
    ['/etc/shop/x?1780000002.0 /etc/forged.conf'],
  ]);
});

it('what was cut short was not read, and never says that there is nothing', async () => {
  const late = 'exit 124';
  const work = await read(WORK_SCRIPT, { find: FOUND(124), ss: late, systemctl: late });
  expect([work.changed, work.peers, work.listeners].map((one) => unreadable(one) !== null)).toEqual([
    true,
    true,
    true,
  ]);
  expect(tellChanged(work.changed, 0, PLACE)).toEqual([]);
  const state = await read(STATE_SCRIPT, { systemctl: late });
  expect(unreadable(state.units)).not.toBeNull();
});

it('a process whose name holds a line break cannot speak for another', () => {
  const rest = (ticks: number) => `S 0 1 1 0 -1 4194560 1 1 1 1 ${ticks} 0 0 0 20 0 1 0 1 1 1`;
  const sample = (at: number, ticks: number) =>
    `${at}.00 1.00\ncpu  ${ticks} 0 0 100 0 0 0 0\ntask 66 66 (x) R 1\ntask 66 4711 (shop) ${rest(ticks)}\ntask 4711 4711 (shop) ${rest(1)}`;
  const told = tellComputing(sample(1, 10), sample(2, 90), [4711], 1, PLACE);
  expect(told.map(({ line }) => line).join('\n')).not.toContain('shop (4711)');
});
