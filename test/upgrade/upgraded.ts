import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import { matches, type Wanted } from '../kit/slack/person.ts';
import { type LocalSlack, type Message, startSlack } from '../kit/slack/server.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { freePort } from '../kit/stack/process.ts';
import { startRedis } from '../kit/stack/redis.ts';
import { type MedicProcess, startMedic } from '../kit/world/medic.ts';
import { isCard } from '../kit/world/said.ts';
import { startTestService, type TestService } from '../kit/world/service.ts';
import { ALERT_TOKEN, CHANNEL } from '../kit/world/world.ts';
import { readBefore, restoreRedis, restoreSlack } from './before.ts';

export const SERVICES = ['shop', 'till', 'stock', 'post', 'desk', 'gate', 'lamp'] as const;
type Service = (typeof SERVICES)[number];

/** Today's Medic on what an old one left behind. */
export interface Upgraded {
  readonly slack: LocalSlack;
  readonly patients: ReadonlyMap<Service, TestService>;
  readonly redis: ReturnType<typeof connect>;
  readonly medic: MedicProcess;
  /** The card of a service, as it stands now or once it reads as wanted. */
  card(service: Service, wanted?: Wanted, ms?: number): Promise<Message>;
  log(): string;
  stop(): Promise<void>;
}

export async function upgrade(): Promise<Upgraded> {
  const before = readBefore();
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const scratch = await scratchDir('upgrade');
    closing.push(() => scratch.remove());
    const dir = scratch.path;
    const server = await startRedis({ dir: join(dir, 'redis') });
    closing.push(() => server.stop());
    const redis = connect(server.url, { failFast: true });
    closing.push(async () => redis.disconnect());
    const slack = await startSlack();
    closing.push(() => slack.stop());
    restoreSlack(slack, before);
    const patients = await startPatients(dir, closing);
    const port = await freePort();
    const config = join(dir, 'medic.yml');
    writeFileSync(config, settingsWith(patients));
    await restoreRedis(redis, before, Date.now());
    const medic = await startMedic(dir, {
      HOST: '127.0.0.1',
      PORT: String(port),
      HOME: dir,
      REDIS_URL: server.url,
      MEDIC_CONFIG: config,
      MEDIC_PLAYBOOKS: join(import.meta.dirname, 'playbooks'),
      ALERT_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_CHANNEL: CHANNEL,
    });
    closing.push(() => medic.stop());
    return {
      slack,
      patients,
      redis,
      medic,
      card: (service, wanted = '', ms = 60_000) =>
        slack.message(
          CHANNEL,
          (message, text) => isCard(message) && text.includes(`: ${service}\n`) && matches(wanted, message),
          ms,
        ),
      log: () => readFileSync(join(dir, 'medic.log'), 'utf8'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All that were ill then are ill now. */
async function startPatients(
  dir: string,
  closing: (() => Promise<unknown>)[],
): Promise<Map<Service, TestService>> {
  const patients = new Map<Service, TestService>();
  for (const name of SERVICES) {
    const patient = await startTestService(dir, name);
    closing.push(() => patient.stop());
    patients.set(name, patient);
    if (name !== 'post') patient.breakDown();
  }
  return patients;
}

/** The `medic.yml` that the old Medic had. */
function settingsWith(patients: ReadonlyMap<Service, TestService>): string {
  const written = readFileSync(join(import.meta.dirname, 'medic.yml'), 'utf8');
  return [...patients].reduce(
    (text, [name, { url, logFile }]) =>
      text.replaceAll(`{{${name}.url}}`, url).replaceAll(`{{${name}.log}}`, logFile),
    written,
  );
}
