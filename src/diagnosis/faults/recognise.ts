import type { ObjectId } from '../../evidence/facts/fact.ts';
import type { Citation, Claim } from '../diagnosis.ts';
import type { Fault } from './fault.ts';

/** A fault of the library that the facts show, and where it lies. */
export interface Recognised {
  readonly fault: Fault;
  readonly object: ObjectId;
  readonly claims: readonly Claim[];
  readonly against: readonly Citation[];
  /** What it brings about among the faults that were recognised as well. */
  readonly consequences: readonly Recognised[];
}

/** What stands around the facts. */
export interface Scene {
  /** When the first alert began, or somebody asked; epoch milliseconds. */
  readonly symptom: number;
  /** What each object needs, directly: `service/shop` its database. */
  readonly needs: ReadonlyMap<ObjectId, readonly ObjectId[]>;
}
