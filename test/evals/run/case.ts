import { readFolder } from '../../../src/app/replay/folder.ts';
import type { Knowledge } from '../../../src/app/replay/walk.ts';
import { circumstances } from '../../../src/app/replay/walk.ts';
import type { Settings } from '../../../src/config/settings.ts';
import type { Scenario } from '../read/scenario.ts';
import type { Answer } from './answer.ts';
import { SILENCE } from './answer.ts';
import { type Collected, collectAll, numbered } from './collect.ts';
import { conclude } from './conclude.ts';
import { shuffled } from './shuffle.ts';
import { openWorld } from './world.ts';

/** A scenario whose evidence is in: it can be concluded from again and again. */
export interface Ready {
  readonly scenario: Scenario;
  readonly settings: Settings;
  readonly collected: readonly Collected[];
  /** What collecting took, without the start of any replay server. */
  readonly seconds: number;
}

/** Lets the collectors read a scenario. */
export async function prepare(scenario: Scenario, { catalog }: Knowledge, scratch: string): Promise<Ready> {
  if (scenario.kept) return prepareKept(scenario);
  const world = await openWorld(scenario, catalog, scratch);
  try {
    const begun = performance.now();
    const collected = await collectAll(scenario, world);
    return { scenario, settings: world.settings, collected, seconds: (performance.now() - begun) / 1000 };
  } finally {
    await world.stop();
  }
}

/** A past incident that `medic replay --keep` wrote: its evidence is whole, and no collector is asked. */
function prepareKept(scenario: Scenario): Ready {
  const { past } = readFolder(scenario.folder);
  const { subject, alerts, evidence, openedAt } = past;
  const question = alerts.length === 0 ? past.title : null;
  const collected = { opening: { subject, alerts, question }, evidence, bound: {}, openedAt };
  return { scenario, settings: scenario.settings, collected: [collected], seconds: 0 };
}

/**
 * What Medic says of a scenario: of the incidents that it opens, what is said in the first that stands by a cause, and whatever would run by
 * itself in any of them.
 *
 * @param seed puts the evidence in another order; null leaves it as it was collected
 */
export function answerTo(
  { scenario, settings, collected }: Pick<Ready, 'scenario' | 'settings' | 'collected'>,
  knowledge: Knowledge,
  seed: number | null = null,
): Answer {
  const context = circumstances(settings, knowledge, scenario.at);
  const answers = collected.map((one) => conclude(seed === null ? one : inOtherOrder(one, seed), context));
  const said = answers.find(({ stands }) => stands) ?? answers[0] ?? SILENCE;
  const acting = answers.find(({ plan }) => plan?.byItself === true);
  return acting === undefined ? said : { ...said, plan: acting.plan };
}

function inOtherOrder(collected: Collected, seed: number): Collected {
  return { ...collected, evidence: numbered(shuffled(collected.evidence, seed)) };
}

/** Whether two answers say the same to a person. */
export function isSameAnswer(one: Answer, other: Answer): boolean {
  return gist(one) === gist(other);
}

function gist({ stands, fault, object, confidence, plan }: Answer): string {
  const sure = confidence === null ? null : Math.round(confidence * 1000);
  return JSON.stringify([stands, fault, object, sure, plan]);
}
