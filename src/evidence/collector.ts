import type { Alert, Subject } from '../intake/alert.ts';
import type { Binding } from './alert-source.ts';
import type { Evidence } from './evidence.ts';
import type { LookSpec } from './look.ts';

/** What a collector may know of the service it looks at, from the service registry. */
export interface ServiceView {
  readonly name: string;
  readonly environment: string;
  /** Names in the inventory; where none are given, the hosts of `group`. */
  readonly hosts: readonly string[];
  /** The inventory's group of the hosts that run it. */
  readonly group: string;
  /** What its supervisor calls it: a systemd unit or a program of supervisor. */
  readonly unit: string;
  /** Bytes of resident memory that it should not exceed; null where nobody says. */
  readonly memoryLimit: number | null;
  /** Labels that identify the service in metrics, e.g. `{ service: "catalog" }`. */
  readonly labels: Readonly<Record<string, string>>;
  /** The link or file on its hosts that names the release they run; null where nobody says. */
  readonly release: { readonly link: string } | null;
  /** Where its log is read. */
  readonly logs: readonly LogSource[];
  /** Read-only probes of its health. */
  readonly probes: readonly HttpProbe[];
  /** A file of deploys, one JSON object a line: `{time, who, version, ...}`. */
  readonly changes: { readonly file: string } | null;
  /** A read-only command that says how its process is, as an argument vector, e.g. `supervisorctl status catalog`. */
  readonly state: readonly string[] | null;
}

export interface LogSource {
  readonly file: string;
}

export interface HttpProbe {
  readonly name: string;
  readonly url: string;
  /** Milliseconds. */
  readonly timeout: number;
}

/** One investigation: what to look at and until when. */
export interface Inquiry {
  readonly incident: string;
  readonly subject: Subject;
  /** Null where the registry does not know the subject. */
  readonly service: ServiceView | null;
  readonly alerts: readonly Alert[];
  /** What the source of each alert says of it, by fingerprint. */
  readonly bindings: Readonly<Record<string, Binding>>;
  /** The looks that playbooks declare, with the playbooks that declare each. */
  readonly looks: readonly { readonly spec: LookSpec; readonly playbooks: readonly string[] }[];
  /** Epoch milliseconds by the clock of record. */
  readonly now: number;
}

/** A finding before it has an id and a hash; the collection gives it both. */
export type Finding = Omit<Evidence, 'id' | 'hash' | 'status' | 'environment'> & {
  readonly environment?: string;
  /** Set where one of several things that were asked could not answer, and the text says why. */
  readonly failed?: true;
};

/**
 * A read-only source of facts. It may throw and it may be late: the collection turns either into failed evidence.
 * It must honour the signal.
 */
export interface Collector {
  readonly name: string;
  readonly kind: Evidence['kind'];
  /** Answers none when it has nothing to say about this subject. */
  collect(inquiry: Inquiry, signal: AbortSignal): Promise<readonly Finding[]>;
}
