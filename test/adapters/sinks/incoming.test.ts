import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHttpServer } from '../../../src/adapters/http/server.ts';
import { inletsOf } from '../../../src/app/sinks.ts';
import { Settings } from '../../../src/config/settings.ts';
import type { Dispatched } from '../../../src/engine/engine.ts';
import type { IncidentEvent } from '../../../src/incident/model/event.ts';
import { createLogger } from '../../../src/observability/logger.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { type LocalPagerDuty, signed, startPagerDuty } from '../../kit/pagers/pagerduty.ts';
import { acknowledging } from '../../kit/pagers/receiver.ts';
import { calling } from '../../notify/fixtures.ts';

const { incident } = calling('pagerduty');
const SECRET = `whsec_${Buffer.from('the key that both of them know, 32').toString('base64')}`;
let said: { readonly incident: string; readonly event: IncidentEvent; readonly once: string | undefined }[] =
  [];
const lost: string[] = [];
let answer: () => Promise<Dispatched>;
let url: string;
let pagerDuty: LocalPagerDuty;
const settings = Settings.parse({});
const contacts = {
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_CHANNEL: 'C1',
  ALERT_TOKEN: 'a-secret-of-16-or-more',
  PAGERDUTY_WEBHOOK_SECRET: 'the-one-before, the-signing-secret-of-a-subscription',
  WEBHOOK_SECRET: SECRET,
};
const server = createHttpServer({
  intake: {
    accept: () => Promise.reject(new Error('no')),
    collect: () => Promise.reject(new Error('no')),
    forward: async () => undefined,
  },
  losses: { lost: async (reason) => void lost.push(reason) },
  sources: [],
  changes: null,
  inlets: inletsOf(contacts),
  engine: {
    dispatch: async (id, event, delivery) => {
      said.push({ incident: id, event, once: delivery?.once });
      return answer();
    },
  },
  limits: settings.intake,
  severities: settings.severities,
  readiness: async () => ({ ready: true, role: 'brain', parts: {} }),
  metrics: createMetrics(),
  log: createLogger({ level: 'silent', redact: (text) => text }),
  slack: null,
});

beforeAll(async () => {
  url = await server.listen({ host: '127.0.0.1', port: 0 });
  pagerDuty = await startPagerDuty();
});
afterAll(async () => {
  await server.close();
  await pagerDuty.stop();
});
beforeEach(() => {
  said = [];
  answer = async () => ({ kind: 'done', incident });
});

async function send(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<[number, unknown]> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return [response.status, await response.json()];
}

describe('what PagerDuty says', () => {
  it.each([
    ['incident.acknowledged', true],
    ['incident.resolved', true],
    ['incident.unacknowledged', false],
  ])('%s means that somebody is on it: %s', async (type, taken) => {
    const { body, headers } = pagerDuty.webhook(type, 'inc-1');
    expect(await send('/pagerduty', body, headers)).toEqual([200, { heard: true }]);
    expect(said).toEqual([
      {
        incident: 'inc-1',
        event: { type: 'pager-said', from: 'pagerduty', taken, who: 'Ada Example', at: expect.any(Number) },
        once: expect.stringMatching(/^pagerduty-01EVENT/),
      },
    ]);
  });

  it('says nothing where it is a ping, about no incident, of another kind, or no person’s doing', async () => {
    const service = { agent: { type: 'service_reference', summary: 'Medic' } };
    for (const { body, headers } of [
      pagerDuty.webhook('pagey.ping', 'inc-1', { agent: null, data: { message: 'Hello', type: 'ping' } }),
      pagerDuty.webhook('incident.acknowledged', 'inc-1', { data: { incident_key: null } }),
      pagerDuty.webhook('incident.annotated', 'inc-1'),
      pagerDuty.webhook('incident.acknowledged', 'inc-1', service),
      pagerDuty.webhook('incident.resolved', 'inc-1', { agent: null }),
    ])
      expect(await send('/pagerduty', body, headers)).toEqual([200, { heard: false }]);
    expect(said).toEqual([]);
  });

  it('gives a call back when its time runs out there, which is nobody’s doing', async () => {
    const { body, headers } = pagerDuty.webhook('incident.unacknowledged', 'inc-1', { agent: null });
    expect(await send('/pagerduty', body, headers)).toEqual([200, { heard: true }]);
    expect(said[0]?.event).toMatchObject({ taken: false, who: 'PagerDuty' });
  });

  it('is not believed without a signature that fits the body as it came', async () => {
    const { body, headers } = pagerDuty.webhook('incident.acknowledged', 'inc-1');
    const signature = headers['x-pagerduty-signature'] ?? '';
    for (const wrong of [
      '',
      'v1=',
      'v1=00',
      signature.replace('v1=', 'v2='),
      signed(body, 'another secret'),
      signed(`${body} `, pagerDuty.secret),
    ])
      expect(await send('/pagerduty', body, { 'x-pagerduty-signature': wrong })).toMatchObject([401, {}]);
    expect((await send('/pagerduty', `${body} `, headers))[0]).toBe(401);
    expect(said).toEqual([]);
  });

  it('is believed by any of several signatures, as while its secret is being changed', async () => {
    const { body, headers } = pagerDuty.webhook('incident.acknowledged', 'inc-1');
    const both = `${signed(body, 'an old one')},${headers['x-pagerduty-signature']}`;
    expect((await send('/pagerduty', body, { 'x-pagerduty-signature': both }))[0]).toBe(200);
  });

  it('is taken also where nobody is called any more: it would only say it again', async () => {
    answer = async () => ({ kind: 'refused', reason: 'nobody is called any more', incident: null });
    const { body, headers } = pagerDuty.webhook('incident.acknowledged', 'inc-1');
    expect(await send('/pagerduty', body, headers)).toEqual([200, { heard: false }]);
  });

  it('is refused as unreadable where it is signed and no webhook of theirs, and asked for again where it cannot be stored', async () => {
    const body = '{"event":{}}';
    expect(
      (await send('/pagerduty', body, { 'x-pagerduty-signature': signed(body, pagerDuty.secret) }))[0],
    ).toBe(422);
    answer = () => Promise.reject(new Error('Redis is away'));
    const good = pagerDuty.webhook('incident.acknowledged', 'inc-1');
    expect((await send('/pagerduty', good.body, good.headers))[0]).toBe(503);
  });
});

it('a body that is too large to be anybody’s word is refused, and nobody is told that alerts were lost', async () => {
  for (const path of ['/pagerduty', '/api/v1/acknowledge'])
    expect((await send(path, 'x'.repeat(300_000), {}))[0]).toBe(413);
  expect([said, lost]).toEqual([[], []]);
});

describe('an acknowledgement by the signed webhook', () => {
  const body = JSON.stringify({ incident: 'inc-1', by: 'Ada Example' });
  const path = '/api/v1/acknowledge';

  it('is heard where it is signed, says who, and is of this moment', async () => {
    expect(await send(path, body, acknowledging(SECRET, body))).toEqual([200, { heard: true }]);
    expect(said[0]).toMatchObject({
      incident: 'inc-1',
      event: { from: 'webhook', taken: true, who: 'Ada Example' },
    });
  });

  it('is refused when it is old, early, unsigned, signed for another id, or another body', async () => {
    const now = Date.now();
    const good = acknowledging(SECRET, body, now);
    for (const headers of [
      acknowledging(SECRET, body, now - 6 * 60_000),
      acknowledging(SECRET, body, now + 6 * 60_000),
      { ...good, 'webhook-id': 'another' },
      { ...good, 'webhook-timestamp': String(Math.floor(now / 1000) - 1) },
      acknowledging('whsec_AAAA', body),
      {},
    ])
      expect((await send(path, body, headers))[0]).toBe(401);
    expect((await send(path, body.replace('Ada', 'Bob'), good))[0]).toBe(401);
    expect(said).toEqual([]);
  });

  it('is refused when it was said before, and where nobody is called', async () => {
    answer = async () => ({ kind: 'repeated', incident });
    expect(await send(path, body, acknowledging(SECRET, body))).toEqual([
      409,
      { error: 'this was said before' },
    ]);
    answer = async () => ({ kind: 'refused', reason: 'there is no such incident', incident: null });
    expect(await send(path, body, acknowledging(SECRET, body))).toEqual([
      409,
      { error: 'there is no such incident' },
    ]);
  });

  it('is refused with what it must say, where it says something else', async () => {
    for (const wrong of [
      '{}',
      'no json',
      '{"incident":"inc-1","by":" "}',
      '{"incident":"inc-1","by":"a","as":"admin"}',
    ])
      expect((await send(path, wrong, acknowledging(SECRET, wrong)))[0]).toBe(422);
  });
});
