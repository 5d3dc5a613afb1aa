import { ErrorCode, type WebAPICallError } from '@slack/web-api';
import { NotShown } from '../../../../notify/sink.ts';

/**
 * What a failed call of Slack means.
 *
 * - `rate-limited`: not done; ask again after `retryAfter` milliseconds
 * - `unreachable`: not done, because nothing got through
 * - `refused`: not done; Slack says why
 * - `unknown`: perhaps done, perhaps not: the answer was lost, late or broken
 */
export type Failure =
  | { readonly kind: 'rate-limited'; readonly retryAfter: number }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'refused'; readonly error: string; readonly needed: string | null }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Slack's own words for "something broke on our side, and part of it may have happened". */
const BROKEN = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
]);
const LIMITED = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded']);
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Reads what a call of the Web API threw. */
export function failureOf(error: unknown): Failure {
  if (!isCallError(error)) return { kind: 'unknown', reason: reasonOf(error) };
  switch (error.code) {
    case ErrorCode.RateLimitedError:
      return { kind: 'rate-limited', retryAfter: error.retryAfter * 1000 };
    case ErrorCode.HTTPError:
      return error.statusCode >= 500
        ? { kind: 'unknown', reason: `HTTP ${error.statusCode}` }
        : { kind: 'refused', error: `http_${error.statusCode}`, needed: null };
    case ErrorCode.PlatformError:
      return platformFailure(error.data);
    default:
      return codesOf(error).some((code) => NEVER_SENT.has(code))
        ? { kind: 'unreachable', reason: reasonOf(error) }
        : { kind: 'unknown', reason: reasonOf(error) };
  }
}

function platformFailure(data: { readonly error?: string; readonly needed?: unknown }): Failure {
  const error = data.error ?? '';
  if (LIMITED.has(error)) return { kind: 'rate-limited', retryAfter: 1000 };
  // An answer that was cut short or came from something in between is no word of Slack's.
  if (BROKEN.has(error) || !/^[a-z][a-z_0-9]*$/.test(error))
    return { kind: 'unknown', reason: error || 'no reason given' };
  return { kind: 'refused', error, needed: typeof data.needed === 'string' ? data.needed : null };
}

function isCallError(error: unknown): error is WebAPICallError {
  return error instanceof Error && 'code' in error && Object.values<unknown>(ErrorCode).includes(error.code);
}

function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const parts = error instanceof AggregateError ? error.errors : [];
  return [...code, ...[error.cause, ...parts].flatMap(codesOf)];
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? reasonOf(error.cause) : '';
  return cause === '' || error.message.includes(cause) ? error.message : `${error.message}: ${cause}`;
}

const AGAIN_SOON = 3_000;
/** What only a person can mend is tried again by the minute. */
const AGAIN_LATER = 60_000;

/** The failure as the engine knows it: what was not shown, why, what a person should do, and when to try again. */
export function notShown(what: string, error: unknown): NotShown {
  const failure = failureOf(error);
  switch (failure.kind) {
    case 'rate-limited':
      return new NotShown(`${what}: Slack asks to wait ${failure.retryAfter / 1000} s`, failure.retryAfter, {
        cause: error,
      });
    case 'unreachable':
      return new NotShown(`${what}: Slack cannot be reached (${failure.reason})`, AGAIN_SOON, {
        cause: error,
      });
    case 'unknown':
      return new NotShown(
        `${what}: Slack did not say whether it did it (${failure.reason}); the thread is looked up before trying again`,
        AGAIN_SOON,
        { cause: error },
      );
    case 'refused':
      return new NotShown(`${what}: ${remedy(failure.error, failure.needed)}`, AGAIN_LATER, { cause: error });
    default:
      return failure satisfies never;
  }
}

/** What a refusal means and what to do about it. */
export function remedy(error: string, needed: string | null = null): string {
  switch (error) {
    case 'channel_not_found':
      return 'Slack knows no such channel, or it is private and Medic is not in it. Set SLACK_CHANNEL (or the service’s `channel`) to the channel’s id, and invite Medic there with `/invite @Medic`';
    case 'not_in_channel':
    case 'method_not_supported_for_channel_type':
      return 'Medic is not in the channel and may not join it by itself. Invite it there with `/invite @Medic`';
    case 'is_archived':
      return 'the channel is archived. Unarchive it, or set SLACK_CHANNEL to another';
    case 'missing_scope':
      return `the app lacks the scope \`${needed ?? 'unknown'}\`. Add it under OAuth & Permissions (manifest.yml lists them all), and install the app again`;
    case 'invalid_auth':
    case 'not_authed':
    case 'account_inactive':
    case 'token_revoked':
    case 'token_expired':
      return `Slack does not accept the token (${error}). Copy the Bot User OAuth Token (xoxb-…) from OAuth & Permissions into SLACK_BOT_TOKEN, and start Medic again`;
    case 'restricted_action':
    case 'restricted_action_read_only_channel':
    case 'restricted_action_thread_only_channel':
      return `the workspace’s settings forbid Medic to post there (${error}). Let it post in the channel’s settings, or choose another channel`;
    default:
      return `Slack refused it (${error})`;
  }
}
