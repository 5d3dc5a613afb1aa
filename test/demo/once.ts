import { keysOf } from '../../src/adapters/stores/redis/keys.ts';
import { connect } from '../../src/adapters/stores/redis/server/connect.ts';
import { createRedisStore } from '../../src/adapters/stores/redis/store.ts';
import type { Store } from '../../src/engine/store/store.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import type { FaultId } from '../kit/fleet/faults.ts';
import { until } from '../kit/stack/process.ts';
import { threadOf } from '../kit/world/said.ts';
import { CHANNEL, type World } from '../kit/world/world.ts';

/** How long a fault may take from being made to being healed and told, milliseconds. */
const PATIENCE = 240_000;

type Say = (line: string) => void;

/**
 * Breaks a service, waits until its incident is resolved, and prints the thread with its timings. Presses Run now and Approve
 * as somebody who may, where a plan waits for a person. Answers the exit code: 0 only when recovery was proven.
 */
export async function healOnce(world: World, fault: FaultId, say: Say): Promise<number> {
  const redis = connect(world.stack.redis.url, { failFast: true });
  try {
    const store = createRedisStore(redis, keysOf(world.env.MEDIC_NAMESPACE ?? 'medic'));
    const broken = performance.now();
    say(await world.stack.fleet.break(fault));
    const heard = until(() => alertHeard(world), { what: 'an alert reaches Medic', ms: 60_000 }).then(() =>
      performance.now(),
    );
    const decided = decideAsCarol(world);
    const incident = await settled(store, heard);
    decided.stop();
    await shown(store);
    printThread(world, incident, say);
    return report(world, incident, (await heard) - broken, say);
  } catch (error) {
    say(`Not healed: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    redis.disconnect();
  }
}

async function alertHeard({ medic }: World): Promise<boolean> {
  const metrics = await (await fetch(`${medic.url}/metrics`)).text();
  return /medic_alerts_received_total\{[^}]*status="firing"[^}]*\} [1-9]/.test(metrics);
}

/** The incident once it is over: closed, or with a person. */
async function settled(store: Store, heard: Promise<unknown>): Promise<Incident> {
  await heard;
  let id: string | undefined;
  return until(
    async () => {
      id ??= (await store.open())[0];
      const incident = id === undefined ? null : await store.load(id);
      return incident !== null && ['closed', 'escalated'].includes(incident.phase.at) ? incident : false;
    },
    { what: 'the incident ends', ms: PATIENCE },
  );
}

async function shown(store: Store): Promise<void> {
  const all = async () => Object.keys(await store.pendingNotifications()).length === 0;
  await until(all, { what: 'Slack shows everything', ms: 60_000 });
}

/** A person who may approve, in the place of one: presses what the card offers. */
function decideAsCarol({ slack }: World): { stop(): void } {
  let stopped = false;
  const press = async () => {
    while (!stopped) {
      const card = await slack
        .message(CHANNEL, (_, text) => /\[(Run now|Approve)\]/.test(text), 1000)
        .catch(() => null);
      if (card === null) continue;
      const button = slack.textOf(card).includes('[Approve]') ? 'Approve' : 'Run now';
      // A card that has just changed refuses the click; the next round sees the new one.
      await slack
        .person('U0CAROL')
        .click(card, button)
        .catch(() => undefined);
      await slack
        .until(
          () => !slack.textOf(slack.thread(CHANNEL, card.ts)[0] ?? card).includes(`[${button}]`),
          'the click shows',
          5000,
        )
        .catch(() => undefined);
    }
  };
  void press();
  return {
    stop() {
      stopped = true;
    },
  };
}

function printThread({ slack }: World, incident: Incident, say: Say): void {
  say('');
  say(slack.print(CHANNEL, threadOf(slack, incident.id)));
  say('');
}

function report({ slack }: World, { phase, milestones }: Incident, toWebhook: number, say: Say): number {
  const since = (at: number | null) =>
    at === null ? '-' : `${((at - milestones.opened) / 1000).toFixed(1)} s`;
  const firstPost = slack.calls.find(({ method }) => method === 'chat.postMessage');
  const rows: readonly (readonly [string, string])[] = [
    ['fault to webhook', `${(toWebhook / 1000).toFixed(1)} s`],
    ['webhook to first Slack message', since(firstPost?.at ?? null)],
    ['webhook to diagnosis', since(milestones.diagnosed)],
    ['webhook to playbook start', since(milestones.started)],
    ['webhook to playbook end', since(milestones.fixed)],
    ['webhook to proof', since(milestones.closed)],
  ];
  for (const [what, value] of rows) say(`  ${what.padEnd(32)}${value.padStart(8)}`);
  if (phase.at === 'closed' && phase.how === 'healed') {
    say('Healed, and recovery is proven.');
    return 0;
  }
  say(`Not healed: ${phase.at === 'escalated' || phase.at === 'closed' ? plainly(phase.reason) : phase.at}`);
  return 1;
}
