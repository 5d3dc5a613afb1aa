import { passwordsIn } from '../adapters/stores/redis/server/address.ts';
import { KEYS, SECRETS } from '../config/environment.ts';
import type { Config } from '../config/load.ts';
import { createRedactor } from '../observability/redact.ts';

/** Hides what looks like a secret, and every secret that this process was given, whatever it looks like. */
export function redactorOf({ env, contacts, hands, alertTokens }: Config): (text: string) => string {
  const redactor = createRedactor();
  const given = [
    ...SECRETS.map((name) => contacts?.[name]),
    ...KEYS.map((name) => env[name]),
    ...passwordsIn(env.REDIS_URL),
    ...Object.values(alertTokens),
    ...Object.values(hands?.passwords ?? {}),
  ];
  for (const secret of given) if (secret !== undefined) redactor.register(secret);
  return redactor.redact;
}
