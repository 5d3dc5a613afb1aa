import { overall, sampleOf, together } from '../verification/judge.ts';
import type { Reading } from '../verification/reading.ts';
import { withNotices } from './alert-notices.ts';
import { change, type Draft, enter, type Refusal, refuse, tell } from './draft.ts';
import { close, RESOLVED } from './end.ts';
import { foreign } from './foreign.ts';
import type { Given } from './given.ts';
import { type Incident, isQuiet } from './incident.ts';

/** It was looked at: it closes where nothing contradicts that it is well, and a person is called where something does. */
export function weighRecheck(draft: Draft, readings: readonly Reading[], given: Given): Draft | Refusal {
  const { incident } = draft;
  if (!isQuiet(incident)) return refuse('an alert fires again');
  if (!isIdle(incident)) return refuse('a plan is at work by now');
  const sample = sampleOf(withNotices(incident, readings.filter(isOwn), given.now), 0, given.now);
  const words = (answer: 'good' | 'bad' | 'unknown') =>
    sample.answers.filter((one) => one.answer === answer).map((one) => foreign(one.words));
  if (overall(sample) === 'bad') {
    const reason = `its alerts have resolved, but it is not well: ${words('bad').join('; ')}`;
    if (incident.phase.at === 'escalated' && incident.phase.reason === reason)
      return refuse('it is known already');
    const decided = 'decided' in incident.phase ? incident.phase.decided : null;
    return tell(enter(draft, { at: 'escalated', reason, decided }), { kind: 'escalated', reason });
  }
  const good = words('good');
  const before = lastWord(incident);
  const head = before === null ? RESOLVED : `every alert has resolved, but ${before}`;
  if (good.length > 0) return close(draft, 'recovered', `${head}; ${good.join('; ')}`, given);
  return close(
    draft,
    'resolved',
    `${head}; it could not be looked at: ${words('unknown').join('; ')}`,
    given,
  );
}

/** Whether no plan is at work. A person may have asked for one while it was looked at, and that has its own end. */
function isIdle({ phase }: Incident): boolean {
  return ['investigating', 'observed', 'cancelled', 'escalated', 'muted'].includes(phase.at);
}

/** A host that is short of something because of somebody else says nothing about this service. */
function isOwn(reading: Reading): boolean {
  return !(reading.kind === 'look' && 'look' in reading.check && together(reading.readings) === 'other');
}

/** Why a person was called, which the end does not undo. */
function lastWord({ phase }: Incident): string | null {
  return phase.at === 'escalated' ? phase.reason : null;
}

/** Alerts that were seen active at their source: from now on their absence there says something. */
export function noteBound(
  draft: Draft,
  bound: Readonly<Record<string, NonNullable<Incident['alerts'][string]['bound']>>>,
): Draft {
  const { alerts } = draft.incident;
  const fresh = Object.entries(bound).filter(
    ([fingerprint]) => Object.hasOwn(alerts, fingerprint) && alerts[fingerprint]?.bound === undefined,
  );
  if (fresh.length === 0) return draft;
  const noted = fresh.map(
    ([fingerprint, one]) => [fingerprint, { ...alerts[fingerprint], bound: one }] as const,
  );
  return change(draft, { alerts: { ...alerts, ...Object.fromEntries(noted) } as Incident['alerts'] });
}
