import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPrometheusAlerts } from '../../../src/adapters/collectors/prometheus/alert/alert-servers.ts';
import { createPrometheus } from '../../../src/adapters/collectors/prometheus/client.ts';
import { createAlertSources } from '../../../src/adapters/sources/alert-sources.ts';
import { createSignals } from '../../../src/adapters/sources/signals.ts';
import type { Alert } from '../../../src/alerts/alert.ts';
import type { BoundAlert } from '../../../src/evidence/alert-source.ts';
import { alertOf } from '../../evidence/samples.ts';

type Labels = Record<string, string>;
type Rule = { name: string; labels: Labels; alerts: { state: string; labels: Labels }[] };
type Given = {
  received: Labels;
  link: string | null;
  external: Labels;
  rules: Rule[];
  series: Labels[];
  /** Those of which the condition of the rules holds, whatever the rules have made of it. */
  holding: Labels[];
};

const few = (...texts: string[]) => fc.constantFrom(...texts);
const labels = (...names: string[]) =>
  fc.dictionary(few(...names), few('a', 'b', 'a:9100', '$1"\\', '__proto__'), { maxKeys: names.length });
const name = few('Hot', 'Cold', '__proto__');
const withName = (of: fc.Arbitrary<Labels>) =>
  fc.tuple(name, of).map(([alertname, more]): Labels => ({ ...more, alertname }));
const anything: fc.Arbitrary<Given> = fc.record({
  received: withName(labels('instance', 'job', 'cluster', 'severity', 'constructor')),
  link: few('http://eu.example/graph?g0.expr=x', 'http://us.example/graph', '').map((link) => link || null),
  external: labels('cluster', 'replica'),
  rules: fc.array(
    fc
      .tuple(
        name,
        labels('severity'),
        fc.array(
          fc.record({
            state: few('firing', 'pending', 'inactive'),
            labels: labels('instance', 'job', 'cluster', 'constructor'),
          }),
          { maxLength: 3 },
        ),
      )
      .map(
        ([alertname, own, alerts]): Rule => ({
          name: alertname,
          labels: own,
          alerts: alerts.map(({ state, labels: given }) => ({
            state,
            labels: { ...given, ...own, alertname },
          })),
        }),
      ),
    { maxLength: 3 },
  ),
  series: fc.array(labels('instance', 'job', 'cluster'), { maxLength: 2 }),
  holding: fc.constant([]),
});

/** Often it has a rule that could have raised the alert, with that alert still active, or with its series still there, or ill all the same. */
const world = fc
  .tuple(anything, fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean())
  .map(([given, rule, active, series, holds]): Given => {
    const { alertname = '', instance = 'a', job = 'b' } = given.received;
    const alerts = active ? [{ state: 'firing', labels: { alertname, instance, job } }] : [];
    return {
      ...given,
      rules: rule ? [...given.rules, { name: alertname, labels: {}, alerts }] : given.rules,
      series: series ? [...given.series, { instance, job }] : given.series,
      holding: holds ? [given.received] : given.holding,
    };
  });

/** A Prometheus that has just these rules and series, whatever it is asked for. */
function serversOf({ rules, external, series, holding }: Given) {
  const resultOf = (all: Labels[]) => all.map((metric) => ({ metric, value: [1, '1'] }));
  const answers: Record<string, unknown> = {
    '/api/v1/rules': {
      groups: [
        {
          interval: 1,
          rules: rules.map((rule) => ({
            ...rule,
            type: 'alerting',
            query: 'x > 1',
            health: 'ok',
            lastEvaluation: '2026-11-03T12:00:00Z',
          })),
        },
      ],
    },
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input));
    // Whether the series are there is asked with a comparison that leaves none of them out.
    const isThere = /bool/.test(`${url.searchParams.get('query')} ${init?.body}`);
    const data =
      url.pathname === '/api/v1/query'
        ? { resultType: 'vector', result: resultOf(isThere ? series : holding) }
        : answers[url.pathname];
    return new Response(JSON.stringify({ status: 'success', data }));
  };
  const prometheus = createPrometheus({ url: 'http://eu.example', timeout: 1000, fetch });
  const server = { name: 'eu', prometheus, externalUrl: 'http://eu.example', externalLabels: external };
  return [createPrometheusAlerts([server], () => 0)];
}

const received = ({ received: given, link }: Given): Alert =>
  alertOf({ name: given.alertname ?? '', labels: given, link, fingerprint: given.job ?? 'f' });
const signal = new AbortController().signal;

async function read(given: Given, alert: Alert, bound: Record<string, BoundAlert>) {
  const unasked = () => Promise.reject(new Error('not asked'));
  const signals = createSignals({ alerts: serversOf(given), metric: unasked, probe: unasked, looker: null });
  const scope = { alerts: [alert], bound, probes: [], service: null, look: null, symptomAt: null };
  const [reading] = await signals.read([{ alert: 'resolved' }], scope, signal);
  return reading;
}

it('an alert is never bound to an active one whose labels it contradicts or lacks', async () => {
  let bound = 0;
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const alert = received(given);
      const bindings = await createAlertSources(serversOf(given)).bind([alert], null, signal);
      const binding = Object.entries(bindings)[0]?.[1];
      expect(binding).toBeDefined();
      if (binding?.kind !== 'bound') return;
      bound += 1;
      expect(alert.labels).toMatchObject(binding.bound.labels);
      const actives = given.rules
        .flatMap(({ alerts }) => alerts)
        .filter(({ state }) => state !== 'inactive')
        .map((active) => active.labels);
      expect(actives).toContainEqual(binding.bound.labels);
      for (const [label, value] of Object.entries(given.external))
        expect([value, binding.bound.labels[label]]).toContain(alert.labels[label] ?? value);
    }),
    { numRuns: 1500 },
  );
  expect(bound).toBeGreaterThan(10);
});

it('an alert that was not bound is never said to have ended, whatever its server says', async () => {
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const reading = await read(given, received(given), {});
      expect(reading).not.toMatchObject({ firing: false });
    }),
    { numRuns: 1500 },
  );
});

it('an alert that was bound is said to have ended only where nothing has it active, its own series answers, and its condition does not hold', async () => {
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(world, async (given) => {
      const alert = received(given);
      const own: BoundAlert = {
        server: 'eu',
        labels: alert.labels,
        expression: 'x > 1',
        reads: ['x'],
        instruments: ['exporter/node/a'],
        interval: 1000,
      };
      const reading = await read(given, alert, Object.fromEntries([[alert.fingerprint, own]]));
      if (reading?.kind !== 'alert' || reading.firing) return;
      ended += 1;
      const mine = given.rules.filter((rule) => rule.name === alert.name);
      expect(mine).not.toEqual([]);
      const active = mine.flatMap(({ alerts }) => alerts).filter(({ state }) => state !== 'inactive');
      expect(active.map((each) => each.labels)).not.toContainEqual(alert.labels);
      if (active.length === 0) expect(given.holding).not.toContainEqual(alert.labels);
      const sent = { ...given.external, ...alert.labels };
      expect(
        given.series.some((each) => Object.entries(each).every(([label, value]) => sent[label] === value)),
      ).toBe(true);
    }),
    { numRuns: 1500 },
  );
  expect(ended).toBeGreaterThan(10);
});
