import { isAhead } from '../../incident/model/phases.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Engine } from '../engine.ts';
import type { JobQueue } from '../job-queue.ts';
import type { Incidents, Index } from '../store/incidents.ts';
import type { OrderStore } from '../store/orders.ts';

/** Sees to it that whatever waits says so while Medic is paused, and says so no more afterwards. */
export interface PauseCards {
  /** Somebody has paused Medic, or ended that, in this very moment. */
  changed(): Promise<void>;
  /** Finds out whether it is paused otherwise than the cards last said: whoever had ordered it may have died before they were drawn. */
  look(): Promise<void>;
}

interface PauseParts {
  readonly store: Incidents & Index & Pick<OrderStore, 'paused'>;
  readonly engine: Pick<Engine, 'dispatch'>;
  readonly jobQueue: Pick<JobQueue, 'show'>;
  readonly log: Pick<Logger, 'warn'>;
}

/** A card is drawn at once, though its incident is what it was: its name must not be that of the drawing of a new version. */
const AT_ONCE = 1;

export function createPauseCards({ store, engine, jobQueue, log }: PauseParts): PauseCards {
  // What the cards say by now; undefined where nobody knows.
  let drawn: string | null | undefined;
  const draw = async (pausedBy: string | null) => {
    const open = (await store.loadMany(await store.open())).filter((one) => one !== null);
    for (const { id, version, phase } of open.filter((one) => isAhead(one.phase))) {
      // What waits for the end of the pause need not wait for its next try.
      if (pausedBy === null && phase.at === 'waiting' && phase.turn?.kind === 'paused')
        await engine.dispatch(id, { type: 'your-turn' });
      await jobQueue.show(id, version, AT_ONCE);
    }
  };
  return {
    async changed() {
      // Two changes within a second may be drawn as one: it is looked once more whether the last one was.
      drawn = undefined;
      try {
        await draw(await store.paused());
      } catch (err) {
        // What was ordered holds all the same, and the next look draws it.
        log.warn({ err }, 'a pause is not on every card yet');
      }
    },
    async look() {
      const pausedBy = await store.paused();
      if (pausedBy === drawn) return;
      await draw(pausedBy);
      drawn = pausedBy;
    },
  };
}
