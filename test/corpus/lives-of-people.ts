import type { Blocker } from '../../src/incident/model/blocker.ts';
import { alert, alice, bob, carol, dave, evidenceItem, shop, T0, telling } from '../kit/incident/fixtures.ts';
import {
  diagnosed,
  ended,
  executing,
  ILL,
  opened,
  prepared,
  rechecked,
  reproved,
  resolved,
  shown,
  UNSEEN,
  type Walk,
  WELL,
  walk,
  watch,
} from '../kit/incident/walk.ts';
import { chart } from '../kit/slack-sink/charts.ts';

import {
  act,
  asking,
  claimed,
  ends,
  facts,
  heal,
  healed,
  inWindow,
  judges,
  metric,
  onShow,
  refusedFor,
  replan,
  ring,
  rules,
  SILENCED,
  saysModel,
  thread,
} from './moves.ts';

/** Lives in which people have a say, each recorded for something of its own. */
export const LIVES_OF_PEOPLE: Readonly<Record<string, () => Walk>> = {
  'low plan healed': () => watch(ends(claimed(diagnosed('Small').feed(thread))), 20_000, WELL),
  'a crash joins what was cancelled': () => {
    const walked = inWindow().feed(act('cancel', dave), 5000);
    walked.feed(
      { type: 'alerts', subject: shop, alerts: [alert('Small', { startsAt: T0 + 20_000 })] },
      20_000,
    );
    return walked.feed(facts(walked, telling('Small', walked.now)), 2000);
  },
  'another fix in place of what somebody holds': () => {
    const walked = inWindow().feed(act('hold', dave), 5000);
    return walked.feed(replan(walked), 9000);
  },
  'rollback that was stopped': () =>
    ends(watch(ended('Small'), 61_000, ILL).feed(act('stop')), 'interrupted'),
  'tasks and stop': () => {
    const walked = executing('Small');
    const { attempt } = walked.phase('executing');
    for (const [name, status] of [
      ['Gather', 'ok'],
      ['Restart', 'changed'],
      ['Wait', 'failed'],
    ] as const)
      walked.feed(
        { type: 'task', attempt, line: { name, status, detail: status === 'failed' ? 'no answer' : null } },
        300,
      );
    return ends(walked.feed(act('stop', dave)).feed(act('stop')), 'interrupted');
  },
  'premises unreadable and tried again': () => {
    const walked = diagnosed('Small');
    for (let look = 0; look < 30 && walked.incident.phase.at === 'reproving'; look += 1) {
      walked.feed(reproved(walked, UNSEEN));
      if (walked.incident.phase.at === 'reproving') ring(walked, 'reproof');
    }
    return claimed(walked.feed(act('try-again', dave)).feed(act('try-again')));
  },
  'nobody on it until the pager': () => {
    const ladder = [
      { tell: 'SONCALL', after: '5m' },
      { tell: 'pagerduty', after: '10m' },
    ];
    const walked = opened('Unheard', rules({ escalation: ladder }));
    walked.feed({ type: 'evidence-collected', round: 1, evidence: [] });
    const says = (taken: boolean) =>
      ({ type: 'pager-said', from: 'pagerduty', taken, who: 'Ada Example', at: walked.now }) as const;
    ring(ring(walked, 'escalation'), 'escalation');
    walked.feed({ type: 'sink-told', sink: 'pagerduty', call: 1 }, 300);
    walked.feed(says(true), 60_000).feed(says(false), 60_000);
    walked.feed({ type: 'call-taken', by: dave }, 1000);
    walked.feed({ type: 'call-handed', by: dave, to: alice.id }, 1000);
    return resolved(walked.feed({ type: 'call-taken', by: alice }, 1000));
  },
  'window held, resumed and hurried': () =>
    inWindow()
      .feed(act('hold', dave, 'a closer look'), 9000)
      .feed(act('resume', dave))
      .feed(act('resume'), 60_000)
      .feed(act('run-now', dave))
      .feed(act('run-now')),
  'window cancelled': () =>
    rechecked(resolved(inWindow().feed(act('cancel', dave, 'the backup runs'), 5000))),
  'approved by one': () => {
    const walked = asking()
      .feed(act('approve', dave))
      .feed(act('approve', { ...alice, team: 'T0EXAMPLE' }), 30_000);
    walked.feed({ ...reproved(walked), diff: { kind: 'diff', diff: '-a\n+b', changes: 1 } });
    return walked;
  },
  'approved by two after a reminder': () => {
    const walked = asking(rules({ policy: { approvals: 2 } })).feed(act('approve', alice));
    return ring(walked.feed(act('approve', alice)), 'reminder').feed(act('approve', carol));
  },
  'approved and then the dry run differs': () => {
    const walked = asking().feed(act('approve', alice));
    walked.feed({ ...reproved(walked), diff: { kind: 'diff', diff: '-a\n+c', changes: 1 } });
    return walked.feed(shown(walked.incident));
  },
  rejected: () => asking().feed(act('reject', alice, 'it is only a drill'), 4000),
  'nobody approves': () => ring(ring(asking(), 'reminder'), 'approval'),
  'escalated by hand': () => asking().feed(act('escalate', dave), 4000),
  'silenced, and a person heals all the same': () => {
    const walked = diagnosed('Small', SILENCED).feed(heal());
    return claimed(walked.feed(prepared(walked)));
  },
  'waits for a lock, then an upstream, then a cooldown': () => {
    const walked = refusedFor({
      kind: 'locked',
      lock: 'area:production/service/shop',
      holder: 'inc-other',
      retryAt: T0 + 5000,
    });
    const plan = walked.phase('waiting').decided.plan.id;
    const others: readonly Blocker[] = [
      { kind: 'upstream', subject: 'production/service/database', holder: 'inc-other', retryAt: T0 + 9000 },
      { kind: 'cooling-down', target: 'production/shop', retryAt: T0 + 90_000 },
      { kind: 'paused', by: bob.id, retryAt: T0 + 95_000 },
      { kind: 'no-leave', reason: 'its catalog differs', retryAt: T0 + 96_000 },
      { kind: 'new-memory', retryAt: T0 + 96_000 },
    ];
    for (const obstacle of others) walked.feed({ type: 'looked', plan, obstacle }, 1000);
    return walked.feed(act('hold'));
  },
  'nobody knows the cause': () => {
    const walked = opened('Strange').feed(thread);
    walked.feed(facts(walked, [evidenceItem({})]));
    walked.feed({ type: 'diagnosis-requested', subject: shop, by: dave, text: 'shop' });
    return walked.feed({ type: 'diagnosis-requested', subject: shop, by: bob, text: 'shop' });
  },
  'the model contradicts': () => {
    const walked = inWindow({ model: true });
    return walked.feed(saysModel(walked, 'undo')).feed(act('run-now')).feed(act('approve', alice));
  },
  'a picture at the diagnosis and after the end': () => {
    const walked = opened('Small');
    walked.feed(facts(walked, [...telling('Small'), metric]));
    walked.feed(act('cancel'));
    return rechecked(resolved(walked))
      .feed({ type: 'charted', chart })
      .feed({ type: 'charted', chart: null });
  },
  'questions in the thread': () => {
    const walked = opened('Small').feed({ type: 'asked', by: dave, text: 'what changed?' });
    walked.feed({ type: 'question-evidence', question: 'q1', evidence: [evidenceItem({ id: 'Q1E1' })] });
    const claims = [{ text: 'a release', citations: [{ evidence: 'Q1E1', quote: 'nothing of note' }] }];
    const answer = { model: 'm', claims, struck: [], note: 'nothing is done because of it' };
    walked
      .feed({ type: 'answered', question: 'q1', answer })
      .feed({ type: 'answered', question: 'q1', answer });
    for (const nth of [1, 2, 3, 4, 5, 6]) walked.feed({ type: 'asked', by: dave, text: `question ${nth}` });
    return walked;
  },
  'asked by a person, and nothing is wrong': () => {
    const walked = walk({ type: 'diagnosis-requested', subject: shop, by: dave, text: 'is shop well?' });
    const [, look] = telling('Small', walked.now, 'well');
    return walked.feed(facts(walked, look === undefined ? [] : [look]));
  },
  'asked by a person, and something is wrong that nobody knows': () => {
    const walked = walk({ type: 'diagnosis-requested', subject: shop, by: dave, text: 'is shop well?' });
    return walked.feed(facts(walked, telling('Small').slice(1)));
  },
  'healed by a person': () => {
    const walked = walk(heal());
    claimed(walked.feed(thread).feed(prepared(walked)));
    return watch(ends(walked), 20_000, WELL);
  },
  'a person heals what looks well': () => {
    const walked = walk(heal());
    walked
      .feed(prepared(walked, { look: 'well' }))
      .feed(shown(walked.incident))
      .feed(act('approve', alice));
    return walked.feed(reproved(walked, { ...ILL, look: 'well' }));
  },
  'heal by somebody who may not': () => opened('Small').feed(heal(dave)).feed(heal(bob, 'none')),
  'other values in its place': () => {
    const walked = asking();
    walked.feed(replan(walked, dave)).feed(replan(walked));
    return onShow(walked);
  },
  'judged wrong in its window': () =>
    inWindow()
      .feed(judges('wrong', dave, 'a full disk'), 3000)
      .feed(judges('wrong', dave, 'a full disk'))
      .feed(judges('right', bob)),
  'judged after the end': () => healed().feed(judges('right')),
  'a strange name everywhere': () => {
    const odd = { ...shop, name: '<!channel> a@b:c.d' };
    const hostile = alert('<@U0ALICE> *bold*', {
      labels: { alertname: '<@U0ALICE> *bold*', service: odd.name, instance: '[::1]:80' },
      annotations: { summary: '<https://evil.example|click> `x` & "y"' },
    });
    const walked = walk({ type: 'alerts', subject: odd, alerts: [hostile] });
    walked.feed(
      facts(walked, [evidenceItem({ text: 'a log line\u2028with <!here> in it', title: '`log`' })]),
    );
    return walked.feed(act('escalate', { ...dave, name: '<!everyone>' }));
  },
};
