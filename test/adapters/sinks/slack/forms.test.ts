import type { KnownBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../../../src/adapters/sinks/slack/blocks/service.ts';
import { createChat } from '../../../../src/adapters/sinks/slack/chat.ts';
import { countedCalls } from '../../../../src/adapters/sinks/slack/connection/calls.ts';
import { createWebClient } from '../../../../src/adapters/sinks/slack/connection/web-client.ts';
import { createForms } from '../../../../src/adapters/sinks/slack/projection/forms.ts';
import { callsOf, hurried, newLog, slackWith } from '../../../kit/slack-sink/stage.ts';

const plan: KnownBlock = { type: 'plan', title: 'What is done' };
const classic: readonly KnownBlock[] = [{ type: 'section', text: { type: 'mrkdwn', text: 'What is done' } }];
const modern: Message = { text: 'words', blocks: [plan], classic };

/** As Slack refuses blocks. */
class Refused extends Error {
  readonly code = 'slack_webapi_platform_error';
  readonly data = { ok: false, error: 'invalid_blocks' };
}

/** A workspace that takes no blocks of these types, and writes down what it was asked. */
function workspace(...refuses: string[]) {
  const asked: string[] = [];
  const send = async (blocks: readonly KnownBlock[]) => {
    const types = blocks.map(({ type }) => type);
    asked.push(types.join(' ') || 'words');
    if (types.some((type) => refuses.includes(type)))
      throw new Refused('An API error occurred: invalid_blocks');
    return 'taken';
  };
  return { asked, send };
}

describe('a message', () => {
  test('is sent in modern blocks, in old ones where those are refused, and in words alone where both are', async () => {
    for (const [refuses, asked] of [
      [[], ['plan']],
      [['plan'], ['plan', 'section']],
      [
        ['plan', 'section'],
        ['plan', 'section', 'words'],
      ],
    ] as const) {
      const slack = workspace(...refuses);
      expect(await createForms().send(modern, slack.send)).toBe('taken');
      expect(slack.asked).toEqual(asked);
    }
  });

  test('is sent in old blocks at once where the workspace refused these modern ones lately, and tried again later', async () => {
    let now = 0;
    const forms = createForms(() => now);
    const slack = workspace('plan');
    await forms.send(modern, slack.send);
    await forms.send(modern, slack.send);
    now += 700_000;
    await forms.send(modern, slack.send);
    expect(slack.asked).toEqual(['plan', 'section', 'section', 'plan', 'section']);
  });

  test('that is refused for what is in it teaches nothing about the others', async () => {
    const forms = createForms();
    const slack = workspace('section');
    await forms.send({ text: 'words', blocks: classic }, slack.send);
    await forms.send({ text: 'words', blocks: classic }, slack.send);
    expect(slack.asked).toEqual(['section', 'words', 'section', 'words']);
  });

  test('that is refused for another reason is not tried in another form', async () => {
    const send = () => Promise.reject(new Error('the network is away'));
    await expect(createForms().send(modern, send)).rejects.toThrow('the network is away');
  });
});

test('the old blocks stand in Slack where it refuses the modern ones, and an edit costs one call', async () => {
  const slack = await slackWith();
  const client = createWebClient({
    token: slack.botToken,
    apiUrl: slack.apiUrl,
    timeout: 1000,
    log: newLog(),
  });
  const chat = createChat(client, hurried, countedCalls(hurried));
  const turn = { rank: 'story', held: () => true } as const;
  const name = { incident: 'I1', key: 'plan', seq: 1 };
  slack.faults.answerError('chat.postMessage', 'invalid_blocks');
  const { ts, channel } = await chat.post({ channel: 'C0INCIDENTS', thread: null }, name, modern, turn);
  await chat.edit(channel, ts, name, modern, turn);
  const message = await slack.message('C0INCIDENTS', 'What is done');
  expect(message.blocks?.map(({ type }) => type)).toEqual(['section']);
  expect(callsOf(slack, 'chat.update')).toBe(1);
});
