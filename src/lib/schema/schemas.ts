import { z } from 'zod';
import { milliseconds, noDuration } from '../duration.ts';

/** A duration as people write it, `500ms`, `30s`, `5m`, `2h`, read as milliseconds. */
export const Duration = z
  .string({ error: ({ input }) => (input === undefined ? undefined : noDuration(input)) })
  .transform((text, context) => {
    const duration = milliseconds(text);
    if (duration !== null) return duration;
    context.addIssue({ code: 'custom', message: noDuration(text), input: text });
    return z.NEVER;
  });

export const HttpUrl = z.url({
  protocol: /^https?$/,
  error: 'must be a URL that begins with http:// or https://',
});
