import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultId } from '../fleet/faults.ts';
import { type LocalSlack, startSlack } from '../slack/server.ts';
import { freePort, until } from '../stack/process.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { type MedicProcess, startMedic } from './medic.ts';
import { type Pace, settingsFor } from './settings.ts';

export const ALERT_TOKEN = 'a-token-for-this-machine-only';
export const CHANNEL = 'C0INCIDENTS';

export interface WorldOptions {
  /** Where everything keeps its data and logs. */
  readonly dir: string;
  readonly pace?: Pace;
  readonly faults?: readonly FaultId[];
  /** The port of the local Slack's page; any free one by default. */
  readonly slackPort?: number;
  /** More of Medic's environment, such as a model to ask. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told of each part as soon as it answers. */
  readonly onPart?: (part: { readonly name: string; readonly url: string; readonly upMs: number }) => void;
}

/** Everything Medic lives among, and Medic: real services, real monitoring, a local Slack. */
export interface World {
  readonly slack: LocalSlack;
  readonly stack: Stack;
  readonly env: Readonly<Record<string, string>>;
  medic: MedicProcess;
  /** Starts Medic again after it was ended. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the whole world. A failed start leaves nothing running. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { dir, onPart = () => {} } = options;
  const started: { stop(): Promise<unknown> }[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    const port = await freePort();
    const alertUrl = `http://127.0.0.1:${port}/alert`;
    const stack = await startStack({
      dir,
      medic: { alertUrl, alertToken: ALERT_TOKEN },
      ...(options.faults === undefined ? {} : { faults: options.faults }),
      ...(process.env.REDIS_URL ? { redisUrl: process.env.REDIS_URL } : {}),
    });
    started.push(stack);
    for (const part of stack.parts) onPart(part);
    const begun = performance.now();
    const slack = await startSlack({
      port: options.slackPort ?? 0,
      panel: panelOf(stack),
    });
    started.push(slack);
    onPart({ name: 'slack', url: slack.url, upMs: performance.now() - begun });
    const env = await environmentOf(options, stack, slack, port);
    const world: World = {
      slack,
      stack,
      env,
      medic: await startMedic(dir, env),
      async restart() {
        world.medic = await startMedic(dir, env);
      },
      stop,
    };
    started.push({ stop: () => world.medic.stop() });
    onPart(world.medic);
    await watched(stack);
    return world;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Prometheus takes a few seconds until its first look at every service: before that, nothing that breaks would be seen. */
async function watched({ prometheus, fleet }: Stack): Promise<void> {
  const query = new URLSearchParams({ query: 'count(up{job="fleet"} == 1)' });
  const services = Object.keys(fleet.services).length;
  const all = async () => {
    const answer = await fetch(`${prometheus.url}/api/v1/query?${query}`);
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1] ?? 0) >= services;
  };
  await until(all, { what: 'Prometheus sees every service', ms: 30_000 });
}

async function environmentOf(
  { dir, pace = {}, env }: WorldOptions,
  stack: Stack,
  slack: LocalSlack,
  port: number,
): Promise<Record<string, string>> {
  const config = join(dir, 'medic.yml');
  await writeFile(config, settingsFor(stack.fleet, pace));
  return {
    HOST: '127.0.0.1',
    PORT: String(port),
    REDIS_URL: stack.redis.url,
    // Another Medic may use the same Redis.
    MEDIC_NAMESPACE: `medic-${port}`,
    MEDIC_CONFIG: config,
    PROMETHEUS_URL: stack.prometheus.url,
    ALERTMANAGER_URL: stack.alertmanager.url,
    ALERT_TOKEN,
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_CHANNEL: CHANNEL,
    ...env,
  };
}

/** The page's panel: what can be broken, and how to break it. */
function panelOf({ fleet }: Stack) {
  return {
    title: 'Break something',
    items: () => fleet.faults(),
    run: async (id: string) => {
      const fault = (await fleet.faults()).find((one) => one.id === id);
      if (fault === undefined) throw new Error(`there is no fault "${id}"`);
      return fleet.break(fault.id);
    },
  };
}
