import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/load.ts';
import { serversOf } from '../../src/config/servers.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';

let scratch: Scratch;
beforeAll(async () => {
  scratch = await scratchDir('servers');
});
afterAll(() => scratch.remove());

async function load(yaml: string, more: Record<string, string> = {}) {
  const file = join(scratch.path, 'medic.yml');
  await writeFile(file, yaml);
  return loadConfig({
    REDIS_URL: 'redis://redis.example:6379',
    SLACK_BOT_TOKEN: 'xoxb-1234',
    SLACK_APP_TOKEN: 'xapp-1234',
    SLACK_CHANNEL: 'C0INCIDENTS',
    ALERT_TOKEN: 'a-secret-that-is-long-enough',
    MEDIC_CONFIG: file,
    ...more,
  });
}

async function problemsOf(yaml: string, more: Record<string, string> = {}): Promise<readonly string[]> {
  try {
    await load(yaml, more);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const EU = 'prometheus: [{ name: eu, url: "http://eu.example:9090", external_labels: { cluster: eu } }]\n';

describe('the servers', () => {
  it('are those of the environment first, named after what they are, and then those of the file', async () => {
    const config = await load(`${EU}alertmanager: [{ name: pager, url: "http://pager.example" }]\n`, {
      PROMETHEUS_URL: 'http://prometheus.example:9090',
      ALERTMANAGER_URL: 'http://alertmanager.example:9093',
    });
    expect(serversOf(config)).toEqual({
      prometheus: [
        { name: 'prometheus', url: 'http://prometheus.example:9090' },
        { name: 'eu', url: 'http://eu.example:9090', external_labels: { cluster: 'eu' } },
      ],
      alertmanager: [
        { name: 'alertmanager', url: 'http://alertmanager.example:9093' },
        { name: 'pager', url: 'http://pager.example' },
      ],
      homes: {},
    });
  });

  it('are none where none is named', async () => {
    expect(serversOf(await load(''))).toEqual({ prometheus: [], alertmanager: [], homes: {} });
  });

  it('know the home of a service', async () => {
    const config = await load(`${EU}services: { shop: { prometheus: eu }, blog: {} }\n`);
    expect(serversOf(config).homes).toEqual({ shop: 'eu' });
  });

  it.each([
    [
      `${EU}alertmanager: [{ name: eu, url: "http://pager.example" }]`,
      {},
      'alertmanager.0.name: "eu" is the name of another server',
    ],
    [
      'prometheus: [{ name: prometheus, url: "http://eu.example" }]',
      { PROMETHEUS_URL: 'http://prometheus.example' },
      'prometheus.0.name: "prometheus" is the name of another server',
    ],
    [
      `${EU}services: { shop: { prometheus: us } }`,
      {},
      'services.shop.prometheus: "us" is no Prometheus server: eu',
    ],
    ['services: { shop: { prometheus: eu } }', {}, '"eu" is no Prometheus server: none is configured'],
    [
      'prometheus: [{ name: eu, url: "http://me:pass@eu.example" }]',
      {},
      'prometheus.0.url: must not hold a user name',
    ],
    ['prometheus: [{ name: eu, url: "eu.example:9090" }]', {}, 'prometheus.0.url: must be a URL'],
  ])('are refused where they cannot be told apart or reached: %s', async (yaml, more, problem) => {
    expect((await problemsOf(yaml, more)).join('\n')).toContain(problem);
  });
});
