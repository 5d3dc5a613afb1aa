import { existsSync, readFileSync } from 'node:fs';
import { readAs } from '../lib/schema/explain.ts';
import { mistake, pathOf } from '../lib/schema/mistake.ts';
import { Environment } from './environment.ts';
import { ConfigError } from './load.ts';
import { bringInSecrets } from './secrets.ts';

/** Where Medic's memory is. */
export interface Memory {
  readonly redisUrl: string;
  readonly namespace: string;
}

const Place = Environment.pick({ REDIS_URL: true, MEDIC_NAMESPACE: true });

/** What there is to read of the environment for whoever only reads the memory: no Slack, no `medic.yml`. Throws `ConfigError`. */
export function loadMemory(given: Readonly<Record<string, string | undefined>>): Memory {
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : null);
  const { variables, problems } = bringInSecrets(set, read, ['REDIS_URL']);
  const place = readAs(Place, variables, { missing: 'is not set', secret: true });
  if ('value' in place && problems.length === 0)
    return { redisUrl: place.value.REDIS_URL, namespace: place.value.MEDIC_NAMESPACE };
  const flaws = 'value' in place ? [] : place.flaws;
  throw new ConfigError([
    ...problems.map(({ name, message }) => mistake('environment', name, message)),
    ...flaws
      .filter(({ path }) => !problems.some(({ name }) => name === pathOf(path)))
      .map(({ path, message }) => mistake('environment', pathOf(path), message)),
  ]);
}
