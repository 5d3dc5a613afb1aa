import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { stringify } from 'yaml';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../src/adapters/stores/redis/store.ts';
import type { Store } from '../../src/engine/store/store.ts';
import { type LocalSlack, type SlackOptions, startSlack } from '../kit/slack/server.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { freePort } from '../kit/stack/process.ts';
import { startRedis } from '../kit/stack/redis.ts';
import { type MedicProcess, startMedic } from '../kit/world/medic.ts';
import { type Remedy, writePlaybooks } from '../kit/world/playbooks.ts';
import { ALERT_TOKEN, CHANNEL } from '../kit/world/world.ts';
import { createGun, type Gun } from './load.ts';

/** A sender for each of many groups, as where several Alertmanagers send. */
export const CONNECTIONS = 256;

export type Fsync = 'always' | 'everysec';

export interface StageOptions {
  readonly fsync: Fsync;
  readonly slack?: SlackOptions;
  readonly remedies?: readonly Remedy[];
  /** What `medic.yml` holds, given the directory of the stage. */
  readonly settings?: object;
  /** More of Medic's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before Medic starts, and gives more settings. */
  readonly before?: (dir: string) => Promise<object>;
}

/** One Medic among a real Redis and a local Slack. The load comes from this process. */
export interface Stage {
  readonly slack: LocalSlack;
  readonly redis: Redis & { readonly serverPid: number };
  readonly store: Store;
  readonly medic: MedicProcess;
  readonly gun: Gun;
  readonly dir: string;
}

/** Everything is stopped when the play is over, however it ends. */
export async function onStage<Result>(
  options: StageOptions,
  play: (stage: Stage) => Promise<Result>,
): Promise<Result> {
  const closing: (() => Promise<unknown> | unknown)[] = [];
  try {
    const scratch = await scratchDir('bench');
    closing.push(() => scratch.remove());
    const dir = scratch.path;
    const server = await startRedis({ dir: join(dir, 'redis'), appendfsync: options.fsync });
    closing.push(() => server.stop());
    const redis = Object.assign(connect(server.url, { failFast: true }), { serverPid: server.pid });
    closing.push(() => redis.disconnect());
    const slack = await startSlack(options.slack);
    closing.push(() => slack.stop());
    const more = (await options.before?.(dir)) ?? {};
    const config = join(dir, 'medic.yml');
    await writeFile(config, stringify({ environment: 'bench', ...options.settings, ...more }));
    const medic = await startMedic(dir, {
      HOST: '127.0.0.1',
      PORT: String(await freePort()),
      REDIS_URL: server.url,
      MEDIC_CONFIG: config,
      MEDIC_PLAYBOOKS: writePlaybooks(dir, options.remedies ?? [NO_REMEDY]),
      ALERT_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_CHANNEL: CHANNEL,
      LOG_LEVEL: 'warn',
      ...options.env,
    });
    closing.push(() => medic.stop());
    const gun = createGun(medic.url, CONNECTIONS);
    closing.push(() => gun.close());
    return await play({ slack, redis, store: createRedisStore(redis, keysOf('medic')), medic, gun, dir });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** A playbook that answers nothing a benchmark sends. */
const NO_REMEDY: Remedy = { name: 'ease', risk: 'low', alert: 'NeverSent' };

/** Settings under which no load counts as a storm, so that what is measured is each incident's own cost. */
export const NO_STORM = {
  intake: {
    storm: { incidents: 1_000_000 },
    rate: { per_second: 1_000_000, burst: 1_000_000 },
  },
};
