import type { Effect } from '../../src/incident/effect.ts';
import type { IncidentEvent } from '../../src/incident/event.ts';
import type { Given } from '../../src/incident/given.ts';
import type { Incident, Phase } from '../../src/incident/incident.ts';
import { step } from '../../src/incident/step.ts';
import type { Happening } from '../../src/incident/timeline.ts';
import type { Subject } from '../../src/intake/alert.ts';
import type { Reading } from '../../src/verification/reading.ts';
import { alert, given, shop, telling } from './fixtures.ts';

/** An incident taken through events by hand, with the clock driven and everything it asked for kept. */
export interface Walk {
  incident: Incident;
  readonly effects: Effect[];
  /** The names of the effects. */
  readonly owed: string[];
  readonly told: Happening[];
  readonly refusals: string[];
  now: number;
  /** Feeds an event `later` milliseconds after the one before, in circumstances that may have changed. */
  feed(event: IncidentEvent, later?: number, changed?: Partial<Given>): Walk;
  phase<P extends Phase['at']>(at: P): Extract<Phase, { at: P }>;
}

function walk(first: IncidentEvent, circumstances: Partial<Given> = {}): Walk {
  const base = given(circumstances);
  let incident: Incident | null = null;
  const self: Walk = {
    get incident() {
      if (incident === null) throw new Error('no incident is open yet');
      return incident;
    },
    effects: [],
    owed: [],
    told: [],
    refusals: [],
    now: base.now,
    feed(event, later = 0, changed = {}) {
      self.now += later;
      const stepped = step(incident, event, { ...base, ...changed, now: self.now });
      if (stepped.kind === 'refused') self.refusals.push(stepped.reason);
      else {
        incident = stepped.incident;
        self.effects.push(...stepped.owed.map(({ effect }) => effect));
        self.owed.push(...stepped.owed.map(({ id }) => id));
        self.told.push(...stepped.entries.map(({ happening }) => happening));
      }
      return self;
    },
    phase(at) {
      const { phase } = self.incident;
      if (phase.at !== at)
        throw new Error(`the incident is ${phase.at}, not ${at}: ${JSON.stringify(self.refusals)}`);
      return phase as never;
    },
  };
  return self.feed(first);
}

/** Opens an incident for an alert. */
export function opened(name: string, circumstances: Partial<Given> = {}, subject: Subject = shop): Walk {
  return walk({ type: 'alerts', subject, alerts: [alert(name)] }, circumstances);
}

/** Opens an incident and lets the known pattern of its alert decide. */
export function diagnosed(name: string, circumstances: Partial<Given> = {}): Walk {
  const walked = opened(name, circumstances);
  return walked.feed({ type: 'evidence-collected', round: 1, evidence: telling(name, walked.now) });
}

/** What Prometheus says when asked whether the alert fires, or whether it has resolved. */
export const saysOf = (check: 'firing' | 'resolved', firing: boolean, at: number) =>
  [{ check: { alert: check }, kind: 'alert', firing, at }] as const;

/** Looks at the signals every ten seconds for a while, as Medic would; what they say is given for the time of each look. */
export function watch(walked: Walk, ms: number, readingsAt: (at: number) => readonly Reading[]): Walk {
  const { plan } = walked.phase('verifying').decided;
  for (let left = ms; left > 0; left -= 10_000) {
    const later = Math.min(left, 10_000);
    walked.feed({ type: 'sampled', plan: plan.id, readings: readingsAt(walked.now + later) }, later);
  }
  return walked;
}

/** Slack shows the current plan as it is now. */
export function shown({ phase }: Incident): IncidentEvent {
  if (!('decided' in phase) || phase.decided === null) throw new Error(`there is no plan while ${phase.at}`);
  const { plan, diff } = phase.decided;
  return { type: 'plan-shown', plan: plan.id, diff: diff?.hash ?? null };
}
