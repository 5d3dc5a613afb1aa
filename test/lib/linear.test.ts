import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linear } from '../../src/lib/linear.ts';

const match = (pattern: string, text: string) => {
  const compiled = linear(pattern);
  return compiled.kind === 'compiled' ? compiled.linear.matchesWhole(text) : null;
};

const atoms = fc.constantFrom(
  ...['a', 'b', 'A', '1', '.', '\\.', '\\d', '\\W', '[ab]', '[^a]', '[a-b1]', '\\x61', '^', '$'],
);
const times = fc.constantFrom('', '', '', '*', '+', '?', '*?', '{2}', '{1,2}', '{0,}');

/** Alternatives of some of these, each repeated or not. JavaScript repeats no anchors. */
function alternativesOf(atom: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const item = fc.tuple(atom, times).map(([one, often]) => (/^[$^]$/.test(one) ? one : one + often));
  const sequence = fc.array(item, { maxLength: 2 }).map((items) => items.join(''));
  return fc.array(sequence, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('|'));
}

function grouped(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom('(', '(?:'), inner).map(([open, one]) => `${open}${one})`);
}

/** Patterns that Go and JavaScript read alike, with groups within groups. */
const patterns = [1, 2].reduce(
  (inner) => alternativesOf(fc.oneof(atoms, grouped(inner))),
  alternativesOf(atoms),
);
const texts = fc.string({ unit: fc.constantFrom('a', 'b', 'A', '1', '.', '-'), maxLength: 6 });

describe('a regular expression', () => {
  it.each([
    ['shop|store', 'shop', true],
    ['shop|store', 'shop-2', false],
    ['web-\\d{1,2}', 'web-12', true],
    ['web-\\d{1,2}', 'web-123', false],
    ['(?i)Shop', 'sHOP', true],
    ['(?P<name>a)b', 'ab', true],
    ['(?i:A)b', 'aB', false],
    ['a(?i)b|c', 'C', true],
    ['.*', 'two\nlines', false],
    ['(?s).*', 'two\nlines', true],
    ['[]a]+', ']a', true],
    ['[a-]+', 'a-', true],
    ['a{,2}', 'a{,2}', true],
    ['\\x{e9}t.', 'été', true],
    ['\\Aab\\z', 'ab', true],
    ['', '', true],
    ['', 'x', false],
    ['.', '🙂', true],
    ['[[:alpha:]]+', 'shop', true],
    ['[[:^alpha:]]+', 'shop', false],
    ['\\pL+', 'été', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['\\Qa.b\\E', 'acb', false],
    ['.*\\bshop\\b.*', 'the shop-1', true],
  ])('%j says of %j: %j', (pattern, text, expected) => {
    expect(match(pattern, text)).toBe(expected);
  });

  it.each([
    ['(', 'missing closing )'],
    [')', 'unexpected )'],
    ['[a', 'missing closing ]'],
    ['*a', 'missing argument to repetition operator'],
    ['a**', 'invalid nested repetition operator'],
    ['a{3,2}', 'invalid repeat count'],
    ['a{2000}', 'invalid repeat count'],
    ['[b-a]', 'invalid character class range'],
    ['\\', 'trailing backslash'],
    ['(?x)a', 'invalid or unsupported Perl syntax'],
    ['(?=a)', 'it looks ahead or behind, which RE2 cannot'],
    ['(?<!a)', 'it looks ahead or behind, which RE2 cannot'],
    ['\\1', 'invalid escape sequence'],
    ['(a{1000}){1000}', 'invalid repeat count'],
    ['a'.repeat(2_000), 'longer than 1000 characters'],
    ['('.repeat(900), 'missing closing )'],
  ])('that is wrong or too large is not read, and says why: %.20s', (pattern, why) => {
    expect(linear(pattern)).toEqual({ kind: 'unreadable', reason: expect.stringContaining(why) });
  });

  it('finds where it matches first, in lines where that is asked for', () => {
    const found = (pattern: string, lines: boolean) => {
      const compiled = linear(pattern, { lines });
      return compiled.kind === 'compiled' ? compiled.linear.find('one\ntwo two') : null;
    };
    expect(found('two', false)).toEqual({ index: 4, length: 3 });
    expect(found('^two', false)).toBeNull();
    expect(found('^two', true)).toEqual({ index: 4, length: 3 });
    expect(found('three', true)).toBeNull();
  });

  it('matches what JavaScript would match, where both read it alike', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        expect(match(pattern, text)).toBe(new RegExp(`^(?:${pattern})$`).test(text));
        expect(match(`(?i)${pattern}`, text)).toBe(new RegExp(`^(?:${pattern})$`, 'i').test(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes any pattern and any text without failing', () => {
    const syntax = fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?.^$\\-,:iPxzA19<>=!'), maxLength: 30 });
    fc.assert(
      fc.property(fc.oneof(syntax, fc.string()), fc.string(), (pattern, text) => {
        expect([true, false, null]).toContain(match(pattern, text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[pattern: string, text: string]>([
    ['(a+)+', `${'a'.repeat(5_000)}!`],
    ['(a|a)*b', 'a'.repeat(5_000)],
    ['(.*,){20}x', ','.repeat(2_000)],
    ['(a?){60}a{60}', 'a'.repeat(60)],
    ['[bcdefghijklmnopqrstuvwxyz!?_a]{0,99}', 'a'.repeat(100_000)],
    ['(x+x+)+y', 'x'.repeat(1_000_000)],
  ])('%s needs no time that explodes, whatever the text', (pattern, text) => {
    const begun = performance.now();
    match(pattern, text);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
