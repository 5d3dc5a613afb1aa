import { z } from 'zod';

/** An empty variable is an unset one, as in a compose file. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const HttpUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
  .refine(
    (text) => !URL.canParse(text) || new URL(text).username === '',
    'must not hold a user name or password',
  );

/** What is read from the environment. Secrets live here and nowhere else. */
export const Environment = z
  .object({
    HOST: z.string().default('0.0.0.0'),
    PORT: z.coerce.number().int().min(0).max(65535).default(8080),
    REDIS_URL: z.url({
      protocol: /^rediss?$/,
      error: 'must be a URL that begins with redis:// or rediss://',
    }),
    SLACK_BOT_TOKEN: z.string().startsWith('xoxb-', 'must be a bot token, which begins with xoxb-'),
    SLACK_APP_TOKEN: optional(
      z.string().startsWith('xapp-', 'must be an app-level token, which begins with xapp-'),
    ),
    SLACK_SIGNING_SECRET: optional(z.string().min(16, 'is too short for a signing secret')),
    SLACK_API_URL: optional(HttpUrl),
    SLACK_CHANNEL: z.string().regex(/^[CG][A-Z0-9]+$/, 'must be the id of a channel, such as C0123456789'),
    OPENAI_API_KEY: optional(z.string()),
    OPENAI_BASE_URL: optional(HttpUrl),
    OPENAI_MODEL: optional(z.string()),
    PROMETHEUS_URL: optional(HttpUrl),
    ALERTMANAGER_URL: optional(HttpUrl),
    ALERT_TOKEN: z
      .string()
      .min(16, 'must be a secret of at least 16 characters, e.g. from `openssl rand -hex 24`'),
    MEDIC_CONFIG: optional(z.string()),
    MEDIC_PLAYBOOKS: optional(z.string()),
    MEDIC_NAMESPACE: z
      .string()
      .regex(/^[A-Za-z0-9_-]+$/)
      .default('medic'),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  .superRefine((env, context) => {
    const missing = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (env.SLACK_APP_TOKEN === undefined && env.SLACK_SIGNING_SECRET === undefined) {
      missing('SLACK_APP_TOKEN', 'set it for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode');
    }
    if (env.OPENAI_MODEL === undefined && (env.OPENAI_BASE_URL ?? env.OPENAI_API_KEY) !== undefined) {
      missing(
        'OPENAI_MODEL',
        'name the model to ask, or unset OPENAI_API_KEY and OPENAI_BASE_URL to go without one',
      );
    }
    if (
      env.OPENAI_MODEL !== undefined &&
      env.OPENAI_BASE_URL === undefined &&
      env.OPENAI_API_KEY === undefined
    ) {
      missing('OPENAI_API_KEY', 'set it, or OPENAI_BASE_URL for a server that needs no key');
    }
  });
export type Environment = z.infer<typeof Environment>;

/** The variables whose values must never be seen. */
export const SECRETS = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'OPENAI_API_KEY',
  'ALERT_TOKEN',
] as const satisfies readonly (keyof Environment)[];
