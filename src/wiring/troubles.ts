import type { LivingGuarantee } from '../adapters/redis/guarantee.ts';
import type { Presence } from '../adapters/redis/presence.ts';
import type { SlackApp } from '../adapters/slack/app.ts';
import type { Config } from '../config/load.ts';
import { serversOf } from '../config/servers.ts';
import type { Settings } from '../config/settings.ts';
import { blindSpots } from '../engine/blind-spots.ts';
import type { Troubles } from '../engine/troubles.ts';

interface TroubleParts {
  readonly role: Config['role'];
  readonly guarantee: LivingGuarantee;
  readonly presence: Presence;
  readonly hasModel: boolean;
  /** What was noticed lately, by whichever replica. */
  readonly noticed: Troubles;
  /** What of the configuration holds, and is probably not what was meant; sentences. */
  readonly doubts: readonly string[];
  readonly settings: Settings;
  readonly env: Config['env'];
}

/** What is wrong with Medic itself, or weaker than people may think, in sentences. */
export async function troublesOf(
  { role, guarantee, presence, hasModel, noticed, doubts, settings, env }: TroubleParts,
  slack: Pick<SlackApp, 'troubles'>,
): Promise<readonly string[]> {
  const { prometheus, alertmanager } = serversOf({ env, settings });
  const [memory, hasRunner, others] = await Promise.all([
    guarantee.read(),
    role === 'brain' ? presence.hasRunner() : true,
    noticed.list(),
  ]);
  return [
    ...(memory.durable ? [] : [`Medic’s memory may forget: ${memory.words}.`]),
    ...(hasRunner ? [] : ['No runner is heard of: nothing is looked at, and nothing is run.']),
    ...(hasModel ? [] : ['No model is configured: only causes that a playbook describes are recognised.']),
    // A brain is not told where the runners look.
    ...(role === 'brain'
      ? []
      : blindSpots(settings, { prometheus: prometheus.length, alertmanager: alertmanager.length })),
    ...doubts.map((doubt) => `Of the configuration, this is probably not what was meant: ${doubt}.`),
    ...slack.troubles(),
    ...others,
  ];
}
