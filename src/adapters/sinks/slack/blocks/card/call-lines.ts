import { type Call, openCall, type Rung, type Taken } from '../../../../../incident/model/call.ts';
import type { Incident } from '../../../../../incident/model/incident.ts';
import { listed, mention, time, words } from '../text.ts';

const SINKS: Readonly<Record<string, string>> = { pagerduty: 'PagerDuty', webhook: 'the webhook' };

/** How far a call for a person has come: who was told and when, and who is on it. Nothing where nobody was called beyond the thread. */
export function callLines(incident: Incident): string[] {
  const call = openCall(incident);
  if (call === null) return [];
  const handed = handedLine(call);
  if (call.taken !== null)
    return [`:raised_hand: ${takenBy(call.taken)} is on it since ${time(call.taken.at, 'clock')}${handed}`];
  const tried = call.told.filter(({ tell, at }) => tell !== 'owners' || at !== call.since).map(rungLine);
  if (tried.length === 0 && call.next === null && handed === '') return [];
  const said = tried.length === 0 ? [] : [`${tried.join('; ')}.`];
  const next = call.next === null ? '' : `; next call at ${time(call.next, 'clock')}`;
  return [[`:bell:`, ...said, `Nobody is on it yet${next}${handed}`].join(' ')];
}

function handedLine({ handed }: Call): string {
  return handed === undefined
    ? ''
    : `; ${mention(handed.by)} asked ${mention(handed.to)} at ${time(handed.at, 'clock')} to take over`;
}

/** Who was told, as far as it is known that they were. */
export function rungLine({ sink, who, tell, at, confirmed }: Rung): string {
  if (sink === 'slack') return `${whoIs(tell, who)} called at ${time(at, 'clock')}`;
  const name = sinkName(sink);
  return confirmed === null
    ? `${name} not reached yet, tried since ${time(at, 'clock')}`
    : `${name} told at ${time(confirmed, 'clock')}`;
}

/** People as mentions. On a card they call nobody: an edit reaches no one. */
export function whoIs(tell: string, who: readonly string[]): string {
  return who.length === 0 ? words(tell, 60) : listed(who.slice(0, 10).map(mention));
}

function sinkName(sink: string): string {
  return SINKS[sink] ?? words(sink, 60);
}

/** A name from outside mentions nobody, whatever it looks like. */
export function takenBy({ by, via }: Pick<Taken, 'by' | 'via'>): string {
  return via === 'slack' ? mention(by) : `${words(by, 80)} (${sinkName(via)})`;
}
