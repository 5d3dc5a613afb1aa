import type { SlackApp } from '../adapters/sinks/slack/connection/app.ts';
import type { Presence } from '../adapters/stores/redis/beside/presence.ts';
import type { LivingGuarantee } from '../adapters/stores/redis/server/guarantee.ts';
import type { Config } from '../config/load.ts';
import { serversOf } from '../config/servers.ts';
import type { Settings } from '../config/settings.ts';
import type { Condition } from '../desk/overview.ts';
import { blindSpots } from '../engine/health/blind-spots.ts';
import { NO_RUNNER } from '../engine/health/blindness.ts';
import type { HealthWarnings } from '../engine/health/health-warnings.ts';
import { type Isolation, isApart, isolationInWords } from './isolation.ts';

interface ConditionParts {
  readonly role: Config['role'];
  readonly guarantee: LivingGuarantee;
  readonly presence: Presence;
  readonly hasModel: boolean;
  /** What was noticed lately, by whichever replica. */
  readonly noticed: HealthWarnings;
  /** What keeps Medic's secrets from commands; null where this process runs none. */
  readonly isolation: Isolation | null;
  /** What of the configuration holds, and is probably not what was meant; sentences. */
  readonly doubts: readonly string[];
  readonly settings: Settings;
  readonly env: Config['env'];
}

const A_RUNNER_SHARES =
  'A runner’s commands can read that runner’s secrets (`MEDIC_KEY`, `REDIS_URL`), and none of Slack’s or the model’s: its log says which, and what to do.';

/** How Medic itself is, in sentences. */
export async function conditionOf(
  { role, guarantee, presence, hasModel, noticed, isolation, doubts, settings, env }: ConditionParts,
  slack: Pick<SlackApp, 'troubles'>,
): Promise<Condition> {
  const { prometheus, alertmanager } = serversOf({ env, settings });
  const [memory, runner, others] = await Promise.all([
    guarantee.read(),
    role === 'brain' ? presence.runner() : 'apart',
    noticed.list(),
  ]);
  const troubles = [
    ...(memory.durable ? [] : [`Medic’s memory may forget: ${memory.words}.`]),
    ...(runner !== null ? [] : [NO_RUNNER]),
    ...(hasModel ? [] : ['No model is configured: only known faults are recognised.']),
    // A brain is not told where the runners look.
    ...(role === 'brain'
      ? []
      : blindSpots(settings, { prometheus: prometheus.length, alertmanager: alertmanager.length })),
    ...(isolation === null || isApart(isolation) ? [] : [isolationInWords(isolation)]),
    ...(runner === 'shared' ? [A_RUNNER_SHARES] : []),
    ...doubts.map((doubt) => `Of the configuration, this is probably not what was meant: ${doubt}.`),
    ...slack.troubles(),
    ...others,
  ];
  const holds = [
    ...(isolation !== null && isApart(isolation) ? [isolationInWords(isolation)] : []),
    ...(role === 'brain' && runner === 'apart' ? ['The commands of runners cannot read their secrets.'] : []),
  ];
  return { troubles, holds };
}
