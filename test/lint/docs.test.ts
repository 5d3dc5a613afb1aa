import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Paths of this repository that a document names as code, from its root or from src/. */
function pathsIn(document: string): readonly string[] {
  const named = readFileSync(`${root}${document}`, 'utf8').matchAll(/`([\w-]+\/[\w./-]*)`/g);
  return [...named].map(([, path = '']) => path);
}

/** Where a document that tells of a room names what is in it. */
const ROOMS = ['', 'src/', 'src/adapters/', 'src/engine/', 'test/', 'test/kit/'];

const isThere = (path: string) => ROOMS.some((room) => existsSync(`${root}${room}${path}`));

describe.each(['CONTRIBUTING.md', 'src/README.md'])('%s', (document) => {
  const paths = pathsIn(document);

  it('names only files and folders that there are', () => {
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
  });
});
