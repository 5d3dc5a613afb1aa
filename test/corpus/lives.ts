import type { BoundAlert } from '../../src/evidence/alert-source.ts';
import { alert, evidenceItem, LOOK, looked, shop, T0, telling } from '../kit/incident/fixtures.ts';
import {
  diagnosed,
  ended,
  executing,
  ILL,
  lookAfter,
  opened,
  rechecked,
  reproved,
  resolved,
  sees,
  starting,
  UNSEEN,
  type Walk,
  WELL,
  walk,
  watch,
} from '../kit/incident/walk.ts';

import {
  busy,
  claimed,
  ends,
  facts,
  firing,
  inWindow,
  later,
  metric,
  modelFails,
  OTHER_RULES,
  recovered,
  refusedFor,
  ring,
  rules,
  SILENCED,
  saysModel,
  silence,
  thread,
  undoneWith,
} from './moves.ts';

/** Lives that Medic and the world make by themselves, each recorded for something of its own. */
export const LIVES: Readonly<Record<string, () => Walk>> = {
  'low plan refuted and rolled back': () => watch(ends(watch(ended('Small'), 61_000, ILL)), 61_000, ILL),
  'rolled back, and well since': () => watch(ends(watch(ended('Small'), 61_000, ILL)), 20_000, WELL),
  'rolled back, and nobody knows': () => watch(ends(watch(ended('Small'), 61_000, ILL)), 61_000, UNSEEN),
  'rolled back to what was there before': () =>
    watch(undoneWith({ kind: 'as-before', words: '3 replicas' }), 20_000, WELL),
  'rolled back, and it is not as before': () =>
    undoneWith({
      kind: 'differs',
      was: 'the template with shop:1',
      now: 'the template with shop:1',
      lines: ['template.spec.containers[shop].args[0]: --fast -> --slow'],
    }),
  'rolled back, and could not be compared': () =>
    watch(undoneWith({ kind: 'unknown', why: 'the API server did not answer' }), 61_000, ILL),
  unproven: () => watch(ended('Small'), 61_000, UNSEEN),
  'fix interrupted': () => watch(ends(executing('Small'), 'interrupted'), 20_000, WELL),
  'fix that failed untouched': () => {
    const walked = executing('Small');
    const { attempt } = walked.phase('executing');
    const result = { kind: 'failed', reason: 'no such unit', exitCode: 5, untouched: true } as const;
    return walked.feed({ type: 'attempt-ended', attempt, result });
  },
  'all well before it started': () => {
    const walked = diagnosed('Small');
    return watch(walked.feed(reproved(walked, WELL)), 20_000, WELL);
  },
  'premises gone': () => {
    const walked = diagnosed('Small');
    return walked.feed(reproved(walked, { ...ILL, look: 'other' }));
  },
  'window passes': () => {
    const walked = ring(inWindow(), 'window');
    return watch(ends(claimed(walked)), 20_000, WELL);
  },
  'window while nobody could be reached': () => {
    const walked = inWindow();
    return ring(ring(walked, 'window', { reachableSince: T0 + 290_000 }), 'window');
  },
  'window and the alert resolves': () => watch(resolved(inWindow()), 20_000, WELL),
  'window and the alert is back': () => {
    const walked = resolved(inWindow());
    return walked.feed(
      { type: 'alerts', subject: shop, alerts: [alert('Middling', { startsAt: T0 + 60_000 })] },
      60_000,
    );
  },
  'just after a deploy and still there': () => {
    const deployed_at = new Date(T0 - 9000).toISOString();
    const deploy = evidenceItem({ kind: 'change', data: { type: 'facts', facts: { deployed_at } } });
    const walked = opened('Strange');
    walked.feed(facts(walked, [deploy]), 2000);
    walked.feed({ type: 'timer', name: 'settle', serves: String(walked.now + 20_000) }, 20_000);
    return walked.feed(facts(walked, [deploy]), 2000);
  },
  'dry run fails': () => {
    const walked = diagnosed('Middling');
    const plan = walked.phase('preparing').decided.plan.id;
    return walked.feed({ type: 'dry-run-ended', plan, result: { kind: 'failed', reason: 'no such host' } });
  },
  'rules change before the claim': () => {
    const walked = starting('Small');
    const plan = walked.phase('starting').decided.plan.id;
    return walked.feed({ type: 'claimed', plan }, 0, OTHER_RULES);
  },
  'observe mode': () => rechecked(resolved(diagnosed('Small', rules({ policy: { mode: 'observe' } })))),
  'silenced, and looked at when it ends': () => {
    const walked = diagnosed('Small', SILENCED);
    ring(walked, 'unmute', { silences: [{ ...silence, until: T0 + 150_000 }] });
    return ring(walked, 'unmute', { silences: [] }).feed(facts(walked, telling('Small', T0 + 150_000)));
  },
  'waits for a slot': () => {
    const walked = refusedFor(busy);
    const plan = walked.phase('waiting').decided.plan.id;
    ring(walked, 'turn').feed({ type: 'looked', plan, obstacle: { ...busy, retryAt: later(walked, 5000) } });
    walked.feed({ type: 'your-turn' }, 100).feed({ type: 'looked', plan, obstacle: null });
    return claimed(walked);
  },
  'breaker is open': () => refusedFor({ kind: 'tripped', target: 'production/shop', retryAt: T0 + 5000 }),
  'a look tells nothing for want of time': () => {
    const walked = opened('Small');
    const reading = looked('unknown', { late: true });
    const data = { type: 'look', playbooks: ['ease'], spec: LOOK, reading } as const;
    const late = evidenceItem({ id: 'E2', kind: 'state', status: 'failed', data });
    for (let round = 0; round < 3; round += 1)
      walked.feed(facts(walked, [...telling('Small').slice(0, 1), late]));
    return walked;
  },
  'the model agrees': () => {
    const walked = inWindow({ model: true });
    return walked.feed(saysModel(walked, 'mend'));
  },
  'the model investigates': () => {
    const walked = opened('Strange', { model: true });
    walked.feed(facts(walked, telling('Strange')));
    return walked.feed(saysModel(walked, 'undo'));
  },
  'the model fails': () => {
    const walked = opened('Strange', { model: true });
    walked.feed(facts(walked, [metric]));
    return walked.feed(modelFails(walked));
  },
  'the model names a playbook that there is not': () => {
    const walked = opened('Middling', { model: true });
    walked.feed(facts(walked, telling('Middling').slice(0, 1)));
    return walked.feed(saysModel(walked, 'nothing-of-the-kind'));
  },
  'a neighbour opened before': () => {
    const { incident } = opened('Middling');
    const before = { ...incident, id: 'inc-a', milestones: { ...incident.milestones, opened: T0 - 9000 } };
    return opened('Small', { around: { neighbours: [before], lately: null } }).feed(thread);
  },
  'a guest came': () => {
    const guest = { kind: 'neighbour', incident: 'inc-other', subject: 'api' } as const;
    return opened('Small').feed({ type: 'guest-came', guest }).feed({ type: 'guest-came', guest });
  },
  'the neighbour is over before its guest': () => {
    const guest = { kind: 'neighbour', incident: 'inc-other', subject: 'api' } as const;
    const over = { type: 'neighbour-over', incident: 'inc-other', at: T0 + 60_000 } as const;
    return opened('Small').feed({ type: 'guest-came', guest }).feed(over).feed(over);
  },
  'did not last': () => recovered().feed({ type: 'relapsed', as: 'inc-later' }).feed({ type: 'your-turn' }),
  'back once more than one thread tells': () => {
    const link = { kind: 'relapse', incident: 'inc-first', nth: 3 } as const;
    const lately = { ...recovered().incident, link };
    const [now, around] = [T0 + 60_000, { neighbours: [], lately }];
    return walk(
      { type: 'alerts', subject: shop, alerts: [alert('Small', { startsAt: now })] },
      { now, around },
    );
  },
  'second attempt': () => {
    const walked = opened('Probed');
    walked.feed(facts(walked, telling('Probed')));
    watch(ends(claimed(walked)), 61_000, ILL);
    return walked.incident.phase.at === 'investigating'
      ? walked.feed(facts(walked, telling('Probed', walked.now)))
      : walked;
  },
  'resolved and looked at again': () => {
    const walked = rechecked(resolved(opened('Small')), ILL);
    return rechecked(ring(walked, 'recheck'), WELL);
  },
  'resolved and nothing could be read': () => rechecked(resolved(opened('Small')), UNSEEN),
  'resolved and nothing to look with': () => resolved(opened('Small', rules({ services: {} }))),
  'alerts come, go and come back': () => {
    const walked = opened('Small').feed(
      { type: 'alerts', subject: shop, alerts: [alert('Other', { severity: 'warning' })] },
      500,
    );
    const over = alert('Other', { status: 'resolved', endsAt: T0 + 700 });
    walked.feed({ type: 'alerts', subject: shop, alerts: [over] }, 500);
    walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Other', { startsAt: T0 + 1200 })] }, 500);
    return walked.feed({ type: 'alerts', subject: shop, alerts: [alert('Small')] });
  },
  'more alerts than anybody reads': () => {
    const all = Array.from({ length: 53 }, (_, number) => firing(number));
    const walked = walk({ type: 'alerts', subject: shop, alerts: all });
    const { name, startsAt } = firing(52);
    const heard = { status: 'firing', name, startsAt, endsAt: null, fires: 1, changedAt: T0 } as const;
    const over = { ...firing(52), status: 'resolved', endsAt: T0 + 1000 } as const;
    return walked.feed({ type: 'alerts', subject: shop, alerts: [over] }, 31_000, {
      heard: { 'fp-52': heard },
    });
  },
  'a storm': () => {
    const storm = { kind: 'storm', name: 'alert storm', environment: 'production' } as const;
    return resolved(walk({ type: 'alerts', subject: storm, alerts: [firing(1), firing(2)] }));
  },
  'samples between others': () => {
    const walked = ended('Small');
    ring(lookAfter(walked, 1000, WELL), 'sample');
    const plan = walked.phase('verifying').decided.plan;
    const bound: BoundAlert = {
      server: 'metrics',
      labels: { alertname: 'Small' },
      expression: 'up == 0',
      reads: ['up'],
      instruments: ['scrape/node/web-1:9100'],
      interval: 15_000,
    };
    const readings = sees(plan.verify.checks, ILL, walked.now).map((one) =>
      one.kind === 'alert' ? { ...one, seen: { 'fp-Small': bound } } : one,
    );
    return walked.feed({ type: 'sampled', plan: plan.id, readings }, 1000);
  },
};
