import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sentence } from '../../../../../src/adapters/sinks/slack/blocks/text.ts';
import {
  channel,
  clock,
  code,
  day,
  group,
  lines,
  link,
  named,
  person,
  say,
  strong,
} from '../../../../../src/lib/text/text.ts';

const AT = Date.UTC(2026, 0, 1, 3, 4, 5);
const marks = fc.constantFrom(
  '<@U0EVERY>',
  '<!channel>',
  '<!date^1^{time}|x>',
  '<#C0X>',
  '<https://example.com|x>',
  '`',
  '&lt;',
  '\n',
  '*',
  '<',
);
const outside = fc.array(fc.oneof(marks, fc.string()), { minLength: 1 }).map((all) => all.join(''));

describe('a text in Slack', () => {
  it('names people, groups and channels, and shows times in the reader’s zone and values as code', () => {
    const text = lines([
      say`${person('U0BOB')} of ${group('S0OPS')} in ${channel('C0OPS')} at ${clock(AT)}, ${day(AT)}`,
      say`${strong('Low')}: ${code('/heal list')} on ${named('shop')}, ${link('https://example.com/a', 'thread')}`,
    ]);
    expect(sentence(text, 1_000)).toBe(
      [
        '<@U0BOB> of <!subteam^S0OPS> in <#C0OPS> at <!date^1767236645^{time}|03:04 UTC>, <!date^1767236645^{date_short_pretty} {time}|2026-01-01 03:04 UTC>',
        '*Low*: `/heal list` on *shop*, <https://example.com/a|thread>',
      ].join('\n'),
    );
  });

  it('reads nothing in words from outside, wherever they stand', () => {
    fc.assert(
      fc.property(outside, (words) => {
        for (const text of [
          say`It says ${words}.`,
          say`${code(words)}`,
          say`${strong(words)}`,
          say`${named(words)}`,
          say`${link('https://example.com', words)}`,
          say`by ${person(words)} of ${group(words)} in ${channel(words)}`,
        ]) {
          const shown = sentence(text, 10_000);
          expect(shown.replace(/<https:\/\/example\.com\/\|[^<>]*>/, '')).not.toMatch(/[<>]/);
          expect(shown).not.toContain('\n');
        }
      }),
    );
  });

  it('is cut to its room, and never through a person, a time or a value', () => {
    const text = say`${'x'.repeat(20)} ${person('U0BOB')} ${code('/heal list')} ${clock(AT)}`;
    for (let room = 1; room < 90; room += 1) {
      const shown = sentence(text, room);
      expect(shown.length).toBeLessThanOrEqual(room);
      expect(shown.replaceAll(/<@U0BOB>|`\/heal list`|<!date[^>]*>/g, '')).not.toMatch(/[<>`]/);
    }
  });

  it('of an older Medic names those whom it named, and lets nobody else in', () => {
    expect(sentence('<@U0BOB> rejected it: ‹@U0EVERY> ‹!channel>')).toBe(
      '<@U0BOB> rejected it: ‹@U0EVERY&gt; ‹!channel&gt;',
    );
    expect(sentence('<!channel> <!date^1^{time}|x> <https://example.com|x>')).not.toContain('<');
  });
});
