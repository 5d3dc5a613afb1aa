import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAlertSources } from '../../../src/adapters/sources/alert-sources.ts';
import { createAlertmanagerAlerts } from '../../../src/adapters/sources/alertmanager/alert-servers.ts';
import { createSignals } from '../../../src/adapters/sources/signals.ts';
import type { Alert } from '../../../src/alerts/alert.ts';
import type { BoundAlert } from '../../../src/evidence/alert-source.ts';
import { alert } from '../../kit/incident/fixtures.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { startAlertmanager } from '../../kit/stack/monitoring.ts';
import { until } from '../../kit/stack/process.ts';

let scratch: Scratch;
let server: Awaited<ReturnType<typeof startAlertmanager>>;
let small: Alert;
const labels = { alertname: 'Small', service: 'shop' };

async function send(more: object): Promise<void> {
  await fetch(`${server.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels, ...more }]),
  });
}
const listed = async () =>
  (await (await fetch(`${server.url}/api/v2/alerts`)).json()) as { fingerprint: string }[];

beforeAll(async () => {
  scratch = await scratchDir('alertmanager');
  server = await startAlertmanager({
    dir: scratch.path,
    webhook: { url: 'http://127.0.0.1:9/', token: 'x' },
  });
  await send({});
  const [one] = await listed();
  small = alert('Small', { fingerprint: one?.fingerprint ?? '', labels, manager: server.url });
});
afterAll(async () => {
  await server.stop();
  await scratch.remove();
});

const never = AbortSignal.timeout(60_000);
const serversAt = (url: string, settling: number) =>
  createAlertmanagerAlerts([{ name: 'alertmanager', url }], { now: Date.now, settling });
const bind = async (one: Alert, url = server.url) =>
  (await createAlertSources([serversAt(url, 0)]).bind([one], null, never))[one.fingerprint];

async function read(
  one: Alert,
  bound: Readonly<Record<string, BoundAlert>>,
  { url = server.url, settling = 0 } = {},
) {
  const signals = createSignals({
    alerts: [serversAt(url, settling)],
    metric: () => Promise.reject(new Error('no metrics here')),
    probe: async (check) => ({ check, kind: 'probe', healthy: true, detail: 'well', at: 0 }),
    looker: null,
  });
  const scope = { alerts: [one], bound, probes: [], service: null, look: null, symptomAt: null };
  return signals.read([{ probe: 'healthy' }, { alert: 'resolved' }], scope, never);
}

it('an alert is bound at the Alertmanager that it came through, and fires as long as that lists it', async () => {
  const binding = await bind(small);
  expect(binding).toEqual({
    kind: 'bound',
    bound: {
      server: 'alertmanager',
      labels,
      expression: null,
      reads: [],
      instruments: ['sender/alertmanager'],
      interval: null,
    },
  });
  const [probe, resolved] = await read(small, {});
  expect(probe?.check).toEqual({ probe: 'healthy' });
  expect(resolved).toMatchObject({
    kind: 'alert',
    firing: true,
    seen: { [small.fingerprint]: { server: 'alertmanager' } },
  });
});

it('an alert that is not listed, or listed with other labels, is not bound', async () => {
  expect(await bind({ ...small, fingerprint: 'another' })).toMatchObject({ kind: 'absent' });
  expect(await bind({ ...small, labels: { ...labels, service: 'other' } })).toMatchObject({ kind: 'absent' });
  const elsewhere = { ...small, fingerprint: 'another', manager: 'http://elsewhere.example:9093' };
  expect(await bind(elsewhere)).toMatchObject({ kind: 'unknown' });
  expect((await read(elsewhere, {}))[1]).toMatchObject({ kind: 'missing' });
});

it('a silenced alert still fires', async () => {
  const now = Date.now();
  await fetch(`${server.url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      matchers: [{ name: 'alertname', value: 'Small', isRegex: false }],
      startsAt: new Date(now - 1000).toISOString(),
      endsAt: new Date(now + 60_000).toISOString(),
      createdBy: 'ada',
      comment: 'quiet',
    }),
  });
  expect((await read(small, {}))[1]).toMatchObject({ kind: 'alert', firing: true });
});

it('an alert that was bound and is not listed any more has ended, and one that was never bound is missing', async () => {
  const binding = await bind(small);
  const bound = binding?.kind === 'bound' ? { [small.fingerprint]: binding.bound } : {};
  await send({ endsAt: new Date(Date.now() - 1000).toISOString() });
  await until(async () => (await listed()).length === 0, { what: 'the alert to end', ms: 10_000 });
  expect((await read(small, bound))[1]).toMatchObject({ kind: 'alert', firing: false });
  expect((await read(small, {}))[1]).toMatchObject({ kind: 'missing' });
  // It forgets its alerts when it is restarted, and hears of them again within minutes.
  expect((await read(small, bound, { settling: 600_000 }))[1]).toMatchObject({
    kind: 'missing',
    reason: expect.stringContaining('started a moment ago'),
  });
});

it('an Alertmanager that does not answer is missing data, and every check keeps its own answer', async () => {
  const away = 'http://127.0.0.1:9';
  const [probe, resolved] = await read({ ...small, manager: away }, {}, { url: away });
  expect(probe?.kind).toBe('probe');
  expect(resolved).toMatchObject({ kind: 'missing', check: { alert: 'resolved' }, unanswered: true });
  expect(await bind({ ...small, manager: away }, away)).toMatchObject({ kind: 'unknown' });
});
