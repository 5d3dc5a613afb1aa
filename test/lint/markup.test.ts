import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { marksIn } from './markup.ts';

const src = fileURLToPath(new URL('../../src/', import.meta.url));

it('the marks of the chat stand in its adapter alone', () => {
  const files = globSync('**/*.{ts,js}', { cwd: src });
  expect(files.flatMap((file) => marksIn(file, readFileSync(src + file, 'utf8')))).toEqual([]);
});

/** A paragraph sign stands for the dollar that puts a value into a string. */
const sourceOf = (written: string) => written.replaceAll('§', '$');

it.each([
  ['a person', 'return `<@§{by}> holds it`;'],
  ['a time', 'return `<!date^§{at}^{time}|then>`;'],
  ['a group', 'return `<!subteam^§{group}>`;'],
  ['everybody', "return '<!channel> look';"],
  ['a channel', 'return `see <#§{channel}>`;'],
  ['a sign', 'return `:eyes: Mode §{mode}.`;'],
  ['a sign within a sentence', "'Stop; :x: on a card cancels';"],
  ['bold words', "['*Mend*', 'more'];"],
  ['a bold value', 'return `Looking at *§{name}*.`;'],
  ['code', 'return `\\`/heal reset §{name}\\` ends that`;'],
  ['code in a plain string', "return 'use `/heal list` for all';"],
])('%s is one of them', (_what, written) => {
  const source = sourceOf(written);
  expect(marksIn('incident/step.ts', source)).toHaveLength(1);
  expect(marksIn('adapters/sinks/slack/blocks/card/card.ts', source)).toEqual([]);
});

it.each([
  'const area = Number(width) * height * depth;',
  'return say`Held by §{person(by)}, as §{code(name)} says`;',
  'const secret = /(?<!date)x/;',
  '// `<@U1>` is how the chat marks a person',
  "keys: `§{namespace}:evidence:§{id}`, b: 'area:production:x'",
  'return kind satisfies never;',
])('%s is none of them', (written) => {
  const source = sourceOf(written);
  expect(marksIn('incident/step.ts', source)).toEqual([]);
});

it('a log and an answer of HTTP may quote with a mark of code', () => {
  const source = 'throw new Error(`set \\`SLACK_CHANNEL\\``);';
  expect(marksIn('adapters/http/server.ts', source)).toEqual([]);
});
