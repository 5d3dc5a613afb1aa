import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/alerts/alert.ts';
import { alertSourcesOf, askableOf, signalsOf } from '../../../src/app/signals.ts';
import type { Binding, BoundAlert } from '../../../src/evidence/alert-source.ts';
import type { Reading } from '../../../src/verification/reading.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { freePort, until } from '../../kit/stack/process.ts';
import { startInbox, startMonitoring, startTarget } from './monitored.ts';

const RULES = `
groups:
  - name: test
    rules:
      - {alert: TooHot, expr: temperature > 50, labels: {severity: critical, room: '{{ $labels.room }}'}}
      - {alert: Relabelled, expr: temperature > 50}
      - {alert: Dropped, expr: temperature > 50}
      - {alert: Pending, expr: pressure > 50, for: 1s}
      - {alert: Deleted, expr: temperature > 50}
      - {alert: Leak, expr: process_resident_memory_bytes > 100 * 2}
      - {alert: LeakRate, expr: 'rate(process_cpu_seconds_total[1m]) >= 0 and on (instance) process_resident_memory_bytes > 200'}
      - {alert: Down, expr: up == 0}
      - alert: Failing
        expr: 'rate(requests_total{code="500"}[2s]) >= 0'
      - {alert: Silent, expr: 'absent(heartbeat{job="node"})'}
`;
const RELABEL = [
  {
    source_labels: ['alertname', 'instance'],
    regex: 'Relabelled;([^:]+):.*',
    target_label: 'instance',
    replacement: '$1',
  },
  { source_labels: ['alertname'], regex: 'Dropped', target_label: 'job', replacement: '' },
];
const HOT = 'temperature{room="attic"} 60\npressure 60\nrequests_total{code="500"} 1\n';
const LEAKING = 'process_resident_memory_bytes 500\nprocess_cpu_seconds_total 5\n';
const { signal } = new AbortController();

let scratch: Scratch;
let inbox: Awaited<ReturnType<typeof startInbox>>;
let room: Awaited<ReturnType<typeof startTarget>>;
let process: Awaited<ReturnType<typeof startTarget>>;
let eu: Awaited<ReturnType<typeof startMonitoring>>;
let us: Awaited<ReturnType<typeof startMonitoring>>;

beforeAll(async () => {
  scratch = await scratchDir('alert-sources');
  inbox = await startInbox(join(scratch.path, 'alertmanager'));
  room = await startTarget(HOT);
  process = await startTarget(LEAKING);
  const rest = { rules: RULES, targets: [room.instance, process.instance], alertmanager: inbox.url };
  [eu, us] = await Promise.all([
    startMonitoring({
      ...rest,
      dir: join(scratch.path, 'eu'),
      relabel: RELABEL,
      externalLabels: { cluster: 'eu' },
    }),
    startMonitoring({ ...rest, dir: join(scratch.path, 'us'), externalLabels: { cluster: 'us' } }),
  ]);
  await Promise.all(['eu', 'us'].map((cluster) => inbox.received('TooHot', { cluster })));
});
afterAll(async () => {
  await Promise.all([eu?.stop(), us?.stop(), inbox?.stop(), room?.kill(), process?.kill()]);
  await scratch?.remove();
});

type Named = { name: string; url: string; external_url?: string; external_labels?: Record<string, string> };
const askable = (prometheus: readonly Named[], alertmanager: readonly Named[] = []) =>
  askableOf({ prometheus, alertmanager, homes: {} }, Date.now);
const europe = () => askable([{ name: 'eu', url: eu.url }]);

async function bindingOf(alert: Alert, at = europe()): Promise<Binding> {
  const bindings = await alertSourcesOf(at).bind([alert], null, signal);
  return bindings[alert.fingerprint] as Binding;
}

async function readingOf(
  alert: Alert,
  binding: Binding | null = null,
  at = europe(),
): Promise<Exclude<Reading, { kind: 'value' | 'probe' | 'look' }>> {
  const bound: Record<string, BoundAlert> =
    binding?.kind === 'bound' ? { [alert.fingerprint]: binding.bound } : {};
  const scope = { alerts: [alert], bound, probes: [], service: null, look: null, symptomAt: null };
  const [reading] = await signalsOf(at, null, Date.now).read([{ alert: 'resolved' }], scope, signal);
  return reading as Exclude<Reading, { kind: 'value' | 'probe' | 'look' }>;
}

const without = (name: string, { labels, ...alert }: Alert): Alert => {
  const { [name]: _, ...rest } = labels;
  return { ...alert, labels: rest };
};

/** Waits for the moment at which an alert is no longer active at its rule. */
async function endedAt(server: { url: string }, name: string): Promise<void> {
  const idle = async () => {
    const answer = await fetch(`${server.url}/api/v1/rules?type=alert`);
    const { data } = (await answer.json()) as {
      data: { groups: { rules: { name: string; alerts: unknown[] }[] }[] };
    };
    return data.groups
      .flatMap(({ rules }) => rules)
      .every((rule) => rule.name !== name || rule.alerts.length === 0);
  };
  await until(idle, { what: `${name} to end`, ms: 20_000 });
}

describe('an alert', () => {
  it('is bound to the active alert of the server that its link names, with the labels that it has there', async () => {
    const alert = await inbox.received('TooHot', { cluster: 'eu' });
    expect(await bindingOf(alert)).toEqual({
      kind: 'bound',
      bound: {
        server: 'eu',
        labels: {
          alertname: 'TooHot',
          instance: room.instance,
          job: 'node',
          room: 'attic',
          severity: 'critical',
        },
        expression: 'temperature > 50',
        comparison: '> 50',
        reads: ['temperature'],
        instruments: [expect.stringContaining(room.instance)],
        interval: 1000,
      },
    });
  });

  it('is found by what the server says of itself where its address for others is another', async () => {
    const alert = await inbox.received('TooHot', { cluster: 'eu' });
    const aside = { name: 'aside', url: eu.url.replace('127.0.0.1', 'localhost') };
    expect(await bindingOf(alert, askable([aside]))).toMatchObject({ kind: 'bound' });
    const named = {
      name: 'named',
      url: us.url,
      external_url: `${eu.url}/`,
      external_labels: { cluster: 'eu' },
    };
    expect(await bindingOf(alert, askable([named]))).toMatchObject({ kind: 'bound' });
  });

  it('is found by external labels where its link leads nowhere', async () => {
    const alert = {
      ...(await inbox.received('TooHot', { cluster: 'eu' })),
      link: 'http://0f3a9b:9090/graph',
    };
    const both = askable([
      { name: 'us', url: us.url },
      { name: 'eu', url: eu.url },
    ]);
    expect(await bindingOf(alert, both)).toMatchObject({ kind: 'bound', bound: { server: 'eu' } });
    expect(await bindingOf({ ...alert, labels: { ...alert.labels, region: 'west' } }, both)).toMatchObject({
      kind: 'unknown',
    });
  });

  it('of another cluster with the same rule and labels is not taken for one of our own', async () => {
    const alert = await inbox.received('TooHot', { cluster: 'us' });
    const binding = await bindingOf(alert);
    expect(binding).toMatchObject({ kind: 'unknown', reason: expect.stringContaining(us.url) });
    expect(await readingOf(alert)).toMatchObject({ kind: 'missing' });
    // Two clusters whose servers have the same default address.
    const twin = { ...alert, link: `${eu.url}/graph?g0.expr=temperature` };
    expect(await bindingOf(twin)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/cluster=us.*cluster=eu/),
    });
  });

  it('of several servers is bound to its own', async () => {
    const both = askable([
      { name: 'eu', url: eu.url },
      { name: 'us', url: us.url },
    ]);
    const alert = await inbox.received('TooHot', { cluster: 'us' });
    expect(await bindingOf(alert, both)).toMatchObject({ kind: 'bound', bound: { server: 'us' } });
  });

  it('whose instance was rewritten on the way fits nothing, and the reason shows both', async () => {
    const alert = await inbox.received('Relabelled', { cluster: 'eu' });
    expect(alert.labels.instance).toBe('127.0.0.1');
    expect(await bindingOf(alert)).toEqual({
      kind: 'unknown',
      reason: `the alert says instance=127.0.0.1, Prometheus eu has instance=${room.instance}: labels were rewritten on the way, so its end cannot be seen there`,
    });
    expect(await readingOf(alert)).toMatchObject({ kind: 'missing' });
  });

  it('that lost a label on the way fits nothing', async () => {
    const alert = await inbox.received('Dropped', { cluster: 'eu' });
    expect(await bindingOf(alert)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringMatching(/says no job, Prometheus eu has job=node/),
    });
    expect(await bindingOf(without('instance', alert))).toMatchObject({ kind: 'unknown' });
  });

  it('of another instance than the active ones is absent, as its own series tells', async () => {
    const alert = await inbox.received('TooHot', { cluster: 'eu' });
    room.expose(`${HOT}temperature{room="hall"} 20\n`);
    const hall = { ...alert, fingerprint: 'hall', labels: { ...alert.labels, room: 'hall' } };
    await until(async () => (await bindingOf(hall)).kind === 'absent', { what: 'the hall', ms: 10_000 });
  });

  it('whose server is away is unknown, and its end is missing', async () => {
    const alert = await inbox.received('TooHot', { cluster: 'eu' });
    const binding = await bindingOf(alert);
    const away = askable([{ name: 'eu', url: `http://127.0.0.1:${await freePort()}`, external_url: eu.url }]);
    const refused = { kind: 'unknown', reason: expect.stringContaining('ECONNREFUSED') };
    expect(await bindingOf(alert, away)).toMatchObject(refused);
    expect(await readingOf(alert, binding, away)).toMatchObject({
      kind: 'missing',
      reason: refused.reason,
      unanswered: true,
    });
    const unread = askable(
      [{ name: 'eu', url: `http://127.0.0.1:${await freePort()}` }],
      [{ name: 'alertmanager', url: inbox.url }],
    );
    // It may be its own: Alertmanager is no substitute for a server that is down.
    expect(await bindingOf(alert, unread)).toMatchObject(refused);
  });

  it('that no Prometheus is known for is bound at the Alertmanager it came through', async () => {
    const alert = await inbox.received('TooHot', { cluster: 'us' });
    const through = askable([{ name: 'eu', url: eu.url }], [{ name: 'alertmanager', url: inbox.url }]);
    const binding = await bindingOf(alert, through);
    expect(binding).toMatchObject({
      kind: 'bound',
      bound: { server: 'alertmanager', expression: null, instruments: ['sender/alertmanager'] },
    });
    expect(await readingOf(alert, binding, through)).toMatchObject({ kind: 'alert', firing: true });
    const changed = { ...alert, labels: { ...alert.labels, room: 'hall' } };
    expect(await bindingOf(changed, through)).toMatchObject({ kind: 'absent' });
  });
});

describe('an alert check', () => {
  it('fires for an alert that is active at its server, and tells what it is bound to', async () => {
    const alert = await inbox.received('Pending', { cluster: 'eu' });
    const reading = await readingOf(alert);
    expect(reading).toMatchObject({
      kind: 'alert',
      firing: true,
      interval: 1000,
      seen: { [alert.fingerprint]: { server: 'eu', expression: 'pressure > 50' } },
    });
    expect(await readingOf(alert, await bindingOf(alert))).not.toHaveProperty('seen');
  });

  it('does not say of an alert that was never seen active that it has ended', async () => {
    const alert = await inbox.received('TooHot', { cluster: 'eu' });
    const hall = { ...alert, fingerprint: 'hall', labels: { ...alert.labels, room: 'hall' } };
    expect(await readingOf(hall)).toMatchObject({ kind: 'missing' });
  });

  it('says that an alert has ended when it resolved for real, and fires while it is pending again', async () => {
    const alert = await inbox.received('Pending', { cluster: 'eu' });
    const binding = await bindingOf(alert);
    expect(binding.kind).toBe('bound');
    room.expose('temperature{room="attic"} 60\npressure 10\n');
    await endedAt(eu, 'Pending');
    const before = Date.now() - 5000;
    const reading = await readingOf(alert, binding);
    expect(reading).toMatchObject({ kind: 'alert', firing: false, interval: 1000 });
    expect(reading.kind === 'alert' ? reading.at : 0).toBeGreaterThan(before);
    room.expose(HOT);
    await until(
      async () => {
        const again = await readingOf(alert, binding);
        return again.kind === 'alert' && again.firing;
      },
      { what: 'it to be pending', ms: 10_000 },
    );
  });

  it('tells when that was measured on which its end rests: Prometheus repeats an old sample as if it were of now', async () => {
    // A series that bears its own times from the first is not taken for vanished when they stand still.
    const dated = (value: number, time: number) =>
      room.expose(`${HOT}pressure{room="cellar"} ${value} ${time}\n`);
    dated(60, Date.now());
    const alert = await inbox.received('Pending', { cluster: 'eu', room: 'cellar' });
    const binding = await bindingOf(alert);
    const then = Date.now();
    dated(10, then);
    const later = await until(
      async () => {
        const reading = await readingOf(alert, binding);
        return reading.kind === 'alert' && !reading.firing && reading.at > then + 2000 && reading;
      },
      { what: 'an evaluation two seconds later', ms: 10_000 },
    );
    expect(later).toMatchObject({ measuredAt: then });
    room.expose(HOT);
  });

  it('of a rule that asks whether series are absent rests on the rule alone, and says so', async () => {
    const alert = await inbox.received('Silent', { cluster: 'eu' });
    const binding = await bindingOf(alert);
    room.expose(`${HOT}heartbeat 1\n`);
    await endedAt(eu, 'Silent');
    expect(await readingOf(alert, binding)).toMatchObject({
      kind: 'alert',
      firing: false,
      note: expect.stringContaining('rule alone'),
    });
  });

  it('says that errors have ended where the process counts, and has not counted one yet', async () => {
    const alert = await inbox.received('Failing', { cluster: 'eu' });
    const binding = await bindingOf(alert);
    room.expose(HOT.replace('"500"', '"200"'));
    await endedAt(eu, 'Failing');
    // As long as it has counted once only, nothing is known of its rate.
    const hasEnded = async () => (await readingOf(alert, binding)).kind === 'alert';
    await until(hasEnded, { what: 'the end of the errors', ms: 10_000 });
    expect(await readingOf(alert, binding)).toMatchObject({ kind: 'alert', firing: false });
    room.expose(HOT.replace(/requests_total.*/, ''));
    await until(async () => (await readingOf(alert, binding)).kind === 'missing', {
      what: 'no count',
      ms: 10_000,
    });
  });

  it('is missing where the series behind the alert has vanished with its process', async () => {
    const names = ['Leak', 'LeakRate'];
    const alerts = await Promise.all(names.map((name) => inbox.received(name, { cluster: 'eu' })));
    const bindings = await Promise.all(alerts.map((alert) => bindingOf(alert)));
    expect(bindings.map(({ kind }) => kind)).toEqual(['bound', 'bound']);
    await process.kill();
    for (const [place, alert] of alerts.entries()) {
      await endedAt(eu, alert.name);
      expect(await readingOf(alert, bindings[place] as Binding)).toMatchObject({
        kind: 'missing',
        reason: expect.stringMatching(
          /has vanished: `.*` answers nothing for instance=.*its absence proves nothing/,
        ),
      });
    }
    const down = await inbox.received('Down', { cluster: 'eu' });
    const fallen = await bindingOf(down);
    expect(await readingOf(down, fallen)).toMatchObject({ kind: 'alert', firing: true });
    // What Prometheus itself says of a target does not vanish with it.
    process = await startTarget(LEAKING, Number(process.instance.split(':')[1]));
    await endedAt(eu, 'Down');
    expect(await readingOf(down, fallen)).toMatchObject({ kind: 'alert', firing: false });
  });

  it('is missing where the servers that have the alert disagree', async () => {
    const alert = await inbox.received('Relabelled', { cluster: 'us' });
    const pair = askable([
      { name: 'a', url: eu.url, external_url: us.url, external_labels: {} },
      { name: 'b', url: us.url, external_url: us.url, external_labels: {} },
    ]);
    const bound = { ...((await bindingOf(alert, pair)) as Extract<Binding, { kind: 'bound' }>).bound };
    expect(bound.server).toBe('a');
    await eu.reload(
      RULES.replace(
        '{alert: Relabelled, expr: temperature > 50}',
        '{alert: Relabelled, expr: temperature > 90}',
      ),
    );
    await endedAt(eu, 'Relabelled');
    expect(await readingOf(alert, { kind: 'bound', bound }, pair)).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('the servers disagree'),
      unanswered: true,
    });
  });

  it('is missing where the rule was deleted or changed', async () => {
    const alert = await inbox.received('Deleted', { cluster: 'eu' });
    const binding = await bindingOf(alert);
    expect(binding.kind).toBe('bound');
    await eu.reload(RULES.replace(/.*alert: Deleted.*\n/, ''));
    await endedAt(eu, 'Deleted');
    await until(async () => (await readingOf(alert, binding)).kind === 'missing', {
      what: 'the reload',
      ms: 10_000,
    });
    const reading = await readingOf(alert, binding);
    expect(reading).toMatchObject({
      kind: 'missing',
      reason: expect.stringContaining('has been changed or deleted'),
    });
    expect(reading).not.toHaveProperty('unanswered');
    expect(await bindingOf(alert)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('no rule'),
    });
  });
});
