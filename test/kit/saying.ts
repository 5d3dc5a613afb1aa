import { isSaid } from '../../src/lib/text/text.ts';
import { plainly } from '../../src/lib/text/text-read.ts';

/** Fits a text that has these words in it, in whatever parts. */
export function saying(wanted: string | RegExp): unknown {
  const fits = (said: string) => (typeof wanted === 'string' ? said.includes(wanted) : wanted.test(said));
  return {
    $$typeof: Symbol.for('jest.asymmetricMatcher'),
    asymmetricMatch: (value: unknown) => (typeof value === 'string' || isSaid(value)) && fits(plainly(value)),
    toString: () => 'saying',
    getExpectedType: () => 'a text',
    toAsymmetricMatcher: () => `saying ${String(wanted)}`,
  };
}
