import { describe, expect, test } from 'vitest';
import { card } from '../../../../../src/adapters/sinks/slack/blocks/card/card.ts';
import type { PrimaryIncident } from '../../../../../src/adapters/sinks/slack/blocks/service.ts';
import {
  standsBefore,
  threadMessages,
} from '../../../../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import type { Incident, Link, Waiting } from '../../../../../src/incident/model/incident.ts';
import type { TimelineEvent } from '../../../../../src/incident/model/timeline.ts';
import { person, say } from '../../../../../src/lib/text/text.ts';
import {
  alert,
  incidentIn,
  OPENED,
  plan,
  timelineOf,
  untilWindow,
  waitingInWindow,
} from '../../../../kit/slack-sink/example.ts';
import { read } from '../../../../kit/slack-sink/stage.ts';

const incident = waitingInWindow(OPENED + 60_000);

function told(...happenings: readonly TimelineEvent[]): string {
  return threadMessages(incident, timelineOf(...happenings))
    .map((message) => `${message.key}${message.broadcast ? ' (also in the channel)' : ''}\n${read(message)}`)
    .join('\n\n');
}

test('the thread tells a fault of the library with what follows from it, and what people can do where nothing mends it', () => {
  const diagnosis = {
    by: { kind: 'fault', fault: 'image_missing', digest: 'd1' },
    round: 1,
    at: OPENED + 2000,
    summary: 'catalog does not start',
    hypotheses: [
      {
        cause: 'Its image is not in the registry.',
        claims: [{ text: 'It waits.', citations: [{ evidence: 'E1', quote: 'waits: ErrImagePull' }] }],
        against: [],
        playbook: null,
        parameters: {},
        selfConfidence: null,
        confidence: 0.84,
        witnesses: ['kubelet/n1', 'controller/shop'],
        pattern: 'image_missing',
        explains: ['image_missing'],
        fault: 'image_missing',
        object: 'pod/shop/catalog-1',
        consequences: ['Nothing of it is available (deployment shop/catalog)'],
        steps: ['kubectl -n shop rollout undo deployment/catalog'],
      },
    ],
    struck: [],
    prevention: null,
    lead: null,
    conclusion: { kind: 'cause' },
  } as const;
  expect(told({ kind: 'diagnosed', diagnosis })).toBe(`diagnosis-fault-1
:stethoscope: *Diagnosis* by the library of faults (\`image_missing\`)
*Cause, 84 % sure:* Its image is not in the registry.
• It waits: “waits: ErrImagePull” *E1*
*It brings about:*
• Nothing of it is available (deployment shop/catalog)
*What you can do:*
• kubectl -n shop rollout undo deployment/catalog
Backed by: kubelet at n1 and controller at shop. 1 checked quote, nothing against it, no other cause found
[Right] [Wrong]`);
});

test('the thread tells the investigation with citations and the plan with its reasons', () => {
  expect(told(...untilWindow)).toMatchInlineSnapshot(`
    "opened
    :rotating_light: *Opened by an alert* at 06:10:00 UTC
    :rotating_light: *CatalogMemoryHigh* (critical) since 2026-03-01 06:10 UTC · 127.0.0.1:9090 (http://127.0.0.1:9090/graph?g0.expr=x)
    >catalog uses 412 MB of 256 MB
    service catalog · instance 127.0.0.1:9101

    evidence-1
    :mag: *Evidence:* 1 fact from 1 source, 1 could not be read
    E1 (http://127.0.0.1:9090/graph?g0.expr=memory) *Resident memory of catalog:* now 412 MB
    :grey_question: Could not be read: Log of catalog (catalog.log: permission denied)
    [Show all the evidence]

    diagnosis-pattern-1
    :stethoscope: *Diagnosis* by the known pattern “memory leak” of \`restart_service\`
    *Cause, 92 % sure:* catalog leaks memory
    • memory only grows: “now 412 MB, min 80 MB” E1 (http://127.0.0.1:9090/graph?g0.expr=memory)
    *To prevent it:* bound the cache Backed by: catalog at 127.0.0.1:9101, log catalog and node at 127.0.0.1:9100. 1 checked quote, nothing against it, no other cause found *Dropped*, not backed by the evidence: “a deploy preceded it” (the quote is not in E2)
    [Right] [Wrong]

    plan-I1-p1
    :clipboard: *Plan:* Restart the service on *catalog* (\`restart_service\`)
    • \`service=catalog\` from label service
    Cannot be undone: a restart leaves nothing behind
    *Tier medium*, declared low: runs when its cancel window closes, unless someone objects
    :small_red_triangle: raised, because more than half of user traffic passes here
    • medium tier waits for objections
    Plan \`I1-p1\` · digest \`bbbbbbbbbbbb\`

    dry-run-I1-p1
    :test_tube: *Dry run: what the fix would change*
    - old
    + new"
  `);
});

test('evidence shows the three lines that carried the cause, and folds the rest', () => {
  const evidence = untilWindow.find((one) => one.kind === 'evidence');
  const diagnosed = untilWindow.find((one) => one.kind === 'diagnosed');
  const [metric] = evidence?.items ?? [];
  if (evidence === undefined || diagnosed === undefined || metric === undefined) return expect.fail();
  const kinds = ['log', 'log', 'alert', 'state', 'state', 'probe'] as const;
  const more = kinds.map((kind, nth) => ({
    ...metric,
    id: `E${nth + 10}`,
    kind,
    title: `Fact ${nth}`,
    link: null,
  }));
  const all = { ...evidence, items: [...more, metric], excerpts: { E1: 'now 412 MB' } };
  const shown = (...happenings: readonly TimelineEvent[]) =>
    told(...happenings)
      .split('\n\n')
      .find((one) => one.startsWith('evidence-1'))
      ?.match(/Fact \d|Resident memory/g);
  expect(shown(all)).toEqual(['Fact 3', 'Fact 5', 'Fact 2']);
  expect(shown(all, diagnosed)).toEqual(['Resident memory', 'Fact 3', 'Fact 5']);
  expect(told(all)).toContain('4 more facts not shown here');
});

test('decisions about a plan are told in its message, with the receipt of an approval', () => {
  const sample = {
    at: OPENED,
    observedAt: OPENED,
    answers: [{ check: { alert: 'firing' as const }, answer: 'good' as const, words: 'still firing' }],
  };
  const receipt = {
    user: 'U0ALICE',
    at: OPENED + 9000,
    planDigest: 'b'.repeat(64),
    policyDigest: 'c'.repeat(64),
    diffHash: 'd'.repeat(64),
  };
  const message = threadMessages(
    incident,
    timelineOf(
      ...untilWindow,
      { kind: 'window-opened', plan: plan.id, deadline: OPENED + 60_000 },
      { kind: 'held', plan: plan.id, by: 'U0BOB', reason: 'a closer look' },
      { kind: 'resumed', plan: plan.id, by: 'U0BOB', deadline: null },
      { kind: 'approved', plan: plan.id, receipt, missing: 1 },
      { kind: 'reproof', plan: plan.id, holds: true, sample },
    ),
  ).find(({ key }) => key === `plan-${plan.id}`);
  expect(read(message).split('\n').slice(5)).toMatchInlineSnapshot(`
    [
      "• medium tier waits for objections",
      "06:10:05 UTC :hourglass_flowing_sand: the cancel window is open until 06:11:00 UTC",
      "06:10:06 UTC :double_vertical_bar: held by @U0BOB: a closer look",
      "06:10:07 UTC :arrow_forward: resumed by @U0BOB",
      "06:10:08 UTC :white_check_mark: approved by @U0ALICE; 1 more needed",
      "06:10:09 UTC :mag: checked right before the start: the problem is still there",
      "Receipt: @U0ALICE at 06:10:09 UTC · plan \`bbbbbbbbbbbb\` · policy \`cccccccccccc\` · dry run \`dddddddddddd\` Plan \`I1-p1\` · digest \`bbbbbbbbbbbb\`",
    ]
  `);
});

test('tasks, checks and the end are told as they happen', () => {
  const attempt = {
    id: 'A1',
    plan: plan.id,
    targets: plan.targets,
    planDigest: plan.digest,
    purpose: 'fix' as const,
    startedAt: OPENED,
    endedAt: null,
    tasks: [],
    result: null,
  };
  const answers = [
    { check: { alert: 'resolved' as const }, answer: 'good' as const, words: 'the alert is resolved' },
    { check: { probe: 'healthy' as const }, answer: 'unknown' as const, words: 'the probe did not answer' },
  ];
  const good = answers.map((one) => ({ ...one, answer: 'good' as const }));
  const { milestones } = incidentIn({ at: 'investigating', doing: 'collecting' });
  expect(
    told(
      { kind: 'started', plan: plan.id, attempt },
      { kind: 'task', attempt: 'A1', line: { name: 'Restart catalog', status: 'running', detail: null } },
      {
        kind: 'task',
        attempt: 'A1',
        line: { name: 'Restart catalog', status: 'changed', detail: 'pid 12 → 34' },
      },
      { kind: 'task', attempt: 'A1', line: { name: 'Wait for the port', status: 'running', detail: null } },
      {
        kind: 'ended',
        attempt: 'A1',
        result: { kind: 'failed', reason: 'port 9101 stayed closed', exitCode: 2 },
      },
      { kind: 'watching', plan: plan.id, deadline: OPENED + 60_000, why: 'fix' },
      { kind: 'sampled', plan: plan.id, sample: { at: OPENED + 6000, observedAt: OPENED + 6000, answers } },
      {
        kind: 'sampled',
        plan: plan.id,
        sample: { at: OPENED + 7000, observedAt: OPENED + 7000, answers: good },
      },
      {
        kind: 'sampled',
        plan: plan.id,
        sample: { at: OPENED + 12_000, observedAt: OPENED + 12_000, answers: good },
      },
      {
        kind: 'outcome',
        plan: plan.id,
        outcome: { kind: 'proven', reason: 'good for 5 s', sample: null, at: OPENED },
      },
      {
        kind: 'closed',
        how: 'healed',
        reason: 'every check is good',
        milestones: { ...milestones, closed: OPENED + 12_000 },
      },
    ),
  ).toMatchInlineSnapshot(`
    "attempt-A1
    :wrench: *Running the fix* since 06:10:00 UTC
    Its steps
    ● Restart catalog (changed)
      pid 12 → 34
    ✗ Wait for the port (not finished)
    :x: *Failed after 4 s* (exit code 2): port 9101 stayed closed
    Attempt \`A1\`

    verify-I1-p1
    :stethoscope: *Did it help?*
    :white_check_mark: good: the alert is resolved
    :white_check_mark: good: the probe did not answer
    :white_check_mark: *Recovery proven:* good for 5 s
    All good since 06:10:07 UTC

    closed
    :white_check_mark: *Resolved* in 12 s: *catalog*. Every check is good
    Since it opened: thread after 0.8 s · diagnosis after 2.1 s · proof after 12 s"
  `);
});

test('only what needs a person calls one: owners are mentioned when it escalates, and it shows in the channel', () => {
  const service = { name: 'catalog', owners: ['S0ONCALL', 'U0ALICE'], dashboards: [] };
  const needed = incidentIn({ at: 'escalated', reason: 'no cause found', decided: null });
  const call = timelineOf({ kind: 'escalated', reason: 'no cause found' });
  const [message] = threadMessages(needed, call, { service });
  expect(message?.broadcast).toBe(true);
  expect(message?.text).toBe(
    '<!subteam^S0ONCALL> <@U0ALICE> A person is needed for catalog (critical): no cause found',
  );
  expect(JSON.stringify(threadMessages(incident, timelineOf(...untilWindow), { service }))).not.toContain(
    'S0ONCALL',
  );
});

test('a plan says what policy decided, until people are asked for it in spite of that', () => {
  const deadline = OPENED + 60_000;
  const opened = threadMessages(incident, timelineOf(...untilWindow));
  const said = (messages: typeof opened) =>
    JSON.stringify(messages.find(({ key }) => key.startsWith('plan')));
  expect(said(opened)).toContain('runs when its cancel window closes, unless someone objects');
  const asked = { kind: 'approval-asked', plan: plan.id, deadline, needed: 1 } as const;
  const later = said(threadMessages(incident, timelineOf(...untilWindow, asked)));
  expect(later).toContain('it would run by itself, but asks this time');
  expect(later).not.toContain('unless someone objects');
});

test('a call is one no more, and mentions nobody, once it is looked into anew or somebody chose what comes next', () => {
  const service = { name: 'catalog', owners: ['S0ONCALL'], dashboards: [] };
  const call = timelineOf({ kind: 'escalated', reason: 'its alerts have resolved, but it is not well' });
  for (const goneOn of [incidentIn({ at: 'investigating', doing: 'collecting' }), incident]) {
    const [message] = threadMessages(goneOn, call, { service });
    expect(message?.text).toBe(
      'A person was called for catalog: its alerts have resolved, but it is not well. It has gone on since',
    );
    expect(JSON.stringify(message)).not.toMatch(/S0ONCALL|until the alerts resolve/);
  }
});

test('a call for what nobody owns, such as a storm, reaches those who may approve', () => {
  const audience = { approvers: ['S0ONCALL', 'U0CAROL'], quietHours: null };
  const call = timelineOf({ kind: 'escalated', reason: 'more incidents opened than people can follow' });
  const words = '<!subteam^S0ONCALL> <@U0CAROL> A person is needed for catalog (critical): more incidents';
  const storm = incidentIn({ at: 'escalated', reason: 'more incidents', decided: null });
  expect(threadMessages(storm, call, { audience })[0]?.text).toContain(words);
  const service = { name: 'catalog', owners: ['U0ALICE'], dashboards: [] };
  expect(threadMessages(storm, call, { audience, service })[0]?.text).not.toContain('S0ONCALL');
});

test('a long diff is cut to a screenful between lines, the cut is said, and a button shows it all', () => {
  const diff = Array.from({ length: 500 }, (_, index) => `+ line ${index}`).join('\n');
  const [message] = threadMessages(
    incident,
    timelineOf({ kind: 'dry-run', plan: plan.id, diff, reason: null }),
  );
  expect(read(message)).toMatch(/\+ line 0\n[\s\S]*_470 more lines not shown_\n\[Show the whole dry run\]$/);
});

test('a dry run that differs from the one decided on is a new message', () => {
  const again: TimelineEvent = {
    kind: 'dry-run',
    plan: plan.id,
    diff: '+ other',
    reason: 'it differs from the earlier one',
  };
  const keys = threadMessages(incident, timelineOf(...untilWindow, again)).map(({ key }) => key);
  expect(keys.filter((key) => standsBefore(plan.id, key))).toEqual([
    'plan-I1-p1',
    'dry-run-I1-p1',
    'dry-run-I1-p1-2',
  ]);
  expect(standsBefore(plan.id, 'dry-run-I1-p10')).toBe(false);
});

describe('incidents that share a thread', () => {
  const guest = {
    ...incident,
    subject: { ...incident.subject, name: 'storefront' },
    link: { kind: 'neighbour', incident: 'I1' },
  } as const;
  const host = { incident: 'I1', subject: 'catalog', closed: OPENED - 720_000, relapsed: null };
  const tell = (one: Incident, link: Link, known: PrimaryIncident | null) =>
    threadMessages(one, timelineOf({ kind: 'linked', link }), { host: known })
      .map(read)
      .join('\n');

  test('say why they do', () => {
    const open = { ...host, closed: null };
    expect(tell(guest, guest.link, open)).toBe(
      ':link: *storefront* alerts along with its neighbour *catalog* (`I1`). One cause may be behind both, so both are in this thread.',
    );
    expect(tell(guest, guest.link, host)).toContain(
      'alerted along with its neighbour *catalog* (`I1`), which was over at',
    );
  });

  test('name what it is about once where a locked screen shows it', () => {
    const ending = { kind: 'closed', how: 'recovered', reason: 'all alerts resolved' } as const;
    const [end] = threadMessages(guest, timelineOf({ ...ending, milestones: guest.milestones }), { host });
    expect(end?.text).toMatch(/^storefront: well again/);
    const [link] = threadMessages(guest, timelineOf({ kind: 'linked', link: guest.link }), {
      host: { ...host, closed: null },
    });
    expect(link?.text).toBe('storefront: alerts as well as catalog, in one thread');
  });

  test('because it is back say so on the card, after how long and how often, and in no message beside it', () => {
    const link = { kind: 'relapse', incident: 'I1' } as const;
    const back = { ...incident, id: 'I2', link };
    const cardOf = (one: Incident, known: PrimaryIncident | null, former: string | null = null) =>
      read(card(one, { now: OPENED, host: known, former }));
    expect(cardOf(back, host)).toContain('Back 12 min after it ended (`I1`).');
    const third = { ...back, id: 'I3', link: { ...link, nth: 3 } };
    expect(cardOf(third, { ...host, relapsed: 'I2' })).toContain(
      'Back for the 3rd time, shortly after it ended.',
    );
    expect(cardOf(back, null)).toContain('Back shortly after it ended');
    const told = threadMessages(
      back,
      timelineOf({ kind: 'opened', by: 'alert', alerts: [alert] }, { kind: 'linked', link }),
    );
    expect(told).toEqual([]);
    const follows = { incident: 'I1', times: 3 };
    const fourth = { ...incident, id: 'I4', follows };
    expect(cardOf(fourth, null, 'https://example.slack.com/archives/C1/p1')).toMatch(
      /Back for the 4th time, in a thread of its own now; what was before is in .*archives\/C1\/p1/,
    );
    expect(cardOf(fourth, null)).toContain('what was before is in `I1`');
  });

  test('are listed in one message of the thread’s owner, and an end that did not last is told', () => {
    expect(
      told(
        { kind: 'guest-came', guest: { kind: 'neighbour', incident: 'I2', subject: 'storefront' } },
        { kind: 'guest-came', guest: { kind: 'relapse', incident: 'I3', subject: 'catalog' } },
        { kind: 'did-not-last', as: 'I3' },
        { kind: 'did-not-last', as: 'I4', elsewhere: true },
      ),
    ).toMatchInlineSnapshot(`
      "guests
      06:10:00 UTC :link: *storefront* alerts as well (\`I2\`)
      Each has its own card in this thread; its messages carry its name.

      did-not-last
      :repeat: *catalog* fires again: it was not over. It continues in a thread of its own as \`I4\`."
    `);
  });
});

test('alerts that are only counted are one message with the newest counts', () => {
  const counts = { attached: 300, refired: 2, resolved: 1 };
  const names = Object.fromEntries(Array.from({ length: 12 }, (_, nth) => [`Alert${nth}`, 12 - nth]));
  expect(
    told(
      { kind: 'alerts-counted', ...counts, crowd: { total: 300, firing: 299, names: {}, toldAt: 0 } },
      { kind: 'alerts-counted', ...counts, crowd: { total: 600, firing: 598, names, toldAt: 0 } },
    ),
  ).toMatchInlineSnapshot(`
    "alerts-counted
    :bell: *600 more alerts, 598 of them firing*, counted, not listed
    600 joined · 4 fired again · 2 resolved
    12 × *Alert0* · 11 × *Alert1* · 10 × *Alert2* · 9 × *Alert3* · 8 × *Alert4* · 7 × *Alert5* · 6 × *Alert6* · 5 × *Alert7* · 4 × *Alert8* · 3 × *Alert9* · 2 other names"
  `);
});

test('a silence is told when it begins and when it ends', () => {
  expect(
    told({ kind: 'muted', until: OPENED + 3_600_000, words: 'database upgrade' }, { kind: 'unmuted' }),
  ).toMatchInlineSnapshot(`
    "muted
    :no_bell: *Muted until 2026-03-01 07:10 UTC:* database upgrade
    Medic investigates and reports, but changes nothing. Whatever still fires then gets a fresh look.

    unmuted
    :bell: *No longer muted:* whatever still fires gets a fresh look now"
  `);
});

test('a new look says what it is for, and why its fix will ask', () => {
  const by = say`${person('U0LEA')} cancelled a plan of this incident`;
  expect(
    told(
      { kind: 'looked-anew', alert: { ...alert, name: 'ShopDown' }, why: 'new-kind', asks: by },
      { kind: 'looked-anew', alert: { ...alert, severity: 'critical' }, why: 'more-severe' },
    ),
  ).toMatchInlineSnapshot(`
    "looked-anew
    :mag: *Looking again:* ShopDown (critical) is new here
    The next fix asks before it runs, because @U0LEA cancelled a plan of this incident.

    looked-anew-2
    :mag: *Looking again:* CatalogMemoryHigh (critical) is more severe than what came before"
  `);
});

test('whoever holds a plan hears in a message of their own that somebody chose another fix', () => {
  const kept = { kind: 'hold-kept', plan: 'P2', title: 'Tune shop', holder: 'U0LEA', by: 'U0BEN' } as const;
  const asked = { ...kept, plan: 'P3' };
  expect(told({ ...kept, stands: 'held' }, { ...asked, stands: 'asks' })).toMatchInlineSnapshot(`
    "hold-kept-P2
    :raised_hand: @U0LEA: @U0BEN chose another fix in place of the plan you hold: *Tune shop*. Your hold goes on: it runs only once somebody resumes it.

    hold-kept-P3
    :raised_hand: @U0LEA: @U0BEN chose another fix in place of the plan you hold: *Tune shop*. It runs only once somebody approves it."
  `);
});

test('a hold that became an approval by the look that followed is told as what it is now', () => {
  const { decided } = waitingInWindow(OPENED).phase as Waiting;
  const asking = incidentIn({
    at: 'waiting',
    for: 'approval',
    decided,
    deadline: null,
    held: null,
    turn: null,
  });
  const { id, title } = decided.plan;
  const kept = { kind: 'hold-kept', plan: id, title, holder: 'U0LEA', by: 'U0BEN', stands: 'held' } as const;
  const [message] = threadMessages(asking, timelineOf(kept));
  expect(message?.text).toMatch(/It runs only once somebody approves it$/);
});

test('refused events are not told', () => {
  expect(told({ kind: 'refused', event: 'acted', by: 'U0DAVE', reason: 'no' })).toBe('');
});

test('a metric that is read for recovery is told in figures of one form, under its name', () => {
  const check = {
    metric: { query: 'process_resident_memory_bytes{service="catalog"}', is: '<', value: 150e6 },
  } as const;
  const words = '`process_resident_memory_bytes{service="catalog"}` < 150,000,000: it is 80,000,000';
  const sample = { at: OPENED, observedAt: OPENED, answers: [{ check, answer: 'good' as const, words }] };
  const shown = told(
    { kind: 'watching', plan: plan.id, deadline: OPENED + 60_000, why: 'fix' },
    { kind: 'sampled', plan: plan.id, sample },
  );
  expect(shown).toContain(
    ':white_check_mark: good: process_resident_memory_bytes < 150,000,000: it is 80,000,000',
  );
});

test('two checks that rest on one reading are told as one sign of health', () => {
  const one = { check: { alert: 'resolved' }, answer: 'good', words: 'the program runs' } as const;
  const sample = {
    at: OPENED,
    observedAt: OPENED,
    answers: [one, { ...one, answer: 'unknown' as const }, one],
  };
  const shown = told(
    { kind: 'watching', plan: plan.id, deadline: OPENED + 60_000, why: 'fix' },
    { kind: 'sampled', plan: plan.id, sample },
  );
  expect(shown.match(/the program runs/g)).toHaveLength(2);
  expect(shown).toContain('unknown: the program runs');
});
