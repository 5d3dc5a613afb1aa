const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 3600 * SECOND;

/**
 * The rules by which the memory takes and refuses, which it is given and does not know by itself. Milliseconds, where nothing else is said.
 * What people may choose is in `medic.yml`, and comes with each claim and commit.
 */
export const RULES = {
  /** An alert that is back within this time of its incident's closing is a relapse. */
  relapseWithin: 30 * MINUTE,
  /** Premises that were read longer ago are read again: a claim may have lain in a queue, or before a Redis that hung. */
  freshFor: MINUTE,
  /** How soon a plan in whose way something stands looks again, where nobody knows when that will have gone. */
  lookAgain: 5 * SECOND,
  /** Who waits for its turn and has not asked again for this long waits no more. */
  placeFor: 90 * SECOND,
  /** How many of those that wait are called where something was released. */
  called: 10,
  /** For how long a delivery, or the name of an order, is known again. */
  onceFor: DAY,
  /** Without a sign of life for this long, the time in between does not count for windows. */
  gap: 5 * SECOND,
  /** The most notices that are owed at once: people who are not told for days need not be told everything. */
  notices: 100,
  /** A part that Medic sees with is away once nobody could ask it for this long. */
  blindAfter: MINUTE,
  watchdogs: {
    /** So many are known. */
    most: 200,
    /** One that is silent for this long is forgotten. */
    forgottenAfter: 7 * DAY,
    /** Two senders tell of one watchdog at about the same time. */
    sameWithin: SECOND,
  },
} as const;

/** The rules of a memory, which a test may set otherwise. */
export type Rules = Readonly<Omit<Record<keyof typeof RULES, number>, 'watchdogs'>> & {
  readonly watchdogs: Readonly<Record<keyof (typeof RULES)['watchdogs'], number>>;
};
