import { z } from 'zod';
import type { Heard, Inlet } from '../../notify/inlet.ts';
import { isSigned, keyOf, signatureOf } from './standard-webhooks.ts';

const Body = z.strictObject({ incident: z.string().min(1).max(100), by: z.string().trim().min(1).max(80) });

/** As far as the time of a request may be from now, seconds. What is taken before is refused by its id for longer than that. */
const TOLERANCE = 300;

/** Where whoever gets Medic's webhooks says who is on it, signed in the same way. */
export function webhookInlet(secret: string): Inlet {
  const key = keyOf(secret);
  return {
    from: 'webhook',
    path: '/api/v1/acknowledge',
    answers: true,
    read(headers, body, now) {
      const [id, time, signature] = ['id', 'timestamp', 'signature'].map((name) => {
        const value = headers[`webhook-${name}`];
        return typeof value === 'string' ? value : '';
      });
      const refused = (reason: string): Heard => ({ kind: 'refused', status: 401, reason });
      if (!id || id.length > 200 || !/^\d{1,12}$/.test(time ?? ''))
        return refused('webhook-id or webhook-timestamp is missing');
      if (!isSigned(signature ?? '', signatureOf(key, id, Number(time), body)))
        return refused('webhook-signature does not fit');
      if (Math.abs(now / 1000 - Number(time)) > TOLERANCE)
        return refused(`webhook-timestamp is more than ${TOLERANCE / 60} minutes from now`);
      const read = Body.safeParse(jsonOf(body));
      if (!read.success)
        return { kind: 'refused', status: 422, reason: 'write {"incident": "inc-…", "by": "a name"}' };
      const { incident, by } = read.data;
      return { kind: 'word', word: { incident, taken: true, who: by, at: now, once: `webhook-${id}` } };
    },
  };
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}
