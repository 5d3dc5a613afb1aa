import { z } from 'zod';

const HttpUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
  .refine(
    (text) => !URL.canParse(text) || new URL(text).username === '',
    'must not hold a user name or password',
  );

/** What is read from the environment. Secrets live here and nowhere else. */
export const Environment = z.object({
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  REDIS_URL: z.url({
    protocol: /^rediss?$/,
    error: 'must be a URL that begins with redis:// or rediss://',
  }),
  SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', 'must be a bot token, which begins with xoxb-'),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith('xapp-', 'must be an app-level token, which begins with xapp-')
    .optional(),
  SLACK_SIGNING_SECRET: z.string().min(16, 'is too short for a signing secret').optional(),
  SLACK_API_URL: HttpUrl.optional(),
  SLACK_CHANNEL: z.string().regex(/^[CG][A-Z0-9]+$/, 'must be the id of a channel, such as C0123456789'),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: HttpUrl.optional(),
  OPENAI_MODEL: z.string().optional(),
  PROMETHEUS_URL: HttpUrl.optional(),
  ALERTMANAGER_URL: HttpUrl.optional(),
  ALERT_TOKEN: z
    .string()
    .min(16, 'must be a secret of at least 16 characters, e.g. from `openssl rand -hex 24`'),
  MEDIC_CONFIG: z.string().optional(),
  MEDIC_PLAYBOOKS: z.string().optional(),
  MEDIC_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default('medic'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type Environment = z.infer<typeof Environment>;

/** What is wrong between variables rather than with one of them, each under the name of the variable to set. */
export function conflictsIn(
  variables: Readonly<Record<string, string | undefined>>,
): readonly { readonly name: keyof Environment; readonly message: string }[] {
  const has = (name: keyof Environment) => variables[name] !== undefined;
  const conflicts: { name: keyof Environment; message: string }[] = [];
  if (!has('SLACK_APP_TOKEN') && !has('SLACK_SIGNING_SECRET')) {
    conflicts.push({
      name: 'SLACK_APP_TOKEN',
      message: 'set it for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode',
    });
  }
  if (!has('OPENAI_MODEL') && (has('OPENAI_BASE_URL') || has('OPENAI_API_KEY'))) {
    conflicts.push({
      name: 'OPENAI_MODEL',
      message: 'name the model to ask, or unset OPENAI_API_KEY and OPENAI_BASE_URL to go without one',
    });
  }
  if (has('OPENAI_MODEL') && !has('OPENAI_BASE_URL') && !has('OPENAI_API_KEY')) {
    conflicts.push({
      name: 'OPENAI_API_KEY',
      message: 'set it, or OPENAI_BASE_URL for a server that needs no key',
    });
  }
  return conflicts;
}

/** The variables whose values must never be seen. */
export const SECRETS = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'OPENAI_API_KEY',
  'ALERT_TOKEN',
] as const satisfies readonly (keyof Environment)[];
