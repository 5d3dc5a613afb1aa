import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createSlackApp } from '../../../../src/adapters/sinks/slack/connection/app.ts';
import { createProjector } from '../../../../src/adapters/sinks/slack/projection/projector.ts';
import type { Reply } from '../../../../src/desk/desk.ts';
import { person, say } from '../../../../src/lib/text/text.ts';
import {
  incidentIn,
  OPENED,
  plan,
  timelineOf,
  untilWindow,
  waitingInWindow,
} from '../../../kit/slack-sink/example.ts';
import {
  approvalOf,
  CHANNEL,
  connected,
  newDesk,
  nobody,
  overHttp,
  ready,
  type Scene,
  scene,
  shownCard,
} from '../../../kit/slack-sink/scene.ts';
import { callsOf, hurried, memoryStore, newLog, written } from '../../../kit/slack-sink/stage.ts';

describe('a click', () => {
  test('carries who clicked, with their groups, what, on which plan and dry run, and the name of the click', async () => {
    const all = await connected({ answer: () => ({ text: say`It runs now.` }) });
    const card = await shownCard(all);
    const alice = all.slack.person('U0ALICE');
    await alice.click(card, 'Run now');
    await alice.told(CHANNEL, 'It runs now.');
    expect(all.wishes).toEqual([
      {
        to: 'act',
        incident: 'I1',
        action: 'run-now',
        diff: 'd'.repeat(16),
        plan: plan.id,
        by: {
          id: 'U0ALICE',
          name: expect.stringMatching(/alice/i),
          groups: ['S0ONCALL'],
          channel: CHANNEL,
          team: 'T0EXAMPLE',
        },
        reason: null,
        once: expect.stringMatching(/^slack-action-U0ALICE-\d+\.\d+$/),
      },
    ]);
  });

  test('that is refused says why to that person only', async () => {
    const all = await connected({ answer: () => ({ text: say`This needs the approver role.` }) });
    const card = await shownCard(all, approvalOf());
    await all.slack.person('U0DAVE').click(card, 'Approve');
    const told = await all.slack.person('U0DAVE').told(CHANNEL, 'approver role');
    expect(told.ephemeral_to).toBe('U0DAVE');
    expect(all.wishes[0]).toMatchObject({ action: 'approve', by: { id: 'U0DAVE', groups: [] } });
  });

  test('is acknowledged only when the desk has recorded it', async () => {
    const recorded = Promise.withResolvers<Reply>();
    const all = await connected({ answer: () => recorded.promise });
    const card = await shownCard(all);
    let acknowledged = false;
    const click = all.slack
      .person('U0BOB')
      .click(card, 'Cancel')
      .then(() => {
        acknowledged = true;
      });
    await all.slack.until(() => all.wishes.length === 1, 'the wish');
    expect(acknowledged).toBe(false);
    recorded.resolve({ text: null });
    await click;
  });

  test('that takes longer to record than Slack waits is not acknowledged before, and answered all the same', async () => {
    const recorded = Promise.withResolvers<Reply>();
    const all = await connected({ slack: { limits: { ackMs: 100 } }, answer: () => recorded.promise });
    const bob = all.slack.person('U0BOB');
    await expect(bob.click(await shownCard(all), 'Cancel')).rejects.toThrow();
    expect(all.wishes).toHaveLength(1);
    recorded.resolve({ text: say`Cancelled.` });
    await bob.told(CHANNEL, 'Cancelled.');
  });

  test('that the desk cannot record is told, logged, and harms nothing', async () => {
    let broken = true;
    const all = await connected({
      answer: () => {
        if (broken) throw new Error('Redis is gone');
        return { text: say`Cancelled.` };
      },
    });
    const card = await shownCard(all);
    const bob = all.slack.person('U0BOB');
    await bob.click(card, 'Cancel');
    await bob.told(CHANNEL, 'was *not* recorded');
    expect(all.log.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({
      err: new Error('Redis is gone'),
    });
    broken = false;
    await bob.click(card, 'Cancel');
    await bob.told(CHANNEL, 'Cancelled.');
  });

  test('on a button of something else is answered and not passed on', async () => {
    const all = await connected();
    const { channel, ts } = await all.app.client.chat.postMessage({
      channel: CHANNEL,
      text: 'old',
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'plan:explode',
              text: { type: 'plain_text', text: 'Go' },
              value: '{"i":1}',
            },
          ],
        },
      ],
    });
    const bob = all.slack.person('U0BOB');
    await bob.click({ channel: channel ?? '', ts: ts ?? '' }, 'Go');
    await bob.told(CHANNEL, 'no longer works');
    expect(all.wishes).toEqual([]);
  });
});

describe('a rejection', () => {
  test('asks for the reason and carries it', async () => {
    const all = await connected({ answer: () => ({ text: say`Rejected; a person is called.` }) });
    const card = await shownCard(all, approvalOf());
    const carol = all.slack.person('U0CAROL');
    await carol.click(card, 'Reject');
    await carol.submit(await carol.modal('Reject this fix'), { reason: 'the database is being moved' });
    await carol.told(CHANNEL, 'Rejected; a person is called.');
    expect(all.wishes).toMatchObject([
      { action: 'reject', plan: plan.id, reason: 'the database is being moved' },
    ]);
  });

  test('may be without a reason', async () => {
    const all = await connected();
    const card = await shownCard(all, approvalOf());
    const carol = all.slack.person('U0CAROL');
    await carol.click(card, 'Reject');
    await carol.submit(await carol.modal());
    expect(all.wishes).toMatchObject([{ action: 'reject', reason: null }]);
  });

  test('that the desk cannot record stays open with the reason why', async () => {
    const all = await connected({
      answer: () => {
        throw new Error('Redis is gone');
      },
    });
    const card = await shownCard(all, approvalOf());
    const carol = all.slack.person('U0CAROL');
    await carol.click(card, 'Reject');
    const submission = await carol
      .submit(await carol.modal(), { reason: 'no' })
      .catch((error: unknown) => error);
    expect(JSON.stringify(submission)).toContain('Not recorded');
  });

  test('that takes longer to record than Slack waits leaves the dialog open, and sent again it has the same name', async () => {
    const recorded = Promise.withResolvers<Reply>();
    const all = await connected({ slack: { limits: { ackMs: 100 } }, answer: () => recorded.promise });
    const carol = all.slack.person('U0CAROL');
    await carol.click(await shownCard(all, approvalOf()), 'Reject');
    const view = await carol.modal();
    for (const again of [false, true])
      await expect(carol.submit(view, { reason: 'no' }), String(again)).rejects.toThrow();
    recorded.resolve({ text: null });
    expect(all.wishes).toHaveLength(2);
    expect(new Set(all.wishes.map(({ once }) => once)).size).toBe(1);
  });

  test('whose dialog does not open says to press again', async () => {
    const all = await connected();
    const card = await shownCard(all, approvalOf());
    all.slack.faults.answerError('views.open', 'expired_trigger_id');
    const carol = all.slack.person('U0CAROL');
    await carol.click(card, 'Reject');
    await carol.told(CHANNEL, 'Press Reject once more');
  });
});

describe('a cross', () => {
  test.each(['card', 'plan-I1-p1'])('on %s cancels whatever plan is current', async (key) => {
    const all = await connected({ answer: () => ({ text: say`Cancelled.` }) });
    await shownCard(all);
    const message = written(all.slack).find((one) => one.metadata?.event_payload.key === key);
    if (!message) throw new Error(`${key} is not there`);
    const dave = all.slack.person('U0DAVE');
    dave.react(message, 'x');
    await dave.told(CHANNEL, 'Cancelled.');
    expect(all.wishes).toEqual([
      {
        to: 'act',
        incident: 'I1',
        action: 'cancel',
        plan: null,
        by: { id: 'U0DAVE', name: 'Dave', groups: [], channel: null, team: 'T0EXAMPLE' },
        reason: null,
        once: expect.stringMatching(/^slack-event-Ev/i),
      },
    ]);
  });

  test('on what is told in another’s thread is about its own incident, and answered in that thread', async () => {
    const all = await connected({ answer: () => ({ text: say`Cancelled.` }) });
    const thread = await shownCard(all, incidentIn({ at: 'investigating', doing: 'collecting' }));
    const notifier = createProjector({
      client: all.app.client,
      pacer: hurried,
      store: all.store,
      channelFor: () => CHANNEL,
      serviceOf: () => null,
    });
    const guest = { ...waitingInWindow(OPENED + 60_000), id: 'I2' };
    const host = { incident: 'I1', subject: 'catalog', closed: null, relapsed: null };
    const timeline = timelineOf(...untilWindow);
    await notifier.project(guest, timeline, OPENED, { ...host, channel: CHANNEL, ts: thread.ts });
    const message = written(all.slack).at(-1);
    if (!message) throw new Error('nothing was said');
    const dave = all.slack.person('U0DAVE');
    dave.react(message, 'x');
    expect((await dave.told(CHANNEL, 'Cancelled.')).thread_ts).toBe(thread.ts);
    expect(all.wishes).toMatchObject([{ to: 'act', incident: 'I2', action: 'cancel' }]);
  });

  test('elsewhere, and other signs, mean nothing', async () => {
    const all = await connected();
    const card = await shownCard(all);
    const bob = all.slack.person('U0BOB');
    bob.react(bob.say(CHANNEL, 'lunch?'), 'x');
    bob.react(card, 'eyes');
    bob.react(card, 'no_entry');
    await all.slack.until(() => all.wishes.length > 0, 'the wish');
    expect(all.wishes).toHaveLength(1);
  });

  test('that could not be recorded is sent again by Slack, and told once', async () => {
    let failures = 0;
    const all = await connected({
      slack: { limits: { retryMs: [10, 10, 10], ackMs: 300 } },
      answer: () => {
        failures += 1;
        if (failures < 3) throw new Error('Redis is gone');
        return { text: null };
      },
    });
    const bob = all.slack.person('U0BOB');
    bob.react(await shownCard(all), 'x');
    await all.slack.until(() => all.wishes.length === 3, 'the third delivery');
    expect(new Set(all.wishes.map(({ once }) => once)).size).toBe(1);
    expect(callsOf(all.slack, 'chat.postEphemeral')).toBe(1);
  });
});

describe('a click on what stands in a thread and in the channel as well', () => {
  const refuse = () => ({
    text: say`Nothing was changed: ask ${person('U0ALICE')}.`,
    refused: true as const,
  });
  const broadcast = async (all: Scene) => {
    const root = await shownCard(all);
    const { ts = '', channel = '' } = await all.app.client.chat.postMessage({
      channel: CHANNEL,
      text: 'a card',
      thread_ts: root.ts,
      reply_broadcast: true,
      blocks: [
        {
          type: 'actions',
          elements: [
            {
              type: 'button',
              action_id: 'plan:cancel',
              text: { type: 'plain_text', text: 'Cancel' },
              value: JSON.stringify({ i: 'I1', p: 'I1-p1' }),
            },
          ],
        },
      ],
    });
    return { ts, channel };
  };

  test('is refused in front of whoever pressed, wherever they look, and names who may', async () => {
    const all = await connected({ answer: refuse });
    const dave = all.slack.person('U0DAVE');
    await dave.click(await broadcast(all), 'plan:cancel');
    expect(JSON.stringify(await dave.modal('Nothing was changed'))).toContain('ask <@U0ALICE>');
    expect(callsOf(all.slack, 'chat.postEphemeral')).toBe(0);
  });

  test('is refused in the channel where no dialog opens, and never in the thread alone', async () => {
    const all = await connected({ answer: refuse, slack: { limits: { triggerLifeMs: 0 } } });
    const dave = all.slack.person('U0DAVE');
    await dave.click(await broadcast(all), 'plan:cancel');
    expect((await dave.told(CHANNEL, 'Nothing was changed')).thread_ts).toBeUndefined();
  });
});

describe('an event that Slack delivers again', () => {
  test.each(['socket', 'http'] as const)(
    'because it took too long to record has the same name (%s)',
    async (mode) => {
      const recorded = Promise.withResolvers<Reply>();
      const limits = { ackMs: 100, retryMs: [10, 10_000, 10_000] };
      const options = { slack: { limits }, answer: () => recorded.promise };
      const all = mode === 'socket' ? await connected(options) : await overHttp(options);
      if (mode === 'http') {
        all.app.start();
        await ready(all);
      }
      const dave = all.slack.person('U0DAVE');
      dave.react(await shownCard(all), 'x');
      await all.slack.until(() => all.wishes.length === 2, 'the second delivery');
      recorded.resolve({ text: say`Cancelled.` });
      await dave.told(CHANNEL, 'Cancelled.');
      expect(new Set(all.wishes.map(({ once }) => once)).size).toBe(1);
    },
  );
});

describe('a command', () => {
  test.each(['heal', 'diagnose'] as const)(
    '/%s is acknowledged with the answer of the desk',
    async (name) => {
      const all = await connected({ answer: () => ({ text: say`Looking at *catalog*.` }) });
      const bob = all.slack.person('U0BOB');
      await bob.command(CHANNEL, `/${name}`, '  catalog ');
      await bob.told(CHANNEL, 'Looking at');
      expect(all.wishes).toEqual([
        {
          to: name,
          text: 'catalog',
          by: expect.objectContaining({ id: 'U0BOB' }),
          once: expect.stringMatching(/^slack-command-./),
        },
      ]);
    },
  );

  test('that takes long is acknowledged in time and answered later', async () => {
    const slow = Promise.withResolvers<Reply>();
    const all = await connected({ answer: () => slow.promise });
    const bob = all.slack.person('U0BOB');
    await bob.command(CHANNEL, '/heal', 'list');
    await bob.told(CHANNEL, 'Working on it');
    slow.resolve({ text: say`Here is the list.` });
    await bob.told(CHANNEL, 'Here is the list.');
  });

  test('that fails says so', async () => {
    const all = await connected({
      answer: () => {
        throw new Error('Redis is gone');
      },
    });
    const bob = all.slack.person('U0BOB');
    await bob.command(CHANNEL, '/heal', 'list');
    await bob.told(CHANNEL, 'was *not* recorded');
  });
});

test('a mention is answered with what Medic understands', async () => {
  const all = await connected();
  const bob = all.slack.person('U0BOB');
  bob.say(CHANNEL, '<@U0MEDIC> what can you do?');
  await bob.told(CHANNEL, '/diagnose <service>');
});

describe('user groups', () => {
  test('that cannot be read are named beside a refusal', async () => {
    const all = await connected({ answer: () => ({ text: say`This needs the approver role.` }) });
    all.slack.faults.answerError('usergroups.users.list', 'missing_scope', { times: 5 });
    const alice = all.slack.person('U0ALICE');
    await alice.click(await shownCard(all), 'Run now');
    await alice.told(CHANNEL, 'could not read who belongs to the user group S0ONCALL');
  });

  test('are read once for many clicks', async () => {
    const all = await connected();
    const card = await shownCard(all);
    for (const name of ['Run now', 'Hold', 'Cancel']) await all.slack.person('U0ALICE').click(card, name);
    expect(callsOf(all.slack, 'usergroups.users.list')).toBe(1);
    expect(all.wishes.map(({ by }) => by)).toEqual(
      Array(3).fill(expect.objectContaining({ groups: ['S0ONCALL'] })),
    );
  });
});

/** Whether Slack took a message of these words. Its name is made of them: said again, it is the same message. */
function said(all: Scene, key: string): Promise<'taken' | 'failed'> {
  const metadata = { event_type: 'medic_incident', event_payload: { incident: 'I1', key } };
  return all.app.client.chat.postMessage({ channel: CHANNEL, text: key, metadata }).then(
    () => 'taken',
    () => 'failed',
  );
}

/** Waits until Slack was asked whether it is there, and answered. */
async function asked(all: Scene): Promise<void> {
  const before = callsOf(all.slack, 'auth.test');
  await all.slack.until(() => callsOf(all.slack, 'auth.test') > before, 'Slack to be asked');
  await all.slack.until(
    () => !all.app.ready().reason?.includes('cannot be reached'),
    'its answer to be heard',
  );
}

describe('Slack', () => {
  test('that is down at the start is waited for', { timeout: 20_000 }, async () => {
    const all = await scene();
    await all.slack.faults.down();
    all.app.start();
    await all.slack.until(() => all.log.lines.some(({ level }) => level === 'warn'), 'the first failure');
    expect(all.app.ready()).toEqual({ ok: false, reason: expect.stringContaining('cannot be reached') });
    await all.slack.faults.up();
    await ready(all);
    await all.slack.person('U0BOB').command(CHANNEL, '/heal', 'list');
    expect(all.wishes).toHaveLength(1);
  });

  test('that goes away and comes back is connected to again', { timeout: 20_000 }, async () => {
    const all = await connected();
    await all.slack.faults.down();
    await all.slack.until(() => !all.app.ready().ok, 'Medic to notice');
    expect(all.app.ready().reason).toContain('no connection to Slack');
    await all.slack.faults.up();
    await ready(all);
    await all.slack.person('U0BOB').command(CHANNEL, '/heal', 'list');
    expect(all.wishes).toHaveLength(1);
  });

  test('that takes no messages reaches nobody, though its connection stands and it answers all else', async () => {
    const all = await connected({ app: { probeEvery: 20 } });
    all.slack.faults.serverError('chat.postMessage', { times: 2 });
    expect([await said(all, 'one'), await said(all, 'another')]).toEqual(['failed', 'failed']);
    await asked(all);
    expect(all.app.ready()).toEqual({ ok: false, reason: expect.stringContaining('does not take messages') });
    expect(await said(all, 'one')).toBe('taken');
    expect(all.app.ready().ok).toBe(true);
  });

  test('that chokes on one message reaches people all the same, however often that one is tried', async () => {
    const all = await connected({ app: { probeEvery: 20 } });
    all.slack.faults.answerError('chat.postMessage', 'internal_error', { times: 5 });
    expect(await said(all, 'one')).toBe('failed');
    await asked(all);
    for (let nth = 0; nth < 3; nth += 1) {
      expect(await said(all, 'one')).toBe('failed');
      expect(all.app.ready()).toEqual({ ok: true, reason: null });
    }
    all.slack.faults.clear();
    expect(await said(all, 'another')).toBe('taken');
    all.slack.faults.answerError('chat.postMessage', 'internal_error');
    expect(await said(all, 'one')).toBe('failed');
    expect(all.app.ready().ok).toBe(true);
  });

  test('that goes silent while one message fails again and again is noticed', async () => {
    const all = await overHttp();
    all.app.start();
    await ready(all);
    all.slack.faults.serverError('chat.postMessage', { times: 2 });
    expect(await said(all, 'one')).toBe('failed');
    await asked(all);
    all.slack.faults.serverError('auth.test', { times: 1 });
    expect(await said(all, 'one')).toBe('failed');
    await all.slack.until(() => !all.app.ready().ok, 'Medic to notice');
    await ready(all);
  });

  test('that loses one answer is asked whether it is there, and reaches people again', async () => {
    const all = await connected({ app: { probeEvery: 20 } });
    all.slack.faults.loseAnswer('chat.postMessage');
    const post = all.app.client.chat.postMessage({ channel: CHANNEL, text: 'news' });
    await expect(post).rejects.toThrow();
    await ready(all);
  });

  test('that takes the token back is noticed without anybody having anything to say', async () => {
    const all = await connected({ app: { probeEvery: 20 } });
    all.slack.faults.answerError('auth.test', 'token_revoked', { times: 100 });
    await all.slack.until(() => all.app.ready().reason?.includes('token_revoked'), 'Medic to notice');
    all.slack.faults.clear();
    await ready(all);
  });

  test('that asks for a new connection gets it at once', async () => {
    const all = await connected();
    all.slack.faults.disconnect('refresh_requested');
    await all.slack.until(
      () => callsOf(all.slack, 'apps.connections.open') === 2,
      'a second connection',
      1000,
    );
    await ready(all);
  });

  test('that refuses the token is told apart from one that is down', async () => {
    const all = await scene({ app: { botToken: 'xoxb-wrong' } });
    all.app.start();
    await all.slack.until(() => all.app.ready().reason?.includes('SLACK_BOT_TOKEN'), 'the reason');
  });

  test('may deliver one click twice: both have the same name', async () => {
    const all = await connected();
    const card = await shownCard(all);
    all.slack.faults.duplicate();
    await all.slack.person('U0BOB').click(card, 'Cancel');
    await all.slack.until(() => all.wishes.length === 2, 'the second delivery');
    expect(all.wishes[0]?.once).toBe(all.wishes[1]?.once);
  });
});

describe('stopping', () => {
  test('waits for what is under way, and its acknowledgement still arrives', async () => {
    const recorded = Promise.withResolvers<Reply>();
    const all = await connected({ answer: () => recorded.promise });
    const click = all.slack.person('U0BOB').click(await shownCard(all), 'Cancel');
    await all.slack.until(() => all.wishes.length === 1, 'the wish');
    const stopped = all.app.stop();
    expect(all.app.ready()).toEqual({ ok: false, reason: 'Medic is stopping' });
    recorded.resolve({ text: null });
    await Promise.all([click, stopped]);
    await all.slack.until(() => all.slack.connections() === 0, 'the connection to close');
  });

  test('before Slack ever answered ends at once', async () => {
    const all = await scene();
    await all.slack.faults.down();
    all.app.start();
    await all.app.stop();
  });
});

describe('over HTTP', () => {
  test('the same commands, clicks and crosses arrive', async () => {
    const all = await overHttp({ answer: ({ to }) => ({ text: say`asked to ${to}` }) });
    all.app.start();
    await ready(all);
    await all.slack.verifyUrl();
    const bob = all.slack.person('U0BOB');
    await bob.command(CHANNEL, '/diagnose', 'catalog');
    await bob.told(CHANNEL, 'asked to diagnose');
    const card = await shownCard(all);
    await bob.click(card, 'Hold');
    bob.react(card, 'x');
    await all.slack.until(() => all.wishes.length === 3, 'the third wish');
    expect(all.wishes.map(({ to, action }) => action ?? to)).toEqual(['diagnose', 'hold', 'cancel']);
  });

  test('a Slack that goes away is noticed, and noticed again when it is back', async () => {
    const all = await overHttp({ app: { probeEvery: 20 } });
    all.app.start();
    await ready(all);
    await all.slack.faults.down();
    await all.slack.until(() => !all.app.ready().ok, 'Medic to notice');
    expect(all.app.ready().reason).toContain('cannot be reached');
    await all.slack.faults.up();
    await ready(all);
  });

  test('a Slack that hangs reaches nobody', async () => {
    const all = await overHttp({ app: { probeEvery: 20 } });
    all.app.start();
    await ready(all);
    all.slack.faults.hang('auth.test', { times: 1 });
    await all.slack.until(() => !all.app.ready().ok, 'Medic to notice', 4000);
    await ready(all);
  });

  test('nothing is taken before Medic knows who it is', async () => {
    const all = await overHttp();
    await expect(all.slack.person('U0BOB').command(CHANNEL, '/heal', 'list')).rejects.toThrow();
    expect(all.wishes).toEqual([]);
  });

  test('a body larger than any of Slack’s is refused before it is read, as is one that does not say how large it is', async () => {
    const all = await overHttp();
    all.app.start();
    await ready(all);
    const server = createServer((request, response) => all.app.requestListener?.(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const ask = async (length: string) => {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.write(`POST /slack/events HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n`);
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return answer.toString().split('\r\n')[0];
    };
    expect(await ask('Content-Length: 2000000')).toContain('413');
    expect(await ask('Transfer-Encoding: chunked')).toContain('413');
  });

  test('what is not signed by Slack is refused', async () => {
    const all = await overHttp({ app: { signingSecret: 'another-secret' } });
    all.app.start();
    await ready(all);
    await expect(all.slack.person('U0BOB').command(CHANNEL, '/heal', 'list')).rejects.toThrow();
    expect(all.wishes).toEqual([]);
  });
});

test('a mode without its secret does not start, and says which', () => {
  const { desk } = newDesk();
  const options = {
    botToken: 'xoxb-1',
    desk,
    projections: memoryStore(),
    visitors: nobody,
    pacer: hurried,
    invited: async () => undefined,
    groups: [],
    logger: newLog(),
  };
  expect(() => createSlackApp({ ...options, mode: 'http' })).toThrow('SLACK_SIGNING_SECRET');
  expect(() => createSlackApp({ ...options, mode: 'socket' })).toThrow('SLACK_APP_TOKEN');
});
