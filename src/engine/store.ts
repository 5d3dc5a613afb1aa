import type { Evidence } from '../evidence/evidence.ts';
import type { AttemptResult } from '../execution/attempt.ts';
import type { CrowdAlert } from '../incident/crowd.ts';
import type { OwedEffect } from '../incident/effect.ts';
import type { Incident } from '../incident/incident.ts';
import type { Obstacle } from '../incident/obstacle.ts';
import type { TimelineEntry } from '../incident/timeline.ts';
import type { Alert, Subject } from '../intake/alert.ts';
import type { Silence } from '../intake/silence.ts';
import type { Mode } from '../policy/verdict.ts';

/** What the claim of a plan takes, together with the state that says so, or not at all. */
export interface Claim {
  /** What the fix acts on: they cool down afterwards, and their breaker must be closed. */
  readonly targets: readonly string[];
  /** All of these are locked, or none: the targets, and every neighbourhood the subject belongs to. */
  readonly locks: readonly string[];
  /** Subject keys that come first as long as an alert about them fires. */
  readonly upstream: readonly string[];
  /** Milliseconds for which no other fix may start on these targets. */
  readonly cooldown: number;
  readonly maxConcurrent: number;
  /** Among those that wait for a slot the lowest goes first; epoch milliseconds. */
  readonly priority: number;
  /** When the plan's premises were last read. A memory younger than this may have forgotten what happened since. */
  readonly provenAt: number;
  /** Version of the silences that were looked at: others since then are looked at first. */
  readonly silences: number;
  /** Its number, greater than that of any claim before it; without one it gets the next. */
  readonly fence?: number;
}

/** Opening an incident counts against a limit, so that a storm becomes one thread. */
export interface OpeningLimit {
  readonly most: number;
  /** Milliseconds. */
  readonly window: number;
}

/** A fix that did not help, or did not last. */
export interface Strike {
  readonly target: string;
  readonly attempt: string;
}

/** How many strikes within how long stop the automation of a target. Milliseconds. */
export interface BreakerRule {
  readonly strikes: number;
  readonly window: number;
}

/** One change, as it is written: all of it or nothing. */
export interface Commit {
  /** The next version. */
  readonly incident: Incident;
  /** The version it was made from; 0 opens the incident. */
  readonly expected: number;
  readonly entries: readonly TimelineEntry[];
  readonly owe: readonly OwedEffect[];
  /** The effect whose result this is; the change is dropped when it was answered already. */
  readonly answers: string | null;
  /** Names a delivery (webhook, click); the change is dropped when it was seen before. */
  readonly once: string | null;
  readonly claim: Claim | null;
  /** Gives back the slot at once, and the locks at this time (epoch milliseconds; a past one means now). Null keeps them. */
  readonly release: { readonly at: number } | null;
  /** Fingerprints of alerts that belong to the incident from now on. */
  readonly attached: readonly string[];
  /** Alerts beyond those that the incident holds in full, by fingerprint: those that changed. */
  readonly crowd: Readonly<Record<string, CrowdAlert>>;
  /** Null where no limit applies, as for what a person opens. */
  readonly opening: OpeningLimit | null;
  readonly strikes: readonly Strike[];
  readonly breaker: BreakerRule;
  /** The sinks besides Slack that are to be brought up to date with it; Slack always is. */
  readonly sinks: readonly string[];
}

/**
 * - `committed`: written; `next` are incidents whose turn may have come, where something was released
 * - `conflict`: someone else changed it first; load and step again
 * - `duplicate`, `answered`: this has happened already; nothing is left to do
 * - `elsewhere`: an alert of it belongs to another incident by now
 * - `storm`: too many incidents were opened lately
 * - `refused`: the claim cannot be had now
 */
export type Committed =
  | { readonly kind: 'committed'; readonly next: readonly string[] }
  | { readonly kind: 'conflict' | 'duplicate' | 'answered' | 'elsewhere' | 'storm' }
  | { readonly kind: 'refused'; readonly obstacle: Obstacle };

/** What one look at the memory tells of the present. */
export interface Present {
  /** The clock of record, epoch milliseconds. */
  readonly now: number;
  /** Since when Medic has been alive without a gap. */
  readonly aliveSince: number;
  /** Since when people could reach it as well. */
  readonly reachableSince: number;
  readonly silences: { readonly version: number; readonly list: readonly Silence[] };
  /** Modes that people have set over those of the settings, newest first. A change of them counts as a new version of the silences. */
  readonly modes: readonly ModeOrder[];
}

/** A mode that somebody has set, until somebody lifts it; without a service or environment it is for everything. */
export interface ModeOrder {
  readonly service: string | null;
  readonly environment: string | null;
  readonly mode: Mode;
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** An incident that has closed, and when; epoch milliseconds. */
export interface Closing {
  readonly incident: string;
  readonly at: number;
}

/** Where alerts are kept back until the end of their window. */
export interface DueBag {
  readonly subject: Subject;
  readonly due: number;
}

/** A bag with alerts that are in it: all, or as many as were asked for. */
export interface Bag extends DueBag {
  readonly alerts: readonly Alert[];
}

/** The memory of Medic. Every method may throw when it cannot be reached; nothing is then known to have happened. */
export interface Store {
  /** Looks at the present, which also says that Medic is alive now. */
  clock(): Promise<Present>;
  /** Says that people can reach Medic now: its chat is connected. */
  chatAlive(): Promise<void>;
  load(id: string): Promise<Incident | null>;
  /** Several at once; null for one that is gone, or that a newer Medic wrote. */
  loadMany(ids: readonly string[]): Promise<readonly (Incident | null)[]>;
  /** The open incident about a subject, by `subjectKey`. */
  findOpen(subject: string): Promise<string | null>;
  /** The open incidents about some subjects, null where none is. */
  findOpenAbout(subjects: readonly string[]): Promise<readonly (string | null)[]>;
  /** The open incidents that alerts are attached to, by fingerprint; null for an alert nobody has heard of. */
  attachedTo(fingerprints: readonly string[]): Promise<readonly (string | null)[]>;
  /** What was heard of alerts that an incident does not hold in full; those it has heard of. */
  heard(incident: string, fingerprints: readonly string[]): Promise<Readonly<Record<string, CrowdAlert>>>;
  /** The incident about a subject that has closed lately, within the time in which its return is a relapse. */
  lately(subject: string): Promise<Closing | null>;
  /** Ids of all open incidents. */
  open(): Promise<readonly string[]>;
  /** Ids of the incidents that closed last, newest first. */
  closed(most: number): Promise<readonly string[]>;
  /**
   * Every incident that closed at `from` or later and before `until`, and is still kept; the oldest first, a page in memory at a time.
   * Those that close while it is read are in it where they close before `until`.
   */
  closedBetween(span: { readonly from: number; readonly until: number }): AsyncIterable<Closing>;
  commit(commit: Commit): Promise<Committed>;
  /** What would stand in the way of a claim now; null where nothing does. */
  obstacle(incident: Incident, claim: Claim): Promise<Obstacle | null>;
  timeline(id: string): Promise<readonly TimelineEntry[]>;
  /**
   * Keeps the facts of a round, or of a question by its id. Those that were kept first stay, and are given back: what was judged
   * must be what is shown.
   */
  saveEvidence(
    incident: string,
    round: number | string,
    evidence: readonly Evidence[],
  ): Promise<readonly Evidence[]>;
  loadEvidence(incident: string, round: number | string): Promise<readonly Evidence[]>;
  owed(): Promise<readonly OwedEffect[]>;
  isOwed(effect: string): Promise<boolean>;
  /** Strikes an effect whose result came too late to matter. */
  settle(effect: string): Promise<void>;
  /** Incidents with which a sink is behind, with the version that it is to show; Slack where none is named. */
  unshown(sink?: string): Promise<Readonly<Record<string, number>>>;
  /** A null version stands for any: the incident is forgotten. */
  markShown(incident: string, version: number | null, sink?: string): Promise<void>;
  /** Marks an attempt as begun by this worker. False when it was begun before, by whomever: then it must not run. */
  beginAttempt(attempt: string, worker: string): Promise<boolean>;
  /** Keeps how an attempt ended until its incident has learned it. */
  saveResult(attempt: string, result: AttemptResult): Promise<void>;
  loadResult(attempt: string): Promise<AttemptResult | null>;
  /** Says that the attempt's worker lives, for `ttl` milliseconds more. */
  renewLease(attempt: string, ttl: number): Promise<void>;
  /** What its guardian left behind, as JSON, for an attempt whose worker died; null where there is no word. */
  lastWord(attempt: string): Promise<string | null>;
  /** `alive-unbegun`: a worker lives for it, and nothing is known of its beginning. */
  attemptState(attempt: string): Promise<'not-begun' | 'alive-unbegun' | 'running' | 'lost'>;
  /** The number of the incident's claim, which grows with every claim; null where it holds none. */
  fence(incident: string): Promise<number | null>;
  /** The number of the last claim of all; 0 where there was none. */
  lastFence(): Promise<number>;
  /** Takes the name of a delivery whose order is not named anywhere else: false where it was taken before. */
  takeOnce(once: string): Promise<boolean>;
  pause(by: string): Promise<void>;
  resume(): Promise<void>;
  paused(): Promise<string | null>;
  silence(silence: Silence): Promise<void>;
  /** False where there is none of that id. */
  unsilence(id: string): Promise<boolean>;
  /**
   * Puts other modes in place of those that people have set, unless these or the silences have changed since the version that was
   * read (`conflict`), or this delivery was taken before (`repeated`).
   */
  orderModes(
    modes: readonly ModeOrder[],
    how: { readonly since: number; readonly once: string },
  ): Promise<'ordered' | 'conflict' | 'repeated'>;
  /** Replaces all silences of one source. */
  syncSilences(source: Silence['source'], silences: readonly Silence[]): Promise<void>;
  /** Lets automation act on these targets again; those it had been stopped for. */
  resetBreaker(targets: readonly string[]): Promise<readonly string[]>;
  /** Targets whose automation is stopped until a person resets it. */
  tripped(): Promise<readonly string[]>;
  /** Keeps alerts back: a new bag is due after `window` milliseconds, one that is open keeps its time. */
  keepBack(
    subject: Subject,
    alerts: readonly Alert[],
    how: {
      readonly window: number;
      /** Whether an alert takes the place of one that lies in the bag. */
      readonly supersedes: (alert: Alert, known: Alert) => boolean;
    },
  ): Promise<void>;
  /** Bags that are due, without what is in them. */
  dueBags(): Promise<readonly DueBag[]>;
  /** Looks into a bag, for so many alerts at most; none where it is empty. */
  openBag(bag: DueBag, most: number): Promise<Bag>;
  /** Takes out of a bag what was handed on, and says how many that were; what changed meanwhile stays. */
  emptyBag(bag: Bag): Promise<number>;
}
