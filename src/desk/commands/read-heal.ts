/** `/heal` as it was meant. */
export type HealCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | { readonly kind: 'status' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'run'; readonly playbook: string; readonly parameters: Readonly<Record<string, string>> }
  | {
      readonly kind: 'silence';
      /** Null for everything. */
      readonly service: string | null;
      /** Milliseconds. */
      readonly duration: number;
      readonly reason: string;
    }
  | { readonly kind: 'silences' }
  /** By the id of a silence, the name of a service, or null for those of everything. */
  | { readonly kind: 'unsilence'; readonly which: string | null }
  | { readonly kind: 'reset'; readonly service: string }
  /** Null for incidents of any service. */
  | { readonly kind: 'history'; readonly service: string | null }
  | { readonly kind: 'modes' }
  | {
      readonly kind: 'mode';
      /** Null lifts what people have set. */
      readonly mode: 'observe' | 'supervised' | 'tiered' | null;
      /** The name of a service or an environment; null for everything. */
      readonly scope: string | null;
    }
  | {
      readonly kind: 'malformed';
      readonly reason: string;
      readonly form: string;
      /** The first word, where it was read as the name of a playbook. */
      readonly playbook?: string;
    };

const PLAIN = ['help', 'list', 'status', 'pause', 'resume', 'silences'] as const;
const MODES = ['observe', 'supervised', 'tiered'] as const;

/** Every first word that is not the name of a playbook. */
export const WORDS = [...PLAIN, 'silence', 'unsilence', 'reset', 'history', 'mode', 'run'] as const;

/** How each command is written. */
export const FORMS = {
  run: '/heal <playbook> key=value ...',
  silence: '/heal silence <service|all> <duration> [reason]',
  unsilence: '/heal unsilence <id|service|all>',
  reset: '/heal reset <service>',
  history: '/heal history [service]',
  mode: '/heal mode <observe|supervised|tiered|default> [service|environment|all]',
} as const;

const MINUTE = 60_000;
/** A silence that is forgotten must end by itself. */
const LONGEST_SILENCE = 7 * 24 * 60 * MINUTE;

/**
 * Reads `/heal <playbook> key=value ...`, with values quoted where they hold spaces, or one of its plain words. A telephone begins
 * with a capital: that makes no difference to a plain word.
 */
export function readHeal(text: string): HealCommand {
  const [written = '', ...words] = text.trim().split(/\s+/);
  const word = written.toLowerCase();
  const plain = PLAIN.find((candidate) => candidate === word);
  if (plain !== undefined) return { kind: plain };
  switch (word) {
    case '':
      return { kind: 'help' };
    case 'silence':
      return readSilence(words);
    case 'unsilence':
      return readUnsilence(words);
    case 'reset':
      return readReset(words);
    case 'history':
      return readHistory(words);
    case 'mode':
      return readMode(words);
    case 'run':
      return readRun(text.trim().slice(written.length));
    default:
      return readRun(text);
  }
}

function readSilence([service, written, ...reason]: readonly string[]): HealCommand {
  const { silence: form } = FORMS;
  if (service === undefined || written === undefined)
    return { kind: 'malformed', reason: 'a silence needs a service and a duration', form };
  const duration = durationOf(written);
  if (duration === null)
    return { kind: 'malformed', reason: `"${written}" is no duration such as 45m, 2h or 1d`, form };
  if (duration < MINUTE || duration > LONGEST_SILENCE)
    return { kind: 'malformed', reason: 'a silence lasts from 1 minute to 7 days', form };
  return { kind: 'silence', service: service === 'all' ? null : service, duration, reason: reason.join(' ') };
}

function readUnsilence([which, ...more]: readonly string[]): HealCommand {
  if (which === undefined || more.length > 0)
    return { kind: 'malformed', reason: 'say which silence to end', form: FORMS.unsilence };
  return { kind: 'unsilence', which: which === 'all' ? null : which };
}

function readReset([service, ...more]: readonly string[]): HealCommand {
  if (service === undefined || more.length > 0)
    return { kind: 'malformed', reason: 'name one service', form: FORMS.reset };
  return { kind: 'reset', service };
}

function readHistory([service, ...more]: readonly string[]): HealCommand {
  if (more.length > 0) return { kind: 'malformed', reason: 'name one service, or none', form: FORMS.history };
  return { kind: 'history', service: service === undefined || service === 'all' ? null : service };
}

function readMode([written, scope, ...more]: readonly string[]): HealCommand {
  const { mode: form } = FORMS;
  if (written === undefined) return { kind: 'modes' };
  const mode = MODES.find((candidate) => candidate === written.toLowerCase()) ?? null;
  if (mode === null && written.toLowerCase() !== 'default')
    return { kind: 'malformed', reason: `"${written}" is no mode`, form };
  if (more.length > 0) return { kind: 'malformed', reason: 'name one service or environment, or all', form };
  return { kind: 'mode', mode, scope: scope === undefined || scope === 'all' ? null : scope };
}

const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: 60 * MINUTE, d: 24 * 60 * MINUTE };

/** `45m`, `2h`, `1d`, or several together as in `1h30m`; in milliseconds. */
function durationOf(text: string): number | null {
  if (!/^(?:\d{1,6}[dhm]){1,3}$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+)([dhm])/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
}

function readRun(text: string): HealCommand {
  const form = FORMS.run;
  const tokens = tokensOf(text);
  if (tokens === null) return { kind: 'malformed', reason: 'a quote is not closed', form };
  const [first, ...rest] = tokens;
  if (first === undefined) return { kind: 'malformed', reason: 'name a playbook', form };
  const playbook = first.toLowerCase();
  const parameters: Record<string, string> = {};
  for (const token of rest) {
    const [, key, value] = /^([a-z][a-z0-9_]*)=(.+)$/s.exec(token) ?? [];
    if (key === undefined || value === undefined)
      return { kind: 'malformed', reason: `"${token}" is not of the form key=value`, form, playbook };
    if (Object.hasOwn(parameters, key))
      return { kind: 'malformed', reason: `"${key}" is given twice`, form, playbook };
    parameters[key] = value;
  }
  return { kind: 'run', playbook, parameters };
}

/** Splits at spaces outside of quotes; null when a quote is left open. Slack's curly quotes count as quotes. */
function tokensOf(text: string): readonly string[] | null {
  const plain = text.replaceAll(/[“”]/g, '"');
  const tokens = plain.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  if ((plain.match(/"/g)?.length ?? 0) % 2 === 1) return null;
  return tokens.map((token) => token.replaceAll('"', ''));
}
