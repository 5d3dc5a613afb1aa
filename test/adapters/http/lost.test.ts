import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Settings } from '../../../src/config/settings.ts';
import { alert } from '../../kit/incident/fixtures.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { startRedis } from '../../kit/stack/redis.ts';
import { webhookOf } from '../../kit/world/webhook.ts';
import { counted, httpRig } from './rig.ts';

let redis: Awaited<ReturnType<typeof startRedis>>;
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('lost');
  redis = await startRedis({ dir: join(scratch.path, 'redis') });
});
afterAll(async () => {
  await redis?.stop();
  await scratch?.remove();
});
const rig = (settings: object = {}) => httpRig(redis.url, {}, { settings });
const open = async ({ store }: Awaited<ReturnType<typeof rig>>) => (await store.open()).length;

describe('what is lost on the way', () => {
  it('is owed to people by reason and number, when the webhook is acknowledged', async () => {
    const here = await rig();
    const body = webhookOf({ name: 'Down' }) as { alerts: object[] };
    await here.post({ ...body, truncatedAlerts: 12, alerts: [...body.alerts, null] });
    await here.post('no JSON');
    await here.post(JSON.stringify({ padding: 'x'.repeat(9_000_000) }));
    const owed = (await here.owed()).map(({ notice }) => (notice.kind === 'lost' ? notice : null));
    expect(Object.fromEntries(owed.map((one) => [one?.reason, one?.count]))).toEqual({
      truncated: 12,
      unreadable: 1,
      malformed: 1,
      'too-large': 1,
    });
    expect(await counted(here.metrics.alertsLost, { reason: 'truncated' })).toBe(12);
    expect(await here.incident()).not.toBeNull();
  });

  it('does not count for a stranger', async () => {
    const here = await rig();
    expect((await here.post('no JSON', { token: 'wrong' })).status).toBe(401);
    expect(await here.owed()).toEqual([]);
  });

  it('is counted once, however often a webhook is refused for now and comes again', async () => {
    const here = await httpRig(redis.url, { under_way: { alerts: 10 } });
    const many = Array.from({ length: 8 }, (_, index) => ({ name: `Down${index}` }));
    const late = {
      ...webhookOf({ name: 'Late' }, { name: 'Later' }, { name: 'Latest' }),
      truncatedAlerts: 3,
    };
    await here.holdWrites(500);
    const first = here.post(webhookOf(...many));
    // Whether it is refused depends on whether the first has come that far.
    const second = await here.post(late);
    expect((await first).status).toBe(200);
    if (second.status === 503) expect((await here.post(late)).status).toBe(200);
    expect(await counted(here.metrics.alertsLost)).toBe(3);
  });
});

describe('an alert that opens nothing', () => {
  it.each(['Watchdog', 'DeadMansSwitch', 'InfoInhibitor'])('%s is one, and is counted', async (name) => {
    const here = await rig();
    expect((await here.post(webhookOf({ name }))).status).toBe(200);
    expect(await open(here)).toBe(0);
    expect(await counted(here.metrics.alertsIgnored)).toBe(1);
    await here.post(webhookOf({ name: 'Down' }, { name }));
    expect(Object.values((await here.incident())?.alerts ?? {}).map(({ alert }) => alert.name)).toEqual([
      'Down',
    ]);
  });

  it('is one that a matcher of `ignore` fits, or all of a list', async () => {
    const here = await rig({ ignore: ['team="qa"', ['namespace=~"dev-.*"', 'severity!=critical']] });
    const post = (labels: Record<string, string>) => here.post(webhookOf({ name: 'Down', labels }));
    await post({ service: 'a', team: 'qa' });
    await post({ service: 'b', namespace: 'dev-1', severity: 'warning' });
    expect(await open(here)).toBe(0);
    await post({ service: 'c', namespace: 'dev-1', severity: 'critical' });
    await post({ service: 'd', namespace: 'prod-dev-1', severity: 'warning' });
    expect(await open(here)).toBe(2);
    expect(await counted(here.metrics.alertsIgnored, { why: 'ignore' })).toBe(2);
  });

  it('ends an incident all the same that was opened before it was ignored', async () => {
    const here = await rig({ ignore: ['alertname=Down'] });
    await here.intake.forward([
      {
        fingerprint: 'Down-shop',
        source: 'alertmanager',
        status: 'firing',
        name: 'Down',
        severity: 'critical',
        labels: { alertname: 'Down', service: 'shop', environment: 'test' },
        annotations: {},
        startsAt: Date.now() - 60_000,
        endsAt: null,
        expression: null,
        link: null,
      },
    ]);
    expect(await open(here)).toBe(1);
    await here.post(webhookOf({ name: 'Down', status: 'resolved' }));
    expect(await open(here)).toBe(0);
  });

  it('is none where the label that decides may have been left out of it', async () => {
    const here = await rig({ ignore: ['team!=ops'] });
    const cut = { ...alert('Down', { labels: { service: 'shop', environment: 'test' } }), omitted: 3 };
    await here.intake.accept([cut]);
    expect(await open(here)).toBe(1);
  });
});

describe('what `medic.yml` says of alerts', () => {
  it.each([
    ['team="qa"', { name: 'team', value: 'qa', isRegex: false, isEqual: true }],
    ['team = qa', { name: 'team', value: 'qa', isRegex: false, isEqual: true }],
    ['ns!~"dev-\\\\d+"', { name: 'ns', value: 'dev-\\d+', isRegex: true, isEqual: false }],
    ['"service.name"!="a\\"b"', { name: 'service.name', value: 'a"b', isRegex: false, isEqual: false }],
    ['team=""', { name: 'team', value: '', isRegex: false, isEqual: true }],
  ])('the matcher %s is read', (text, matcher) => {
    expect(Settings.parse({ ignore: [text] }).ignore).toEqual([[matcher]]);
  });

  it.each(['team', '="x"', 'team="x', ''])('the matcher %j is refused with how to write one', (text) => {
    const [issue] = Settings.safeParse({ ignore: [text] }).error?.issues ?? [];
    expect(issue?.message).toContain('write a matcher');
  });

  it('further words for a severity go before those that are known', async () => {
    const here = await rig({ severities: { blocker: 'info', Error: 'critical' } });
    const post = (severity: string) =>
      here.post(webhookOf({ name: 'Down', labels: { service: severity, severity } }));
    await post('BLOCKER');
    await post('error');
    const severityOf = async (service: string) =>
      Object.values((await here.incident(service))?.alerts ?? {})[0]?.alert.severity;
    expect(await severityOf('BLOCKER')).toBe('info');
    expect(await severityOf('error')).toBe('critical');
  });
});
