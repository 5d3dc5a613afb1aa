/** What is wrong around Medic, as whoever noticed it last told all replicas. What nobody tells anew for minutes is forgotten. */
export interface HealthWarnings {
  /** @param words what is wrong and what to do about it, in a sentence; null when all is well again */
  tell(about: string, words: string | null): Promise<void>;
  /** In sentences. */
  list(): Promise<readonly string[]>;
}
