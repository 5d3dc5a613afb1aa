import type { IncidentEvent, PlanAction } from '../../src/incident/model/event.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { type Chance, chanceOf } from '../chaos/world/random.ts';
import { alert, alice, bob, carol, dave, shop, telling } from '../kit/incident/fixtures.ts';
import {
  ILL,
  opened,
  prepared,
  reproved,
  sees,
  shown,
  UNSEEN,
  type Walk,
  WELL,
} from '../kit/incident/walk.ts';
import { rules } from './moves.ts';

type Phase = Incident['phase']['at'];
type Move = (walked: Walk, chance: Chance) => IncidentEvent;

const ACTIONS: readonly [PlanAction, ...PlanAction[]] = [
  'approve',
  'approve',
  'run-now',
  'cancel',
  'hold',
  'resume',
  'reject',
  'stop',
  'escalate',
  'try-again',
];

const acts: Move = (_walked, chance) => ({
  type: 'acted',
  action: chance.pick(ACTIONS),
  plan: null,
  by: chance.pick([alice, bob, carol, dave]),
  reason: null,
});
const heals: Move = (_walked, chance) => ({
  type: 'heal-requested',
  subject: shop,
  by: chance.pick([alice, bob, dave]),
  playbook: chance.pick(['ease', 'mend', 'undo']),
  parameters: {},
});
const fires: Move = ({ now }, chance) => ({
  type: 'alerts',
  subject: shop,
  alerts: [alert(chance.pick(['Small', 'Middling', 'Grave']), { startsAt: now })],
});
const resolves: Move = ({ incident, now }) => ({
  type: 'alerts',
  subject: shop,
  alerts: Object.values(incident.alerts).map(({ alert: one }) => ({
    ...one,
    status: 'resolved',
    endsAt: now,
  })),
});
const tells: Move = ({ incident, now }, chance) => ({
  type: 'evidence-collected',
  round: incident.round,
  evidence: telling(Object.values(incident.alerts)[0]?.alert.name ?? 'Small', now).slice(
    0,
    chance.between(1, 3),
  ),
});
const samples: Move = (walked, chance) => {
  const { plan } = walked.phase('verifying').decided;
  const view = chance.pick([WELL, WELL, ILL, UNSEEN]);
  return { type: 'sampled', plan: plan.id, readings: sees(plan.verify.checks, view, walked.now + 1) };
};
const rechecks: Move = ({ now }, chance) => ({
  type: 'rechecked',
  readings: sees([{ look: 'well' }], chance.pick([WELL, ILL]), now),
});
const rings: Move = (walked) => {
  const timer = walked.effects.findLast((one) => one.kind === 'timer');
  if (timer?.kind !== 'timer') return { type: 'your-turn' };
  walked.now = Math.max(walked.now, timer.at);
  return { type: 'timer', name: timer.name, serves: timer.serves };
};
const claims: Move = (walked, chance) => {
  const plan = walked.phase('starting').decided.plan.id;
  const obstacle = { kind: 'busy', running: 2, ahead: 0, retryAt: walked.now + 5000 } as const;
  return chance.odds(0.7) ? { type: 'claimed', plan } : { type: 'claim-refused', plan, obstacle };
};
const ends: Move = ({ incident }, chance) => ({
  type: 'attempt-ended',
  attempt: incident.attempts.at(-1)?.id ?? 'none',
  result: chance.odds(0.7)
    ? { kind: 'succeeded', summary: 'done' }
    : { kind: 'timed-out', reason: 'it took longer than 10 s' },
});
const proves: Move = (walked, chance) => reproved(walked, chance.pick([ILL, ILL, ILL, WELL, UNSEEN]));
const shows: Move = ({ incident }) => shown(incident);

/** What may well happen next in each phase. */
const APT: Readonly<Record<Phase, readonly [Move, ...Move[]]>> = {
  investigating: [tells, tells, tells, fires],
  preparing: [(walked) => prepared(walked), (walked) => prepared(walked), acts],
  waiting: [shows, shows, acts, acts, rings, rings, resolves],
  reproving: [proves, proves, proves, fires],
  starting: [claims],
  executing: [ends, ends, ends, acts],
  verifying: [samples, samples, samples, samples, rings],
  'rolling-back': [ends],
  muted: [rings, heals],
  observed: [resolves, rechecks, heals],
  cancelled: [resolves, rechecks, heals],
  escalated: [heals, resolves, rechecks, acts],
  closed: [fires],
};

/** A life in which chance chooses what happens next; the same seed gives the same life. */
export function wander(seed: number): Walk {
  const chance = chanceOf(seed);
  const name = chance.pick(['Small', 'Middling', 'Grave']);
  const walked = opened(
    name,
    chance.odds(0.3) ? rules({ policy: { approvals: 2, mode: 'supervised' } }) : {},
  );
  for (let turn = 0; turn < 25 && walked.incident.phase.at !== 'closed'; turn += 1) {
    const move = chance.pick(APT[walked.incident.phase.at]);
    walked.feed(move(walked, chance), chance.pick([1, 500, 3000, 12_000]));
  }
  return walked;
}
