import type { Effect, OutboxEffect } from '../incident/model/effect.ts';

/**
 * Who performs what. What touches the infrastructure, if only to look at it, is a runner's; what speaks to people or to the
 * model, and what only counts and decides, is a brain's. So are all projections.
 */
export const PERFORMERS: Readonly<Record<Effect['kind'], 'brain' | 'runner'>> = {
  collect: 'runner',
  'ask-model': 'brain',
  'dry-run': 'runner',
  reprove: 'runner',
  look: 'brain',
  claim: 'brain',
  tell: 'brain',
  execute: 'runner',
  sample: 'runner',
  recheck: 'runner',
  timer: 'brain',
  'collect-answer': 'runner',
  answer: 'brain',
  chart: 'runner',
};

/**
 * Carries work to whichever replica is free. It delivers and does not remember: what it loses is delivered again from the
 * store. Delivering the same thing twice is harmless.
 */
export interface JobQueue {
  /** `delay` in milliseconds. */
  deliver(owed: OutboxEffect, delay: number): Promise<void>;
  /**
   * @param news `routine` where nothing happened but more of the same, such as another alert: in a storm that comes many times a
   * second, and is shown together
   */
  show(incident: string, version: number, delay: number, news?: 'routine'): Promise<void>;
  /** Has a sink besides Slack brought up to date, in a lane of its own. One that this process does not have stays owed. */
  bring(sink: string, incident: string, version: number, delay: number): Promise<void>;
  /** Many at once: what is owed, and incidents that are to be shown at a version, in Slack and by each sink. */
  deliverAll(
    owed: readonly OutboxEffect[],
    shows: Readonly<Record<string, number>>,
    sinks?: Readonly<Record<string, Readonly<Record<string, number>>>>,
  ): Promise<void>;
}

/** What a delivery asks of the job queue when it was handled: nothing more, or to come again after so many milliseconds. */
export type RetryAfter = number | null;

/** Who handles deliveries. Throwing means: try again later. A process is only asked for what its role performs. */
export interface JobHandlers {
  effect(owed: OutboxEffect): Promise<RetryAfter>;
  /** `version` is the one that it was asked for; null where it stands for whatever came. */
  projection(incident: string, version: number | null, sink: string): Promise<RetryAfter>;
}
