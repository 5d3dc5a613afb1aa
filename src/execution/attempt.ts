/** One line of progress, e.g. an Ansible task. */
export interface TaskLine {
  readonly name: string;
  readonly status: 'running' | 'ok' | 'changed' | 'failed' | 'skipped' | 'unreachable';
  /** A short remark: a message, what changed, the end of an error; redacted. */
  readonly detail: string | null;
}

/** How an attempt ended. `interrupted` means that nobody knows: the world is looked at, and nothing is rerun. */
export type AttemptResult =
  | { readonly kind: 'succeeded'; readonly summary: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly exitCode: number | null }
  | { readonly kind: 'timed-out'; readonly reason: string }
  | { readonly kind: 'stopped'; readonly reason: string }
  /** `overAt`: by then nothing of it acts any more, as somebody witnessed; epoch milliseconds. */
  | { readonly kind: 'interrupted'; readonly reason: string; readonly overAt?: number };

/** One start of one plan's command, or of its rollback. It starts at most once. Times are epoch milliseconds. */
export interface Attempt {
  readonly id: string;
  readonly plan: string;
  readonly planDigest: string;
  readonly purpose: 'fix' | 'rollback';
  /** What it acts on. */
  readonly targets: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly tasks: readonly TaskLine[];
  readonly result: AttemptResult | null;
}
