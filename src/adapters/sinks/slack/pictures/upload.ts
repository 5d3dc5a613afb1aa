import type { WebClient } from '@slack/web-api';
import type { Call } from '../connection/calls.ts';
import type { Pace, Pacer } from '../connection/pacer.ts';

export interface Upload {
  /** Waits until another picture may be uploaded, which is asked before it costs anything. @throws LaneBusy */
  turn(): Promise<void>;
  /** Brings a picture into Slack, where nobody sees it until a message shows it, and answers its id. */
  bring(png: Buffer, words: { readonly title: string; readonly alt: string }): Promise<string>;
}

/** Slack takes about a hundred a minute. */
const UPLOADS: Pace = { burst: 4, perSecond: 1 };
const LANE = 'uploads';
/** For the bytes alone, which go to another host than the calls; milliseconds. */
const TIMEOUT = 5_000;

/** Of a file; a block's may be twice as long. */
const LONGEST_ALT = 1000;

/** The bytes did not arrive, or not in time. */
export class UploadFailed extends Error {
  override readonly name = 'UploadFailed';
}

/** Throws what the client throws, and `UploadFailed`. */
export function createUpload(client: WebClient, pacer: Pacer, call: Call): Upload {
  const bring: Upload['bring'] = async (png, { title, alt }) => {
    // Slack's own name for it is `alt_txt`, and the library's `alt_text`.
    const words = { alt_txt: alt.slice(0, LONGEST_ALT).toWellFormed() };
    const request = { filename: 'chart.png', length: png.length, ...words };
    const { upload_url: url, file_id: id } = await call('files.getUploadURLExternal', LANE, () =>
      client.files.getUploadURLExternal(request),
    );
    if (url === undefined || id === undefined) throw new UploadFailed('Slack named no place to upload to');
    await send(url, png);
    await call('files.completeUploadExternal', LANE, () =>
      client.files.completeUploadExternal({ files: [{ id, title }] }),
    );
    return id;
  };
  return { turn: () => pacer.turn(LANE, UPLOADS, 'story'), bring };
}

async function send(url: string, png: Buffer): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT);
  const answer = await fetch(url, { method: 'POST', body: new Uint8Array(png), signal }).catch(
    (cause: unknown) => {
      throw new UploadFailed('the place for uploads cannot be reached', { cause });
    },
  );
  await answer.body?.cancel();
  if (!answer.ok) throw new UploadFailed(`the place for uploads answered ${answer.status}`);
}
