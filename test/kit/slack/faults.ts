/** What can go wrong with one call of the Web API. */
export type Fault =
  | { kind: 'rate_limited'; retryAfter: number }
  | { kind: 'status'; status: number }
  /** Never answers; the caller's own timeout must end it. Nothing is done. */
  | { kind: 'hang' }
  /** Done, but the connection is cut before the answer: the outcome is unknown to the caller. */
  | { kind: 'answer_lost' }
  /** The connection is cut at once, and the call is carried out later all the same. */
  | { kind: 'lands_late'; afterMs: number }
  /** Refused with a Slack error such as `internal_error` or `fatal_error`. */
  | { kind: 'error'; error: string };

/** What a test can make go wrong. Each applies to the next `times` calls (default 1) of a method; `*` means any. */
export interface Faults {
  rateLimit(method: string, options?: { times?: number; retryAfter?: number }): void;
  serverError(method: string, options?: { times?: number; status?: number }): void;
  hang(method: string, options?: { times?: number }): void;
  loseAnswer(method: string, options?: { times?: number }): void;
  landLate(method: string, options: { times?: number; afterMs: number }): void;
  answerError(method: string, error: string, options?: { times?: number }): void;
  /** The next envelopes are delivered twice. */
  duplicate(times?: number): void;
  /** Slack asks every Socket Mode connection to come back on another host. */
  disconnect(reason?: 'warning' | 'refresh_requested' | 'link_disabled'): void;
  /** Every Socket Mode connection is cut without a word. */
  dropSockets(): void;
  /** Slack is gone: connections are cut and refused. */
  down(): Promise<void>;
  /** Slack is back, on the same port. */
  up(): Promise<void>;
  /** Forgets the faults that have not happened yet. */
  clear(): void;
}

interface Planned {
  method: string;
  left: number;
  fault: Fault;
}

export interface FaultBook {
  plan(method: string, times: number, fault: Fault): void;
  /** The fault this call must suffer, if any; counts it down. */
  next(method: string): Fault | undefined;
  planDuplicates(times: number): void;
  nextIsDuplicated(): boolean;
  clear(): void;
}

export function newFaultBook(): FaultBook {
  let planned: Planned[] = [];
  let duplicates = 0;
  return {
    plan: (method, times, fault) => {
      planned.push({ method, left: times, fault });
    },
    next(method) {
      const hit = planned.find((entry) => entry.method === method || entry.method === '*');
      if (!hit) return undefined;
      hit.left -= 1;
      planned = planned.filter((entry) => entry.left > 0);
      return hit.fault;
    },
    planDuplicates: (times) => {
      duplicates += times;
    },
    nextIsDuplicated() {
      if (duplicates === 0) return false;
      duplicates -= 1;
      return true;
    },
    clear() {
      planned = [];
      duplicates = 0;
    },
  };
}

/** The faults a test can plan, over the book and what the server can do to its connections. */
export function newFaults(
  book: FaultBook,
  network: Pick<Faults, 'disconnect' | 'dropSockets' | 'down' | 'up'>,
): Faults {
  const plan = (method: string, times: number | undefined, fault: Fault) =>
    book.plan(method, times ?? 1, fault);
  return {
    rateLimit: (method, options = {}) =>
      plan(method, options.times, { kind: 'rate_limited', retryAfter: options.retryAfter ?? 1 }),
    serverError: (method, options = {}) =>
      plan(method, options.times, { kind: 'status', status: options.status ?? 500 }),
    hang: (method, options = {}) => plan(method, options.times, { kind: 'hang' }),
    loseAnswer: (method, options = {}) => plan(method, options.times, { kind: 'answer_lost' }),
    landLate: (method, options) =>
      plan(method, options.times, { kind: 'lands_late', afterMs: options.afterMs }),
    answerError: (method, error, options = {}) => plan(method, options.times, { kind: 'error', error }),
    duplicate: (times = 1) => book.planDuplicates(times),
    clear: () => book.clear(),
    ...network,
  };
}
