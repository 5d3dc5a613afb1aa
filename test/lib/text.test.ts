import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  channel,
  clock,
  code,
  day,
  group,
  isSaid,
  joined,
  lines,
  link,
  listed,
  named,
  type Own,
  type Part,
  person,
  type Said,
  say,
  strong,
  type Text,
} from '../../src/lib/text/text.ts';
import { partsOf, plainly, shortened } from '../../src/lib/text/text-read.ts';

const AT = Date.UTC(2026, 0, 1, 3, 4, 5);
const part: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ text: fc.string() }),
  fc.constantFrom(person('U0BOB'), group('S0OPS'), channel('C0OPS'), clock(AT), day(AT)),
  fc.string().map(named),
  fc.string().map(code),
  fc.string().map(strong),
  fc.tuple(fc.webUrl(), fc.string()).map(([address, words]) => link(address, words)),
);
const text = fc.array(part).map((parts) => say`${parts}`);

describe('a text', () => {
  it('is written with its parts, and a new line is one', () => {
    expect(say`Held by ${person('U0BOB')}, ${2} of ${'them'}\nuntil ${clock(AT)}`).toEqual([
      { text: 'Held by ' },
      { person: 'U0BOB' },
      { text: ', 2 of them' },
      { line: 'break' },
      { text: 'until ' },
      { time: AT, as: 'clock' },
    ]);
  });

  it('says of nothing from outside that it is more than words', () => {
    fc.assert(
      fc.property(fc.string(), (outside) => {
        const said = say`The alert says ${outside}.`;
        expect(said).toEqual([{ text: `The alert says ${outside}.` }]);
        expect(partsOf(said)).toBe(said);
      }),
    );
  });

  it('is known from every other list, also after it was stored', () => {
    fc.assert(fc.property(text, (said) => isSaid(JSON.parse(JSON.stringify(said)))));
    expect([['a'], [{ text: 'a', more: 1 }], [{ name: 'a' }], [null]].some(isSaid)).toBe(false);
  });

  it('may be read by whoever shows no marks: times in UTC, people by their name where it is known', () => {
    const said = say`${person('U0BOB')} at ${day(AT)}: ${code('x')} on ${named('shop')}, ${link('https://example.com/', 'more')}`;
    expect(plainly(said)).toBe('U0BOB at 2026-01-01T03:04:05.000Z: x on shop, more (https://example.com/)');
    expect(plainly(said, () => 'Bob')).toContain('Bob at');
    expect(plainly(say`${clock(Number.NaN)}`)).toBe('an unknown time');
  });

  it('of several has what is between them, as a list, or a line each', () => {
    expect(plainly(joined(['a', say`b`, code('c')], ' · '))).toBe('a · b · c');
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map((all) => plainly(listed(all)))).toEqual([
      '',
      'a',
      'a and b',
      'a, b and c',
    ]);
    expect(plainly(lines(['a', say`b`]))).toBe('a\nb');
  });

  it('is shortened between its parts and within its words alone', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 80 }), (said, room) => {
        const short = shortened(said, room);
        expect(plainly(short).length).toBeLessThanOrEqual(room);
        const whole = new Set(said.map((one) => JSON.stringify(one)));
        const others = short.filter((one) => !('text' in one));
        expect(others.every((one) => whole.has(JSON.stringify(one)))).toBe(true);
        if (plainly(said).length <= room) expect(short).toEqual(said);
      }),
    );
  });
});

describe('a text that an older Medic stored', () => {
  it('names those whom it named', () => {
    expect(partsOf('needs a role: ask <@UALICE>, <!subteam^SOPS>, or do it in <#C0WAR>')).toEqual(
      say`needs a role: ask ${person('UALICE')}, ${group('SOPS')}, or do it in ${channel('C0WAR')}`,
    );
  });

  it.each([
    'the output said ‹@U0EVERY>',
    '&lt;@U0EVERY&gt;',
    '<!channel> and <!here>',
    '<!date^1767236645^{time}|now>',
    '<@u0lower>, <@>, <@U1|bob>',
    'a plain sentence',
  ])('names nobody else: %s', (stored) => {
    expect(partsOf(stored)).toEqual([{ text: stored }]);
  });
});

describe('words of Medic’s own', () => {
  function reason<const S extends string>(words: Said | Own<S>): Text {
    return words;
  }
  const outside: string = 'from an alert';

  it('stand in the code; what was put together does not compile', () => {
    reason('nothing runs');
    reason(outside === '' ? 'nothing runs' : say`it says ${outside}`);
    // @ts-expect-error nobody knows what is in it
    reason(outside);
    // @ts-expect-error nor in what was put together
    reason(`it says ${outside}`);
    // @ts-expect-error nor in one of two
    reason(outside === '' ? 'nothing runs' : `it says ${outside}`);
    expect(reason('nothing runs')).toBe('nothing runs');
  });
});
