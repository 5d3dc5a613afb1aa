import type { Shop } from '../shop.ts';

/** What is broken in the shop, and the one fault that has to be named, where it lies. Null: none may be named. */
export interface Case {
  readonly name: string;
  readonly fault: string | null;
  readonly at?: string;
  readonly broken: (shop: Shop) => unknown;
}

const CART = 'deployment/shop/cart';

/** A clear case of a fault; in the workload `cart` where nothing else is said. */
export const clear = (fault: string, broken: Case['broken'], at = CART): Case => ({
  name: `${fault}, clearly`,
  fault,
  at,
  broken,
});

/** A case that looks like a fault and is another one, or none. */
export const confusable = (name: string, fault: string | null, broken: Case['broken'], at = CART): Case => ({
  name,
  fault,
  at,
  broken,
});
