import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** An item with a name: of one name, only the same thing said twice may share a turn. */
export interface Keyed {
  readonly name: string;
  /** Equal where two items of one name say the same. */
  readonly says: string;
}

export interface KeyedBatcherOptions<Item extends Keyed, Result> {
  /** Does what has come together in one turn of a lane, in the order of arrival. */
  readonly work: (key: string, items: readonly Item[]) => Promise<Result>;
  /** The most items of one turn. */
  readonly most: number;
  /**
   * Milliseconds that a lane rests after a turn that took so long, while so many lanes have work: what comes meanwhile is done together.
   * None by default.
   */
  readonly rest?: (busy: number, took: number) => number;
}

/**
 * Lanes of work, one for each key. A lane does one turn at a time, and whatever comes meanwhile is done together in its next
 * one: the more comes at once, the fewer turns it takes. A lane is there only while it has work.
 */
export interface KeyedBatcher<Item extends Keyed, Result> {
  /** Resolves with the results of the turns that these items were part of; rejects when one of them failed. */
  add(key: string, items: readonly Item[]): Promise<readonly Result[]>;
  /** How many lanes have work. */
  busy(): number;
}

interface Turn<Item, Result> {
  readonly items: Map<string, Item>;
  readonly done: PromiseWithResolvers<Result>;
}

export function createKeyedBatcher<Item extends Keyed, Result>({
  work,
  most,
  rest = () => 0,
}: KeyedBatcherOptions<Item, Result>): KeyedBatcher<Item, Result> {
  /** The turns that wait, by lane. */
  const lanes = new Map<string, Turn<Item, Result>[]>();

  async function drive(key: string, waiting: Turn<Item, Result>[]): Promise<void> {
    for (let turn = waiting.shift(); turn !== undefined; turn = waiting.shift()) {
      const begun = performance.now();
      try {
        turn.done.resolve(await work(key, [...turn.items.values()]));
      } catch (error) {
        // Those behind it would wait for the same trouble, one after the other. They are told at once, and come again.
        for (const late of [turn, ...waiting.splice(0)]) late.done.reject(error);
      }
      // Nothing more would come into a turn that others wait behind.
      const pause = waiting.length > 1 ? 0 : rest(lanes.size, performance.now() - begun);
      if (pause > 0) await delay(pause);
    }
    lanes.delete(key);
  }

  function place(waiting: Turn<Item, Result>[], item: Item): Turn<Item, Result> {
    const last = waiting.at(-1);
    const same = last?.items.get(item.name);
    if (last !== undefined && (same === undefined ? last.items.size < most : same.says === item.says)) {
      last.items.set(item.name, item);
      return last;
    }
    const next = { items: new Map([[item.name, item]]), done: Promise.withResolvers<Result>() };
    // A turn may fail while nobody waits for it any more.
    next.done.promise.catch(() => undefined);
    waiting.push(next);
    return next;
  }

  return {
    async add(key, items) {
      const known = lanes.get(key);
      const waiting = known ?? [];
      const turns = new Set(items.map((item) => place(waiting, item)));
      if (known === undefined) {
        lanes.set(key, waiting);
        void drive(key, waiting);
      }
      return Promise.all([...turns].map(({ done }) => done.promise));
    },
    busy: () => lanes.size,
  };
}
