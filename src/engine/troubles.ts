/** What is wrong around Medic, as whoever noticed it last told all replicas. What nobody tells anew for minutes is forgotten. */
export interface Troubles {
  /** @param words what is wrong and what to do about it, in a sentence; null when all is well again */
  tell(about: string, words: string | null): Promise<void>;
  /** In sentences. */
  list(): Promise<readonly string[]>;
}

/** The same work, whose failure is told as a trouble, and whose success as its end. */
export function watched<Input extends readonly unknown[], Result>(
  troubles: Pick<Troubles, 'tell'>,
  about: string,
  words: string,
  work: (...input: Input) => Promise<Result>,
): (...input: Input) => Promise<Result> {
  // A memory that is away is a trouble of its own, and must not hide what came of the work.
  const tell = (what: string | null) => troubles.tell(about, what).catch(() => undefined);
  return async (...input) => {
    try {
      const result = await work(...input);
      await tell(null);
      return result;
    } catch (error) {
      await tell(words);
      throw error;
    }
  };
}
