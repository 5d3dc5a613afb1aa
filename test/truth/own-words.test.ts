import { expect, it } from 'vitest';
import { textsIn } from './own-words.ts';

it('the texts of a file are its strings and what stands in its templates, and nothing of its comments, patterns and holes', () => {
  const code = [
    '// a comment it’s',
    "const a = 'one two'; /* no 'text' */",
    `const b = \`three $\{a.replace(/no \`more\`/g, "four")} five $\{\`six $\{{ a }.a} seven\`} eight\`;`,
    'const c = a / 2 / 3;',
  ].join('\n');
  expect(textsIn(code).flatMap((text) => text.match(/\w+/g) ?? [])).toEqual([
    'one',
    'two',
    'three',
    'four',
    'five',
    'six',
    'seven',
    'eight',
  ]);
});
