import type { Logger } from '../../observability/logger.ts';
import type { Catalog } from '../../playbooks/manifest.ts';
import type { Silence } from '../../silence/silence.ts';
import type { HealthWarnings } from '../health/health-warnings.ts';
import type { OrderStore } from '../store/orders.ts';
import type { Heart } from '../store/snapshot.ts';
import { CONTROL_EVERY, type Control, following, issue, issued, type Orders } from './control.ts';
import type { Seal } from './seal.ts';

/** Where the record lies that tells the runners what people have ordered. */
export interface ControlStore {
  read(): Promise<string | null>;
  /** Puts another in its place; false where another one lies there by now. */
  replace(before: string | null, after: string): Promise<boolean>;
}

/** Tells the runners what people have ordered, again and again: silence would stop them. */
export interface Herald<Memory> {
  /** Issues the record anew where nobody has done so lately. */
  renew(): Promise<void>;
  /** The same store, whose orders are also issued to the runners. */
  readonly store: Memory;
}

/** What the herald knows of the memory: what people have ordered, and the present. */
type Ordered = Heart & OrderStore;

interface HeraldParts<Memory> {
  readonly store: Memory;
  readonly control: ControlStore;
  readonly seal: Seal;
  readonly catalog: () => Catalog;
  readonly troubles: Pick<HealthWarnings, 'tell'>;
  readonly log: Logger;
}

/** How often a race with another brain is run again. */
const TRIES = 20;
const TAMPERED =
  'The record by which runners know what is paused or silenced was not the newest: Redis has forgotten its last moments, or something other than Medic wrote to it. It was put right.';

/**
 * What a brain has seen ordered it does not forget: a record that is missing, forged or older than one it knows is replaced by what it
 * knows. What lies unsigned in Redis is believed only by the first brain of all, which has nothing else to go by.
 */
export function createHerald<Memory extends Ordered>(parts: HeraldParts<Memory>): Herald<Memory> {
  const { store, control, seal, catalog, troubles, log } = parts;
  let known: Control | null = null;

  /** The newest of what lies there and what is known here. */
  const standing = async (stored: string | null): Promise<Control | null> => {
    const lying = issued(stored, seal);
    if (known !== null && (lying === null || lying.number < known.number)) {
      log.error({ lying: lying?.number ?? null }, 'the control record is not the one that was issued');
      await troubles.tell('control', TAMPERED).catch(() => undefined);
      return known;
    }
    return lying;
  };
  const next = async (change: ((orders: Orders) => Orders) | null): Promise<boolean> => {
    const stored = await control.read();
    const [before, { now }] = await Promise.all([standing(stored), store.heartbeat()]);
    const isFresh = before !== null && before !== known && now - before.issuedAt < CONTROL_EVERY / 2;
    if (before !== null) known = before;
    if (change === null && isFresh) return true;
    const orders = before ?? (await unsignedOrders(store));
    const hashes = Object.fromEntries([...catalog()].map(([name, { hash }]) => [name, hash]));
    const after = following(before, change === null ? orders : change(orders), { now, catalog: hashes });
    if (!(await control.replace(stored, issue(after, seal)))) return false;
    known = after;
    return true;
  };
  const put = async (change: ((orders: Orders) => Orders) | null) => {
    for (let tries = 1; tries <= TRIES; tries += 1) if (await next(change)) return;
    throw new Error('lost the race for the control record again and again');
  };
  const pausedBy = async () => (await standing(await control.read()))?.pausedBy ?? null;
  return { renew: () => put(null), store: heralding(store, put, pausedBy) };
}

async function unsignedOrders(store: Ordered): Promise<Orders> {
  const [pausedBy, { modes, silences }] = await Promise.all([store.paused(), store.heartbeat()]);
  return { pausedBy, modes, silences: silences.list };
}

type Put = (change: (orders: Orders) => Orders) => Promise<void>;

/** Every order is issued to the runners before whoever gave it hears that it holds. */
function heralding<Memory extends Ordered>(
  store: Memory,
  put: Put,
  pausedBy: () => Promise<string | null>,
): Memory {
  const silencesFrom = (change: (list: readonly Silence[]) => readonly Silence[]) =>
    put((orders) => ({ ...orders, silences: change(orders.silences) }));
  let synced = '';
  const heralded: OrderStore = {
    // Whoever takes the pause away in Redis has not ended it.
    paused: async () => (await store.paused()) ?? (await pausedBy()),
    async pause(by) {
      await store.pause(by);
      await put((orders) => ({ ...orders, pausedBy: by }));
    },
    async resume() {
      await store.resume();
      await put((orders) => ({ ...orders, pausedBy: null }));
    },
    async silence(silence) {
      await store.silence(silence);
      await silencesFrom((list) => [...list.filter(({ id }) => id !== silence.id), silence]);
    },
    async unsilence(id) {
      const was = await store.unsilence(id);
      await silencesFrom((list) => list.filter((one) => one.id !== id));
      return was;
    },
    async orderModes(modes, how) {
      const ordered = await store.orderModes(modes, how);
      if (ordered === 'ordered') await put((orders) => ({ ...orders, modes }));
      return ordered;
    },
    async syncSilences(source, silences) {
      await store.syncSilences(source, silences);
      const now = JSON.stringify([source, silences]);
      if (now === synced) return;
      await silencesFrom((list) => [...list.filter((one) => one.source !== source), ...silences]);
      synced = now;
    },
  };
  return { ...store, ...heralded };
}
