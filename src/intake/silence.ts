/** One condition on a label, as Alertmanager's silences have them. */
export interface Matcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  readonly isEqual: boolean;
}

/** Mutes action, not record. Times are epoch milliseconds. */
export interface Silence {
  /** `s-4f2a` for one from Slack, `alertmanager:<uuid>`, or `maintenance:<name>`. */
  readonly id: string;
  readonly source: 'slack' | 'alertmanager' | 'maintenance';
  /** A Slack user, Alertmanager's author, or the name of the maintenance window. */
  readonly by: string;
  readonly reason: string;
  readonly from: number;
  readonly until: number;
  /** Null means any; with no matchers either, everything is silenced. */
  readonly service: string | null;
  readonly environment: string | null;
  /** Every one must match an alert's labels. */
  readonly matchers: readonly Matcher[];
}

/** That nothing is done about an incident now, until when, and why in a clause for its card. */
export interface Muted {
  readonly until: number;
  readonly words: string;
  readonly silence: string;
}
