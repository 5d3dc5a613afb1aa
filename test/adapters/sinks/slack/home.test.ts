import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { brokenHome, home, newsIn } from '../../../../src/adapters/sinks/slack/blocks/home/home.ts';
import { permalink } from '../../../../src/adapters/sinks/slack/permalink.ts';
import type { Overview } from '../../../../src/desk/overview.ts';
import type { Incident } from '../../../../src/incident/model/incident.ts';
import type { TrackRecord } from '../../../../src/knowledge/track-record.ts';
import { named, say } from '../../../../src/lib/text/text.ts';
import { renderView } from '../../../kit/slack/render-text.ts';
import type { View } from '../../../kit/slack/types.ts';
import { viewProblems } from '../../../kit/slack/validate.ts';
import { incident, odd } from '../../../kit/slack-sink/arbitrary.ts';
import { decided, incidentIn, OPENED, waitingInWindow } from '../../../kit/slack-sink/example.ts';

// Drawing many odd incidents takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const threadUrl = ({ formerThread }: Incident) =>
  formerThread === undefined
    ? null
    : permalink('https://example.slack.com/', formerThread.channel, formerThread.ts);
const thread = { channel: 'C0INCIDENTS', ts: '1772345400.000100' };

const quiet: Overview = {
  now: OPENED + 60_000,
  open: [],
  mine: [],
  pausedBy: null,
  mode: { everywhere: 'tiered', exceptions: [], orders: [] },
  silences: [],
  tripped: [],
  troubles: [],
  holds: [],
  closed: [],
  track: [],
  operator: false,
};

const track: TrackRecord = {
  playbook: 'restart_service',
  runs: 9,
  helped: 7,
  didNotHelp: 1,
  didNotLast: 1,
  unknown: 0,
  medianTime: 42_000,
  calledWrong: 1,
};

/** As a person reads it in Slack. */
function read(overview: Overview, notice: string | null = null): string {
  const blocks = structuredClone(home(overview, { threadUrl, notice })) as unknown as View['blocks'];
  return renderView({ type: 'home', blocks } as View);
}

describe('the Home tab', () => {
  test('is kind where there is nothing to say', () => {
    expect(read(quiet)).toMatchInlineSnapshot(`
      "# Open incidents
      :white_check_mark: All is quiet: no incident is open.
      # What Medic may do
      :arrow_forward: *On*: fixes may start.
      Mode \`tiered\`: runs what is low risk at once, waits for objections to what is medium, and asks for what is high.
      [Refresh]
      # Lately
      Nothing has ended lately. Closed incidents show up here.
      # Playbook track record
      No playbook has run lately.
      As of 2026-03-01 06:11 UTC. Updates live for half an hour; then press Refresh."
    `);
  });

  test('shows what waits for the person first, then the rest by urgency, and what came of it all', () => {
    const approval = incidentIn(
      { at: 'waiting', for: 'approval', decided, deadline: OPENED + 600_000, held: null, turn: null },
      { id: 'I2', formerThread: thread },
    );
    const cancelled = incidentIn(
      { at: 'cancelled', decided, by: 'U0BOB', reason: 'not now' },
      {
        id: 'I3',
        subject: { kind: 'service', name: 'orders', environment: 'production' },
        severity: 'info',
        formerThread: thread,
      },
    );
    const healed = incidentIn(
      { at: 'closed', how: 'healed', reason: 'proven' },
      { id: 'I4', formerThread: thread, milestones: { ...approval.milestones, closed: OPENED + 240_000 } },
    );
    const window = waitingInWindow(OPENED + 90_000, { id: 'I5', severity: 'warning' });
    const overview: Overview = {
      ...quiet,
      open: [cancelled, window, approval],
      mine: [{ incident: approval, why: say`waits for your approval` }],
      pausedBy: 'U0BOB',
      silences: [say`${named('shop')} until noon`],
      troubles: ['The Slack app lacks the scope `files:write`: there are no charts.'],
      closed: [healed],
      track: [track],
      operator: true,
    };
    expect(read(overview)).toMatchInlineSnapshot(`
      "# Waiting for you
      :rotating_light: *catalog* (production), critical, since 2026-03-01 06:10 UTC
      :raised_hand: *Needs approval*: waits for your approval
      [Open thread]
      # Also open
      :warning: *catalog* (production), warning, since 2026-03-01 06:10 UTC
      :hourglass_flowing_sand: *About to fix*: nothing starts: @U0BOB has paused Medic; Its cancel window still ends at 06:11:30 UTC
      :information_source: *orders* (production), info, since 2026-03-01 06:10 UTC
      :no_entry_sign: *Cancelled*: nothing automatic: cancelled by @U0BOB: not now
      [Open thread]
      # Medic’s own health
      :warning: The Slack app lacks the scope \`files:write\`: there are no charts.
      # What Medic may do
      :double_vertical_bar: *Paused* by @U0BOB: nothing new starts. What runs, finishes.
      Mode \`tiered\`: runs what is low risk at once, waits for objections to what is medium, and asks for what is high.
      :no_bell: Silenced: *shop* until noon
      [Resume] [Refresh]
      # Lately
      :white_check_mark: *catalog (https://example.slack.com/archives/C0INCIDENTS/p1772345400000100)*: Resolved after 4 min, 2026-03-01 06:14 UTC
      # Playbook track record
      • \`restart_service\`: 7 of 9 helped, usually in 42 s, 1 did not help, 1 did not last, diagnosis called wrong 1 time
      As of 2026-03-01 06:11 UTC. Updates live for half an hour; then press Refresh."
    `);
  });

  test('leads to the thread of each incident, and has no button where there is no thread yet', () => {
    const one = waitingInWindow(null, { id: 'I1', formerThread: thread });
    const blocks = JSON.stringify(
      home({ ...quiet, open: [one, waitingInWindow(null)] }, { threadUrl, notice: null }),
    );
    expect(blocks.match(/home:open-\d+/g)).toEqual(['home:open-1']);
    expect(blocks).toContain('https://example.slack.com/archives/C0INCIDENTS/p1772345400000100');
  });

  test('offers to pause and to resume to operators only, and only what can be done', () => {
    const actions = (overview: Overview) =>
      JSON.stringify(home(overview, { threadUrl, notice: null })).match(/home:(pause|resume|refresh)/g);
    expect(actions(quiet)).toEqual(['home:refresh']);
    expect(actions({ ...quiet, operator: true })).toEqual(['home:pause', 'home:refresh']);
    expect(actions({ ...quiet, operator: true, pausedBy: 'U0BOB' })).toEqual(['home:resume', 'home:refresh']);
  });

  test('says the same again as long as nothing happens, so that it need not be drawn anew', () => {
    const open = [waitingInWindow(OPENED + 300_000, { formerThread: thread })];
    const news = (now: number, notice: string | null) =>
      newsIn(home({ ...quiet, open, now }, { threadUrl, notice }));
    expect(news(OPENED + 1000, null)).toEqual(news(OPENED + 200_000, 'Paused.'));
  });

  test('never holds more than Slack takes, whatever there is to show', () => {
    const text = odd;
    const texts = fc.array(text, { maxLength: 15 });
    /** Many incidents, made of a few: making each takes long. */
    const incidents = (most: number) =>
      fc
        .tuple(fc.array(incident, { minLength: 1, maxLength: 2 }), fc.nat(most))
        .map(([few, count]) => Array.from({ length: count }, (_, index) => few[index % few.length] ?? few[0]))
        .map((many) => many.filter((one) => one !== undefined));
    const tracks = fc.array(
      fc.record({
        playbook: text,
        runs: fc.nat(),
        helped: fc.nat(),
        didNotHelp: fc.nat(),
        didNotLast: fc.nat(),
        unknown: fc.nat(),
        medianTime: fc.option(fc.nat()),
        calledWrong: fc.nat(),
      }),
      { maxLength: 40 },
    );
    const said = text.map((words) => say`${words}`);
    const saids = texts.map((all) => all.map((words) => say`${words}`));
    const overviews: fc.Arbitrary<Overview> = fc.record({
      now: fc.constant(OPENED),
      open: incidents(40),
      mine: fc.tuple(incidents(15), said).map(([all, why]) => all.map((one) => ({ incident: one, why }))),
      pausedBy: fc.option(text),
      mode: fc.record({
        everywhere: fc.constantFrom('observe' as const, 'supervised' as const, 'tiered' as const),
        exceptions: saids,
        orders: fc.array(
          fc.record({
            service: fc.option(text),
            environment: fc.option(text),
            mode: fc.constant('observe' as const),
            by: text,
            at: fc.nat(),
          }),
          { maxLength: 15 },
        ),
      }),
      silences: saids,
      tripped: saids,
      troubles: texts,
      holds: texts,
      closed: incidents(15),
      track: tracks,
      operator: fc.boolean(),
    });
    fc.assert(
      fc.property(overviews, fc.option(text), (overview, notice) => {
        expect(viewProblems({ type: 'home', blocks: home(overview, { threadUrl, notice }) })).toEqual([]);
      }),
      { numRuns: 40 },
    );
    expect(viewProblems({ type: 'home', blocks: brokenHome(OPENED) })).toEqual([]);
  });
});

test('a sentence about Medic shows code and channels, and nothing that it quotes becomes a mention or a link', () => {
  const drawnOf = (line: string) =>
    JSON.stringify(home({ ...quiet, troubles: [line], holds: [line] }, { threadUrl, notice: null }));
  expect(drawnOf('Medic cannot post in <#C0INCIDENTS>: no scope `chat:write`.')).toContain(
    'Medic cannot post in <#C0INCIDENTS>: no scope `chat:write`.',
  );
  const hostile = fc.constantFrom(
    '<!channel>',
    '<@U0BOB>',
    '<https://example.com|All is well>',
    '`',
    '*',
    '<#',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(hostile, fc.string()), { maxLength: 8 }), (pieces) => {
      expect(drawnOf(`The alert ${pieces.join('')} has not come.`)).not.toMatch(
        /<@U0BOB|<!channel|<https:\/\/example/,
      );
    }),
  );
});

describe('the address of a message', () => {
  test.each([
    [['C1', '1772345400.000100', null], 'https://example.slack.com/archives/C1/p1772345400000100'],
    [
      ['C1', '1772345401.000200', '1772345400.000100'],
      'https://example.slack.com/archives/C1/p1772345401000200?thread_ts=1772345400.000100&cid=C1',
    ],
    [
      ['C1', '1772345400.000100', '1772345400.000100'],
      'https://example.slack.com/archives/C1/p1772345400000100',
    ],
    [['C1', 'nonsense', null], null],
  ] as const)('%j is %s', ([channel, ts, inThread], address) => {
    expect(permalink('https://example.slack.com/', channel, ts, inThread)).toBe(address);
  });

  test('is not known before Slack has said where the workspace is', () => {
    expect(permalink(null, 'C1', '1772345400.000100')).toBeNull();
  });
});
