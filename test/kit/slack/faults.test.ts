import { ErrorCode } from '@slack/web-api';
import { expect, test } from 'vitest';
import { clientOf, INCIDENTS, refusal, slackWith } from './harness.ts';

test('a lost answer leaves the message posted and the caller in the dark', async () => {
  const slack = await slackWith();
  slack.faults.loseAnswer('chat.postMessage');
  const call = clientOf(slack).chat.postMessage({ channel: INCIDENTS, text: 'unknown outcome' });
  await expect(call).rejects.toMatchObject({ code: ErrorCode.RequestError });
  expect(slack.print('#incidents')).toContain('unknown outcome');
});

test('a late post lands after the caller has given up', async () => {
  const slack = await slackWith();
  slack.faults.landLate('chat.postMessage', { afterMs: 50 });
  const call = clientOf(slack).chat.postMessage({ channel: INCIDENTS, text: 'late' });
  await expect(call).rejects.toMatchObject({ code: ErrorCode.RequestError });
  expect(slack.print('#incidents')).not.toContain('late');
  await slack.message('#incidents', 'late');
});

test('a call can be slowed down, broken, or left hanging, as often as asked', async () => {
  const slack = await slackWith();
  const client = clientOf(slack);
  slack.faults.rateLimit('chat.postMessage', { retryAfter: 7 });
  slack.faults.serverError('chat.postMessage', { status: 503 });
  slack.faults.hang('chat.postMessage');
  slack.faults.answerError('chat.postMessage', 'fatal_error');
  const post = () => client.chat.postMessage({ channel: INCIDENTS, text: 'x' });
  await expect(post()).rejects.toMatchObject({ code: ErrorCode.RateLimitedError, retryAfter: 7 });
  await expect(post()).rejects.toMatchObject({ code: ErrorCode.HTTPError, statusCode: 503 });
  await expect(post()).rejects.toMatchObject({ code: ErrorCode.RequestError });
  expect(await refusal(post())).toBe('fatal_error');
  expect((await post()).ok).toBe(true);
  expect(slack.print('#incidents').match(/Medic: x/g)).toHaveLength(1);
});
