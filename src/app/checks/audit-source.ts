import { keysOf } from '../../adapters/stores/redis/keys.ts';
import { createAuditSource } from '../../adapters/stores/redis/record/audit-source.ts';
import { connect, firstAnswer, hangUp } from '../../adapters/stores/redis/server/connect.ts';
import type { AuditSource } from '../../audit/export.ts';
import type { Memory } from '../../config/memory.ts';
import { harmless } from '../../lib/links.ts';
import { withoutSecrets } from '../../lib/secrets.ts';
import { createRedactor } from '../../observability/redact.ts';

/** The record in Redis, once Redis has answered. Throws an error with its address and what to check where it does not. */
export async function openAuditSource({
  redisUrl,
  namespace,
}: Memory): Promise<{ readonly source: AuditSource; close(): Promise<void> }> {
  const redis = connect(redisUrl, { failFast: true });
  // Whoever asks hears of it by the answer.
  redis.on('error', () => undefined);
  try {
    await firstAnswer(redis);
    return { source: createAuditSource(redis, keysOf(namespace)), close: () => hangUp(redis) };
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** Takes out of evidence what looks like a secret. Its texts, which the record holds the hashes of, were freed of them before they were stored. */
export function withoutSecretsIn(): (items: readonly object[]) => readonly object[] {
  const { redact } = createRedactor();
  return (items) =>
    items.map((item) => {
      const { query, link, data } = item as Readonly<Record<string, unknown>>;
      return {
        ...item,
        ...(typeof query === 'string' ? { query: redact(query) } : {}),
        ...(typeof link === 'string' ? { link: harmless(link, redact) } : {}),
        ...(data === undefined ? {} : { data: withoutSecrets(data, redact) }),
      };
    });
}
