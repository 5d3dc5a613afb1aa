import { StringDecoder } from 'node:string_decoder';

const KEY_BEGINS = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/;
const KEY_ENDS = /-----END [A-Z ]{0,40}PRIVATE KEY/;

/**
 * Cuts a byte stream into redacted lines. A line longer than `limit` characters is handed over in pieces, so that a flood without
 * line ends cannot fill the memory. A private key is hidden as a whole although it spans lines. A line that `claim` takes goes no
 * further.
 */
export function createLineSplitter(
  limit: number,
  redact: (text: string) => string,
  onLine: (line: string) => void,
  claim: (line: string) => boolean = () => false,
) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let insideKey = false;

  const emit = (line: string) => {
    if (claim(line)) return;
    if (insideKey) {
      insideKey = !KEY_ENDS.test(line);
      return;
    }
    insideKey = KEY_BEGINS.test(line) && !KEY_ENDS.test(line);
    onLine(redact(line));
  };

  return {
    write(chunk: Buffer): void {
      const lines = (rest + decoder.write(chunk)).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) emit(line);
      for (; rest.length > limit; rest = rest.slice(limit)) emit(rest.slice(0, limit));
    },
    end(): void {
      rest += decoder.end();
      if (rest !== '') emit(rest);
      rest = '';
    },
  };
}

/** Keeps the last lines of a text, `limit` characters at most. */
export function createTail(limit: number) {
  let lines: string[] = [];
  let size = 0;
  let truncated = false;
  return {
    add(line: string): void {
      lines.push(line);
      size += line.length + 1;
      // Halving now and then costs less than shifting at every line.
      if (size > 2 * limit) {
        lines = [lines.join('\n').slice(-limit)];
        size = limit;
        truncated = true;
      }
    },
    read(): { text: string; truncated: boolean } {
      const text = lines.join('\n');
      return { text: text.slice(-limit), truncated: truncated || text.length > limit };
    },
  };
}
