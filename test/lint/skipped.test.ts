import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Ways to leave a test out, or to want it to fail, that the linter's own rules do not know. */
const LEFT_OUT =
  /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|only|todo|skipIf|runIf|fails)\b|\bskip\(|[{,]\s*(?:skip|only|todo|fails):/;

const leftOut = (source: string) =>
  source.split('\n').flatMap((line, index) => (LEFT_OUT.test(line) ? [`${index + 1}: ${line.trim()}`] : []));

it('no test is left out', () => {
  const files = globSync('test/**/*.test.ts', { cwd: root }).filter(
    (file) => !file.endsWith('skipped.test.ts'),
  );
  expect(files).not.toEqual([]);
  const found = files.flatMap((file) =>
    leftOut(readFileSync(root + file, 'utf8')).map((line) => `${file}:${line}`),
  );
  expect(found).toEqual([]);
});

it.each([
  "it.todo('waits');",
  "it.skipIf(away)('waits', () => {});",
  "describe.concurrent.runIf(here)('a group', () => {});",
  "test.fails('breaks', () => {});",
  "it('waits', (context) => context.skip());",
  "it('waits', { timeout: 5, skip: true }, () => {});",
])('this would leave a test out: %s', (line) => {
  expect(leftOut(`const first = 1;\n${line}`)).toEqual([`2: ${line}`]);
});

it.each(["it('skips what is done', () => {});", 'const skipped = [];', 'expect(only).toBe(true);'])(
  'this would not: %s',
  (line) => {
    expect(leftOut(line)).toEqual([]);
  },
);
