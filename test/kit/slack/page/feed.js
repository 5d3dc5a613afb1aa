/**
 * Brings what is asked for and what streams in into one order. An answer may be older than events that overtook it on
 * their own connection, so whatever streamed in while it was under way is applied again on top of it; events are
 * whole values, so applying one twice does no harm.
 * @param {(event: any) => void} dispatch
 */
export function newFeed(dispatch) {
  /** @type {Set<any[]>} */
  const underWay = new Set();
  return {
    /** @param {any} event from the server's stream */
    stream(event) {
      for (const missed of underWay) missed.push(event);
      dispatch(event);
    },
    /**
     * @template Answer
     * @param {Promise<Answer>} request
     * @param {(answer: Answer) => any} eventOf the event that the answer amounts to, or nothing
     */
    async load(request, eventOf) {
      /** @type {any[]} */
      const missed = [];
      underWay.add(missed);
      const event = eventOf(await request);
      underWay.delete(missed);
      if (!event) return;
      dispatch(event);
      missed.forEach(dispatch);
    },
  };
}
