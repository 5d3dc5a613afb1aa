/** An argument vector as one line for a POSIX shell, which the far end of SSH always has: every argument is quoted as a whole. */
export function quoteForShell(argv: readonly string[]): string {
  return argv
    .map((word) => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

/**
 * Splits a line as Ansible splits the arguments of SSH (POSIX quotes and backslashes, nothing expanded). Null where quotes are left
 * open: what was meant cannot be told.
 */
export function splitLikeShell(line: string): readonly string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const char = line[at] ?? '';
    if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    word ??= '';
    if (char === '\\') {
      at += 1;
      if (at >= line.length) return null;
      word += line[at];
    } else if (char === "'") {
      const end = line.indexOf("'", at + 1);
      if (end === -1) return null;
      word += line.slice(at + 1, end);
      at = end;
    } else if (char === '"') {
      const quoted = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(line.slice(at));
      if (quoted === null) return null;
      word += (quoted[1] ?? '').replace(/\\(["\\])/g, '$1');
      at += quoted[0].length - 1;
    } else word += char;
  }
  return word === null ? words : [...words, word];
}
