import { describe, expect, test } from 'vitest';
import { LaneBusy, type Pacer } from '../../../src/adapters/sinks/slack/connection/pacer.ts';
import { renderText } from '../../kit/slack/server.ts';
import { chart, recovered } from '../../kit/slack-sink/charts.ts';
import {
  incidentIn,
  OPENED,
  timelineOf,
  untilWindow,
  waitingInWindow,
} from '../../kit/slack-sink/example.ts';
import { callsOf, keysIn, type Stage, stage, written } from '../../kit/slack-sink/stage.ts';

const before = untilWindow.slice(0, 3);
const after = untilWindow.slice(3);
const timeline = timelineOf(...before, { kind: 'charted', moment: 'diagnosis', chart }, ...after);
const waiting = waitingInWindow(null, { version: 5 });
const KEY = 'chart-diagnosis';

/** Shows the incident as often as it asks for it, at the times that it asks for, but no oftener than `most`. */
async function shown(on: Stage, most = 10, notifier = on.notifier): Promise<number> {
  let at: number | null = OPENED;
  for (let times = 0; times < most; times += 1) {
    const { refreshAt } = await notifier.project(waiting, timeline, at, null);
    if (refreshAt === null) return times + 1;
    at = refreshAt;
  }
  return most;
}

const messageOf = ({ slack }: Stage, key = KEY) =>
  written(slack).find((message) => message.metadata?.event_payload.key === key);
const imageOf = (on: Stage, key = KEY) => messageOf(on, key)?.blocks?.find(({ type }) => type === 'image');
const files = ({ slack }: Stage) => [...slack.state.files.values()];

describe('a picture', () => {
  test('comes into a message that stands right after the diagnosis, with its words for those who cannot see it', async () => {
    const on = await stage();
    await shown(on);
    expect(keysIn(on.slack).slice(0, 5)).toEqual([
      'card',
      'opened',
      'evidence-1',
      'diagnosis-pattern-1',
      KEY,
    ]);
    const [file] = files(on);
    expect(imageOf(on)).toMatchObject({
      slack_file: { id: file?.id },
      alt_text: file?.alt_txt,
      title: { text: expect.stringContaining('HighErrorRate') },
    });
    expect(file).toMatchObject({
      mimetype: 'image/png',
      alt_txt: expect.stringMatching(/^HighErrorRate of catalog: about 0 % before the alert; worst 8\.8 %/),
    });
    expect(file?.content?.subarray(1, 4).toString()).toBe('PNG');
  });

  test('stands in words from the beginning, with a link to the graph, and holds nothing else up', async () => {
    const on = await stage();
    const { plan, refreshAt } = await on.notifier.project(waiting, timeline, OPENED, null);
    expect(plan).not.toBeNull();
    expect(callsOf(on.slack, 'files.getUploadURLExternal')).toBe(0);
    const message = messageOf(on);
    expect(message && renderText(message)).toMatch(/worst 8\.8 %[\s\S]*Open the graph/);
    expect(refreshAt).toBeLessThan(OPENED + 5_000);
  });

  test('of the recovery is one of its own, at the end', async () => {
    const on = await stage();
    const closed = incidentIn({ at: 'closed', how: 'healed', reason: 'it works' }, { version: 9 });
    const told = timelineOf(...before, { kind: 'charted', moment: 'diagnosis', chart }, ...after, {
      kind: 'charted',
      moment: 'recovery',
      chart: recovered,
    });
    for (const at of [0, 2_000]) await on.notifier.project(closed, told, OPENED + at, null);
    expect(keysIn(on.slack).at(-1)).toBe('chart-recovery');
    expect(imageOf(on, 'chart-recovery')).toMatchObject({
      alt_text: expect.stringContaining('of the fix'),
    });
    expect(files(on)).toHaveLength(2);
  });

  test('is uploaded once, and edited in once, however often the incident is shown', async () => {
    const on = await stage();
    await shown(on);
    const edits = callsOf(on.slack, 'chat.update');
    await shown(on);
    await shown(on, 10, on.restarted());
    expect([files(on).length, callsOf(on.slack, 'chat.update')]).toEqual([1, edits]);
  });

  test('that Slack has not looked at yet is tried again, and the words stay meanwhile', async () => {
    const on = await stage();
    await shown(on, 1);
    on.slack.faults.answerError('chat.update', 'invalid_blocks', { times: 2 });
    await shown(on, 2);
    const edits = callsOf(on.slack, 'chat.update');
    expect(imageOf(on)).toBeUndefined();
    expect(messageOf(on)?.blocks).not.toEqual([]);
    await shown(on);
    expect(imageOf(on)).toBeDefined();
    expect([files(on).length, edits > 0]).toEqual([1, true]);
  });

  test.each([
    [
      'the scope is missing',
      (on: Stage) => on.slack.faults.answerError('files.getUploadURLExternal', 'missing_scope', { times: 9 }),
    ],
    [
      'Slack refuses it',
      (on: Stage) =>
        on.slack.faults.answerError('files.completeUploadExternal', 'posting_to_general_channel_denied', {
          times: 9,
        }),
    ],
  ])('is given up where %s, and the words stay', async (_why, refuse) => {
    const on = await stage();
    refuse(on);
    expect(await shown(on)).toBe(2);
    const calls = on.slack.calls.length;
    await shown(on, 10, on.restarted());
    expect(on.slack.calls.length).toBe(calls);
    expect(imageOf(on)).toBeUndefined();
    expect(messageOf(on)?.text).toMatch(/worst 8\.8 %/);
  });

  test('is given up after a few tries where its bytes do not arrive', async () => {
    const on = await stage();
    on.slack.faults.serverError('files.getUploadURLExternal', { times: 99 });
    expect(await shown(on, 20)).toBe(6);
    expect(callsOf(on.slack, 'files.getUploadURLExternal')).toBe(5);
    expect(imageOf(on)).toBeUndefined();
  });

  test('that Slack takes its time over keeps nobody waiting for it, and is tried again', async () => {
    const on = await stage({ timeout: 60_000, picturePatience: 50 });
    await shown(on, 1);
    on.slack.faults.hang('files.getUploadURLExternal');
    const { refreshAt } = await on.notifier.project(waiting, timeline, OPENED + 2_000, null);
    expect([refreshAt !== null, imageOf(on)]).toEqual([true, undefined]);
  });

  test('that has to wait for others is not drawn for nothing', async () => {
    const called: string[] = [];
    const turn: Pacer['turn'] = async (lane) => {
      if (lane === 'uploads') throw new LaneBusy(lane, 2_000);
    };
    const on = await stage({
      pacer: { turn, hold: () => undefined },
      meter: (method) => void called.push(method),
      picturePatience: 0,
    });
    await shown(on, 1);
    // A drawing would have come too late, and counted as a try.
    await on.notifier.project(waiting, timeline, OPENED + 2_000, null);
    const { [`~tries-${KEY}`]: tries } = await on.store.shown('I1');
    expect(tries?.hash).toBe('0');
    expect(called).not.toContain('files.getUploadURLExternal');
  });

  test('that was uploaded by a process that died is not uploaded again, and its message is not posted again', async () => {
    const on = await stage();
    await shown(on, 1);
    on.slack.faults.hang('chat.update', { times: 1 });
    await shown(on, 1);
    expect([files(on).length, imageOf(on)]).toEqual([1, undefined]);
    const posted = keysIn(on.slack);
    await shown(on, 10, on.restarted());
    expect(imageOf(on)).toBeDefined();
    expect([files(on).length, keysIn(on.slack)]).toEqual([1, posted]);
  });

  test('that was uploaded and not noted is uploaded once more at most', async () => {
    const on = await stage();
    on.slack.faults.loseAnswer('files.completeUploadExternal');
    await shown(on);
    expect(imageOf(on)).toBeDefined();
    expect([files(on).length, keysIn(on.slack).filter((key) => key === KEY).length]).toEqual([2, 1]);
  });
});
