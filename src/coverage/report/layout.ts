/** Breaks a text at its blanks, so that no line is longer; what has no blank is cut where it must be. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => pieces(one, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A word that is too long is broken behind a sign that parts names, where it has one. */
function pieces(word: string, width: number): readonly string[] {
  const all: string[] = [];
  let rest = word;
  while (rest.length > width) {
    const behind =
      Math.max(...['_', '.', '/', ',', ':'].map((sign) => rest.lastIndexOf(sign, width - 1))) + 1;
    const end = behind > width / 3 ? behind : width;
    all.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...all, rest];
}

/** Wrapped, with the first line after `head` and the others under it. */
export function hanging(head: string, text: string, width: number): readonly string[] {
  const room = Math.max(20, width - head.length);
  return wrapped(text, room).map((line, at) => `${at === 0 ? head : ' '.repeat(head.length)}${line}`);
}

/** Cells beside each other, each in its column; a cell that is too long takes more lines. */
export function beside(cells: readonly string[], widths: readonly number[]): readonly string[] {
  const columns = cells.map((cell, at) => wrapped(cell, widths[at] ?? 10));
  const height = Math.max(...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_none, row) =>
    columns
      .map((lines, at) => (lines[row] ?? '').padEnd(widths[at] ?? 10))
      .join('  ')
      .trimEnd(),
  );
}

/** No longer than the room; an ellipsis says that something is missing. */
export function cut(text: string, room: number): string {
  return text.length <= room
    ? text
    : `${text
        .slice(0, Math.max(0, room - 1))
        .toWellFormed()
        .trimEnd()}…`;
}
