/** How a command ended, and what ended it first. */
export interface GuardianEnd {
  readonly kind: 'ended';
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly cause: 'exited' | 'timed-out' | 'stopped' | 'orphaned';
}

/** What a guardian tells its worker. The worker's only message to it is `stop`. */
export type GuardianMessage =
  | { readonly kind: 'started'; readonly group: number }
  | { readonly kind: 'failed-to-start'; readonly reason: string }
  | GuardianEnd;
