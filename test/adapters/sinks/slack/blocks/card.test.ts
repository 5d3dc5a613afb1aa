import { expect, test } from 'vitest';
import { card } from '../../../../../src/adapters/sinks/slack/blocks/card/card.ts';
import { nextStep, refreshAt } from '../../../../../src/adapters/sinks/slack/blocks/card/next-step.ts';
import type { Decided, Incident, Phase, Waiting } from '../../../../../src/incident/model/incident.ts';
import { alert, decided, incidentIn, OPENED, waitingInWindow } from '../../../../kit/slack-sink/example.ts';
import { read } from '../../../../kit/slack-sink/stage.ts';

function buttons(incident: Incident): string[] {
  return shownIn(incident).filter((label) => !TOOLS.includes(label));
}

const TOOLS = ['[Catch me up]', '[Silence it]', '[Hand over]'];

function shownIn(incident: Incident): string[] {
  return read(card(incident, { now: OPENED })).match(/\[[A-Z⋯][^\]]*\]/g) ?? [];
}

const high: Decided = {
  ...decided,
  verdict: {
    ...decided.verdict,
    kind: 'ask',
    approvals: 2,
    tier: { declared: 'high', effective: 'high', raisedBy: [] },
  },
};
const waiting = (change: Partial<Extract<Phase, { at: 'waiting' }>>): Phase => ({
  at: 'waiting',
  for: 'approval',
  decided: high,
  deadline: OPENED + 1_800_000,
  held: null,
  turn: null,
  ...change,
});

test('while the cancel window runs, the card alone says what, why, how sure, what next, when, and what can be done', () => {
  const incident = waitingInWindow(OPENED + 45_000);
  expect(read(card(incident, { now: OPENED + 5000, service: null }))).toMatchInlineSnapshot(`
    "# :hourglass_flowing_sand: About to fix: catalog
    :rotating_light: *Critical:* catalog uses 412 MB of 256 MB
    1 alert firing since 2026-03-01 06:10 UTC
    *Cause:* catalog leaks memory. *92 % sure*, 3 independent witnesses
    *Fix:* Restart the service on *catalog*
    *Tier medium*, raised from low: more than half of user traffic passes here
    *Next:* runs in 40 s (06:10:45 UTC) unless someone objects
    [Run now] [Cancel] [Hold] [⋯ Change its values | Choose another fix | Call a person | The cause is wrong | Show all evidence]
    [Catch me up] [Silence it]
    :book: Runbook at runbooks.example.com (https://runbooks.example.com/catalog) :mag: 127.0.0.1:9090 (http://127.0.0.1:9090/graph?g0.expr=x)
    \`I1\` · production · opened 2026-03-01 06:10 UTC"
  `);
});

test('a plan that needs two approvals shows who approved', () => {
  const receipt = {
    user: 'U0ALICE',
    at: OPENED + 60_000,
    planDigest: 'b',
    policyDigest: 'c',
    diffHash: null,
  };
  const incident = incidentIn(waiting({ decided: { ...high, receipts: [receipt] } }));
  expect(read(card(incident, { now: OPENED }))).toMatchInlineSnapshot(`
    "# :raised_hand: Needs approval: catalog
    :rotating_light: *Critical:* catalog uses 412 MB of 256 MB
    1 alert firing since 2026-03-01 06:10 UTC
    *Cause:* catalog leaks memory. *92 % sure*, 3 independent witnesses
    *Fix:* Restart the service on *catalog*
    *Tier high*: medium tier waits for objections
    *Next:* runs once 2 authorised people approve
    *1 of 2 approved:* @U0ALICE at 06:11 UTC
    Open until 06:40 UTC; then a person is called
    [Approve] [Reject] [⋯ Change its values | Choose another fix | Call a person | The cause is wrong | Show all evidence]
    [Catch me up] [Silence it]
    :book: Runbook at runbooks.example.com (https://runbooks.example.com/catalog) :mag: 127.0.0.1:9090 (http://127.0.0.1:9090/graph?g0.expr=x)
    \`I1\` · production · opened 2026-03-01 06:10 UTC"
  `);
});

test('a finished incident says so in one line, leaves its figures to the thread, and only asks whether its diagnosis was right', () => {
  const { milestones } = incidentIn({ at: 'investigating', doing: 'collecting' });
  const incident = incidentIn(
    { at: 'closed', how: 'healed', reason: 'every check was good for 5 s' },
    {
      alerts: {
        f1: {
          alert: { ...alert, status: 'resolved', endsAt: OPENED + 9000 },
          heardAt: OPENED,
          changedAt: OPENED,
          beganAt: OPENED,
          fires: 1,
        },
      },
      milestones: { ...milestones, started: OPENED + 2300, fixed: OPENED + 4000, closed: OPENED + 11_400 },
    },
  );
  expect(read(card(incident, { now: OPENED }))).toMatchInlineSnapshot(`
    "# :white_check_mark: Resolved: catalog
    :rotating_light: *Critical:* the alert said “catalog uses 412 MB of 256 MB”
    The alert has resolved
    *Cause:* catalog leaks memory. *92 % sure*, 3 independent witnesses
    *Resolved in 11 s.* Every check was good for 5 s
    [⋯ The cause is right | The cause is wrong]
    :book: Runbook at runbooks.example.com (https://runbooks.example.com/catalog) :mag: 127.0.0.1:9090 (http://127.0.0.1:9090/graph?g0.expr=x)
    \`I1\` · production · opened 2026-03-01 06:10 UTC"
  `);
});

test('a diagnosis without a cause says what is missing and the best lead', () => {
  const { diagnosis } = waitingInWindow(null);
  if (!diagnosis) throw new Error('the example has a diagnosis');
  const unsure = {
    ...diagnosis,
    lead: 'look at the deploy of 06:02',
    conclusion: { kind: 'abstained' as const, reason: 'only one witness' },
  };
  const incident = incidentIn(
    { at: 'escalated', reason: '<@U0BOB> called a person', decided: null },
    { diagnosis: unsure },
  );
  expect(read(card(incident, { now: OPENED }))).toMatchInlineSnapshot(`
    "# :sos: Needs a person: catalog
    :rotating_light: *Critical:* catalog uses 412 MB of 256 MB
    1 alert firing since 2026-03-01 06:10 UTC
    *Cause:* not known: only one witness
    *Best lead:* look at the deploy of 06:02
    *Next:* a person takes over: @U0BOB called a person
    [Choose a fix] [⋯ Say what it was | Show all evidence]
    [Catch me up] [Silence it]
    :book: Runbook at runbooks.example.com (https://runbooks.example.com/catalog) :mag: 127.0.0.1:9090 (http://127.0.0.1:9090/graph?g0.expr=x)
    \`I1\` · production · opened 2026-03-01 06:10 UTC"
  `);
});

test('a person who is called because no cause is known is told why once', () => {
  const { diagnosis } = waitingInWindow(null);
  if (!diagnosis) throw new Error('the example has a diagnosis');
  const conclusion = { kind: 'abstained' as const, reason: 'only one witness' };
  const unsure = { ...diagnosis, lead: 'look at the deploy of 06:02', conclusion };
  const reason = 'only one witness. Best lead: look at the deploy of 06:02';
  const said = read(
    card(incidentIn({ at: 'escalated', reason, decided: null }, { diagnosis: unsure }), { now: OPENED }),
  );
  expect(said.split('only one witness')).toHaveLength(2);
  expect(said).toContain('*Next:* a person takes over\n');
});

const WHILE_IT_WAITS =
  '[⋯ Change its values | Choose another fix | Call a person | The cause is wrong | Show all evidence]';
const AT_REST = '[⋯ Change its values | The cause is right | The cause is wrong | Show all evidence]';
const CALLABLE =
  '[⋯ Change its values | Call a person | The cause is right | The cause is wrong | Show all evidence]';
const NOTHING_KNOWN = { diagnosis: null, evidence: [] };

test('each state offers what a thumb can do in it, and nothing else', () => {
  const held = { by: 'U0BOB', reason: 'a closer look' };
  const behind = { kind: 'upstream' as const, obstacle: 'orders comes first', since: OPENED };
  expect({
    window: buttons(waitingInWindow(OPENED + 60_000)),
    held: buttons(incidentIn(waiting({ for: 'window', decided, deadline: null, held }))),
    approval: buttons(incidentIn(waiting({}))),
    turn: buttons(incidentIn(waiting({ for: 'turn', decided }))),
    upstream: buttons(incidentIn(waiting({ for: 'turn', decided, turn: behind }))),
    preparing: buttons(incidentIn({ at: 'preparing', decided })),
    'held while it is rehearsed': buttons(incidentIn({ at: 'preparing', decided, held })),
    executing: buttons(incidentIn({ at: 'executing', decided, attempt: 'A1', stop: null })),
    stopping: buttons(incidentIn({ at: 'executing', decided, attempt: 'A1', stop: 'U0BOB' })),
    investigating: buttons(incidentIn({ at: 'investigating', doing: 'asking' })),
    escalated: buttons(incidentIn({ at: 'escalated', reason: 'nobody knows', decided })),
    unplanned: buttons(incidentIn({ at: 'escalated', reason: 'nobody knows', decided: null })),
    storm: buttons(
      incidentIn(
        { at: 'escalated', reason: 'too much', decided: null },
        { ...NOTHING_KNOWN, subject: { kind: 'storm', name: 'alert storm', environment: 'production' } },
      ),
    ),
    cancelled: buttons(incidentIn({ at: 'cancelled', decided, by: 'U0BOB', reason: 'not now' })),
    observed: buttons(incidentIn({ at: 'observed', decided })),
    muted: buttons(incidentIn({ at: 'muted', until: OPENED, words: 'an upgrade', decided })),
    closed: buttons(incidentIn({ at: 'closed', how: 'healed', reason: 'good for 5 s' })),
    answered: buttons(incidentIn({ at: 'closed', how: 'answered', reason: 'all is well' }, NOTHING_KNOWN)),
  }).toEqual({
    window: ['[Run now]', '[Cancel]', '[Hold]', WHILE_IT_WAITS],
    held: ['[Resume]', '[Cancel]', WHILE_IT_WAITS],
    approval: ['[Approve]', '[Reject]', WHILE_IT_WAITS],
    turn: ['[Cancel]', '[Hold]', WHILE_IT_WAITS],
    upstream: ['[Run now]', '[Cancel]', '[Hold]', WHILE_IT_WAITS],
    preparing: ['[Cancel]', '[Hold]', WHILE_IT_WAITS],
    'held while it is rehearsed': ['[Resume]', '[Cancel]', WHILE_IT_WAITS],
    executing: ['[Stop]'],
    stopping: [],
    investigating: [],
    escalated: ['[Choose a fix]', AT_REST],
    unplanned: ['[Choose a fix]', '[⋯ The cause is right | The cause is wrong | Show all evidence]'],
    storm: [],
    cancelled: ['[Choose a fix]', AT_REST],
    observed: ['[Choose a fix]', CALLABLE],
    muted: ['[Choose a fix]', CALLABLE],
    closed: ['[⋯ The cause is right | The cause is wrong]'],
    answered: [],
  });
});

test('beside the decision people can catch up, silence what fires, and hand over what they are called for', () => {
  const tools = (incident: Incident) => shownIn(incident).filter((label) => TOOLS.includes(label));
  const call = {
    nth: 1,
    why: 'escalated' as const,
    since: OPENED,
    told: [],
    earlier: [],
    droppedAt: null,
    next: null,
    taken: null,
    heard: OPENED,
    ended: null,
  };
  const called = { at: 'escalated', reason: 'nobody knows', decided: null } as const;
  expect({
    investigating: tools(incidentIn({ at: 'investigating', doing: 'asking' })),
    waiting: tools(waitingInWindow(null)),
    muted: tools(incidentIn({ at: 'muted', until: OPENED, words: 'an upgrade', decided })),
    quiet: tools(incidentIn(called, { alerts: {} })),
    called: tools(incidentIn(called, { call })),
    closed: tools(incidentIn({ at: 'closed', how: 'healed', reason: 'good for 5 s' })),
  }).toEqual({
    investigating: ['[Silence it]'],
    waiting: ['[Catch me up]', '[Silence it]'],
    muted: ['[Catch me up]'],
    quiet: ['[Catch me up]'],
    called: TOOLS,
    closed: [],
  });
});

test('a plan whose turn has come while all looks well says what it watches and what follows, and can be cancelled', () => {
  const resume: Waiting = { at: 'waiting', for: 'turn', decided, deadline: null, held: null, turn: null };
  const watching = incidentIn({
    at: 'verifying',
    decided,
    after: { kind: 'looks-healthy', resume },
    since: OPENED,
    deadline: OPENED + 60_000,
    goodSince: null,
    sample: null,
  });
  expect(nextStep(watching, OPENED)).toEqual([
    expect.stringMatching(/^all looks well now; watching that it stays so, until .* at the latest$/),
    'If not, the plan goes on',
  ]);
  expect(buttons(watching)).toEqual(['[Cancel]', '[Hold]', WHILE_IT_WAITS]);
});

test('buttons and menus carry the ids of their incident and plan, and nothing else', () => {
  const { blocks } = card(waitingInWindow(OPENED + 60_000), { now: OPENED });
  const row = blocks.find((block) => block.type === 'actions');
  expect(row?.block_id).toBe('plan:I1-p1');
  const carried = (row?.elements ?? []).map((element) =>
    element.type === 'overflow'
      ? element.options.map(({ value = '' }) => JSON.parse(value))
      : JSON.parse('value' in element ? String(element.value) : ''),
  );
  const [pressed, chosen] = [carried.slice(0, -1), carried.at(-1)];
  expect(pressed).toEqual(Array.from({ length: 3 }, () => ({ i: 'I1', p: 'I1-p1', d: 'dd'.repeat(8) })));
  expect(chosen).toEqual(
    ['edit', 'choose', 'escalate', 'wrong', 'evidence'].map((a) => ({
      a,
      i: 'I1',
      p: 'I1-p1',
      ...(a === 'wrong' ? { r: 1 } : {}),
    })),
  );
});

test('a countdown is redrawn at its next mark, and never after its end', () => {
  const deadline = OPENED + 60_000;
  const incident = waitingInWindow(deadline);
  const marks: number[] = [];
  for (let now: number | null = OPENED; now !== null; now = refreshAt(incident, now))
    marks.push((deadline - now) / 1000);
  expect(marks).toEqual([60, 50, 40, 30, 20, 10, 0]);
  expect(refreshAt(waitingInWindow(null), OPENED)).toBeNull();
  expect(refreshAt(incidentIn(waiting({})), OPENED)).toBeNull();
});

test('a countdown never promises more time than there is by more than a moment', () => {
  for (let left = 1000; left <= 300_000; left += 700) {
    const text = read(card(waitingInWindow(OPENED + left), { now: OPENED }));
    const [, minutes = '0', seconds = '0'] = /runs in (?:(\d+) min)? ?(?:(\d+(?:\.\d)?) s)?/.exec(text) ?? [];
    const promised = (Number(minutes) * 60 + Number(seconds)) * 1000;
    expect(promised).toBeGreaterThan(0);
    expect(promised).toBeLessThanOrEqual(left + 1500);
  }
});

test('a muted incident says until when and why, and calls nobody', () => {
  const phase = { at: 'muted', until: OPENED + 3_600_000, words: 'database upgrade', decided: null } as const;
  const service = { name: 'catalog', owners: ['U0ALICE'], dashboards: [] };
  const said = read(card(incidentIn(phase), { now: OPENED, service }));
  expect(said).toMatch(/^# :no_bell: Muted: catalog\n/);
  expect(said).toContain(
    '*Next:* nothing is done until 2026-03-01 07:10 UTC: database upgrade\nWhatever still fires then gets a fresh look',
  );
  expect(said).not.toMatch(/U0ALICE|@Alice/);
});

test('a storm says how many alerts there are, how many fire, and of what', () => {
  const storm = incidentIn(
    { at: 'escalated', reason: 'more incidents opened than people can follow', decided: null },
    {
      subject: { kind: 'storm', name: 'alert storm', environment: 'production' },
      title: 'More alerts than incidents can be opened for',
      crowd: { total: 411, firing: 396, names: { HighLatency: 300, Down: 111 }, toldAt: OPENED },
    },
  );
  expect(
    read(card(storm, { now: OPENED }))
      .split('\n')
      .slice(0, 4),
  ).toMatchInlineSnapshot(`
    [
      "# :sos: Needs a person: alert storm",
      ":rotating_light: *Critical:* More alerts than incidents can be opened for",
      "*412 alerts*, 397 of them firing",
      "300 × *HighLatency* · 111 × *Down* · 1 × *CatalogMemoryHigh*",
    ]
  `);
});

test('an end that did not last is no longer shown as one', () => {
  const ended = incidentIn({ at: 'closed', how: 'healed', reason: 'good for 5 s' }, { relapsed: 'I2' });
  const said = read(card(ended, { now: OPENED }));
  expect(said).toMatch(/^# :repeat: Did not last: catalog\n/);
  expect(said).toContain('It did not last: it continues as `I2`');
});

test('a card says with whom it shares its thread', () => {
  const guests = ['storefront', 'cart'].map((subject, nth) => ({
    kind: 'neighbour' as const,
    incident: `I${nth + 2}`,
    subject,
  }));
  expect(read(card(waitingInWindow(null, { guests }), { now: OPENED }))).toContain(
    ':link: Also in this thread: *storefront*, *cart*',
  );
});

test('words about a neighbour name the one that is open, and end when it ends', () => {
  const waiting = (link: Incident['link'], closed: number | null = null) =>
    read(
      card(waitingInWindow(null, { link }), {
        now: OPENED,
        host: { incident: 'I0', subject: 'storefront', closed, relapsed: null },
      }),
    );
  const link = { kind: 'neighbour', incident: 'I0' } as const;
  const of = { incident: 'I7', subject: 'orders' };
  expect(waiting(link)).toContain('Neighbour of *storefront* (`I0`), which alerts too; told in that thread');
  expect(waiting(link, OPENED)).toContain(
    '*storefront* (`I0`), which was over at 06:10 UTC; told in that thread',
  );
  expect(waiting({ ...link, of }, OPENED)).toContain(
    'Neighbour of *orders* (`I7`), which alerts too; told in the thread of *storefront*',
  );
  expect(waiting({ ...link, of, over: OPENED })).toContain('*orders* (`I7`), which was over at 06:10 UTC');
  const guests = [
    { kind: 'neighbour', incident: 'I2', subject: 'cart', over: OPENED },
    { kind: 'neighbour', incident: 'I3', subject: 'checkout' },
  ] as const;
  expect(read(card(waitingInWindow(null, { guests }), { now: OPENED }))).toContain(
    'Also in this thread: *checkout*, *cart* (over at 06:10 UTC)',
  );
});

test('a card that is closed says of an alert how it stood at the end, since nothing more is heard of it', () => {
  const attached = { alert, heardAt: OPENED, beganAt: OPENED, changedAt: OPENED, fires: 1 };
  const closed = incidentIn(
    { at: 'closed', how: 'healed', reason: 'good for 5 s' },
    { alerts: { f1: attached } },
  );
  const said = read(card(closed, { now: OPENED + 5000, service: null }));
  expect(said).toContain('1 alert had not resolved when this closed');
  expect(said).not.toContain('firing');
});

test('a card says how its service is known where no label of the alert names it, and that nobody knows it', () => {
  const said = (because: string, kind: 'service' | 'target') => {
    const incident = incidentIn({ at: 'investigating', doing: 'collecting' });
    return read(card({ ...incident, because, subject: { ...incident.subject, kind } }, { now: OPENED }));
  };
  expect(said('web-1:9100 is its host', 'service')).toContain(
    'About catalog, because web-1:9100 is its host',
  );
  expect(said('web-1 is a host of cart and shop', 'target')).toContain(
    'Which service it is about is not known: web-1 is a host of cart and shop',
  );
  expect(read(card(waitingInWindow(OPENED), { now: OPENED }))).not.toContain('because');
});
