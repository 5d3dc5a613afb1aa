import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Ways to list phases: a new one would be missing there, and nothing would say so. */
const LISTED =
  /\]\s*\.includes\((?:\w+\??\.)*phase\.at\)|phase\.at === '[\w-]+'\s*\|\|\s*(?:\w+\??\.)*phase\.at === '/;

const listed = (source: string) =>
  source.split('\n').flatMap((line, index) => (LISTED.test(line) ? [`${index + 1}: ${line.trim()}`] : []));

it('whoever asks for several phases asks their table, or switches over all of them', () => {
  const files = globSync('src/**/*.ts', { cwd: root });
  expect(files).not.toEqual([]);
  const found = files.flatMap((file) =>
    listed(readFileSync(root + file, 'utf8')).map((line) => `${file}:${line}`),
  );
  expect(found).toEqual([]);
});

it.each([
  "return ['observed', 'muted'].includes(phase.at);",
  "if (phase.at === 'closed' || phase.at === 'muted') return true;",
  "return incident.phase.at === 'executing' || incident.phase.at === 'rolling-back';",
])('this would list phases: %s', (line) => {
  expect(listed(line)).toEqual([`1: ${line}`]);
});

it.each(["if (phase.at === 'closed') return phase.how;", 'return names.includes(name);'])(
  'this would not: %s',
  (line) => {
    expect(listed(line)).toEqual([]);
  },
);
