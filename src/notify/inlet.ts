/** What a pager says of an incident: that somebody took the call there, or gave it back. */
export interface PagerWord {
  readonly incident: string;
  readonly taken: boolean;
  /** Their name, as the pager has it. */
  readonly who: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Names the delivery: the same one again says nothing. */
  readonly once: string;
}

/**
 * What a request of a pager says.
 *
 * - `refused`: it is not from who it must be from, or cannot be read
 * - `word`: it says something of an incident; null where it says nothing that matters here
 */
export type Heard =
  | { readonly kind: 'refused'; readonly status: 401 | 422; readonly reason: string }
  | { readonly kind: 'word'; readonly word: PagerWord | null };

/** Where a pager says who is on it. */
export interface Inlet {
  /** The name of its sink. */
  readonly from: string;
  readonly path: string;
  /** Whether its sender is told why a word was refused, and that it was said before; others would only try again. */
  readonly answers: boolean;
  /** @param now epoch milliseconds */
  read(
    headers: Readonly<Record<string, string | readonly string[] | undefined>>,
    body: Uint8Array,
    now: number,
  ): Heard;
}
