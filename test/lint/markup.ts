import { withoutComments } from './imports.ts';
import { CODE_MARK, MARKUP, MARKUP_HOMES, SPOKEN } from './rules.ts';

/**
 * Where a file speaks the chat's own marks, as `src/<file>:<line> <what>`: a text says what its parts are, and each outlet how they look.
 *
 * @param file its path under src/
 */
export function marksIn(file: string, source: string): string[] {
  if (isIn(file, MARKUP_HOMES)) return [];
  const marks = isIn(file, SPOKEN) ? [...MARKUP, CODE_MARK] : MARKUP;
  return withoutComments(source)
    .split('\n')
    .flatMap((line, index) => {
      const found = marks.map((mark) => mark.exec(line)?.[0]).find((one) => one !== undefined);
      return found === undefined ? [] : [`src/${file}:${index + 1} marks a text for the chat: ${found}`];
    });
}

function isIn(file: string, places: readonly string[]): boolean {
  return places.some((place) => file === place || file.startsWith(`${place}/`));
}
