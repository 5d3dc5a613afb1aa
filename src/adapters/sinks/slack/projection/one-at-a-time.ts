/** Calls of one key wait for each other, in order; calls of different keys do not. */
export function oneAtATime<First, Rest extends readonly unknown[], Result>(
  keyOf: (first: First) => string,
  work: (first: First, ...rest: Rest) => Promise<Result>,
): (first: First, ...rest: Rest) => Promise<Result> {
  const tails = new Map<string, Promise<unknown>>();
  return async (first, ...rest) => {
    const key = keyOf(first);
    const before = tails.get(key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => work(first, ...rest));
    tails.set(key, mine);
    try {
      return await mine;
    } finally {
      if (tails.get(key) === mine) tails.delete(key);
    }
  };
}
