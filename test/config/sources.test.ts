import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guardedSources } from '../../src/app/senders.ts';
import { ConfigError, dropSecrets, loadConfig } from '../../src/config/load.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('config-sources');
});
afterAll(() => scratch.remove());

const ZABBIX = 'the-secret-of-zabbix';
const right = (): Record<string, string> => ({
  REDIS_URL: 'redis://redis.example:6379',
  SLACK_BOT_TOKEN: 'xoxb-1234',
  SLACK_APP_TOKEN: 'xapp-1234',
  SLACK_CHANNEL: 'C0INCIDENTS',
  ALERT_TOKEN: 'a-secret-that-is-long-enough',
});
async function load(yaml: string, more: Record<string, string> = {}) {
  const file = join(scratch.path, 'medic.yml');
  await writeFile(file, yaml);
  return loadConfig({ ...right(), MEDIC_CONFIG: file, ...more });
}
async function problemsOf(yaml: string, more: Record<string, string> = {}): Promise<readonly string[]> {
  try {
    await load(yaml, more);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
}
const DESCRIBED = 'sources: [{ name: zabbix, alert: trigger.name }]\n';

describe('a source of alerts', () => {
  it('has a secret of its own, which Alertmanager’s is not, from the environment or from a file', async () => {
    const file = join(scratch.path, 'zabbix-token');
    await writeFile(file, `${ZABBIX}\n`);
    for (const given of [{ ALERT_TOKEN_ZABBIX: ZABBIX }, { ALERT_TOKEN_ZABBIX_FILE: file }]) {
      const config = await load(DESCRIBED, given);
      const tokens = guardedSources(config, right() as { ALERT_TOKEN: string }).map(
        ({ name, paths, token, tokenName }) => [name, paths[0]?.path, token, tokenName],
      );
      expect(tokens).toEqual([
        ['alertmanager', '/alert', right().ALERT_TOKEN, 'ALERT_TOKEN'],
        ['grafana', '/alert/grafana', right().ALERT_TOKEN, 'ALERT_TOKEN'],
        ['zabbix', '/alert/zabbix', ZABBIX, 'ALERT_TOKEN_ZABBIX'],
      ]);
      expect(config.doubts).toEqual([]);
      expect(config.secrets.map(({ name }) => name)).toContain('ALERT_TOKEN_ZABBIX');
      expect(Object.keys(config.hands?.environment ?? {})).not.toContain('ALERT_TOKEN_ZABBIX');
    }
  });

  it('of Grafana may have one', async () => {
    const { alertTokens } = await load('', { ALERT_TOKEN_GRAFANA: 'the-secret-of-grafana' });
    expect(alertTokens).toEqual({ grafana: 'the-secret-of-grafana' });
  });

  it('without its secret stops the start, and so does one with a short secret', async () => {
    expect(await problemsOf(DESCRIBED)).toEqual([
      'ALERT_TOKEN_ZABBIX: is not set: it is the secret of the source zabbix of medic.yml',
    ]);
    expect(await problemsOf(DESCRIBED, { ALERT_TOKEN_ZABBIX: 'short' })).toEqual([
      'ALERT_TOKEN_ZABBIX: must be a secret of at least 16 characters',
    ]);
  });

  it('posts to no runner', async () => {
    const runner = { MEDIC_ROLE: 'runner', MEDIC_KEY: 'k'.repeat(32), ALERT_TOKEN_ZABBIX: ZABBIX };
    const problems = await problemsOf(DESCRIBED, runner);
    expect(problems).toContain(
      'ALERT_TOKEN_ZABBIX: unset it: a runner takes no alerts; only a brain may have it',
    );
  });

  it('is forgotten by the environment once it was read', () => {
    const environment: Record<string, string | undefined> = { ALERT_TOKEN_ZABBIX: ZABBIX, PATH: '/bin' };
    dropSecrets(environment);
    expect(environment).toEqual({ PATH: '/bin' });
  });

  it.each([
    ['sources: [{ name: grafana, alert: a }]', 'sources.0.name: "grafana" is taken: write another name'],
    [
      'sources: [{ name: a, alert: x }, { name: a, alert: y }]',
      'sources.1.name: there is another source "a"',
    ],
    [
      'sources: [{ name: a, alert: "a[x]" }]',
      'sources.0.alert: write names with dots between them, and places in lists, such as event.tags[0].value',
    ],
  ])('that cannot be meant is refused: %s', async (yaml, problem) => {
    expect(await problemsOf(yaml, { ALERT_TOKEN_A: ZABBIX })).toContain(problem);
  });
});
