import { setTimeout as delay } from 'node:timers/promises';
import { whatIsLeft } from '../chaos/collect.ts';
import type { Edit } from '../chaos/seeded-bugs.ts';
import { until } from '../kit/stack/process.ts';
import { type Case, casesOf, isHonest, type Mixture } from './cases.ts';
import { type Kept, keptIn, liesAbout, unrecognised } from './claims.ts';
import { sceneOf } from './scene.ts';
import { openStage, type Stage } from './stage.ts';

export interface Wishes extends Mixture {
  /** How many cases are played at once. */
  readonly atOnce: number;
  /** What is put into Medic: that makes it lie (see `seeded-lies.ts`), or write down what happens to it. */
  readonly lies?: readonly Edit[];
  readonly onProgress?: (words: string) => void;
}

/** How one case came out. */
export interface Verdict {
  readonly kind: string;
  readonly service: string;
  readonly family: string;
  readonly honest: boolean;
  /** What Medic said that is not so, and of an honest one what it failed to say. */
  readonly wrong: readonly string[];
  /** Why the case could not be played to its end; null where it was. */
  readonly broken: string | null;
  readonly kept: readonly Kept[];
}

/** The part of the cases that a busy machine may keep from being played to their end. */
const UNPLAYED = 0.1;

/** What speaks against a run: what Medic said or failed to say, and cases that were not played, where they are more than a few. */
export function against(verdicts: readonly Verdict[]): readonly Verdict[] {
  const unplayed = verdicts.filter(({ broken }) => broken !== null);
  const wrong = verdicts.filter((one) => one.wrong.length > 0);
  return unplayed.length > UNPLAYED * verdicts.length ? [...wrong, ...unplayed] : wrong;
}

/** How long the rest may take to come to rest; milliseconds. */
const REST = 60_000;

/**
 * How long Prometheus is silent each time: until Alertmanager takes every alert for over, and, while Medic looks whether it is, no longer
 * than the windows of the rules, which are empty then. And how long its alerts take to be told again; milliseconds.
 */
const SILENCES = [20_000, 7_000, 7_000];
const BACK = 5_000;

/** Plays all cases against one real Medic, and judges at the end all that it has said of them. */
export async function play(wishes: Wishes): Promise<readonly Verdict[]> {
  const cases = casesOf(wishes);
  const stage = await openStage(cases, wishes.lies);
  try {
    const broken = await playAll(stage, cases, wishes);
    // What is said late counts as well.
    await rest(stage);
    await silence(stage);
    await rest(stage);
    const kept = await keptIn(stage);
    return cases.map((one) => verdictOf(one, stage, kept.get(one.service) ?? [], broken.get(one) ?? null));
  } finally {
    await stage.stop();
  }
}

async function rest(stage: Stage): Promise<void> {
  const isDone = async () => (await whatIsLeft(stage)).owed.length === 0;
  await until(isDone, { what: 'everything to be done', ms: REST }).catch(() => undefined);
}

/**
 * At last Prometheus gives no answer for a while, so that Alertmanager takes every alert that still fires for over, and says so: the same
 * trouble ends the alerts and hides them.
 */
async function silence(stage: Stage): Promise<void> {
  for (const ms of SILENCES) {
    stage.freeze();
    await delay(ms);
    stage.thaw();
    await delay(BACK);
  }
}

async function playAll(
  stage: Stage,
  cases: readonly Case[],
  { atOnce, onProgress = () => {} }: Wishes,
): Promise<ReadonlyMap<Case, string>> {
  const broken = new Map<Case, string>();
  const rest = cases.entries();
  let done = 0;
  const player = async () => {
    for (const [, one] of rest) {
      await playOne(stage, one).catch((error: unknown) => {
        broken.set(one, error instanceof Error ? error.message : String(error));
        onProgress(`${one.service} could not be played: ${broken.get(one)}`);
      });
      done += 1;
      if (done % 20 === 0) onProgress(`${done} of ${cases.length} cases`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, player));
  return broken;
}

async function playOne(stage: Stage, { kind, service, family, chance }: Case): Promise<void> {
  const patient = stage.patients.get(service);
  if (patient === undefined) throw new Error('it was never admitted');
  await kind.play(sceneOf(stage, patient, family, chance));
}

function verdictOf(one: Case, stage: Stage, kept: readonly Kept[], broken: string | null): Verdict {
  const patient = stage.patients.get(one.service);
  const honest = isHonest(one.kind);
  // What was not played to its end says nothing against Medic where it is honest; a lie remains one.
  const failing = patient === undefined || broken !== null ? null : unrecognised(kept, one, patient);
  const lies = patient === undefined || honest ? [] : liesAbout(kept, patient);
  return {
    kind: one.kind.name,
    service: one.service,
    family: one.family,
    honest,
    wrong: failing === null ? lies : [failing],
    broken,
    kept,
  };
}
