import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Report } from '../change.ts';
import { linkIn, long, readBody, short, Time, type Told, versionOf } from '../told.ts';

const Text = z.string().trim().min(1).max(2000);

/** What a pipeline of one's own posts. */
const Own = z
  .strictObject({
    service: Text,
    kind: z.enum(['deploy', 'rollback', 'config', 'flag']).default('deploy'),
    state: z.enum(['started', 'succeeded', 'failed']).default('succeeded'),
    version: Text.nullish(),
    previous: Text.nullish(),
    by: Text.nullish(),
    /** Now where none is given. */
    at: Time.optional(),
    link: z
      .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
      .nullish(),
    message: Text.nullish(),
    environment: Text.nullish(),
    /** The same one again tells nothing new, but for another state. */
    id: Text.max(200).optional(),
  })
  .check(({ value, issues }) => {
    const { kind, version, message } = value;
    const isDeploy = kind === 'deploy' || kind === 'rollback';
    if (isDeploy && !version)
      issues.push({
        code: 'custom',
        path: ['version'],
        message: 'is missing: say what runs now',
        input: value,
      });
    if (!isDeploy && !version && !message)
      issues.push({
        code: 'custom',
        path: ['message'],
        message: `is missing: say which ${kind}`,
        input: value,
      });
  });

/** @param now epoch milliseconds */
export function readOwn(body: unknown, now: number): Told {
  return readBody(Own, body, (own) => {
    const report: Omit<Report, 'id'> = {
      kind: own.kind,
      state: own.state,
      version: versionOf(own.version),
      previous: versionOf(own.previous),
      by: short(own.by),
      what: long(own.message),
      link: linkIn(own.link),
      at: own.at ?? now,
      from: 'api',
    };
    const said = [own.kind, own.version, own.message, own.at ?? now].map(String);
    const id = own.id ?? createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 24);
    return {
      kind: 'change',
      about: { service: own.service, environment: own.environment ?? null },
      report: { id: `api-${id}`, ...report },
    };
  });
}
