import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPagerDuty } from '../../../src/adapters/sinks/pagerduty.ts';
import { createWebhook } from '../../../src/adapters/sinks/webhook.ts';
import { pageOf } from '../../../src/notify/page.ts';
import { type NotTaken, type Pager, pagerSink } from '../../../src/notify/pager.ts';
import { NotShown } from '../../../src/notify/sink.ts';
import { alert, dave, settings, shop } from '../../kit/incident/fixtures.ts';
import { opened, resolved } from '../../kit/incident/walk.ts';
import type { Behaviour } from '../../kit/pagers/outside.ts';
import { type LocalPagerDuty, startPagerDuty } from '../../kit/pagers/pagerduty.ts';
import { type Receiver, startReceiver } from '../../kit/pagers/receiver.ts';
import { bring, calling, memoryStandings } from '../../notify/fixtures.ts';

let pagerDuty: LocalPagerDuty;
let receiver: Receiver;
beforeEach(async () => {
  pagerDuty = await startPagerDuty();
  receiver = await startReceiver();
});
afterEach(async () => {
  await pagerDuty.stop();
  await receiver.stop();
});

const paging = (timeout = 5000): Pager =>
  createPagerDuty({ url: pagerDuty.url, routingKey: pagerDuty.routingKey, timeout });
const posting = (timeout = 5000): Pager =>
  createWebhook({ url: `${receiver.url}/hook`, secret: receiver.secret, timeout });

function sinkOf(pager: Pager, standings = memoryStandings()) {
  return pagerSink(pager, {
    standings,
    threadOf: async () => 'https://example.slack.com/archives/C1/p1',
    trouble: async () => undefined,
  });
}

/** What a failed try says of itself. */
async function failure(pager: Pager): Promise<NotTaken> {
  const { incident } = calling(pager.name);
  const { call } = incident;
  if (call === undefined) throw new Error('nobody is called');
  return pager.send('trigger', pageOf(incident, call, null)).then(
    () => Promise.reject(new Error('it was taken')),
    (error: NotTaken) => error,
  );
}

describe('PagerDuty', () => {
  it('shows one alert for an incident, which is acknowledged and resolved as the incident is', async () => {
    const sink = sinkOf(paging());
    const walked = calling('pagerduty');
    const { id } = walked.incident;
    await bring(sink, walked.incident);
    expect(pagerDuty.alert(id)).toEqual({
      state: 'triggered',
      summary: expect.stringMatching(/^Unheard on web-1 \(shop\): a person is needed: /),
      severity: 'critical',
      opened: 1,
    });
    await bring(sink, walked.feed({ type: 'call-taken', by: dave }).incident);
    expect(pagerDuty.alert(id)?.state).toBe('acknowledged');
    await bring(sink, resolved(walked).feed({ type: 'rechecked', readings: [] }).incident);
    expect([pagerDuty.alert(id)?.state, pagerDuty.refused]).toEqual(['resolved', []]);
  });

  it('takes whatever names and texts an alert brings, long and strange ones too', async () => {
    const long = '🔥 "quoted" \\ <b>&amp; '.repeat(400);
    const strange = { ...shop, kind: 'target' as const, name: `web.1@eu:${'x'.repeat(600)}` };
    const walked = opened(
      'Unheard',
      { settings: settings({ escalation: [{ tell: 'pagerduty' }] }) },
      strange,
    );
    const said = alert('Unheard', {
      annotations: { summary: long },
      link: 'https://prometheus.example.com/graph?g0=1',
    });
    const links = [
      'javascript:alert(1)',
      '/graph?g0=1',
      'no address',
      '',
      `https://example.com/${'x'.repeat(5000)}`,
    ];
    const alerts = links.map((link, index) => ({ ...said, link, fingerprint: `fp-${index}` }));
    walked.feed({
      type: 'alerts',
      subject: strange,
      alerts: [...alerts, { ...said, fingerprint: 'fp-other' }],
    });
    walked.feed({ type: 'evidence-collected', round: 1, evidence: [] });
    await bring(sinkOf(paging()), walked.incident);
    expect([pagerDuty.alert(walked.incident.id)?.opened, pagerDuty.refused]).toEqual([1, []]);
  });

  it.each<[string, Behaviour, RegExp, Partial<NotTaken>]>([
    ['is down', { status: 503 }, /it answers 503/, { retryAfter: null, forGood: false }],
    [
      'wants to be left alone',
      { status: 429, retryAfter: '30' },
      /it answers 429/,
      { retryAfter: 30_000, forGood: false },
    ],
    [
      'asks for more than is sensible',
      { status: 429, retryAfter: '86400' },
      /429/,
      { retryAfter: 150_000, forGood: false },
    ],
    ['refuses', { status: 400 }, /it answers 400/, { retryAfter: null, forGood: true }],
    ['leads elsewhere', { status: 302 }, /it answers 302/, { forGood: true }],
    ['loses its answer', 'answer-lost', /cannot be reached/, { forGood: false }],
    ['does not answer', 'hangs', /no answer within 0.2 s/, { forGood: false }],
  ])('that %s is told so in words, and tried again', async (_, behaviour, words, how) => {
    pagerDuty.behave(behaviour);
    const error = await failure(paging(200));
    expect(error.message).toMatch(words);
    expect(error).toMatchObject(how);
  });

  it('that knows no such key says why, in its own words', async () => {
    const wrong = createPagerDuty({ url: pagerDuty.url, routingKey: 'f'.repeat(32) });
    expect((await failure(wrong)).message).toBe(
      'PagerDuty does not take Medic’s calls: it answers 400: {"status":"invalid event","message":"Event object is invalid","errors":["\'routing_key\' is not known"]}.',
    );
  });

  it('wakes nobody twice where its answer was lost, or Medic died before it had noted it', async () => {
    const standings = memoryStandings();
    const walked = calling('pagerduty');
    pagerDuty.behave('answer-lost');
    await expect(bring(sinkOf(paging(), standings), walked.incident)).rejects.toThrow(NotShown);
    pagerDuty.behave('works');
    standings.die(1);
    await expect(bring(sinkOf(paging(), standings), walked.incident)).rejects.toThrow('this process is dead');
    standings.die(Number.POSITIVE_INFINITY);
    await bring(sinkOf(paging(), standings), walked.incident);
    expect(pagerDuty.alert(walked.incident.id)).toMatchObject({ state: 'triggered', opened: 1 });
  });

  it('is rid of an alert whose answer was lost once the incident is over', async () => {
    const standings = memoryStandings();
    const walked = calling('pagerduty');
    pagerDuty.behave('answer-lost');
    await expect(bring(sinkOf(paging(), standings), walked.incident)).rejects.toThrow(NotShown);
    pagerDuty.behave('works');
    await bring(
      sinkOf(paging(), standings),
      resolved(walked).feed({ type: 'rechecked', readings: [] }).incident,
    );
    expect(pagerDuty.alert(walked.incident.id)?.state).toBe('resolved');
  });
});

describe('the signed webhook', () => {
  it('tells of a call, of who took it and of its end, as it is documented', async () => {
    const sink = sinkOf(posting());
    const walked = calling('webhook');
    const { id } = walked.incident;
    await bring(sink, walked.incident);
    await bring(sink, walked.feed({ type: 'call-taken', by: dave }).incident);
    await bring(sink, resolved(walked).feed({ type: 'rechecked', readings: [] }).incident);
    const mine = receiver.told.filter(({ incident }) => incident === id);
    expect(mine.map(({ type, acknowledged_by: by }) => [type, by])).toEqual([
      ['call.opened', null],
      ['call.acknowledged', 'UDAVE'],
      ['call.ended', 'UDAVE'],
    ]);
    expect(mine[0]).toMatchObject({
      service: 'shop',
      severity: 'critical',
      links: [{ text: 'Thread in Slack' }],
    });
    expect(receiver.refused).toEqual([]);
  });

  it('bears the same id when it is tried again, by which its receiver knows it', async () => {
    const standings = memoryStandings();
    const walked = calling('webhook');
    receiver.behave('answer-lost');
    await expect(bring(sinkOf(posting(), standings), walked.incident)).rejects.toThrow(NotShown);
    receiver.behave('works');
    await bring(sinkOf(posting(), standings), walked.incident);
    const ids = receiver.told.filter(({ incident }) => incident === walked.incident.id).map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  it('goes nowhere but where the operator wrote, whatever a receiver answers', async () => {
    receiver.behave({ status: 307 });
    const before = receiver.asked();
    expect((await failure(posting())).message).toBe(
      'The webhook does not take Medic’s calls: it answers 307: {}.',
    );
    expect(receiver.asked()).toBe(before + 1);
  });
});
