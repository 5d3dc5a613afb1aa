import { describe, expect, test } from 'vitest';
import type { Person } from '../../../../../src/approval/person.ts';
import type { Overview } from '../../../../../src/desk/overview.ts';
import { say } from '../../../../../src/lib/text/text.ts';
import { renderView } from '../../../../kit/slack/render-text.ts';
import type { View } from '../../../../kit/slack/types.ts';
import { OPENED, waitingInWindow } from '../../../../kit/slack-sink/example.ts';
import { connected, type SceneOptions, scene } from '../../../../kit/slack-sink/scene.ts';
import { callsOf, memoryVisitors } from '../../../../kit/slack-sink/stage.ts';
import { until } from '../../../../kit/stack/process.ts';
import { homeOf } from '../../../../kit/world/home.ts';

/** How things stand, which a test changes as it goes. */
function standing() {
  const state = {
    pausedBy: null as string | null,
    open: [] as Overview['open'],
    now: OPENED,
    fails: false,
    asked: [] as Person[],
  };
  const overview = async (by: Person): Promise<Overview> => {
    if (state.fails) throw new Error('the memory is away');
    state.asked.push(by);
    return {
      now: state.now,
      open: state.open,
      mine: [],
      pausedBy: state.pausedBy,
      mode: { everywhere: 'tiered', exceptions: [], orders: [] },
      silences: [],
      tripped: [],
      troubles: [],
      holds: [],
      closed: [],
      track: [],
      operator: by.id === 'U0BOB',
    };
  };
  return { state, overview };
}

async function opened(options: SceneOptions = {}, user = 'U0BOB') {
  const { state, overview } = standing();
  const visitors = memoryVisitors();
  const app = { visitors, ...options.app };
  const all = await connected({ ...options, app, desk: { overview } });
  const view = await all.slack.person(user).home();
  await until(async () => (await visitors.lastShown(user)) !== null, {
    what: 'what was shown to be kept',
    ms: 5_000,
  });
  return { ...all, state, overview, visitors, view };
}

describe('the Home tab', () => {
  test('is there when somebody comes, drawn for them with their groups', async () => {
    const { state, view } = await opened({}, 'U0CAROL');
    expect(renderView(view)).toContain('All is quiet');
    expect(state.asked[0]).toMatchObject({ id: 'U0CAROL', groups: ['S0ONCALL'] });
  });

  test('shows at once what is new when somebody asks', async () => {
    const { slack, state, view } = await opened();
    state.open = [waitingInWindow(null)];
    await slack.person('U0BOB').click(view, 'Refresh');
    await slack.until(() => homeOf(slack, 'U0BOB').includes('catalog'), 'the incident in the Home tab');
  });

  test('pauses and resumes by the hand of an operator, and shows at once what became of it', async () => {
    const { slack, wishes, state, view } = await opened({
      answer: async ({ text, by }) => {
        state.pausedBy = text === 'pause' ? (by as Person).id : null;
        return { text: text === 'pause' ? say`Paused: nothing new starts.` : say`Resumed.` };
      },
    });
    const bob = slack.person('U0BOB');
    await bob.click(view, 'Pause everything');
    await slack.until(() => homeOf(slack, 'U0BOB').includes('*Paused* by @U0BOB'), 'the pause');
    expect(homeOf(slack, 'U0BOB')).toContain('Paused: nothing new starts.');
    await bob.click(view, 'Resume');
    await slack.until(() => homeOf(slack, 'U0BOB').includes('*On*'), 'the end of the pause');
    expect(wishes.map(({ to, text, by }) => [to, text, (by as Person).id])).toEqual([
      ['heal', 'pause', 'U0BOB'],
      ['heal', 'resume', 'U0BOB'],
    ]);
  });

  test('offers no pause to others, and says why where one presses a button that stood there before', async () => {
    const all = await opened({
      answer: () => ({ text: say`Nothing was changed: that is for operators.`, refused: true }),
    });
    const { slack, view } = all;
    const dave = slack.person('U0DAVE');
    expect(renderView(await dave.home())).not.toContain('Pause');
    // Bob is an operator no more, and his tab is of before.
    await slack.person('U0BOB').click(view, 'Pause everything');
    await slack.until(() => homeOf(slack, 'U0BOB').includes('that is for operators'), 'the reason');
  });

  test('is brought up to date by any replica while somebody may be looking, and not published where nothing is new', async () => {
    const first = await opened();
    const { slack, state, overview, visitors } = first;
    const second = await connected({
      app: { visitors, botToken: slack.botToken, appToken: slack.appToken, apiUrl: slack.apiUrl },
      desk: { overview },
    });
    const published = callsOf(slack, 'views.publish');
    state.now += 5_000;
    await second.app.drawHomes();
    expect(callsOf(slack, 'views.publish')).toBe(published);
    state.open = [waitingInWindow(OPENED + 60_000)];
    await second.app.drawHomes();
    expect(homeOf(slack, 'U0BOB')).toContain('catalog');
    state.now += 5_000;
    await first.app.drawHomes();
    await second.app.drawHomes();
    expect(callsOf(slack, 'views.publish')).toBe(published + 1);
  });

  test('that another replica has drawn meanwhile is not overwritten with what is older', async () => {
    const { slack, app, state, visitors } = await opened();
    const before = await visitors.lastShown('U0BOB');
    state.open = [waitingInWindow(null)];
    await app.drawHomes();
    // A slower replica still has what it read before that.
    await visitors.showed('U0BOB', before ?? { mark: '', showing: '' });
    state.open = [];
    state.pausedBy = 'U0ALICE';
    await app.drawHomes();
    expect(homeOf(slack, 'U0BOB')).toContain('catalog');
    await app.drawHomes();
    expect(homeOf(slack, 'U0BOB')).toContain('*Paused* by @U0ALICE');
  });

  test('says that the memory cannot be read where it cannot, and shows everything again when it can', async () => {
    const { slack, app, state } = await opened();
    state.fails = true;
    await app.drawHomes();
    expect(homeOf(slack, 'U0BOB')).toContain('Medic cannot read its memory');
    state.fails = false;
    await app.drawHomes();
    expect(homeOf(slack, 'U0BOB')).toContain('All is quiet');
  });

  test('that Slack did not take comes with the next round', async () => {
    const { slack, app, state } = await opened();
    state.pausedBy = 'U0ALICE';
    slack.faults.answerError('views.publish', 'internal_error');
    await app.drawHomes();
    expect(homeOf(slack, 'U0BOB')).not.toContain('Paused');
    await slack.until(() => app.ready().ok, 'Slack to answer again');
    await app.drawHomes();
    expect(homeOf(slack, 'U0BOB')).toContain('Paused');
  });

  test('opens no thread by itself: its links only have to be heard', async () => {
    const { slack, state, view } = await opened();
    state.open = [
      waitingInWindow(null, { formerThread: { channel: 'C0INCIDENTS', ts: '1772345400.000100' } }),
    ];
    await slack.person('U0BOB').click(view, 'Refresh');
    await slack.until(() => homeOf(slack, 'U0BOB').includes('Open thread'), 'the link');
    await slack.person('U0BOB').click(view, 'home:open-1');
    expect(JSON.stringify((slack.state.views.get(view.id) as { view: View }).view.blocks)).toContain(
      `${slack.url}/archives/C0INCIDENTS/p1772345400000100`,
    );
  });
});

test('an invitation of Medic lets what is owed be shown at once, and one of somebody else does not', async () => {
  const invitations: number[] = [];
  const { slack } = await connected({
    app: { invited: async () => void invitations.push(1) },
  });
  const alice = slack.person('U0ALICE');
  alice.kick('C0INCIDENTS', 'U0DAVE');
  alice.invite('C0INCIDENTS', 'U0DAVE');
  alice.kick('C0INCIDENTS');
  alice.invite('C0INCIDENTS');
  await slack.until(() => invitations.length > 0, 'the invitation');
  expect(invitations).toHaveLength(1);
});

describe('scopes that the app lacks', () => {
  const SCOPES = [
    'app_mentions:read',
    'channels:history',
    'channels:join',
    'channels:read',
    'chat:write',
    'commands',
  ];

  test('are named with what each costs, once in the log, and keep nothing from working', async () => {
    const { app, log } = await connected({ slack: { scopes: SCOPES } });
    expect(app.ready()).toEqual({ ok: true, reason: null });
    expect(app.troubles()).toContainEqual(expect.stringMatching(/`files:write`: there are no charts/));
    await app.client.auth.test();
    const told = log.lines.filter(({ message }) => message === 'the Slack app lacks a scope');
    expect(told.map(({ fields }) => (fields as { scope: string }).scope)).toContain('files:write');
    expect(new Set(told.map(({ fields }) => JSON.stringify(fields))).size).toBe(told.length);
  });

  test('are no longer named once the app has them', async () => {
    const scopes = [...SCOPES];
    const { app } = await connected({ slack: { scopes } });
    const before = app.troubles().length;
    scopes.push('files:write');
    await app.client.auth.test();
    expect(app.troubles().length).toBe(before - 1);
  });

  test('keep it from being ready where it can say nothing at all', async () => {
    const { app, slack } = await scene({ slack: { scopes: SCOPES.filter((one) => one !== 'chat:write') } });
    app.start();
    await slack.until(() => app.ready().reason?.includes('`chat:write`'), 'the missing scope to be named');
    expect(app.ready().ok).toBe(false);
  });
});
