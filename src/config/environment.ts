import { z } from 'zod';
import { Duration } from '../lib/schema/schemas.ts';

const HttpUrl = z
  .url({ protocol: /^https?$/, error: 'must be a URL that begins with http:// or https://' })
  .refine(
    (text) => !URL.canParse(text) || new URL(text).username === '',
    'must not hold a user name or password',
  );

const SENTINELS =
  /^rediss?\+sentinel:\/\/([^:/]*:[^/]*@)?(([\w.-]+|\[[0-9a-f:]+\])(:\d{1,5})?,?)+(?<!,)\/[\w.-]+(\/\d+)?(\?sentinelPassword=.+)?$/i;

/** One Redis, or the sentinels that know which one is the master now. */
const RedisUrl = z.string().check(({ value, issues }) => {
  const wrong = (message: string) => issues.push({ code: 'custom', message, input: undefined });
  const isSentinel = /^rediss?\+sentinel:/.test(value);
  if (!isSentinel && !(/^rediss?:\/\/./.test(value) && URL.canParse(value)))
    wrong('must be a URL that begins with redis://, rediss://, redis+sentinel:// or rediss+sentinel://');
  if (isSentinel && !SENTINELS.test(value))
    wrong(
      'must list the sentinels and name the master, as in redis+sentinel://one:26379,two:26379/<name of the master>',
    );
});

/**
 * What a process is for. A `brain` talks to people and to the model, and touches nothing; a `runner` holds the access to the
 * infrastructure, and talks to neither; `all` is both in one process.
 */
export const Role = z.enum(['all', 'brain', 'runner']);
export type Role = z.infer<typeof Role>;

/** As long as what HMAC-SHA256 makes of it: a shorter one could be guessed more easily than the seal itself. */
const Key = z
  .string()
  .refine(
    (key) => Buffer.byteLength(key) >= 32,
    'must be at least 32 bytes, e.g. from `openssl rand -base64 32`',
  );

/** What every process reads from the environment. */
export const Environment = z.object({
  MEDIC_ROLE: Role.default('all'),
  HOST: z.string().default('0.0.0.0'),
  PORT: z.coerce.number().int().min(0).max(65535).default(8080),
  REDIS_URL: RedisUrl,
  PROMETHEUS_URL: HttpUrl.optional(),
  ALERTMANAGER_URL: HttpUrl.optional(),
  MEDIC_CONFIG: z.string().optional(),
  MEDIC_PLAYBOOKS: z.string().optional(),
  MEDIC_NAMESPACE: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/)
    .default('medic'),
  /** How long a process that is asked to stop waits for what it has begun, before that counts as interrupted. */
  MEDIC_DRAIN: Duration.default(60_000),
  /** What brains and runners sign with what they keep in Redis, so that nobody else can write there what they believe. */
  MEDIC_KEY: Key.optional(),
  /** The key before, which is still believed and no longer signed with. */
  MEDIC_KEY_PREVIOUS: Key.optional(),
  /** A folder of a runner's own, for what it must not forget, whatever happens to Redis. */
  MEDIC_STATE: z.string().optional(),
  /** The same, as systemd gives it to a unit with `StateDirectory=`. */
  STATE_DIRECTORY: z.string().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});
export type Environment = z.infer<typeof Environment>;

/** What only those read who talk to people, to the model and to those who send alerts. The secrets are among it. */
export const Secrets = z.object({
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
  ALERT_TOKEN: z
    .string()
    .min(16, 'must be a secret of at least 16 characters, e.g. from `openssl rand -hex 24`'),
  /** What those carry who tell of changes, and what GitHub signs with; without it nobody is heard. */
  CHANGE_TOKEN: z
    .string()
    .min(16, 'must be a secret of at least 16 characters, e.g. from `openssl rand -hex 24`')
    .optional(),
  /** The integration key of a service of PagerDuty (Events API v2). */
  PAGERDUTY_ROUTING_KEY: z
    .string()
    .regex(/^[A-Za-z0-9]{20,}$/, 'must be the integration key of a PagerDuty service, letters and digits')
    .optional(),
  /** What PagerDuty signs its webhooks with; two, with a comma between, while one is being changed. */
  PAGERDUTY_WEBHOOK_SECRET: z.string().min(16, 'is too short for a secret of PagerDuty').optional(),
  /** What Medic signs its own webhooks with, and their receiver its answers. */
  WEBHOOK_SECRET: z
    .string()
    .regex(
      /^(?:whsec_)?[A-Za-z0-9+/]{32,}={0,2}$/,
      'must be base64 of at least 24 bytes, e.g. from `openssl rand -base64 32`',
    )
    .optional(),
});
export type Secrets = z.infer<typeof Secrets>;

/** The variables whose values must never be seen. */
export const SECRETS = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'OPENAI_API_KEY',
  'ALERT_TOKEN',
  'CHANGE_TOKEN',
  'PAGERDUTY_ROUTING_KEY',
  'PAGERDUTY_WEBHOOK_SECRET',
  'WEBHOOK_SECRET',
] as const satisfies readonly (keyof Secrets)[];

/** Those among what every process reads. */
export const KEYS = ['MEDIC_KEY', 'MEDIC_KEY_PREVIOUS'] as const satisfies readonly (keyof Environment)[];

/** The variables that commands are given to reach the infrastructure with. */
export const ACCESS = ['SSH_AUTH_SOCK', 'KUBECONFIG', 'DOCKER_HOST'] as const;

type Variables = Readonly<Record<string, string | undefined>>;
/** Something wrong, under the name of the variable to set or to unset. */
export interface Conflict {
  readonly name: string;
  readonly message: string;
}

/** What is wrong between variables rather than with one of them. */
export function conflictsIn(role: Role, variables: Variables): readonly Conflict[] {
  const common = [...foreignTo(role, variables), ...missingKey(role, variables)];
  return role === 'runner' ? common : [...common, ...incompleteContacts(variables)];
}

/** Where brain and runner are apart, Redis lies between them. */
function missingKey(role: Role, { MEDIC_KEY, MEDIC_KEY_PREVIOUS }: Variables): readonly Conflict[] {
  if (MEDIC_KEY !== undefined) return [];
  if (role !== 'all') {
    const message = `set it: brain and runner believe only what is signed with it. The same for all of them, e.g. from \`openssl rand -base64 32\``;
    return [{ name: 'MEDIC_KEY', message }];
  }
  return MEDIC_KEY_PREVIOUS === undefined
    ? []
    : [{ name: 'MEDIC_KEY', message: 'set it, or unset MEDIC_KEY_PREVIOUS' }];
}

/** What the other role holds: neither can give away what it was never given. */
function foreignTo(role: Role, variables: Variables): readonly Conflict[] {
  const foreign = { all: [], brain: ACCESS, runner: Object.keys(Secrets.shape) }[role];
  const why = {
    all: '',
    brain: 'a brain holds no access to the infrastructure; only a runner may have it',
    runner: 'a runner talks neither to people nor to a model; only a brain may have it',
  }[role];
  return foreign
    .filter((name) => variables[name] !== undefined)
    .map((name) => ({ name, message: `unset it: ${why}` }));
}

function incompleteContacts(variables: Variables): readonly Conflict[] {
  const has = (name: keyof Secrets) => variables[name] !== undefined;
  const conflicts: (Conflict & { readonly name: keyof Secrets })[] = [];
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
