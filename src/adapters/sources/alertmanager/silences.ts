import { z } from 'zod';
import { redactThenCut } from '../../../lib/text/cut.ts';
import type { Silence } from '../../../silence/silence.ts';
import { readCapped } from '../../http-body.ts';

/** Alertmanager lists silences that are over for days, so the list may be long. */
const MAX_BODY = 16 * 1024 * 1024;
const TIMEOUT = 5_000;
const LONGEST_TEXT = 200;

/** What `/api/v2/silences` says of a silence; only the fields that are used. */
const Listed = z.object({
  id: z.string().min(1).max(100),
  status: z.object({ state: z.enum(['active', 'pending', 'expired']) }),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }),
  createdBy: z.string(),
  comment: z.string(),
  matchers: z
    .array(
      z.object({
        name: z.string(),
        value: z.string(),
        isRegex: z.boolean(),
        isEqual: z.boolean().default(true),
      }),
    )
    // One without any would silence everything.
    .min(1),
});

export interface SilencesOptions {
  readonly url: string;
  /** Takes what looks like a secret out of what people wrote. */
  readonly redact: (text: string) => string;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Reads Alertmanager's own silences: those in force, and those that will be. Rejects when it cannot be asked or answers with
 * something else.
 */
export function createSilenceReader({
  url,
  redact,
  fetch = globalThis.fetch,
}: SilencesOptions): () => Promise<readonly Silence[]> {
  return async () => {
    const answer = await fetch(`${url.replace(/\/$/, '')}/api/v2/silences`, {
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const body = await readCapped(answer, MAX_BODY);
    if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}`);
    const listed = z.array(Listed).parse(JSON.parse(body));
    const text = (written: string) => redactThenCut(written, LONGEST_TEXT, redact);
    return listed
      .filter(({ status }) => status.state !== 'expired')
      .map(({ id, startsAt, endsAt, createdBy, comment, matchers }) => ({
        id: `alertmanager:${id}`,
        source: 'alertmanager',
        by: text(createdBy),
        reason: text(comment),
        from: Date.parse(startsAt),
        until: Date.parse(endsAt),
        service: null,
        environment: null,
        matchers,
      }));
  };
}
