import { describe, expect, test } from 'vitest';
import { createAnnouncer } from '../../../../src/adapters/sinks/slack/announcer.ts';
import { createWebClient } from '../../../../src/adapters/sinks/slack/connection/web-client.ts';
import { day, say } from '../../../../src/lib/text/text.ts';
import type { LocalSlack } from '../../../kit/slack/server.ts';
import { hurried, newLog, slackWith, written } from '../../../kit/slack-sink/stage.ts';

function announcerFor(slack: LocalSlack) {
  const client = createWebClient({
    token: slack.botToken,
    apiUrl: slack.apiUrl,
    timeout: 1_000,
    log: newLog(),
  });
  return createAnnouncer({ client, pacer: hurried, channel: 'C0INCIDENTS' });
}

describe('what is about no incident', () => {
  test('stands in the channel once, also where nobody knows whether it was posted', async () => {
    const slack = await slackWith();
    const { announce } = announcerFor(slack);
    const at = Date.now();
    await announce('one', say`Lost since ${day(1764367200000)}.`, { at, mayStand: false });
    await announce('one', say`Lost since ${day(1764367200000)}.`, { at, mayStand: true });
    await announce('two', say`Another.`, { at, mayStand: true });
    const texts = written(slack).map(({ text }) => text);
    expect(texts).toHaveLength(2);
    expect(texts[0]).toContain('<!date^1764367200^');
  });

  test('says by its sign whether something is wrong or over', async () => {
    const slack = await slackWith();
    const { announce } = announcerFor(slack);
    await announce('blind-prometheus-1', say`Away.`, { at: Date.now(), mayStand: false });
    await announce('sighted-prometheus-1', say`Back.`, { at: Date.now(), mayStand: false });
    expect(written(slack).map(({ text }) => text)).toEqual([':warning: Away.', ':white_check_mark: Back.']);
  });

  test('calls nobody and leads nowhere, whatever an alert is called', async () => {
    const slack = await slackWith();
    await announcerFor(slack).announce(
      'x',
      say`The alert ${'<!channel> & <https://example.com|x>'} is away.`,
      {
        at: Date.now(),
        mayStand: false,
      },
    );
    const [message] = written(slack);
    expect(message?.text).toContain('&lt;!channel&gt; &amp; &lt;https');
  });

  test('is found again by its names alone, oldest first, among whatever else is said there', async () => {
    const slack = await slackWith();
    const { announce, told } = announcerFor(slack);
    const at = Date.now();
    await announce('memory-1', say`Away.`, { at, mayStand: false });
    await slack.person('U0BOB').say('C0INCIDENTS', 'notice-memory-2: what is that?');
    await announce('sighted-memory-1', say`Back.`, { at, mayStand: false });
    expect(await told(at - 60_000)).toEqual(['memory-1', 'sighted-memory-1']);
    expect(await told(Date.now() + 600_000)).toEqual([]);
  });

  test('stands nowhere in a channel that Medic is not in, which it joins to say it', async () => {
    const slack = await slackWith();
    slack.person('U0ALICE').kick('C0INCIDENTS');
    const { announce, told } = announcerFor(slack);
    const at = Date.now();
    expect(await told(at - 60_000)).toEqual([]);
    await announce('memory-1', say`Away.`, { at, mayStand: true });
    expect(await told(at - 60_000)).toEqual(['memory-1']);
  });
});
