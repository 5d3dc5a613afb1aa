import type { Text } from '../lib/text/text.ts';

/** One line of progress, e.g. an Ansible task. */
export interface TaskLine {
  readonly name: string;
  readonly status: 'running' | 'ok' | 'changed' | 'failed' | 'skipped' | 'unreachable';
  /** A short remark: a message, what changed, the end of an error; redacted. */
  readonly detail: string | null;
}

/** What a fix found before it changed anything, as its runner keeps it: what an undoing has to put back. */
export interface Before {
  /** In words: `3 replicas`; redacted. */
  readonly words: string;
  /** What its runner compares by. It says nothing to anybody else, and holds no secret. */
  readonly mark: string;
}

/**
 * How what stands there after an undoing compares with what the fix had found, as it was read again. Texts are redacted. Of `unknown` nothing
 * is known of what stands there: it is neither.
 */
export type Comparison =
  | { readonly kind: 'as-before'; readonly words: string }
  | {
      readonly kind: 'differs';
      readonly was: string;
      readonly now: string;
      /** Each value that is another: `replicas: 3 -> 5`. None where the two words say it all. */
      readonly lines: readonly string[];
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** How an attempt ended. `interrupted` means that nobody knows: the world is looked at, and nothing is rerun. */
export type AttemptResult = Ending & {
  /** Of a fix, where its runner keeps that. Absent in what an older Medic ran. */
  readonly before?: Before;
  /** Of an undoing that came to its own end. Absent where nobody has compared. */
  readonly compared?: Comparison;
};

type Ending =
  /** `changed`: how many of its tasks changed something, 0 where it ran and changed nothing; absent where nobody can tell. */
  | { readonly kind: 'succeeded'; readonly summary: string; readonly changed?: number }
  | ({ readonly kind: 'failed'; readonly reason: string; readonly exitCode: number | null } & Untouched &
      Elsewhere)
  | ({ readonly kind: 'timed-out'; readonly reason: string } & Untouched & Elsewhere)
  /** The reason is Medic's own word: who stopped it. Elsewhere it may be the words of a command. */
  | ({ readonly kind: 'stopped'; readonly reason: Text } & Untouched & Elsewhere)
  /** `overAt`: by then nothing of it acts any more, as somebody witnessed; epoch milliseconds. */
  | ({ readonly kind: 'interrupted'; readonly reason: string; readonly overAt?: number } & Elsewhere);

/** What is known of an attempt that ended before it acted. */
export interface Untouched {
  /**
   * Nothing that could change anything was started on any host, so there is nothing to undo and no recovery to wait for. Absent
   * where something was, and where nobody can tell.
   */
  readonly untouched?: true;
}

/** What an attempt that did not come to its own end may have left on other machines, where no signal of ours reaches. */
export interface Elsewhere {
  /** For so many milliseconds after its end parts of it may still act there, until their own deadline. Absent: none do. */
  readonly elsewhereFor?: number;
}

/** One start of one plan's command, or of its rollback. It starts at most once. Times are epoch milliseconds. */
export interface Attempt {
  readonly id: string;
  readonly plan: string;
  readonly planDigest: string;
  /** The plan's playbook; absent in attempts of an older Medic. */
  readonly playbook?: string;
  readonly purpose: 'fix' | 'rollback';
  /** What it acts on. */
  readonly targets: readonly string[];
  /** The number of the claim that it stands on, which grows with every claim; absent in attempts of an older Medic. */
  readonly fence?: number;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly tasks: readonly TaskLine[];
  readonly result: AttemptResult | null;
  /** What was concluded from watching recovery after it; absent before that, and in attempts of an older Medic. */
  readonly proof?: { readonly kind: 'proven' | 'refuted' | 'unproven'; readonly at: number };
}
