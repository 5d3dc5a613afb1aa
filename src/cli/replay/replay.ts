import { keepFolder } from '../../app/replay/folder.ts';
import { lint, tryOn } from '../../app/replay/lint.ts';
import { NoReplay } from '../../app/replay/past.ts';
import { readToday, replay } from '../../app/replay/replay.ts';
import { ConfigError } from '../../config/load.ts';
import { type Mistake, sentenceOf } from '../../lib/schema/mistake.ts';
import { findPast } from './source.ts';
import { replayText } from './text.ts';
import { lintText, trialText } from './trial-text.ts';
import type { ReplayWish } from './usage.ts';

/** Exit codes: as it was, or nothing is wrong; otherwise, or something is wrong; it could not be looked at. */
const [SAME, OTHERWISE, UNSEEN] = [0, 1, 2];

interface Streams {
  readonly in: NodeJS.ReadableStream;
  readonly out: Pick<NodeJS.WritableStream, 'write'>;
  readonly err: Pick<NodeJS.WritableStream, 'write'>;
}
type Variables = Readonly<Record<string, string | undefined>>;
type Wish<Kind extends ReplayWish['kind']> = Extract<ReplayWish, { readonly kind: Kind }>;

/** Runs `medic replay` or `medic lint` and answers with its exit code. */
export async function replayOrLint(
  wish: ReplayWish,
  environment: Variables,
  streams: Streams,
): Promise<number> {
  try {
    return wish.kind === 'replay'
      ? await replayed(wish, environment, streams)
      : await linted(wish, environment, streams);
  } catch (error) {
    const known = error instanceof NoReplay || error instanceof ConfigError;
    streams.err.write(
      `medic ${wish.kind}: ${known ? error.message : `it cannot be looked at: ${wordsOf(error)}`}\n`,
    );
    return UNSEEN;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function replayed(
  wish: Wish<'replay'>,
  environment: Variables,
  { in: input, out, err }: Streams,
): Promise<number> {
  const { past, services } = await findPast(wish, environment, input);
  const today = readToday(environment, services);
  warn(today.mistakes, err);
  const answer = replay(past, today);
  if (wish.keep !== null) keepFolder(wish.keep, past, today.settings);
  const code = answer.differs.length === 0 ? SAME : OTHERWISE;
  const { id, subject, title, openedAt, at, round, was, judged } = past;
  const { now, differs, notes } = answer;
  out.write(
    wish.json
      ? `${JSON.stringify({ incident: id, subject, title, openedAt, at, round, was, now, differs, judged, notes, kept: wish.keep, exitCode: code }, null, 2)}\n`
      : `${replayText(answer)}${wish.keep === null ? '' : `Kept in ${wish.keep}.\n`}`,
  );
  return code;
}

/** Where today's knowledge is not whole, neither is what is concluded from it. */
function warn(mistakes: readonly Mistake[], err: Streams['err']): void {
  const [first, ...more] = mistakes;
  if (first === undefined) return;
  const others = more.length === 0 ? '' : `, and ${more.length} more: medic check lists them`;
  err.write(
    `medic: parts of the faults, playbooks or medic.yml could not be read: ${sentenceOf(first)}${others}\n`,
  );
}

async function linted(
  wish: Wish<'lint'>,
  environment: Variables,
  { in: input, out }: Streams,
): Promise<number> {
  const found = lint(environment, wish.path);
  const { mistakes, path, faults } = found;
  const code = mistakes.some(({ kind }) => kind === 'wrong') ? OTHERWISE : SAME;
  if (!wish.json) out.write(lintText(found, process.cwd()));
  const tried = wish.on === null ? null : await triedOn(wish.on, environment, input, found);
  if (wish.json) out.write(`${JSON.stringify({ path, mistakes, faults, tried, exitCode: code }, null, 2)}\n`);
  else if (tried !== null) out.write(trialText(tried.trials, tried.incident));
  return code;
}

async function triedOn(
  which: NonNullable<Wish<'lint'>['on']>,
  environment: Variables,
  input: NodeJS.ReadableStream,
  found: ReturnType<typeof lint>,
) {
  const { past, services } = await findPast(which, environment, input);
  const today = readToday(environment, services);
  return {
    incident: past.id,
    unread: past.evidence.filter(({ status }) => status === 'failed').map(({ title }) => title),
    trials: tryOn(past, found, today),
  };
}
