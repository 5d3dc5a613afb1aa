import type { Range } from '../rule.ts';
import { bareExtent, GLANCE } from '../text/extent.ts';
import { isSecretValue } from '../text/values.ts';
import type { Meaning } from './meaning.ts';

/** The value, if it is one to hide. */
export function hidden(
  text: string,
  value: Range,
  meaning: Meaning,
  told: { quoted?: boolean; prose?: boolean; label?: boolean } = {},
): Range | null {
  if (value.to <= value.from) return null;
  const { quoted = false, prose = false, label = false } = told;
  if (!isSecretValue(text.slice(value.from, value.to), { meaning, quoted, prose, label })) return null;
  // A value that is longer than what was read of it goes on.
  if (value.to - value.from < GLANCE || quoted) return value;
  const whole = bareExtent(text, value.from, { line: false, query: false }, Number.POSITIVE_INFINITY);
  return { from: value.from, to: Math.max(value.to, whole.to) };
}

export function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** Whether nothing but indentation, a dash or a word such as `export` stands before a name on its line. */
export function beginsLine(text: string, from: number): boolean {
  return /^[ \t]*(?:- |export |set |setx |declare -x |ENV |ARG |#\s?|\* )?["']?$/.test(
    leadOf(text, from) ?? 'x',
  );
}

/** What stands on its line before a place, unless that is too much to be indentation. */
export function leadOf(text: string, from: number): string | null {
  const start = Math.max(0, from - 120);
  const before = text.slice(start, from);
  const line = before.lastIndexOf('\n') + 1;
  return line === 0 && start > 0 ? null : before.slice(line);
}
