import { setTimeout as sleep } from 'node:timers/promises';
import { pngOf } from '../../../charts/png.ts';
import { svgOf } from '../../../charts/svg.ts';
import type { Picture } from '../blocks/service.ts';
import { withPicture } from '../blocks/thread/chart-message.ts';
import type { ThreadMessage } from '../blocks/thread/story/thread.ts';
import { TurnLost } from '../chat.ts';
import { failureOf } from '../connection/failure.ts';
import { LaneBusy } from '../connection/pacer.ts';
import type { Log } from '../connection/web-client.ts';
import { hashOf, type Projection, record, StoreFailed } from '../projection/outbox.ts';
import { type Upload, UploadFailed } from './upload.ts';

/** The notes of pictures: the file that was uploaded for a message, and how often and when it is tried. */
const FILE = '~file-';
const TRIES = '~tries-';
/** How long to wait after each try; milliseconds. After the last the words stand alone. */
const WAITS = [1_500, 3_000, 6_000, 20_000, 60_000] as const;
const GIVEN_UP = WAITS.length;
/** When to begin, where something was posted just now; milliseconds. */
const SOON = 1_100;
/** How long a picture may keep whoever shows incidents from showing others; milliseconds. */
const PATIENCE = 4_000;
/** A file that Slack has not looked at yet is no picture to it. */
const NOT_YET = new Set(['invalid_blocks', 'file_not_found', 'slack_file_not_found']);

interface Means {
  /** Whether this projection has posted anything: what that means to the incident comes first. */
  readonly posted: boolean;
  readonly upload: Upload;
  readonly log: Pick<Log, 'warn'> | undefined;
  /** How long drawing and uploading may take; milliseconds. */
  readonly patience?: number | undefined;
}

type Pictured = ThreadMessage & { readonly picture: Picture };

/** A message as it stands: with its picture, where that has come into it. */
export function asItStands({ shown }: Projection, message: ThreadMessage): ThreadMessage {
  const pictured = isPictured(message) ? pictureIn(message, shown[`${FILE}${message.key}`]?.hash) : null;
  return pictured !== null && shown[message.key]?.hash === hashOf(pictured) ? pictured : message;
}

function isPictured(message: ThreadMessage): message is Pictured {
  return message.picture !== undefined;
}

function pictureIn(message: Pictured, file: string | undefined): ThreadMessage | null {
  return file === undefined ? null : withPicture(message, message.picture, file);
}

/**
 * Brings pictures into messages that stand already and say the same in words. It comes after all that people need, a few tries each, and
 * whatever goes wrong with it keeps nothing else from being shown.
 *
 * @returns when to look again, epoch milliseconds; null where nothing is left to do
 */
export async function illustrate(
  projection: Projection,
  told: readonly ThreadMessage[],
  means: Means,
): Promise<number | null> {
  const { shown, now } = projection;
  const waiting: number[] = [];
  for (const message of told.filter(isPictured)) {
    if (!(message.key in shown) || asItStands(projection, message) !== message) continue;
    const { ts = '0', hash = '0' } = shown[`${TRIES}${message.key}`] ?? {};
    const tries = Number(hash);
    if (tries >= GIVEN_UP) continue;
    const due = Math.max(Number(ts), means.posted ? now + SOON : 0);
    const again = due > now ? due : await attempt(projection, message, tries, means);
    if (again !== null) waiting.push(again);
  }
  return waiting.length === 0 ? null : Math.min(...waiting);
}

/** One try, which is noted first: whoever dies in it has had it. */
async function attempt(
  projection: Projection,
  message: Pictured,
  tries: number,
  { upload, log, patience = PATIENCE }: Means,
): Promise<number | null> {
  const { incident } = projection;
  const begun = performance.now();
  const note = (count: number, wait: number) => {
    const at = Math.round(projection.now + performance.now() - begun + wait);
    return record(projection, `${TRIES}${message.key}`, { ts: String(at), hash: String(count) }).then(
      () => at,
    );
  };
  await note(tries + 1, WAITS[tries] ?? 0);
  try {
    const file = await fileFor(projection, message, { upload, patience });
    const pictured = file === null ? null : pictureIn(message, file);
    if (pictured === null) {
      await note(GIVEN_UP, 0);
      return null;
    }
    await amend(projection, message.key, pictured);
    return null;
  } catch (error) {
    if (error instanceof StoreFailed || error instanceof TurnLost) throw error;
    const wait = waitAfter(error, tries);
    // Where only a turn was lacking, it was no try.
    const counted = wait === null ? GIVEN_UP : tries + (wait.counts ? 1 : 0);
    const at = await note(counted, wait?.ms ?? 0);
    if (wait?.counts !== false)
      log?.warn({ incident, message: message.key, err: error }, 'a picture is missing');
    return counted >= GIVEN_UP ? null : at;
  }
}

/** The file of a picture, uploaded now unless it was before; null where there is nothing to draw. */
async function fileFor(
  projection: Projection,
  { key, picture }: Pictured,
  { upload, patience }: { readonly upload: Upload; readonly patience: number },
): Promise<string | null> {
  const known = projection.shown[`${FILE}${key}`]?.hash;
  if (known !== undefined) return known;
  const svg = svgOf(picture.chart);
  if (svg === null) return null;
  await upload.turn();
  if (!projection.held()) throw new TurnLost();
  const file = await within(
    patience,
    pngOf(svg).then((png) => upload.bring(png, picture)),
  );
  await record(projection, `${FILE}${key}`, { ts: String(projection.now), hash: file });
  return file;
}

/** What takes longer goes on behind the back, and nobody waits for it. @throws UploadFailed */
async function within<Result>(patience: number, work: Promise<Result>): Promise<Result> {
  const done = new AbortController();
  const late = sleep(patience, null, { signal: done.signal }).then(
    () => Promise.reject(new UploadFailed('drawing and uploading it took too long')),
    () => new Promise<never>(() => undefined),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}

async function amend(projection: Projection, key: string, message: ThreadMessage): Promise<void> {
  const { chat, channel, incident, held, shown } = projection;
  const ts = shown[key]?.ts ?? '';
  await chat.amend(channel, ts, { incident, key, seq: message.seq }, message, { rank: 'story', held });
  await record(projection, key, { ts, hash: hashOf(message) });
}

/** How long to wait before the next try; null where no other would end better. */
function waitAfter(error: unknown, tries: number): { readonly ms: number; readonly counts: boolean } | null {
  const usual = { ms: WAITS[tries] ?? 0, counts: true };
  if (error instanceof LaneBusy) return { ms: Math.max(SOON, error.wait), counts: false };
  if (error instanceof UploadFailed) return usual;
  const failure = failureOf(error);
  if (failure.kind === 'rate-limited') return { ms: Math.max(SOON, failure.retryAfter), counts: false };
  return failure.kind !== 'refused' || NOT_YET.has(failure.error) ? usual : null;
}
