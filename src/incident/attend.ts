import type { Alert } from '../intake/alert.ts';
import { ask, change, type Draft, enter, tell } from './draft.ts';
import { close } from './end.ts';
import type { Given } from './given.ts';
import { type AttachedAlert, type Incident, isQuiet } from './incident.ts';
import { investigate } from './investigate.ts';
import { loudest } from './open.ts';
import type { Happening } from './timeline.ts';
import { watchResolved } from './watch.ts';

/** Attaches alerts to an incident: new ones, repeats, re-fires and resolutions. Repeats that say nothing new change nothing. */
export function attend(draft: Draft, alerts: readonly Alert[], given: Given): Draft {
  const news = alerts.flatMap((alert) => newsOf(alert, draft.incident.alerts[alert.fingerprint], given.now));
  if (news.length === 0) return draft;
  const attached = { ...draft.incident.alerts };
  for (const { entry } of news) attached[entry.alert.fingerprint] = entry;
  const heard = change(draft, {
    alerts: attached,
    severity: loudest(Object.values(attached).map(({ alert }) => alert)),
  });
  const isNew = draft.incident.version === 0;
  const told = isNew
    ? [{ kind: 'opened', by: 'alert', alerts: news.map(({ entry }) => entry.alert) } as const]
    : news.map(({ happening }) => happening);
  return react(tell(heard, ...told), isQuiet(draft.incident), given);
}

function newsOf(
  alert: Alert,
  known: AttachedAlert | undefined,
  now: number,
): readonly { readonly entry: AttachedAlert; readonly happening: Happening }[] {
  if (known === undefined) {
    // The end of an alert whose beginning was never heard concerns nobody.
    if (alert.status === 'resolved') return [];
    return [
      {
        entry: { alert, heardAt: now, beganAt: now, fires: 1 },
        happening: { kind: 'alert-attached', alert },
      },
    ];
  }
  const before = known.alert;
  if (alert.status === 'resolved') {
    // Webhooks may come out of order: an end from before the present beginning is old news.
    const ends = before.status === 'firing' && (alert.endsAt ?? 0) >= before.startsAt;
    return ends ? [{ entry: { ...known, alert }, happening: { kind: 'alert-resolved', alert } }] : [];
  }
  const refired = before.status === 'resolved' && alert.startsAt >= (before.endsAt ?? 0);
  if (!refired) return [];
  const fires = known.fires + 1;
  return [
    { entry: { ...known, alert, beganAt: now, fires }, happening: { kind: 'alert-refired', alert, fires } },
  ];
}

/** What alerts mean for the phase: nothing fires any more, or something fires again. */
function react(draft: Draft, wasQuiet: boolean, given: Given): Draft {
  const { incident } = draft;
  const { phase } = incident;
  const quiet = isQuiet(incident);
  switch (phase.at) {
    case 'investigating':
      return quiet ? close(draft, 'recovered', 'every alert resolved', given) : draft;
    case 'observed':
    case 'cancelled':
    case 'escalated':
      if (quiet) return close(draft, 'recovered', 'every alert resolved', given);
      // It had been over, although nobody could say so: this is the next outage, and is looked into.
      return wasQuiet ? investigate(draft) : draft;
    case 'waiting':
      return quiet ? watchResolved(draft, phase, given) : draft;
    case 'verifying':
      return !quiet && phase.after.kind === 'resolved'
        ? resumeWaiting(draft, phase.after.resume, given)
        : draft;
    default:
      // A running fix continues, and its verification looks for itself.
      return draft;
  }
}

function resumeWaiting(
  draft: Draft,
  resume: Extract<Incident['phase'], { at: 'waiting' }>,
  given: Given,
): Draft {
  // The window starts afresh once the card shows the plan again.
  const waiting = enter(draft, { ...resume, deadline: null });
  if (resume.for !== 'turn') return waiting;
  const at = given.now;
  return ask(enter(draft, { ...resume, deadline: at }), {
    kind: 'timer',
    name: 'turn',
    at,
    serves: `${resume.decided.plan.id}@${at}`,
  });
}
