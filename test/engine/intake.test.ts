import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../src/lib/secrets.ts';
import { createRedactor } from '../../src/observability/redact.ts';
import { httpRig, type Rig } from '../adapters/http/rig.ts';
import { alert, T0 } from '../kit/incident/fixtures.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { startRedis } from '../kit/stack/redis.ts';

let redis: Awaited<ReturnType<typeof startRedis>>;
let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('intake');
  redis = await startRedis({ dir: join(scratch.path, 'redis') });
});
afterAll(async () => {
  await redis?.stop();
  await scratch?.remove();
});

const about = (service: string, name = 'Down', changes: object = {}) =>
  alert(name, { fingerprint: `${service}-${name}`, labels: { service }, ...changes });

/** How many incidents opened, and of what kind the subjects are that are not services. */
async function opened({ store }: Rig) {
  const incidents = await Promise.all((await store.open()).map((id) => store.load(id)));
  return {
    count: incidents.length,
    storms: incidents.filter((one) => one?.subject.kind === 'storm'),
  };
}

describe('alerts of a storm', () => {
  const few = { storm: { incidents: 3, within: '60s' } };

  it('beyond the limit of new incidents become one incident, to which their repeats and ends belong', async () => {
    const rig = await httpRig(redis.url, few);
    const services = Array.from({ length: 40 }, (_, index) => `svc-${index}`);
    await Promise.all(services.map((service) => rig.intake.accept([about(service)])));
    const { count, storms } = await opened(rig);
    expect(count).toBe(4);
    const size = Object.keys(storms[0]?.alerts ?? {}).length;
    expect(size).toBe(37);
    await rig.intake.accept(services.map((service) => about(service)));
    expect((await opened(rig)).storms[0]?.version).toBe(storms[0]?.version);
    const ended = { status: 'resolved', endsAt: T0 } as const;
    await rig.intake.accept(services.map((service) => about(service, 'Down', ended)));
    expect(await opened(rig)).toEqual({ count: 0, storms: [] });
  });

  it('about a service whose incident is open go there, storm or not', async () => {
    const rig = await httpRig(redis.url, few);
    await rig.intake.accept([about('first')]);
    await rig.intake.accept(Array.from({ length: 20 }, (_, index) => about(`svc-${index}`)));
    await rig.intake.accept([about('first', 'Slow')]);
    expect(Object.keys((await rig.incident('first'))?.alerts ?? {}).sort()).toEqual([
      'first-Down',
      'first-Slow',
    ]);
  });

  it('of two environments are two incidents', async () => {
    const rig = await httpRig(redis.url, { storm: { incidents: 1, within: '60s' } });
    const lot = ['live', 'lab'].flatMap((environment) =>
      [1, 2, 3].map((index) =>
        about(`svc-${environment}-${index}`, 'Down', { labels: { service: `svc-${index}`, environment } }),
      ),
    );
    await rig.intake.accept(lot);
    const { storms } = await opened(rig);
    expect(storms.map((one) => one?.subject.environment).sort()).toEqual(['lab', 'live']);
  });
});

describe('alerts for an incident that closes while they are on their way', () => {
  it('open the next one at once', async () => {
    const rig = await httpRig(redis.url, { storm: { incidents: 100 } });
    for (let round = 0; round < 20; round += 1) {
      const at = T0 + round * 10_000;
      const began = about('shop', 'Down', { startsAt: at });
      await rig.intake.accept([began]);
      const end = rig.intake.accept([{ ...began, status: 'resolved', endsAt: at + 1_000 }]);
      const next = rig.intake.accept([about('shop', `Other${round}`, { startsAt: at + 1_500 })]);
      const begun = performance.now();
      await Promise.all([end, next]);
      expect(performance.now() - begun).toBeLessThan(1_000);
      const open = await rig.incident();
      expect(open?.alerts[`shop-Other${round}`]?.alert.status).toBe('firing');
      const ended = { status: 'resolved', endsAt: at + 2_000 } as const;
      await rig.intake.accept([about('shop', `Other${round}`, { startsAt: at + 1_500, ...ended })]);
    }
    expect(await rig.incident()).toBeNull();
  });

  it('are refused by one that has closed, rather than tried again and again', async () => {
    const rig = await httpRig(redis.url);
    await rig.intake.accept([about('shop')]);
    const id = (await rig.incident())?.id ?? '';
    await rig.intake.accept([about('shop', 'Down', { status: 'resolved', endsAt: T0 })]);
    const event = {
      type: 'alerts',
      subject: { kind: 'service', name: 'shop', environment: 'test' },
      alerts: [about('shop')],
    } as const;
    const begun = performance.now();
    expect(await rig.engine.dispatch(id, event)).toMatchObject({ kind: 'refused', incident: { id } });
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

describe('alerts of which some may wait', () => {
  it('are refused when those cannot be kept, and the urgent ones are heard all the same', async () => {
    const rig = await httpRig(redis.url);
    // Lua cannot read half of a character.
    const poison = about('half-\ud800', 'Slow', { severity: 'warning' });
    await expect(rig.intake.collect([poison, about('shop')])).rejects.toThrow();
    expect(Object.keys((await rig.incident())?.alerts ?? {})).toEqual(['shop-Down']);
  });
});

describe('an alert with a secret in it', () => {
  const { redact } = createRedactor();
  /** It as it is kept, as it stands on record, and as people are shown it. */
  const heard = async (changes: object) => {
    const rig = await httpRig(redis.url, {}, { redact });
    await rig.intake.accept([about('shop', 'Down', changes)]);
    const incident = await rig.incident();
    const kept = incident?.alerts['shop-Down']?.alert;
    return {
      kept,
      record: JSON.stringify(await rig.store.timeline(incident?.id ?? '')),
      shown: withoutSecrets(kept, redact),
    };
  };

  it('is kept as it was sent, for that is what it is matched and asked about by', async () => {
    const changes = {
      name: 'Down token=hunter22222',
      expression: 'up{token="hunter22222"} == 0',
      labels: { service: 'shop', owner: 'team@example.com' },
    };
    expect((await heard(changes)).kept).toMatchObject(changes);
  });

  it('is told without it, in its name, its expression, the names and values of its labels, and on record', async () => {
    const { shown, record } = await heard({
      name: 'Down token=hunter22222',
      expression: 'up{token="hunter22222"} == 0',
      labels: { service: 'shop', 'password=hunter22222': 'x', owner: 'password=hunter22222' },
    });
    expect(record).toContain('[redacted:password]');
    expect(record + JSON.stringify(shown)).not.toContain('hunter22222');
    expect(shown?.expression).toContain('[redacted:password]');
  });

  it.each([
    ['user and password', 'https://user:hunter22222@prometheus/graph'],
    ['a user alone', 'https://hunter22222@prometheus/graph'],
    ['a token', 'https://prometheus/graph?token=hunter22222'],
    [
      'a token in an encoded expression',
      'https://prometheus/graph?g0.expr=up%7Btoken%3D%22hunter22222%22%7D',
    ],
  ])('is told without a link where that holds %s', async (_, link) => {
    const { shown, record } = await heard({ link, manager: link });
    expect(shown).toMatchObject({ link: null, manager: null });
    expect(record).not.toContain('hunter22222');
  });

  it('is told with a link that holds none', async () => {
    const link = 'https://prometheus/graph?g0.expr=up%7Bservice%3D%22shop%22%7D&g0.tab=1';
    expect((await heard({ link })).shown).toMatchObject({ link });
  });
});
