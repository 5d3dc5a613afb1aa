import type { AttemptResult } from '../../../execution/attempt.ts';
import { plainly } from '../../../lib/text/text-read.ts';
import { listed } from '../../../lib/text/words.ts';
import { endedFromOutside, lastLines } from '../process/attempt-result.ts';
import type { GuardedResult } from '../process/run-guarded.ts';
import { REFUSED } from './far-command.ts';

/** What is known of a command on a host, besides how ssh itself ended. */
export interface Circumstance {
  readonly host: string;
  /** Whether the far end said that the command itself begins. */
  readonly begun: boolean;
  /** What the command ended with there, as the far end said; null where that was not heard. */
  readonly endedThere: number | null;
  /** Whether it runs on another machine, over a connection that may break. */
  readonly isFar: boolean;
  /** For so long it may go on there, ms; null where it is known to be over. */
  readonly elsewhereFor: number | null;
  /** Milliseconds that the whole attempt may take. */
  readonly timeout: number;
  /** See `Way.refusal`. */
  readonly refusal: (said: string) => string | null;
}

/** What `timeout` ends with when the time was over. */
const OVER = [124, 137];
/** What ssh itself ends with; a command may do so too, but that is told by the far end. */
const BROKEN = 255;

/**
 * How a command on one host ended. Only what the command itself ended with is told as its exit code: neither what ssh says of a connection,
 * nor what the far end says where it lets nothing begin.
 */
export function judge(result: GuardedResult, known: Circumstance): AttemptResult {
  const { host, begun, endedThere, isFar, timeout } = known;
  const elsewhere = known.elsewhereFor === null ? {} : { elsewhereFor: known.elsewhereFor };
  const outside = endedFromOutside(result, timeout, `while it ran on ${host}`);
  // Who stops what is already done stops nothing.
  if (outside !== null && endedThere !== 0) {
    if (outside.kind !== 'interrupted' && result.exitCode === REFUSED && !begun)
      return { ...outside, untouched: true };
    return 'untouched' in outside ? outside : { ...outside, ...elsewhere };
  }
  const exitCode = endedThere ?? result.exitCode;
  if (exitCode === 0) return { kind: 'succeeded', summary: `done on ${host}` };
  const said = lastLines(result.output) || 'it said nothing';
  if (endedThere === null && exitCode === BROKEN && isFar) {
    const since = known.elsewhereFor === null ? '; it has ended there since' : '';
    return {
      kind: 'failed',
      reason: `the connection to ${host} broke: ${said}${since}`,
      exitCode: null,
      ...elsewhere,
    };
  }
  if (!begun && exitCode !== null) {
    const why =
      exitCode === REFUSED ? `${host}: ${said.replace(/^medic: /, '')}` : known.refusal(result.output);
    return { kind: 'failed', reason: why ?? `${host} ran nothing: ${said}`, exitCode: null, untouched: true };
  }
  if (exitCode !== null && OVER.includes(exitCode))
    return {
      kind: 'timed-out',
      reason: `on ${host} it was ended: its limit of ${timeout / 1000} s had passed`,
    };
  const how = exitCode === null ? `was ended by ${result.signal}` : `ended with ${exitCode}`;
  return {
    kind: 'failed',
    reason: `on ${host} it ${how}: ${said}`,
    exitCode,
    ...(exitCode === null ? elsewhere : {}),
  };
}

/** How the turn of one host ended. */
export interface Done {
  readonly host: string;
  readonly result: AttemptResult;
}

/** How the whole ended: as its last host did. What an earlier host has changed stays changed. */
export function sumOf(done: readonly Done[]): AttemptResult {
  const last = done.at(-1);
  if (last === undefined)
    return { kind: 'failed', reason: 'it ran nowhere', exitCode: null, untouched: true };
  const well = done.filter(({ result }) => result.kind === 'succeeded').map(({ host }) => host);
  const { result } = last;
  if (result.kind === 'succeeded')
    return { kind: 'succeeded', summary: `done on ${listed(well, 'and')}`, changed: well.length };
  if (well.length === 0) return result;
  const { untouched: _, ...rest } = { untouched: undefined, ...result };
  return { ...rest, reason: `${plainly(rest.reason)}; before that it was done on ${listed(well, 'and')}` };
}
