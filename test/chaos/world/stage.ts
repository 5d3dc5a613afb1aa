import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { stringify } from 'yaml';
import { keysOf } from '../../../src/adapters/stores/redis/keys.ts';
import { createAuditSource } from '../../../src/adapters/stores/redis/record/audit-source.ts';
import type { AuditSource } from '../../../src/audit/export.ts';
import { type ModelServer, startModelServer } from '../../kit/model/server.ts';
import { type LocalPagerDuty, startPagerDuty } from '../../kit/pagers/pagerduty.ts';
import { exampleSeed } from '../../kit/slack/defaults.ts';
import { type LocalSlack, startSlack } from '../../kit/slack/server.ts';
import { scratchDir } from '../../kit/stack/guardian.ts';
import { startRedis } from '../../kit/stack/redis.ts';
import { MAIN } from '../../kit/world/medic.ts';
import { startTestService, type TestService } from '../../kit/world/service.ts';
import { ALERT_TOKEN } from '../../kit/world/world.ts';
import { type Memory, memoryIn } from '../memory.ts';
import { APPROVERS, CANCEL_WINDOW, FLEET, FLEET_CHANNELS, MAX_CONCURRENT, OPERATORS } from './fleet.ts';
import { confusedModel } from './muddle.ts';
import { writeChaosPlaybooks } from './playbooks.ts';
import { type Replica, type Role, startReplica } from './replica.ts';

export interface StageOptions {
  readonly seed: number;
  readonly replicas: number;
  /** One replica is the brain and the others are runners. */
  readonly split?: boolean;
  /** Medic's entry; the real one unless a copy is to be tried. */
  readonly main?: string;
}

/** Everything a run of chaos needs, up and running. */
export interface Stage {
  readonly dir: string;
  readonly slack: LocalSlack;
  readonly model: ModelServer;
  readonly pagerDuty: LocalPagerDuty;
  readonly patients: ReadonlyMap<string, TestService>;
  readonly replicas: readonly Replica[];
  readonly redis: { kill(): Promise<void>; start(): Promise<void> };
  readonly memory: Memory;
  /** The record as `medic audit` reads it. */
  readonly audit: AuditSource;
  stop(): Promise<void>;
}

/** Starts real Redis, the local Slack, a muddled model, the fleet, and the replicas. A failed start leaves nothing running. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const scratch = await scratchDir('chaos');
    closing.push(() => scratch.remove());
    const dir = scratch.path;
    let redis = await startRedis({ dir: join(dir, 'redis') });
    closing.push(() => redis.stop());
    const reader = new Redis(redis.url, { maxRetriesPerRequest: 2, commandTimeout: 5_000 });
    reader.on('error', () => undefined);
    closing.push(async () => reader.disconnect());
    const slack = await startSlack({
      channels: channels(),
      // Its limits are met by planned faults; otherwise a run would last as long as a day on call.
      limits: { methodTiers: false, messagesPerSecondPerChannel: 50, messageBurst: 50 },
    });
    closing.push(() => slack.stop());
    const model = await startModelServer();
    model.script(confusedModel(options.seed));
    closing.push(() => model.stop());
    const pagerDuty = await startPagerDuty();
    closing.push(() => pagerDuty.stop());
    const patients = new Map<string, TestService>();
    for (const { name } of FLEET) {
      const patient = await startTestService(dir, name);
      closing.push(() => patient.stop());
      patients.set(name, patient);
    }
    const envFor = environment(dir, redis.url, { slack, model, pagerDuty }, [...patients.values()]);
    const replicas = await Promise.all(
      rolesOf(options).map(async (role, index) => {
        const replica = await startReplica({
          name: `medic-${index}`,
          role,
          dir,
          main: options.main ?? MAIN,
          envFor,
        });
        closing.push(() => replica.stop());
        return replica;
      }),
    );
    return {
      dir,
      slack,
      model,
      pagerDuty,
      patients,
      replicas,
      redis: {
        kill: () => redis.kill(),
        async start() {
          redis = await startRedis({ dir: join(dir, 'redis'), port: redis.port });
        },
      },
      memory: memoryIn(reader, keysOf('medic')),
      audit: createAuditSource(reader, keysOf('medic')),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function rolesOf({ replicas, split = false }: StageOptions): Role[] {
  return Array.from({ length: replicas }, (_, index) => (!split ? 'all' : index === 0 ? 'brain' : 'runner'));
}

function channels() {
  const {
    channels: [example],
  } = exampleSeed();
  if (example === undefined) throw new Error('the example workspace has no channel');
  return FLEET_CHANNELS.map((id) => ({ ...example, id, name: id.toLowerCase() }));
}

/** A runner gets what it needs to act, and neither Slack, nor the model, nor the token of those who send alerts. */
function environment(
  dir: string,
  redisUrl: string,
  { slack, model, pagerDuty }: Pick<Stage, 'slack' | 'model' | 'pagerDuty'>,
  patients: readonly TestService[],
): (role: Role, port: number) => Record<string, string> {
  const config = join(dir, 'medic.yml');
  writeFileSync(config, stringify({ ...settings(patients), pagerduty: { url: pagerDuty.url } }));
  const playbooks = writeChaosPlaybooks(dir);
  return (role, port) => ({
    HOST: '127.0.0.1',
    PORT: String(port),
    REDIS_URL: redisUrl,
    MEDIC_CONFIG: config,
    MEDIC_PLAYBOOKS: playbooks,
    ...(role === 'all' ? {} : { MEDIC_ROLE: role, MEDIC_KEY: 'a key for chaos, of 32 bytes or more' }),
    ...(role === 'runner'
      ? { MEDIC_STATE: join(dir, `state ${port}`) }
      : {
          ALERT_TOKEN,
          SLACK_API_URL: slack.apiUrl,
          SLACK_BOT_TOKEN: slack.botToken,
          SLACK_APP_TOKEN: slack.appToken,
          SLACK_CHANNEL: FLEET_CHANNELS[0] ?? '',
          OPENAI_BASE_URL: model.url,
          OPENAI_API_KEY: model.apiKey,
          OPENAI_MODEL: 'muddled',
          PAGERDUTY_ROUTING_KEY: pagerDuty.routingKey,
          PAGERDUTY_WEBHOOK_SECRET: pagerDuty.secret,
        }),
  });
}

function settings(patients: readonly TestService[]): object {
  const services = FLEET.map(({ name, dependsOn, pool, channel }) => {
    const patient = patients.find((one) => one.name === name);
    return [
      name,
      {
        environment: 'test',
        hosts: ['localhost'],
        owners: ['S0ONCALL'],
        depends_on: dependsOn,
        channel,
        settings: { pool },
        logs: [{ file: patient?.logFile }],
        health: [{ name: 'health', url: patient?.url }],
      },
    ];
  });
  return {
    environment: 'test',
    policy: {
      cooldown: '1s',
      cancel_window: `${CANCEL_WINDOW}ms`,
      approval_expires: '15s',
      max_concurrent: MAX_CONCURRENT,
      // Long enough to be met now and then, and short enough that a run ends.
      neighbour_window: '20s',
      turn_expires: '30s',
      // Fixes fail here all the time; a breaker that opened would leave nothing to try.
      breaker: { fixes: 1_000 },
      modes: FLEET.filter(({ observed }) => observed).map(({ name }) => ({ service: name, mode: 'observe' })),
    },
    roles: { operators: { users: OPERATORS }, approvers: { users: APPROVERS } },
    services: Object.fromEntries(services),
    intake: { batch_window: '2s', storm: { incidents: 100_000 } },
    escalation: [
      { tell: 'S0ONCALL', after: '1s' },
      { tell: 'pagerduty', after: '2s' },
    ],
    evidence: { budget: '2s' },
    model: { timeout: '2s' },
  };
}
