import type { Alert } from '../../alerts/alert.ts';
import type { Settings } from '../../config/settings.ts';
import type { Metrics } from '../../observability/metrics.ts';
import type { Engine } from '../engine.ts';
import type { BatchFiller } from '../store/batch-windows.ts';
import type { Index } from '../store/incidents.ts';
import { createAlertRouter } from './alert-router.ts';
import { createDeferral } from './batches.ts';

/** What a caller is told to wait when too much is under way, seconds. */
const BREATHER = 1;

/** What became of the alerts of one webhook. */
export type Accepted =
  /** All of them are stored. */
  | {
      readonly kind: 'accepted';
      /** How many of them are kept back until their window ends. */
      readonly keptBack: number;
      /** Incidents that the alerts changed. */
      readonly incidents: readonly string[];
    }
  /** Too much is under way already: nothing of it was taken. `retryAfter` in seconds. */
  | { readonly kind: 'overloaded'; readonly retryAfter: number };

export interface Intake {
  /** Resolves when every alert is stored durably; rejects when one could not be. */
  accept(alerts: readonly Alert[]): Promise<Accepted>;
  /** The same, for a source that may wait: what is not critical is kept back until its window ends. */
  collect(alerts: readonly Alert[]): Promise<Accepted>;
  /** Brings what was kept back to its incidents. It has waited already, so that it is never refused: webhooks are, meanwhile. */
  forward(alerts: readonly Alert[]): Promise<void>;
}

export interface IntakeParts {
  readonly engine: Engine;
  readonly store: Index & BatchFiller;
  readonly settings: Settings;
  readonly metrics: Metrics;
  /** Epoch milliseconds by the clock of record. */
  readonly now: () => number;
}

/** Takes alerts in: no more at a time than memory is set aside for. */
export function createIntake(parts: IntakeParts): Intake {
  const { settings, now } = parts;
  const sort = createAlertRouter(parts);
  const keep = createDeferral(parts);
  let underWay = 0;

  const take = async (
    received: readonly Alert[],
    work: (alerts: readonly Alert[]) => Promise<Accepted>,
  ): Promise<Accepted> => {
    // A webhook is taken whole or not at all; one that is larger than the limit is taken when nothing else is under way.
    if (underWay > 0 && underWay + received.length > settings.intake.under_way.alerts)
      return { kind: 'overloaded', retryAfter: BREATHER };
    underWay += received.length;
    try {
      const cameAt = now();
      return await work(received.map((alert) => ({ ...alert, cameAt })));
    } finally {
      underWay -= received.length;
    }
  };

  return {
    accept: (received) =>
      take(received, async (alerts) => ({ kind: 'accepted', keptBack: 0, incidents: await sort(alerts) })),
    collect: (received) =>
      take(received, async (alerts) => {
        const { urgent, kept, failures } = await keep(alerts);
        const incidents = await sort(urgent);
        // The sender has to come again with what could not be kept back.
        if (failures.length > 0) throw failures[0];
        return { kind: 'accepted', keptBack: kept, incidents };
      }),
    forward: async (alerts) => {
      underWay += alerts.length;
      try {
        await sort(alerts);
      } finally {
        underWay -= alerts.length;
      }
    },
  };
}
