import type { FactName } from './vocabulary.ts';

export type FactValue = string | number | boolean;

/**
 * One typed statement of an evidence item: what code concludes from, where people and the model read the item's text.
 *
 * Its instrument is the item's. Values are in base units: seconds, bytes, parts of a whole.
 */
export interface Fact {
  /** A word of the vocabulary, which says its type, its unit and what it is about. */
  readonly name: FactName;
  /** The one object that it is about. */
  readonly of: ObjectId;
  /**
   * What that object is part of, runs on or serves. A fault of any of them may rest on this fact, as one of a workload rests on facts of
   * its pods, and one of a node on facts of the pods that it runs.
   */
  readonly within: readonly ObjectId[];
  readonly value: FactValue;
  /** When it became so; where nobody says, when it was seen to be so. Epoch milliseconds. */
  readonly at: number;
  /** The line of the item's text in which it stands, to the letter. */
  readonly quote: string;
  /** It was already so while all was well: it is shown and supports nothing. */
  readonly usual?: true;
}

/**
 * An object by its kind and its name: `pod/shop/cart-7d9f8b6c5d-x2x4z`, `node/n1`, `host/web-1`, `service/checkout`, `database/orders-db`.
 * Objects of Kubernetes have their namespace in between, where they have one.
 */
export type ObjectId = `${string}/${string}`;

/** The kind of an object, `pod` of `pod/shop/cart-1`. */
export function kindOf(object: ObjectId): string {
  return object.slice(0, object.indexOf('/'));
}
