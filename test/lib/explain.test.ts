import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Settings } from '../../src/config/settings.ts';
import { milliseconds, noDuration } from '../../src/lib/duration.ts';
import { readAs } from '../../src/lib/schema/explain.ts';
import { readYaml } from '../../src/lib/schema/yaml.ts';
import { Manifest } from '../../src/playbooks/manifest.ts';

/** Anything that YAML can hold, often under names that are nearly right. */
const names = fc.constantFrom(
  'policy',
  'services',
  'shop',
  'run',
  'ansible',
  'verify',
  'checks',
  '__proto__',
  'toString',
);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 10, -1.5, '', '10', 'observe', '{{x}}', 'C0A'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(names, fc.string({ maxLength: 8 })), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('what is wrong with anything at all', () => {
  it.each([
    ['medic.yml', Settings],
    ['a manifest', Manifest],
  ])('is said in words, each by a path and in a line of the file: %s', (_, schema) => {
    fc.assert(
      fc.property(anything, (value) => {
        const read = readAs(schema, value);
        if ('value' in read) return;
        expect(read.flaws.length).toBeGreaterThan(0);
        const written = readYaml(stringify({ all: value }), 'file');
        if ('broken' in written) throw new Error('what was written cannot be read');
        const under = read.flaws.map(({ path, message }) => ({ path: ['all', ...path], message }));
        for (const { message, line } of written.place(under)) {
          expect(message).toMatch(/\S/);
          expect(message).not.toMatch(/Invalid input|expected|undefined|\bNaN\b|\[object/);
          expect(line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is said of any text without failing, be it YAML or not', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', ':', ' ', '\n', '\t', '-', '[', '{', '}', ']', '"', '&', '*', '#', '|'),
        }),
        (text) => {
          const read = readYaml(text, 'file');
          if ('broken' in read) expect(read.broken[0]?.message).toMatch(/\S/);
        },
      ),
    );
  });
});

it('the duration that is proposed in place of another is one', () => {
  const unit = fc.constantFrom('ms', 's', 'sec', 'm', 'min', 'minutes', 'h', 'hours', 'd', 'days', 'w', '');
  fc.assert(
    fc.property(fc.nat(5000), unit, fc.constantFrom('', ' '), (amount, name, space) => {
      const text = `${amount}${space}${name}`;
      if (milliseconds(text) !== null) return;
      const [, proposed = ''] = / write (\d+[a-z]+)/.exec(noDuration(text.trim())) ?? [];
      expect(milliseconds(proposed)).not.toBeNull();
    }),
  );
});
