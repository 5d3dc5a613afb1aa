import type { Alert, Subject } from '../../alerts/alert.ts';
import type { Person } from '../../approval/person.ts';
import type { Answer } from '../../diagnosis/answer.ts';
import type { ModelAnswer } from '../../diagnosis/model.ts';
import type { BoundAlert } from '../../evidence/alert-source.ts';
import type { Chart } from '../../evidence/chart.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { LookReading } from '../../evidence/looks/look.ts';
import type { AttemptResult, TaskLine } from '../../execution/attempt.ts';
import type { DryRunResult } from '../../execution/runner.ts';
import type { Said } from '../../lib/text/text.ts';
import type { Reading } from '../../verification/reading.ts';
import type { Blocker } from './blocker.ts';
import type { LinkedEvent, TimerName } from './effect.ts';

/** What a person can do to a plan with a button or a reaction. */
export type PlanAction =
  | 'run-now'
  | 'cancel'
  | 'hold'
  | 'resume'
  | 'approve'
  | 'reject'
  | 'stop'
  | 'escalate'
  | 'try-again';

/** Everything that can happen to an incident. Clicks, timers, webhooks and process exits are all events. */
export type IncidentEvent =
  | { readonly type: 'alerts'; readonly subject: Subject; readonly alerts: readonly Alert[] }
  | {
      readonly type: 'diagnosis-requested';
      readonly subject: Subject;
      readonly by: Person;
      readonly text: string;
    }
  | {
      readonly type: 'heal-requested';
      readonly subject: Subject;
      readonly by: Person;
      readonly playbook: string;
      readonly parameters: Readonly<Record<string, string>>;
    }
  /** A person wants another plan in place of the one that stands there: other values, or another playbook. */
  | {
      readonly type: 'replan-requested';
      /** The plan the person had before them; null where there was none. */
      readonly plan: string | null;
      readonly by: Person;
      readonly playbook: string;
      readonly parameters: Readonly<Record<string, string>>;
      /** What is known of this round, for values that the evidence bears out. */
      readonly round: number;
      readonly evidence: readonly Evidence[];
    }
  /** A person says whether the diagnosis was right. */
  | {
      readonly type: 'diagnosis-judged';
      /** The round of the diagnosis they had before them; absent where nobody knows. */
      readonly round?: number | undefined;
      readonly by: Person;
      readonly verdict: 'right' | 'wrong';
      readonly really: string | null;
    }
  /** A person asks something in the thread. */
  | { readonly type: 'asked'; readonly by: Person; readonly text: string }
  | {
      readonly type: 'question-evidence';
      readonly question: string;
      readonly evidence: readonly Evidence[];
    }
  | { readonly type: 'answered'; readonly question: string; readonly answer: Answer }
  /** The alert's metric was read for a picture; null where there is nothing to draw. */
  | { readonly type: 'charted'; readonly chart: Chart | null }
  | {
      readonly type: 'evidence-collected';
      readonly round: number;
      readonly evidence: readonly Evidence[];
      /** The alerts that were seen active at their source, by fingerprint. */
      readonly bound?: Readonly<Record<string, BoundAlert>>;
    }
  | {
      readonly type: 'model-answered';
      readonly round: number;
      readonly answer: ModelAnswer;
      readonly evidence: readonly Evidence[];
    }
  /** `result` is null where it was only looked at; `looks` where nothing was. */
  | {
      readonly type: 'dry-run-ended';
      readonly plan: string;
      readonly result: DryRunResult | null;
      readonly looks?: readonly LookReading[] | null;
    }
  /** People can see it: its card stands in Slack. */
  | { readonly type: 'shown' }
  /** Slack confirmed that the card shows this plan, with this dry run: its window starts now. */
  | { readonly type: 'plan-shown'; readonly plan: string; readonly diff: string | null }
  | {
      readonly type: 'acted';
      readonly action: PlanAction;
      /** Null for a reaction, which means whatever plan is current. */
      readonly plan: string | null;
      /** Mark of the dry run that the card showed beside the button, null where it showed none; absent where nobody knows. */
      readonly diff?: string | null;
      readonly by: Person;
      readonly reason: string | null;
    }
  | { readonly type: 'timer'; readonly name: TimerName; readonly serves: string }
  | {
      readonly type: 'reproved';
      readonly plan: string;
      readonly readings: readonly Reading[];
      /** A fresh dry run, for a plan that was approved on the strength of one; null where none was shown. */
      readonly diff: DryRunResult | null;
      /** What its own checks of recovery say, for a plan of Medic's: its subject may have been healed meanwhile. */
      readonly recovery: readonly Reading[] | null;
      /** Hash of the playbook's folder as it is now; null where it cannot be read. */
      readonly playbookHash: string | null;
      /** Why whoever is to run it does not start it now; absent where it would. */
      readonly obstacle?: Blocker;
      /** Why whoever is to run it never will, in words; absent where it would. */
      readonly refused?: string | Said;
    }
  | { readonly type: 'looked'; readonly plan: string; readonly obstacle: Blocker | null }
  /** A person says that they are on it. */
  | { readonly type: 'call-taken'; readonly by: Person }
  /** A person asks another one, by their Slack id, to take it over. */
  | { readonly type: 'call-handed'; readonly by: Person; readonly to: string }
  /** A pager says that somebody took the call there, or gave it back. */
  | {
      readonly type: 'pager-said';
      readonly from: string;
      readonly taken: boolean;
      /** Their name. */
      readonly who: string;
      /** When it was said, by the pager's clock; epoch milliseconds. */
      readonly at: number;
    }
  /** A sink confirmed that it has told whoever it wakes of this call. */
  | { readonly type: 'sink-told'; readonly sink: string; readonly call: number }
  /** Something was released that this incident may have waited for. */
  | { readonly type: 'your-turn' }
  | { readonly type: 'claimed'; readonly plan: string }
  | { readonly type: 'claim-refused'; readonly plan: string; readonly obstacle: Blocker }
  | LinkedEvent
  | { readonly type: 'task'; readonly attempt: string; readonly line: TaskLine }
  | { readonly type: 'attempt-ended'; readonly attempt: string; readonly result: AttemptResult }
  | { readonly type: 'sampled'; readonly plan: string; readonly readings: readonly Reading[] }
  /** Every alert had resolved, and the subject was looked at without any plan. */
  | { readonly type: 'rechecked'; readonly readings: readonly Reading[] };
