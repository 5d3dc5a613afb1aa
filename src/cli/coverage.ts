import { relative } from 'node:path';
import { type Answer, type Asked, cover } from '../app/coverage/coverage.ts';
import { NoAnswer } from '../app/coverage/servers.ts';
import { asJson } from '../coverage/report/json.ts';
import { asMarkdown } from '../coverage/report/markdown.ts';
import { asText, PLAIN, type Style } from '../coverage/report/text.ts';
import type { Mistake } from '../lib/schema/mistake.ts';

/** Exit codes, as of `medic check`: all was read, something is wrong, something could not be read. */
const [WELL, WRONG, UNCHECKED] = [0, 1, 2];

export interface CoverageWish extends Asked {
  readonly kind: 'coverage';
  readonly form: 'text' | 'json' | 'markdown';
}

interface Streams {
  readonly out: Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };
  readonly err: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
}

const BOLD: Style = { strong: (text) => `\x1b[1m${text}\x1b[22m`, faint: (text) => `\x1b[2m${text}\x1b[22m` };
/** Where nobody says how wide it is. */
const WIDTH = 100;

/** Runs `medic coverage` and answers with its exit code. */
export async function coverage(
  wish: CoverageWish,
  environment: Readonly<Record<string, string | undefined>>,
  { out, err }: Streams,
): Promise<number> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  try {
    const answer = await cover(environment, wish, {
      signal: stopping.signal,
      onDay: (server, done, of) => {
        if (err.isTTY)
          err.write(
            `\r\x1b[Kreading what fired at ${server}: ${done} of ${of} days${done === of ? '\r\x1b[K' : ''}`,
          );
      },
    });
    const code = codeOf(answer);
    out.write(written(answer, code, wish, out, environment));
    if (wish.form !== 'json') err.write(mistakesOf(answer.mistakes));
    return code;
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    err.write(`medic coverage: ${error.message}\n`);
    return WRONG;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

function written(
  { coverage: found, mistakes, sources }: Answer,
  exitCode: number,
  { form }: CoverageWish,
  out: Streams['out'],
  { COLUMNS, NO_COLOR }: Readonly<Record<string, string | undefined>>,
): string {
  if (form === 'json')
    return `${JSON.stringify({ sources, ...asJson(found), mistakes, exitCode }, null, 2)}\n`;
  if (found.rows.length === 0) return '';
  if (form === 'markdown') return asMarkdown(found);
  const width = out.columns ?? (Number(COLUMNS) || WIDTH);
  return asText(found, width, out.isTTY === true && !NO_COLOR ? BOLD : PLAIN);
}

function codeOf({ mistakes, coverage: { rows } }: Answer): number {
  if (rows.length === 0 || mistakes.some(({ kind }) => kind === 'wrong')) return WRONG;
  return mistakes.some(({ kind }) => kind === 'unchecked') ? UNCHECKED : WELL;
}

function mistakesOf(mistakes: readonly Mistake[]): string {
  if (mistakes.length === 0) return '';
  const lines = mistakes.map(({ kind, file, line, column, message }) => {
    const place = [shortened(file), line, column].filter((part) => part !== null).join(':');
    return `${kind === 'wrong' ? '✗' : '–'} ${place}: ${message}\n`;
  });
  return `\n${lines.join('')}`;
}

function shortened(file: string): string {
  const near = relative(process.cwd(), file);
  return URL.canParse(file) || near.startsWith('..') ? file : near || '.';
}
