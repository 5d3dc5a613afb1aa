import { afterAll, beforeAll, expect, it } from 'vitest';
import { alertSourcesOf, askableOf, signalsOf } from '../../../src/app/signals.ts';
import type { BoundAlert } from '../../../src/evidence/alert-source.ts';
import type { SignalScope } from '../../../src/verification/reading.ts';
import { alertOf } from '../../evidence/samples.ts';
import { until } from '../../kit/stack/process.ts';
import { type Rig, startRig } from '../collectors/prometheus/rig.ts';

const COUNT = 300;
const RULES = `
groups:
  - name: test
    rules:
      - {alert: TooHot, expr: temperature > 50}
      - {alert: FarTooHot, expr: temperature > 500}
`;
let rig: Rig;
beforeAll(async () => {
  rig = await startRig(RULES);
  rig.expose(Array.from({ length: COUNT }, (_, n) => `temperature{room="r${n}"} 60\n`).join(''));
  await rig.sees('ALERTS{alertstate="firing"}', (values) => values.length === COUNT);
});
afterAll(() => rig?.stop());

it('hundreds of alerts of one incident are asked for in a few questions, and each keeps its own answer', async () => {
  let asked = 0;
  const real = globalThis.fetch;
  const alerts = (name: string, count: number) =>
    Array.from({ length: count }, (_, n) =>
      alertOf({
        name,
        fingerprint: `${name} ${n}`,
        link: `${rig.url}/graph?g0.expr=temperature`,
        labels: {
          alertname: name,
          service: 'catalog',
          job: 'fleet',
          instance: rig.instance,
          room: `r${n}`,
        },
      }),
    );
  const askable = askableOf(
    { prometheus: [{ name: 'one', url: rig.url }], alertmanager: [], homes: {} },
    Date.now,
  );
  globalThis.fetch = (...call) => {
    asked += 1;
    return real(...call);
  };
  try {
    const signal = AbortSignal.timeout(60_000);
    const bindings = await alertSourcesOf(askable).bind(alerts('TooHot', COUNT + 1), null, signal);
    const found = Object.values(bindings);
    expect(found.filter(({ kind }) => kind === 'bound')).toHaveLength(COUNT);
    expect(bindings['TooHot 7']).toMatchObject({ bound: { labels: { room: 'r7' } } });
    expect(bindings[`TooHot ${COUNT}`]).toMatchObject({ kind: 'unknown' });
    const read = async (count: number) => {
      const was = alerts('FarTooHot', count);
      const bound: Record<string, BoundAlert> = Object.fromEntries(
        was.map(({ fingerprint, labels }) => [
          fingerprint,
          {
            server: 'one',
            labels,
            expression: 'temperature > 500',
            reads: ['temperature'],
            instruments: ['exporter/fleet/x'],
            interval: 1000,
          },
        ]),
      );
      const scope: SignalScope = {
        alerts: was,
        bound,
        probes: [],
        service: null,
        look: null,
        symptomAt: null,
      };
      return (await signalsOf(askable, null, Date.now).read([{ alert: 'resolved' }], scope, signal))[0];
    };
    const binding = asked;
    // A scrape that came late leaves its series out until the next one.
    const ended = await until(
      async () => {
        asked = binding;
        const answer = await read(COUNT);
        return answer?.kind === 'alert' && answer;
      },
      { what: 'a word on all of them', ms: 5_000 },
    );
    expect(ended).toMatchObject({ kind: 'alert', firing: false });
    // One of them has no series any more.
    expect(await read(COUNT + 1)).toMatchObject({ kind: 'missing' });
    expect(asked).toBeLessThan(20);
  } finally {
    globalThis.fetch = real;
  }
});
