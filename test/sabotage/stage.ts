import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { stringify } from 'yaml';
import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { type Memory, memoryIn } from '../chaos/memory.ts';
import { type Edit, medicWith } from '../chaos/seeded-bugs.ts';
import { exampleSeed } from '../kit/slack/defaults.ts';
import { type LocalSlack, startSlack } from '../kit/slack/server.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { startAlertmanager, startPrometheus } from '../kit/stack/monitoring.ts';
import { freePort } from '../kit/stack/process.ts';
import { startRedis } from '../kit/stack/redis.ts';
import { type MedicProcess, startMedic } from '../kit/world/medic.ts';
import { ALERT_TOKEN } from '../kit/world/world.ts';
import { type Exporter, startExporter } from './exporter.ts';
import { admit, type Patient } from './patient.ts';
import { writeCatalog } from './playbooks.ts';

/** A service that a case is about. */
export interface Admission {
  readonly service: string;
  /** Whether it has a scrape target of its own. */
  readonly alone: boolean;
  /** Whether the registry knows a health check of it. */
  readonly probed: boolean;
}

/** Everything that all cases share, up and running. */
export interface Stage {
  readonly dir: string;
  readonly slack: LocalSlack;
  readonly medic: MedicProcess;
  readonly memory: Memory;
  readonly patients: ReadonlyMap<string, Patient>;
  /** The channel that a service's incidents are told in. */
  channelOf(service: string): string;
  /** Lets the Prometheus that Medic asks stand still, so that it gives no answer, and sends no alert any more; or go on. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

/** Slack takes a message a second in each channel, so there are many. */
const CHANNELS = 40;
const RULES = fileURLToPath(new URL('rules.yml', import.meta.url));
/** Of services of this name the alerts leave Prometheus with another `instance` than they have there. */
export const RELABELLED = 'relabelled';

/**
 * Medic as it is, but that it believes that Slack takes more edits a second, and draws no pictures: with hundreds of cards in a few minutes, a
 * button would stand minutes late, and the cases that wait for one would take an hour.
 */
const IMPATIENT = {
  name: 'impatient',
  edits: [
    {
      file: 'adapters/sinks/slack/connection/pacer.ts',
      find: 'burst: 12, perSecond: 0.8',
      replace: 'burst: 50, perSecond: 50',
    },
    {
      file: 'adapters/sinks/slack/pictures/illustrate.ts',
      find: 'told.filter(isPictured)',
      replace: 'told.slice(0, 0).filter(isPictured)',
    },
  ],
};

/** Starts real Redis, two Prometheus servers, an Alertmanager, the local Slack and Medic. A failed start leaves nothing running. */
export async function openStage(
  admissions: readonly Admission[],
  lies: readonly Edit[] = [],
): Promise<Stage> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  const keep = async <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
    const part = await starting;
    closing.push(() => part.stop());
    return part;
  };
  try {
    const scratch = await scratchDir('sabotage');
    closing.push(() => scratch.remove());
    const dir = scratch.path;
    const patients = new Map(
      admissions.map(({ service, alone }) => [service, admit(dir, service, alone)] as const),
    );
    const redis = await keep(startRedis({ dir: join(dir, 'redis'), appendfsync: 'everysec' }));
    const reader = new Redis(redis.url, { maxRetriesPerRequest: 2, commandTimeout: 10_000 });
    closing.push(async () => reader.disconnect());
    const slack = await keep(
      startSlack({
        channels: channels(),
        limits: { methodTiers: false, messagesPerSecondPerChannel: 50, messageBurst: 50 },
      }),
    );
    const exporter = await keep(startExporter(patients));
    const port = await freePort();
    const webhook = { url: `http://127.0.0.1:${port}/alert`, token: ALERT_TOKEN };
    const alertmanager = await keep(startAlertmanager({ dir: join(dir, 'alertmanager'), webhook }));
    const here = await keep(watch('here', dir, exporter, alertmanager.url, admissions));
    await keep(watch('there', dir, exporter, alertmanager.url, []));
    const config = join(dir, 'medic.yml');
    const channelOf = (service: string) => channelId([...patients.keys()].indexOf(service) % CHANNELS);
    writeFileSync(config, stringify(settings(dir, admissions, patients, exporter, channelOf)));
    const main = medicWith({ ...IMPATIENT, edits: [...IMPATIENT.edits, ...lies] }, join(dir, 'copy'));
    const env = {
      HOST: '127.0.0.1',
      PORT: String(port),
      REDIS_URL: redis.url,
      PROMETHEUS_URL: here.url,
      ALERTMANAGER_URL: alertmanager.url,
      MEDIC_CONFIG: config,
      MEDIC_PLAYBOOKS: writeCatalog(dir),
      MEDIC_DRAIN: '1s',
      ALERT_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_CHANNEL: channelId(0),
    };
    const medic = await keep(startMedic(dir, env, 'medic', main));
    const signal = (name: NodeJS.Signals) => void process.kill(here.pid, name);
    return {
      ...{ dir, slack, medic, memory: memoryIn(reader, keysOf('medic')), patients, channelOf, stop },
      freeze: () => signal('SIGSTOP'),
      thaw: () => signal('SIGCONT'),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function channelId(index: number): string {
  return `C0SABOTAGE${String(index).padStart(2, '0')}`;
}

function channels() {
  const {
    channels: [example],
  } = exampleSeed();
  if (example === undefined) throw new Error('the example workspace has no channel');
  return Array.from({ length: CHANNELS }, (_, index) => {
    const id = channelId(index);
    return { ...example, id, name: id.toLowerCase() };
  });
}

/** A Prometheus of its own for each cluster, with the same rules. Of `there` Medic is told nothing. */
function watch(
  cluster: 'here' | 'there',
  dir: string,
  { host }: Exporter,
  alertmanagerUrl: string,
  admissions: readonly Admission[],
) {
  const own = admissions.filter(({ alone }) => alone).map(({ service }) => `/one/${service}`);
  return startPrometheus({
    dir: join(dir, cluster),
    scrape: [`/${cluster}`, ...own].map((path) => ({
      job: 'shop',
      targets: [host],
      labels: { __metrics_path__: path, instance: path },
    })),
    rules: [RULES],
    alertmanagerUrl,
    externalLabels: { cluster },
    alertRelabel: [
      {
        source_labels: ['service'],
        regex: `${RELABELLED}-.*`,
        target_label: 'instance',
        replacement: 'redacted',
      },
    ],
    // A busy machine may take a while to answer, and a scrape that fails makes every series vanish.
    jobSettings: { shop: { honor_labels: true, scrape_interval: '2s', scrape_timeout: '2s' } },
  });
}

function settings(
  dir: string,
  admissions: readonly Admission[],
  patients: ReadonlyMap<string, Patient>,
  exporter: Exporter,
  channelOf: (service: string) => string,
): object {
  const inventory = join(dir, 'inventory.yml');
  mkdirSync(join(dir, 'ansible'), { recursive: true });
  const local = { ansible_connection: 'local', ansible_python_interpreter: '/usr/bin/python3' };
  writeFileSync(inventory, stringify({ all: { hosts: { localhost: local } } }));
  const services = admissions.map(({ service, probed }) => {
    const patient = patients.get(service);
    const health =
      probed && patient !== undefined ? [{ name: 'health', url: exporter.healthOf(patient) }] : [];
    const about = {
      environment: 'test',
      hosts: ['localhost'],
      owners: ['S0ONCALL'],
      channel: channelOf(service),
    };
    return [service, { ...about, health }] as const;
  });
  return {
    environment: 'test',
    policy: {
      cooldown: '0s',
      cancel_window: '4s',
      max_concurrent: 1_000,
      breaker: { fixes: 1_000 },
    },
    roles: { operators: { users: ['U0BOB'] }, approvers: { users: ['U0CAROL'], groups: ['S0ONCALL'] } },
    services: Object.fromEntries(services),
    intake: { storm: { incidents: 100_000 } },
    evidence: { budget: '20s', look: '15s' },
    ansible: { inventory },
  };
}
