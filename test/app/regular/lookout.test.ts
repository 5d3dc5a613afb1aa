import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { looksFor, silencesOf } from '../../../src/app/regular/lookout.ts';
import type { Absence, See } from '../../../src/engine/health/blindness.ts';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import { startAlertmanager, startPrometheus } from '../../kit/stack/monitoring.ts';
import { freePort } from '../../kit/stack/process.ts';
import type { Part } from '../../kit/stack/stack.ts';

let scratch: Scratch;
let prometheus: Part;
let alertmanager: Part;
let nowhere: string;
beforeAll(async () => {
  scratch = await scratchDir('lookout');
  prometheus = await startPrometheus({ dir: `${scratch.path}/prometheus`, scrape: [], rules: [] });
  const webhook = { url: 'http://127.0.0.1:9/alert', token: 'none' };
  alertmanager = await startAlertmanager({ dir: `${scratch.path}/alertmanager`, webhook });
  nowhere = `http://127.0.0.1:${await freePort()}`;
});
afterAll(async () => {
  await prometheus?.stop();
  await alertmanager?.stop();
  await scratch?.remove();
});

/** What is said of each server that is looked for, by its name. */
async function lookAround(config: Parameters<typeof looksFor>[0]): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  const see: See = async (about, absence: Absence | null) => {
    said[about] = absence === null ? 'there' : absence.what;
  };
  await Promise.allSettled(looksFor(config, see).map(({ look }) => look()));
  return said;
}

describe('every server that Medic asks', () => {
  it('is looked for by itself, the first as the others, and named where it is away', async () => {
    const said = await lookAround({
      env: { PROMETHEUS_URL: prometheus.url, ALERTMANAGER_URL: alertmanager.url } as never,
      settings: {
        services: {},
        prometheus: [
          { name: 'eu', url: prometheus.url.replace('127.0.0.1', 'localhost') },
          { name: 'us', url: nowhere },
        ],
        alertmanager: [
          { name: 'am-eu', url: alertmanager.url.replace('127.0.0.1', 'localhost') },
          { name: 'am-us', url: nowhere },
        ],
      } as never,
    });
    const host = new URL(nowhere).host;
    expect(said).toEqual({
      prometheus: 'there',
      'prometheus eu': 'there',
      'prometheus us': `Prometheus us at ${host}`,
      'alertmanager am-eu': 'there',
      'alertmanager am-us': `Alertmanager am-us at ${host}`,
    });
  });

  it('that is named twice is looked for once', async () => {
    const said = await lookAround({
      env: { PROMETHEUS_URL: nowhere, ALERTMANAGER_URL: nowhere } as never,
      settings: {
        services: {},
        prometheus: [{ name: 'eu', url: nowhere }],
        alertmanager: [{ name: 'am', url: nowhere }],
      } as never,
    });
    expect(Object.keys(said)).toEqual(['prometheus']);
  });

  it('is seen by the reading of its silences, where they are read', async () => {
    const said: unknown[][] = [];
    const see: See = async (...what) => void said.push(what);
    await silencesOf(nowhere, see, true, async () => [])();
    await silencesOf(nowhere, see, false, () => Promise.reject(new Error('away')))().catch(() => undefined);
    expect(said).toEqual([
      ['alertmanager', null],
      ['alertmanager', expect.objectContaining({ means: expect.not.stringContaining('still fires') })],
    ]);
  });
});
