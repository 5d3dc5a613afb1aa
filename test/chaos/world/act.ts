import type { AlertName } from './playbooks.ts';

/** An alert of a webhook; times are milliseconds from the start of the run. */
export interface PlannedAlert {
  readonly service: string;
  readonly name: AlertName;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: number;
  readonly endsAt: number | null;
}

/** What happens to Slack, by the names of the emulator's faults. */
export type SlackFault =
  | {
      readonly what: 'rateLimit';
      readonly method: string;
      readonly times: number;
      readonly retryAfter: number;
    }
  | { readonly what: 'serverError' | 'hang' | 'loseAnswer'; readonly method: string; readonly times: number }
  | { readonly what: 'landLate'; readonly method: string; readonly afterMs: number }
  | { readonly what: 'duplicate'; readonly times: number }
  | { readonly what: 'disconnect' | 'dropSockets' }
  | { readonly what: 'down'; readonly forMs: number };

export type Button = 'I’m on it' | 'Run now' | 'Cancel' | 'Hold' | 'Resume' | 'Approve' | 'Reject' | 'Stop';

/** When a plug is pulled: at once, or right after a playbook began, a message came to stand in Slack, or a webhook was answered. */
export type Moment = 'now' | 'run' | 'message' | 'answer';

/** One thing that is done to Medic or its world. */
export type Deed =
  | { readonly kind: 'fall-ill' | 'recover'; readonly service: string }
  /** Sent to these replicas, one copy each, at the same moment; to the endpoint that may keep warnings back where they may wait. */
  | {
      readonly kind: 'webhook';
      readonly alerts: readonly PlannedAlert[];
      readonly to: readonly number[];
      readonly mayWait: boolean;
    }
  /**
   * Waits until the service's card offers the button, and presses it. `offset` counts from the plan's deadline, `delay` from when
   * the button was seen.
   */
  | {
      readonly kind: 'click';
      readonly service: string;
      readonly button: Button;
      readonly user: string;
      readonly offset: number | null;
      readonly delay: number;
    }
  /** Of one replica, or of all at once (null), as soon as this has happened. */
  | {
      readonly kind: 'kill';
      readonly replica: number | null;
      readonly upon: Moment;
      readonly downMs: number;
    }
  /** The process stands still, as on a host that swaps, and goes on later as if nothing had been. */
  | { readonly kind: 'freeze'; readonly replica: number; readonly forMs: number }
  | { readonly kind: 'roll' }
  | { readonly kind: 'redis'; readonly upon: Moment; readonly downMs: number }
  | { readonly kind: 'slack'; readonly fault: SlackFault }
  | { readonly kind: 'pause'; readonly forMs: number }
  /** The pager fails for a while, or a person takes a call there or gives it back. */
  | {
      readonly kind: 'pager';
      readonly what: 'down' | 'loses-answers' | 'hangs' | 'acknowledges' | 'gives-back';
      readonly forMs: number;
    }
  /** A person asks for something by a slash command. */
  | {
      readonly kind: 'command';
      readonly name: '/heal' | '/diagnose';
      readonly text: string;
      readonly user: string;
    };

/** A deed and its time, milliseconds from the start. */
export type Act = Deed & { readonly at: number };
