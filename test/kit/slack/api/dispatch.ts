import type { Fault } from '../faults.ts';
import type { ApiCall, Platform } from '../platform.ts';
import { paceOf } from '../rate-limit.ts';
import { type Answer, type Args, type MethodSpec, type Methods, needScope, Refusal } from './call.ts';
import { chatMethods } from './chat.ts';
import { TooFast } from './content.ts';
import { conversationMethods } from './conversations.ts';
import { fileMethods } from './files.ts';
import { peopleMethods } from './people.ts';
import { platformMethods } from './platform-methods.ts';
import { reactionMethods } from './reactions.ts';
import { streamMethods } from './stream.ts';
import { viewMethods } from './views.ts';

const METHODS: Methods = {
  ...platformMethods,
  ...chatMethods,
  ...streamMethods,
  ...conversationMethods,
  ...peopleMethods,
  ...reactionMethods,
  ...viewMethods,
  ...fileMethods,
};

/** What the HTTP server does with a call. */
export type Outcome =
  | { do: 'answer'; status: number; headers: Record<string, string>; body: Answer }
  /** Cut the connection without an answer. */
  | { do: 'cut' }
  /** Keep the connection open and say nothing. */
  | { do: 'hang' };

const MOST_CALLS = 20_000;

function needToken(platform: Platform, spec: MethodSpec, token: string | undefined): void {
  if (spec.token === 'any') return;
  if (!token) throw new Refusal('not_authed');
  const known = token === platform.botToken ? 'bot' : token === platform.appToken ? 'app' : undefined;
  if (!known) throw new Refusal('invalid_auth');
  if (known !== spec.token) throw new Refusal('not_allowed_token_type');
}

function needPace(platform: Platform, method: string, spec: MethodSpec): void {
  if (!platform.limits.methodTiers) return;
  const wait = platform.limiter.take(`method:${method}`, paceOf(spec.tier));
  if (wait > 0) throw new TooFast(wait);
}

function run(platform: Platform, method: string, args: Args, token: string | undefined): Answer {
  const spec = METHODS[method];
  if (!spec) throw new Refusal('unknown_method', { req_method: method });
  needToken(platform, spec, token);
  for (const scope of spec.scopes) needScope(platform, scope);
  needPace(platform, method, spec);
  return spec.run({ method, args, platform });
}

function answerOf(platform: Platform, method: string, args: Args, token: string | undefined): Outcome {
  const headers: Record<string, string> = {
    'X-OAuth-Scopes': platform.scopes.join(','),
    'X-Accepted-OAuth-Scopes': METHODS[method]?.scopes.join(',') ?? '',
  };
  try {
    return { do: 'answer', status: 200, headers, body: run(platform, method, args, token) };
  } catch (error) {
    if (error instanceof Refusal) return { do: 'answer', status: 200, headers, body: error.answer };
    if (error instanceof TooFast) return slowDown(error.retryAfter);
    throw error;
  }
}

function slowDown(seconds: number): Outcome {
  const body = { ok: false, error: 'ratelimited' };
  return { do: 'answer', status: 429, headers: { 'Retry-After': String(seconds) }, body };
}

function suffer(fault: Fault, carryOut: () => Outcome): Outcome {
  switch (fault.kind) {
    case 'rate_limited':
      return slowDown(fault.retryAfter);
    case 'status':
      return {
        do: 'answer',
        status: fault.status,
        headers: {},
        body: { ok: false, error: 'internal_error' },
      };
    case 'error':
      return { do: 'answer', status: 200, headers: {}, body: { ok: false, error: fault.error } };
    case 'hang':
      return { do: 'hang' };
    case 'answer_lost':
      carryOut();
      return { do: 'cut' };
    case 'lands_late':
      setTimeout(carryOut, fault.afterMs).unref();
      return { do: 'cut' };
  }
}

/**
 * Answers one call of the Web API: planned faults first, then token, scopes, pace, and the method itself.
 * Every call is recorded, also those that a fault keeps from being carried out.
 */
export function dispatch(platform: Platform, method: string, args: Args, token: string | undefined): Outcome {
  const fault = platform.faults.next(method);
  const carryOut = () => answerOf(platform, method, args, token);
  const outcome = fault ? suffer(fault, carryOut) : carryOut();
  const answer: ApiCall['answer'] =
    fault || outcome.do !== 'answer' ? { fault: fault?.kind ?? outcome.do } : structuredClone(outcome.body);
  platform.calls.push({ method, args, at: Date.now(), answer });
  if (platform.calls.length > MOST_CALLS) platform.calls.shift();
  return outcome;
}
