import type { Settings } from '../../config/settings.ts';
import type { Library } from '../../diagnosis/faults/library.ts';
import type { Catalog } from '../../playbooks/manifest.ts';
import type { Silence } from '../../silence/silence.ts';
import type { Incident } from './incident.ts';
import type { OverflowAlert } from './overflow.ts';

/** What a step may know besides the incident and the event: time and configuration, passed in and never looked up. */
export interface StepContext {
  /** The clock of record, epoch milliseconds. */
  readonly now: number;
  /** The number that a claim would bear now; absent where none is made. */
  readonly fence?: number;
  /** Since when Medic has been alive without a gap. */
  readonly aliveSince: number;
  /** Since when people could reach it as well: time without a live Medic or its chat does not count for windows. */
  readonly reachableSince: number;
  readonly settings: Settings;
  /** Digest of the policy part of the settings: a plan decided under another policy is decided anew. */
  readonly policyDigest: string;
  readonly catalog: Catalog;
  /** The faults that are known. */
  readonly library: Library;
  /** Whether a model can be asked. */
  readonly model: boolean;
  /** Silences and maintenance windows, those in force among them. */
  readonly silences: readonly Silence[];
  /** What was heard before of the event's alerts that the incident does not hold in full, by fingerprint. */
  readonly heard: Readonly<Record<string, OverflowAlert>>;
  /** Takes secrets out of a text, for the record. */
  readonly redact: (text: string) => string;
  /** The incident about the same subject that closed last and, for one that opens, the open ones about what is next to it. */
  readonly around: { readonly neighbours: readonly Incident[]; readonly lately: Incident | null };
}
