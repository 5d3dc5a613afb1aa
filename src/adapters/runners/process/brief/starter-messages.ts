import type { BriefCommand, BriefResult } from './run-here.ts';

/** What the starter is asked. The number is of whoever asks. */
export type StarterMessage =
  | { readonly kind: 'run'; readonly id: number; readonly command: Omit<BriefCommand, 'signal'> }
  | { readonly kind: 'stop'; readonly id: number };

export interface StarterAnswer {
  readonly id: number;
  readonly result: BriefResult;
}
