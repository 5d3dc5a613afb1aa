import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createConnection } from '../../../src/adapters/hosts/connection.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';

let scratch: Scratch;
const at = (name: string) => join(scratch.path, name);

beforeAll(async () => {
  scratch = await scratchDir('connection');
  await mkdir(at('bin'));
  await writeFile(at('bin/ssh'), `#!/bin/sh\necho "$*" >> ${at('asked')}\n`);
  await chmod(at('bin/ssh'), 0o755);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await scratch?.remove();
});

it('a connection that was not used for a while is opened once, however many come at the same time', async () => {
  let now = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const connection = createConnection({
    host: 'web-1',
    way: { address: '192.0.2.1', port: null, user: null, key: null, args: [] },
    socket: at('socket'),
    env: { PATH: `${at('bin')}:${process.env.PATH}` },
    runAs: null,
    stopping: new AbortController().signal,
  });
  const openFour = () => Promise.all(Array.from({ length: 4 }, () => connection.open()));
  const opened = async () => (await readFile(at('asked'), 'utf8')).trim().split('\n').length;
  expect(await openFour()).toEqual([null, null, null, null]);
  expect(await opened()).toBe(1);
  now += 61_000;
  await openFour();
  expect(await opened()).toBe(2);
});
