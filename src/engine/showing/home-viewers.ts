/** What a visitor was shown last: a mark of its content, and the name that the chat gave to that very showing. */
export interface LastShown {
  readonly mark: string;
  readonly showing: string;
}

/** Who has come to look at Medic lately and is shown what changes. Kept where every replica finds it. */
export interface HomeViewers {
  /** Somebody has come; what they see is kept up to date for a while from now on. */
  came(user: string): Promise<void>;
  /** Those who came lately, the newest first. */
  present(): Promise<readonly string[]>;
  lastShown(user: string): Promise<LastShown | null>;
  showed(user: string, shown: LastShown): Promise<void>;
}
