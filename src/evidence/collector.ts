import type { z } from 'zod';
import type { Alert, Subject } from '../alerts/alert.ts';
import type { Binding } from './alert-source.ts';
import type { PostgresqlSource, RedisSource } from './collectors/databases.ts';
import type { ExportedSource } from './collectors/exporters.ts';
import type { DnsSource, TlsSource } from './collectors/network.ts';
import type { Evidence } from './evidence.ts';

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
  /** Whether the journal of its unit is read; null where nobody says. */
  readonly journal: boolean | null;
  /** Read-only probes of its health. */
  readonly probes: readonly HttpProbe[];
  /** A file of deploys, one JSON object a line: `{time, who, version, ...}`. */
  readonly changes: { readonly file?: string | undefined } | null;
  /** Where it runs in Docker; null where it does not, or nobody says. */
  readonly docker?: { readonly service?: string | undefined; readonly container?: string | undefined } | null;
  /** What it depends on directly, as far as that is registered. */
  readonly needs?: readonly { readonly name: string; readonly environment: string }[];
  /** A read-only command that says how its process is, as an argument vector, e.g. `supervisorctl status catalog`. */
  readonly state: readonly string[] | null;
  /** Databases that it uses: its own, and those of what it needs directly. */
  readonly postgresql?: readonly PostgresqlSource[];
  readonly redis?: readonly RedisSource[];
  readonly mysql?: readonly ExportedSource[];
  /** Queues that it takes from. */
  readonly queues?: readonly ExportedSource[];
  /** Where it serves TLS. */
  readonly tls?: readonly TlsSource[];
  /** Names that it needs to resolve. */
  readonly dns?: readonly DnsSource[];
  /** Where it runs in Kubernetes; null where it does not, or nobody says. */
  readonly kubernetes: {
    readonly namespace: string;
    readonly workload?: string | undefined;
    /** Within what it may be scaled. */
    readonly replicas?: { readonly min: number; readonly max: number } | undefined;
    /** The most memory that a container of it may be given. */
    readonly memory_ceiling?: string | undefined;
  } | null;
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

/** One investigation: what collectors are asked about. */
export interface Inquiry {
  readonly subject: Subject;
  /** Null where the registry does not know the subject. */
  readonly service: ServiceView | null;
  readonly alerts: readonly Alert[];
  /** What the source of each alert says of it, by fingerprint. */
  readonly bindings: Readonly<Record<string, Binding>>;
  /** Since when something seems wrong, epoch milliseconds, where no alert of its own says so. */
  readonly since?: number;
  /** The service for whose sake it is asked about, which depends on it; absent where it is the subject itself. */
  readonly neededBy?: ServiceView;
  /** As many of the newest lines of its logs as somebody asked for, to the letter; absent where nobody did. */
  readonly last?: number;
}

/** A finding before it has an id and a hash; the collection gives it both. */
export type Finding = Omit<Evidence, 'id' | 'hash' | 'status' | 'environment'> & {
  readonly environment?: string;
  /** Set where one of several things that were asked could not answer, and the text says why. */
  readonly failed?: true;
};

/** All that a collector is asked: its name, and arguments that it alone understands. Plain JSON, so that it may come from afar. */
export interface Request {
  readonly collector: string;
  readonly arguments: unknown;
}

/**
 * What a collector says of itself. Whoever wants to know something needs no more than this to ask; only the process that reads has the
 * collector itself.
 */
export interface Declaration<Arguments extends { readonly about: Subject } = { readonly about: Subject }> {
  /** As it is asked for, and named where it fails. */
  readonly name: string;
  readonly kind: Evidence['kind'];
  /** What it reads, for people: `the end of its log files`. */
  readonly reads: string;
  /** Whose word its findings are: what measured, and on what. */
  readonly instrument: string;
  readonly arguments: z.ZodType<Arguments>;
  /** What is to be written in `medic.yml` before it can tell something of a service; null where it can. */
  lacks(service: ServiceView, reach: Reach): string | null;
  /** What it is asked in an investigation; null where it could tell nothing. */
  ask(inquiry: Inquiry): Arguments | null;
  /** Whether it takes longer than most by its nature, so that it is begun before them. */
  readonly takesLong?: boolean;
  /** Whether it is asked about what the subject depends on as well. */
  readonly around?: boolean;
}

/** Whom Medic may ask, beside the hosts. */
export interface Reach {
  readonly prometheus: boolean;
  readonly kubernetes: boolean;
  /** Whether Medic is told of deploys. */
  readonly changes?: boolean;
  readonly docker?: boolean;
}

/** What the process that reads knows by itself, whoever asks. */
export interface Present {
  /** What its own registry has under the name that it was asked about. */
  readonly service: ServiceView | null;
  /** Epoch milliseconds by the clock of record. */
  readonly now: number;
}

/**
 * A read-only source of facts. It may throw and it may be late: the collection turns either into failed evidence.
 * It must honour the signal.
 */
export interface Collector<Arguments extends { readonly about: Subject }> {
  readonly declared: Declaration<Arguments>;
  collect(asked: Arguments, present: Present, signal: AbortSignal): Promise<readonly Finding[]>;
}

/** Any of them, as it stands in a table: what it is asked must be looked at by its own declaration first. */
export interface AnyCollector {
  readonly declared: Declaration;
  collect(asked: never, present: Present, signal: AbortSignal): Promise<readonly Finding[]>;
}

/** Those who answer. */
export interface Collectors {
  /** Throws where there is no such collector, the arguments are not its own, or it could not read what it was asked for. */
  answer(request: Request, signal: AbortSignal): Promise<readonly Finding[]>;
}
