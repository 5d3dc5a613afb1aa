import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { startRedis } from '../../kit/stack/redis.ts';
import { httpRig } from './rig.ts';

const TOKENS = { zabbix: 'the-secret-of-zabbix', grafana: 'the-secret-of-grafana' };
const settings = {
  sources: [
    {
      name: 'zabbix',
      alert: 'trigger',
      state: { path: 'value', firing: ['PROBLEM'], resolved: ['OK'] },
      service: 'host',
      began: 'clock',
      id: 'id',
    },
  ],
};
const problem = (more: object = {}) => ({
  trigger: 'Disk is full',
  value: 'PROBLEM',
  host: 'shop',
  clock: 1764367200,
  id: 7,
  ...more,
});

let scratch: Scratch;
let redis: Awaited<ReturnType<typeof startRedis>>;
beforeAll(async () => {
  scratch = await scratchDir('sources');
  redis = await startRedis({ dir: scratch.path });
});
afterAll(async () => {
  await redis?.stop();
  await scratch?.remove();
});
const rig = () => httpRig(redis.url, {}, { settings, tokens: TOKENS });

describe('a source of alerts', () => {
  it('that medic.yml describes opens incidents and ends them', async () => {
    const { post, incident, metrics } = await rig();
    const options = { path: '/alert/zabbix', token: TOKENS.zabbix };
    expect((await post(problem(), options)).status).toBe(200);
    const opened = await incident('shop');
    expect(
      Object.values(opened?.alerts ?? {}).map(({ alert: { name, source, status } }) => ({
        name,
        source,
        status,
      })),
    ).toEqual([{ name: 'Disk is full', source: 'zabbix', status: 'firing' }]);
    expect((await post(problem({ value: 'OK' }), options)).status).toBe(200);
    expect(
      Object.values((await incident('shop'))?.alerts ?? {}).map(({ alert }) => alert.status),
    ).not.toContain('firing');
    expect(await metrics.registry.metrics()).toMatch(
      /medic_alerts_received_total\{source="zabbix",status="firing"\} 1/,
    );
  });

  it('is let in by its own secret, and by no other', async () => {
    const { post } = await rig();
    const answers = async (path: string, tokens: readonly string[]) =>
      Promise.all(tokens.map(async (token) => (await post(problem(), { path, token })).status));
    const { ALERT_TOKEN } = await import('../../kit/world/world.ts');
    expect(await answers('/alert/zabbix', [ALERT_TOKEN, TOKENS.grafana])).toEqual([401, 401]);
    expect(await answers('/alert', [TOKENS.zabbix, TOKENS.grafana])).toEqual([401, 401]);
    const refused = await post(problem(), { path: '/alert/zabbix', token: 'wrong' });
    expect(await refused.json()).toEqual({ error: expect.stringContaining('ALERT_TOKEN_ZABBIX') });
  });

  it('is told by the path in its own body what is wrong with it', async () => {
    const { post } = await rig();
    const answer = await post(problem({ clock: 'noon' }), { path: '/alert/zabbix', token: TOKENS.zabbix });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toEqual({
      error: 'nothing in this is an alert as `sources` in medic.yml describes those of zabbix',
      problems: ['clock: is "noon", and no time: write it as 2026-11-28T22:00:00Z'],
    });
  });

  it('that nobody described is nowhere', async () => {
    const { post } = await rig();
    expect((await post(problem(), { path: '/alert/nagios' })).status).toBe(404);
  });
});
