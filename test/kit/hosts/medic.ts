import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { keysOf } from '../../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../../src/adapters/stores/redis/store.ts';
import type { Store } from '../../../src/engine/store/store.ts';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { plainly } from '../../../src/lib/text/text-read.ts';
import { type LocalSlack, startSlack } from '../slack/server.ts';
import { freePort, until } from '../stack/process.ts';
import { startRedis } from '../stack/redis.ts';
import { type MedicProcess, startMedic } from '../world/medic.ts';
import { threadOf } from '../world/said.ts';
import { PATIENT } from '../world/test-env.ts';
import { ALERT_TOKEN, CHANNEL } from '../world/world.ts';
import * as faults from './faults.ts';
import { type Registry, registryFor, writeInventory } from './inventory.ts';
import type { HostsKit } from './kit.ts';
import { type Monitoring, type MonitoringOptions, startMonitoring } from './monitoring.ts';

export type HealingOptions = {
  dir: string;
  kit: HostsKit;
  /** More of `policy` in `medic.yml`. */
  policy?: Record<string, unknown>;
  /** The entry of another Medic than this one. */
  main?: string;
  /** Services that have no health check. */
  unprobed?: readonly (keyof Registry)[];
  /** Other services than the usual ones, with what they need: groups of the inventory, what is watched, rules, and more of Medic's environment. */
  more?: More;
};

export type More = {
  services: Readonly<Record<string, object>>;
  groups: Readonly<Record<string, object>>;
  watched: NonNullable<MonitoringOptions['more']>;
  rules: readonly string[];
  environment: Readonly<Record<string, string>>;
};

/** Medic as a stranger sets it up: the shipped playbooks, real hosts over SSH, real monitoring, and people in a local Slack. */
export type Healing = {
  kit: HostsKit;
  monitoring: Monitoring;
  slack: LocalSlack;
  medic: MedicProcess;
  /** Where Medic keeps what it knows. */
  store: Store;
  /** Where Alertmanager delivers. */
  webhook: { url: string; token: string };
  /** The newest incident about a service that has opened since. */
  incident(service: string, since: number): Promise<Incident | undefined>;
  /** Its thread, as people read it. */
  thread(incident: Incident): string;
  /** What Medic has logged. */
  log(): string;
  /** Puts all hosts back to how they were, and waits until no alert fires and no incident is open. */
  rest(): Promise<void>;
  stop(): Promise<void>;
};

/** So long no alert fires and no incident is open once nothing is left of a fault, milliseconds: some scrapes and evaluations. */
const QUIET = 4_000;

/** How many of the incidents that closed last are looked through. */
const RECENT = 50;

/** Starts all that a fault on a real host needs to be healed. A failed start leaves nothing but the kit, which is not stopped either. */
export async function startHealing({
  dir,
  kit,
  policy = {},
  unprobed = [],
  main,
  more,
}: HealingOptions): Promise<Healing> {
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    const redis = await startRedis({ dir: join(dir, 'redis') });
    started.push(redis);
    const reader = connect(redis.url, { failFast: true });
    reader.on('error', () => undefined);
    started.push({ stop: async () => reader.disconnect() });
    const store = createRedisStore(reader, keysOf('medic'), { isAlive: false });
    const slack = await startSlack({ limits: PATIENT });
    started.push(slack);
    const port = await freePort();
    const webhook = { url: `http://127.0.0.1:${port}/alert`, token: ALERT_TOKEN };
    const monitoring = await startMonitoring({
      ...{ dir, kit, webhook },
      ...(more && { more: more.watched, clusters: [{ name: 'main', rules: more.rules }] }),
    });
    started.push(monitoring);
    const config = join(dir, 'medic.yml');
    await writeFile(config, stringify(await settingsOf(kit, policy, unprobed, more)));
    const medic = await startMedic(
      dir,
      {
        HOST: '127.0.0.1',
        PORT: String(port),
        REDIS_URL: redis.url,
        MEDIC_CONFIG: config,
        PROMETHEUS_URL: monitoring.prometheus.main?.url ?? '',
        ALERTMANAGER_URL: monitoring.alertmanager.url,
        ALERT_TOKEN,
        SLACK_API_URL: slack.apiUrl,
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_CHANNEL: CHANNEL,
        ...more?.environment,
      },
      'medic',
      main,
    );
    // Before Prometheus and Alertmanager, so that it hears of no end of theirs.
    started.push(medic);
    const incidents = async () => {
      const ids = [...(await store.open()), ...(await store.closed(RECENT))];
      return (await store.loadMany(ids)).filter((one) => one !== null);
    };
    return {
      kit,
      monitoring,
      slack,
      medic,
      store,
      webhook,
      async incident(service, since) {
        const about = (await incidents()).filter(
          ({ subject, milestones }) => subject.name === service && milestones.opened >= since,
        );
        return about.toSorted((one, other) => other.milestones.opened - one.milestones.opened)[0];
      },
      thread: ({ id }) => slack.print(CHANNEL, threadOf(slack, id)),
      log: () => readFileSync(join(dir, 'medic.log'), 'utf8'),
      async rest() {
        await Promise.all(kit.hosts.map(faults.restore));
        // A restart is a short outage of its own, whose alert comes only after it.
        let quietSince: number | null = null;
        let left: readonly string[] = [];
        const quiet = async () => {
          left = [...(await firing(monitoring)), ...(await store.loadMany(await store.open())).map(told)];
          quietSince = left.length === 0 ? (quietSince ?? Date.now()) : null;
          return quietSince !== null && Date.now() - quietSince >= QUIET;
        };
        const what = 'all alerts to end and all incidents to close';
        await until(quiet, { what, ms: 120_000 }).catch((cause: Error) => {
          throw new Error(`${cause.message}: ${left.join(', ') || 'it was quiet for too short a time'}`, {
            cause,
          });
        });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function settingsOf(
  kit: HostsKit,
  policy: Record<string, unknown>,
  unprobed: readonly (keyof Registry)[],
  more: More | undefined,
): Promise<object> {
  return {
    policy: {
      // The same few hosts are broken again and again.
      cooldown: '0s',
      breaker: { fixes: 1_000 },
      cancel_window: '2s',
      ...policy,
    },
    roles: { operators: { users: ['U0BOB'] }, approvers: { users: ['U0CAROL'] } },
    services: more?.services ?? registryFor(kit, unprobed),
    ansible: { inventory: await writeInventory(kit, more?.groups) },
  };
}

/** Names of the alerts that fire. */
export async function firing({ alertmanager }: Monitoring): Promise<string[]> {
  const response = await fetch(`${alertmanager.url}/api/v2/alerts?active=true`);
  const alerts = (await response.json()) as { labels: Record<string, string> }[];
  return alerts.map(({ labels }) => labels.alertname ?? '');
}

/** `inc-1 of shop: escalated, no known pattern`, for whoever waits for it to close. */
function told(incident: Incident | null): string {
  if (incident === null) return 'an incident that is gone';
  const { id, subject, phase, alerts } = incident;
  const reason = 'reason' in phase ? `, ${plainly(phase.reason ?? '')}` : '';
  const names = Object.values(alerts).map(({ alert }) => `${alert.name} ${alert.status}`);
  return `${id} of ${subject.name}: ${phase.at}${reason} (${names.join(', ')})`;
}
