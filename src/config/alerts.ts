import { z } from 'zod';
import { Duration } from '../lib/schema/schemas.ts';

/** What further words for a severity mean; they go before those that Medic knows. */
export const Severities = z
  .record(
    z.string().min(1).max(60),
    z.enum(['critical', 'warning', 'info'], { error: 'write critical, warning or info' }),
  )
  .default({});

const MATCHER = /^\s*("(?:[^"\\]|\\.)+"|[^\s"=~!,{}]+)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;

/** A matcher as Alertmanager's configuration writes it: `team="qa"`, `namespace=~dev-.*`, `"service.name"!=shop`. */
const Matcher = z.string().transform((text, context) => {
  const [, name = '', operator = '', value = ''] = MATCHER.exec(text) ?? [];
  const plain = { name: unquoted(name), value: unquoted(value) };
  if (operator !== '' && plain.name !== null && plain.value !== null)
    return {
      name: plain.name,
      value: plain.value,
      isRegex: operator.endsWith('~'),
      isEqual: operator.startsWith('='),
    };
  context.addIssue({
    code: 'custom',
    message: 'write a label with =, !=, =~ or !~ and a value, e.g. namespace=~"dev-.*"',
    input: text,
  });
  return z.NEVER;
});

/** The text of a part, without its quotes; null where they do not fit. */
function unquoted(part: string): string | null {
  if (!part.startsWith('"')) return part.includes('"') ? null : part;
  if (!/^"(?:[^"\\]|\\.)*"$/s.test(part)) return null;
  // A backslash before anything but a quote, a backslash or an n belongs to a pattern.
  return part.slice(1, -1).replace(/\\([\\"n])/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}

/** Alerts that open nothing: each entry is one matcher, or several of which all must fit. */
export const Ignore = z
  .array(
    z.union([Matcher.transform((matcher) => [matcher]), z.array(Matcher).min(1)], {
      error: 'write a matcher, e.g. namespace=~"dev-.*", or a list of matchers that must all fit',
    }),
  )
  .default([]);
export type Ignore = z.infer<typeof Ignore>;

/** Whose alerts are that name no service: the first rule that fits, and whose `service` is registered. */
export const Subjects = z
  .array(
    z.strictObject({
      match: z.array(Matcher).min(1),
      /** A name, in which `{label}` is a label's value and `$1` a group of the first pattern. */
      service: z.string().min(1).max(200),
    }),
  )
  .default([]);
export type Subjects = z.infer<typeof Subjects>;

/** Alerts that are one incident together, whatever each is about: those that fit all matchers and have the same values of `group_by`. */
export const Groups = z
  .array(
    z.strictObject({
      matchers: z.array(Matcher).min(1),
      group_by: z.array(z.string().min(1)).min(1),
    }),
  )
  .default([]);
export type Groups = z.infer<typeof Groups>;

/** An alert that always fires, whose silence says that alerts may not come through. */
export const Watchdog = z
  .strictObject({
    /** Its absence is told after this long, or after twice the time in which it usually comes, where that is longer; null for never. */
    after: z.union([z.literal('off').transform(() => null), Duration]).default(600_000),
    names: z.array(z.string().min(1)).default(['Watchdog', 'DeadMansSwitch']),
  })
  .prefault({});
export type Watchdog = z.infer<typeof Watchdog>;
