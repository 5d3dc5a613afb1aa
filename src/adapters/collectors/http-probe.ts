import type { HttpProbe } from '../../evidence/collector.ts';
import { readCapped } from '../http-body.ts';

/** What a probe said. `unasked`: the question never left, which says nothing about the service. */
export interface ProbeAnswer {
  readonly kind: 'healthy' | 'unhealthy' | 'unasked';
  /** For people: `catalog answered 200 in 3 ms`. */
  readonly words: string;
  /** Null when no answer came. */
  readonly status: number | null;
  readonly milliseconds: number;
  readonly outcome:
    | 'healthy'
    | 'unhealthy'
    | 'refused'
    | 'reset'
    | 'timeout'
    | 'unresolved'
    | 'unreachable'
    | 'tls';
  /** The start of the body. */
  readonly body: string;
}

const BODY = 2000;

/** Asks a health endpoint once: only a 2xx within the probe's timeout is healthy, a redirect is not. Never rejects. */
export async function askProbe(
  probe: HttpProbe,
  fetch: typeof globalThis.fetch,
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const begun = performance.now();
  const elapsed = () => Math.round(performance.now() - begun);
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(probe.timeout)]);
    const response = await fetch(probe.url, {
      signal: limit,
      redirect: 'manual',
      headers: { accept: '*/*' },
    });
    const body = await readCapped(response, BODY, 'cut');
    const words = `${probe.name} answered ${response.status} in ${elapsed()} ms`;
    return {
      kind: response.ok ? 'healthy' : 'unhealthy',
      words,
      status: response.status,
      milliseconds: elapsed(),
      outcome: response.ok ? 'healthy' : 'unhealthy',
      body,
    };
  } catch (error) {
    const { asked, reason, code } = explain(error, probe.timeout);
    const words = asked
      ? `${probe.name} did not answer: ${reason}`
      : `${probe.name} could not be asked: ${reason}`;
    const kind = asked ? 'unhealthy' : 'unasked';
    return { kind, words, status: null, milliseconds: elapsed(), outcome: outcomeOf(code), body: '' };
  }
}

/** By the code of an error of the network; one that has none ended by its time-out. */
function outcomeOf(code: string | null): ProbeAnswer['outcome'] {
  if (code === null || code === 'ETIMEDOUT' || /TIMEOUT$/.test(code)) return 'timeout';
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'unresolved';
  if (/CERT|SSL|TLS|SIGNATURE/.test(code)) return 'tls';
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET' ? 'reset' : 'unreachable';
}

/** A refused connection is the service's word; a name that does not resolve or a missing route may be our own trouble. */
const OURS = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EMFILE', 'EADDRNOTAVAIL']);

function explain(error: unknown, timeout: number): { asked: boolean; reason: string; code: string | null } {
  if (!(error instanceof Error)) return { asked: false, reason: String(error), code: '' };
  if (error.name === 'TimeoutError')
    return { asked: true, reason: `nothing within ${timeout} ms`, code: null };
  if (error.name === 'AbortError') return { asked: false, reason: 'it was called off', code: '' };
  const cause = error.cause instanceof Error ? (error.cause as NodeJS.ErrnoException) : null;
  if (cause === null) return { asked: false, reason: error.message, code: '' };
  const code = cause.code ?? '';
  return { asked: !OURS.has(code), reason: cause.message || (code === '' ? error.message : code), code };
}
