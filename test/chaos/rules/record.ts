import type { Incident } from '../../../src/incident/model/incident.ts';
import type { TimelineEntry } from '../../../src/incident/model/timeline.ts';
import type { Button } from '../world/act.ts';

/** One firing of one alert: the same fingerprint that begins again is another. */
export interface Firing {
  readonly fingerprint: string;
  /** Epoch milliseconds. */
  readonly startsAt: number;
}

/** A webhook, and when it was sent last; epoch milliseconds. */
export interface SentWebhook {
  readonly sent: number;
  /** Whether it went to the endpoint that may keep warnings back for a while. */
  readonly mayWait: boolean;
  readonly alerts: readonly (Firing & {
    readonly status: 'firing' | 'resolved';
    readonly endsAt: number | null;
  })[];
}

/** One that was answered with 2xx. */
export interface AcceptedWebhook extends SentWebhook {
  /** Epoch milliseconds. */
  readonly answered: number;
}

/** An incident as Redis keeps it. */
export interface KeptIncident {
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  /** Firings that are kept beside the incident because there are many. */
  readonly crowd: readonly Firing[];
  /** Time stamp of the thread that Slack's record has it told in; null where in none. */
  readonly thread: string | null;
  /** The keys of the messages that its thread must hold, in order, the card first. */
  readonly story: readonly string[];
  /** Keys of calls for what is decided by now: they stand only where they were made in time. */
  readonly late: readonly string[];
}

/** A message of an incident that stands in Slack at the end. */
export interface Standing {
  readonly incident: string;
  readonly key: string;
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | null;
}

/** One run of a playbook's command, from its own log; epoch milliseconds. `ended` is null where it was killed without a word. */
export interface Ran {
  readonly how: 'cure' | 'undo';
  readonly playbook: string;
  readonly service: string;
  readonly pid: number;
  readonly began: number;
  readonly ended: number | null;
}

/** A click that Slack says was taken. Times are epoch milliseconds. */
export interface Click {
  readonly user: string;
  readonly button: Button;
  readonly incident: string;
  readonly sent: number;
  readonly taken: number;
}

/** Words to one person alone. */
export interface Whisper {
  readonly user: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly text: string;
}

/** What holds for the whole run, as configured. */
export interface Circumstances {
  readonly services: Readonly<
    Record<string, { readonly dependsOn: readonly string[]; readonly observed: boolean }>
  >;
  readonly operators: readonly string[];
  readonly approvers: readonly string[];
  readonly maxConcurrent: number;
}

/** Everything the checker reads: what was put in, what is kept, what stands in Slack, what the playbooks say they did. */
export interface ChaosRecord {
  readonly seed: number;
  readonly circumstances: Circumstances;
  readonly webhooks: readonly AcceptedWebhook[];
  /** Those that were never accepted: what they told may be kept all the same, by whoever died before the answer. */
  readonly unanswered: readonly SentWebhook[];
  readonly incidents: readonly KeptIncident[];
  /** Effects that are owed still, by name, without timers for later. */
  readonly owed: readonly string[];
  /** Incidents whose thread is behind. */
  readonly unshown: readonly string[];
  /** Subjects with alerts that are still kept back. */
  readonly keptBack: readonly string[];
  /** What the pager shows, by incident; what it could not read; and when all that was looked at. */
  readonly pages: Readonly<Record<string, 'triggered' | 'acknowledged' | 'resolved'>>;
  readonly refusedPages: readonly string[];
  readonly endedAt: number;
  readonly messages: readonly Standing[];
  readonly runs: readonly Ran[];
  readonly clicks: readonly Click[];
  readonly whispers: readonly Whisper[];
  /** What was found wrong with the record as it was verified, again and again during the run and at its end. */
  readonly audit: readonly string[];
  /** From when a pause was known to hold until its end was asked for. */
  readonly pauses: readonly { readonly from: number; readonly to: number }[];
}
