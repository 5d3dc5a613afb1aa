import { linear } from '../lib/linear.ts';
import type { Alert } from './alert.ts';

/** One condition on a label, as Alertmanager's silences have them. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** The labels of an alert, and whether some were left out. */
type Labelled = { readonly labels: Alert['labels']; readonly omitted: boolean };

/** Whether an alert fits every one of the matchers. */
export function fitsAll(
  matchers: readonly Matcher[],
  { labels, omitted }: Pick<Alert, 'labels' | 'omitted'>,
): boolean {
  return testOf(matchers)({ labels, omitted: (omitted ?? 0) > 0 });
}

/** Null stands for no alert, which only a silence without matchers mutes. */
export function testOf(matchers: readonly Matcher[]): (alert: Labelled | null) => boolean {
  const tests = matchers.map(matcherTest);
  return (alert) => (alert === null ? tests.length === 0 : tests.every((test) => test(alert)));
}

/**
 * As Alertmanager matches: a label that is missing is empty. What cannot be told mutes, for somebody wanted something left alone: a
 * pattern that cannot be read, and a label that may be among those that were left out of an alert.
 */
function matcherTest(matcher: Matcher): (alert: Labelled) => boolean {
  const { name, value, isEqual } = matcher;
  if (!isReadable(matcher)) return () => true;
  const match = matcher.isRegex ? wholeOf(value) : (text: string) => text === value;
  return ({ labels, omitted }) => {
    const own = Object.hasOwn(labels, name) ? labels[name] : undefined;
    return (own === undefined && omitted) || match(own ?? '') === isEqual;
  };
}

/** Whether what a matcher demands can be understood. */
export function isReadable({ isRegex, value }: Matcher): boolean {
  return !isRegex || linear(value).kind === 'compiled';
}

function wholeOf(pattern: string): (text: string) => boolean {
  const compiled = linear(pattern);
  return compiled.kind === 'compiled' ? compiled.linear.matchesWhole : () => true;
}
