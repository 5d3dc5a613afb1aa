import type { Edit } from '../chaos/seeded-bugs.ts';

/** What is put into a copy of Medic that makes it lie, and the kinds of cases in which that must be noticed. */
export interface SeededLie {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly kinds: readonly string[];
}

export const SEEDED_LIES: readonly SeededLie[] = [
  {
    name: 'calls a fix that failed what healed',
    edits: [
      {
        file: 'recovery/follow.ts',
        find: "if (doubt === null) return { kind: 'close'",
        replace: "if (doubt !== undefined) return { kind: 'close'",
      },
    ],
    kinds: ['remedy fails, well by itself', 'remedy changes nothing'],
  },
  {
    name: 'takes the end of the alerts for recovery, whatever it looks like',
    edits: [
      {
        file: 'incident/alerts/recheck.ts',
        find: "if (ill !== '') return later",
        replace: 'if (false) return later',
      },
      {
        file: 'incident/alerts/recheck.ts',
        find: 'if (bad.length > 0) return later',
        replace: 'if (false) return later',
      },
      {
        file: 'incident/alerts/recheck.ts',
        find: 'if (isGood(isLook)) return',
        replace: 'if (answers) return true ||',
      },
    ],
    kinds: ['alert gone, look bad', 'series vanished, look bad'],
  },
  {
    name: 'believes that all is over while Prometheus gives no answer',
    edits: [
      { file: 'incident/alerts/alert-notices.ts', find: 'reading.unanswered !== true &&', replace: '' },
      { file: 'incident/alerts/recheck.ts', find: 'reading.unanswered === true', replace: 'false' },
    ],
    kinds: ['look good, alert fires on'],
  },
];
