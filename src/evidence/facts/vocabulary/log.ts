import type { Section, Word } from '../word.ts';

/** Whatever a service writes is its own word, so all of it together is one sign. */
const OF_A_SERVICE = { about: 'service', instrument: 'service', look: false } as const;
const rate = (means: string) =>
  ({ ...OF_A_SERVICE, type: 'number', unit: 'per second', means }) as const satisfies Word;
const text = (means: string) => ({ ...OF_A_SERVICE, type: 'text', means }) as const satisfies Word;

/** What a log shows. A fact became so with the first line of its kind since shortly before the alert. */
export const LOG = {
  'log.signature': text(
    'a message of the table of signatures that it writes, such as postgresql_too_many_clients',
  ),
  'log.template.new': text('a kind of line that was not written before, with its numbers masked'),
  'log.template.rare': text('a kind of line that was written once, with its numbers masked'),
  'log.rate.now': rate('lines that it writes since the alert'),
  'log.rate.before': rate('lines that it wrote before'),
  'log.errors.now': rate('lines that look like errors since the alert'),
  'log.errors.before': rate('lines that looked like errors before'),
} as const satisfies Section;
