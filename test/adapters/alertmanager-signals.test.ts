import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAlertmanagerSignals } from '../../src/adapters/alertmanager/signals.ts';
import { createPrometheusSignals } from '../../src/adapters/prometheus/signals.ts';
import { alert } from '../incident/fixtures.ts';
import { type Scratch, scratchDir } from '../stack/guardian.ts';
import { startAlertmanager } from '../stack/monitoring.ts';

let scratch: Scratch;
let server: Awaited<ReturnType<typeof startAlertmanager>>;
beforeAll(async () => {
  scratch = await scratchDir('alertmanager');
  server = await startAlertmanager({
    dir: scratch.path,
    webhook: { url: 'http://127.0.0.1:9/', token: 'x' },
  });
});
afterAll(async () => {
  await server.stop();
  await scratch.remove();
});

const inner = createPrometheusSignals({ prometheus: null, now: Date.now });
const read = async (url: string, fingerprint: string) => {
  const signals = createAlertmanagerSignals({ url, now: Date.now }, inner);
  const scope = {
    alerts: [alert('Small', { fingerprint })],
    bound: {},
    probes: [],
    service: null,
    look: null,
  };
  return signals.read([{ probe: 'healthy' }, { alert: 'resolved' }], scope, AbortSignal.timeout(5000));
};

it('without Prometheus, a real Alertmanager says whether the alert fires', async () => {
  const labels = { alertname: 'Small', service: 'shop' };
  await fetch(`${server.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels }]),
  });
  const listed = (await (await fetch(`${server.url}/api/v2/alerts`)).json()) as { fingerprint: string }[];
  expect((await read(server.url, listed[0]?.fingerprint ?? ''))[1]).toMatchObject({
    kind: 'alert',
    firing: true,
  });
  expect((await read(server.url, 'another'))[1]).toMatchObject({ kind: 'alert', firing: false });
});

it('an Alertmanager that does not answer is missing data, and every check keeps its own answer', async () => {
  const [probe, resolved] = await read('http://127.0.0.1:9', 'x');
  expect(probe?.check).toEqual({ probe: 'healthy' });
  expect(resolved).toMatchObject({ kind: 'missing', check: { alert: 'resolved' } });
});
