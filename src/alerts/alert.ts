/** How loud an alert is. Anything a source says beyond these three is read as `warning`. */
export type Severity = 'critical' | 'warning' | 'info';

/**
 * One alert as Medic knows it, whatever system it came from.
 *
 * Every text in it is hostile input: it is shown and matched, never executed and never trusted.
 * Times are epoch milliseconds.
 */
export interface Alert {
  /** Stable across repeats of the same alert; the key of deduplication. */
  readonly fingerprint: string;
  /** The source that told of it, by its name, such as `alertmanager`; `person` for what a person described. */
  readonly source: string;
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  /** How many labels were left out, where an alert had more than is kept; absent where it is whole. */
  readonly omitted?: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: number;
  /** When it resolved, for a resolved alert. */
  readonly endsAt: number | null;
  /** The expression that fired, where the source reveals it. */
  readonly expression: string | null;
  /** Where a person can look at the alert. */
  readonly link: string | null;
  /** The web address of the Alertmanager that sent it, where it can be silenced; absent where nobody knows. */
  readonly manager?: string;
  /** When it came in, epoch milliseconds by the clock of record, as long as it is on its way to its incident: it may be kept back for long. */
  readonly cameAt?: number;
}

/** What an incident is about: one service, one target where no service is known, or whatever came during a storm. */
export interface Subject {
  readonly kind: 'service' | 'target' | 'storm';
  readonly name: string;
  readonly environment: string;
}

/** The index key of a subject: at most one incident is open for each. */
export function subjectKey(subject: Subject): string {
  return `${subject.environment}/${subject.kind}/${subject.name}`;
}
