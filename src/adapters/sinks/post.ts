import { NotTaken } from '../../notify/pager.ts';
import { readCapped } from '../http-body.ts';

/** How long an answer may take, milliseconds. */
const TIMEOUT = 10_000;
/** As much of an answer as is read. */
const MOST = 16 * 1024;
/** Nobody is left alone for longer than this, whatever they ask for: a trouble that is not told anew is forgotten. Milliseconds. */
const LONGEST = 150_000;

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Who is told, for people. */
  readonly name: string;
  readonly timeout?: number | undefined;
}

/**
 * Posts to somebody who is to be told something. A redirect is not followed: it would lead elsewhere than the operator wrote.
 *
 * @throws NotTaken
 */
export async function post({ url, headers, body, name, timeout = TIMEOUT }: Post): Promise<void> {
  const failed = (why: string, how: ConstructorParameters<typeof NotTaken>[1], cause?: unknown) =>
    new NotTaken(`${name} does not take Medic’s calls: ${why}.`, how, { cause });
  const signal = AbortSignal.timeout(timeout);
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { method: 'POST', redirect: 'manual', signal, headers, body });
    text = await readCapped(answer, MOST, 'cut');
  } catch (cause) {
    throw failed(
      signal.aborted ? `no answer within ${timeout / 1000} s` : `it cannot be reached (${whyOf(cause)})`,
      {},
      cause,
    );
  }
  if (answer.ok) return;
  const retryAfter = retryAfterIn(answer.headers.get('retry-after'));
  const { status } = answer;
  const passing = status === 429 || status === 408 || status >= 500;
  throw failed(`it answers ${status}${said(text)}`, { retryAfter, forGood: !passing });
}

function whyOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return String(cause);
}

/** What it says of it, in short; such an answer comes from outside. */
function said(text: string): string {
  const short = text.replace(/\s+/g, ' ').trim().slice(0, 200).toWellFormed();
  return short === '' ? '' : `: ${short}`;
}

/** Seconds, or a date. */
function retryAfterIn(header: string | null): number | null {
  if (header === null) return null;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.min(Math.max(0, wait), LONGEST) : null;
}
