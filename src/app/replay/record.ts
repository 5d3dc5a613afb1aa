import type { Alert } from '../../alerts/alert.ts';
import { createReading } from '../../audit/reading.ts';
import type { About, StoredEntry } from '../../audit/records.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { TimelineEvent } from '../../incident/model/timeline.ts';
import { plainly } from '../../lib/text/text-read.ts';
import { listed } from '../../lib/text/words.ts';
import { conclusion } from './conclusion.ts';
import { NoReplay, type Past } from './past.ts';
import { isAsHashed, readEvidence } from './stored-evidence.ts';

/** What is on record of one incident, wherever that lies. */
export interface OnRecord {
  readonly id: string;
  readonly about: About | null;
  readonly entries: readonly StoredEntry[];
  /** What was found in a round; null where it is not kept. */
  readonly evidence: (round: number) => Promise<readonly object[] | null>;
  /** What to do where it is not. */
  readonly remedy: string;
}

type Entry = Omit<StoredEntry, 'happening'> & { readonly happening: TimelineEvent };
type Kind<Of extends TimelineEvent['kind']> = Extract<TimelineEvent, { readonly kind: Of }>;

/**
 * The incident as it stood when its last cause was concluded.
 *
 * @param round another round of it; null for that one
 * @throws NoReplay where too little is kept
 */
export async function pastOf(kept: OnRecord, round: number | null): Promise<Past> {
  const { id, about } = kept;
  const entries = kept.entries as readonly Entry[];
  if (about === null) throw new NoReplay(`the state of ${id} is gone, or was written by a newer Medic`);
  const chosen = choose(entries, round, id);
  const items = await kept.evidence(chosen.round);
  if (items === null || items.length === 0)
    throw new NoReplay(`what was found in round ${chosen.round} of ${id} is not there: ${kept.remedy}`);
  const read = readEvidence(items);
  if ('why' in read) throw new NoReplay(`${id}: ${read.why}`);
  if (read.untyped > 0)
    throw new NoReplay(
      `an older Medic looked into ${id}: its evidence states no facts that could be judged anew`,
    );
  const before = entries.slice(0, chosen.place + 1);
  return {
    id,
    subject: about.subject as Past['subject'],
    title: about.title,
    severity: about.severity as Past['severity'],
    openedAt: about.openedAt,
    at: entries[chosen.place]?.at ?? about.openedAt,
    round: chosen.round,
    alerts: alertsIn(before),
    evidence: read.evidence,
    was: concludedIn(entries, chosen),
    judged: judgedIn(entries),
    doubts: [
      ...doubtsAbout(kept),
      ...altered(read.evidence, entries, chosen.place),
      ...words(read.forgotten),
    ],
  };
}

interface Chosen {
  readonly round: number;
  /** Of the entry with its evidence. */
  readonly place: number;
}

function choose(entries: readonly Entry[], wanted: number | null, id: string): Chosen {
  const rounds = entries.flatMap(({ happening }, place) =>
    happening.kind === 'evidence' ? [{ round: happening.round, place }] : [],
  );
  const concluded = entries.flatMap(({ happening }) =>
    happening.kind === 'diagnosed' ? [happening.diagnosis.round] : [],
  );
  const round = wanted ?? concluded.at(-1) ?? rounds.at(-1)?.round;
  const found = rounds.findLast((one) => one.round === round);
  if (found !== undefined) return found;
  if (rounds.length === 0)
    throw new NoReplay(`nothing was ever looked into for ${id}: there is nothing to replay`);
  const there = listed([...new Set(rounds.map((one) => String(one.round)))], 'and');
  throw new NoReplay(`${id} has no round ${round}: evidence came in for ${there}`);
}

function alertsIn(entries: readonly Entry[]): readonly Alert[] {
  const byFingerprint = new Map<string, Alert>();
  for (const { happening } of entries) {
    if (happening.kind === 'opened')
      for (const alert of happening.alerts) byFingerprint.set(alert.fingerprint, alert);
    if (happening.kind === 'alert-attached' || happening.kind === 'alert-refired')
      byFingerprint.set(happening.alert.fingerprint, happening.alert);
  }
  return [...byFingerprint.values()];
}

/** What was said and decided between this evidence and the next. */
function concludedIn(entries: readonly Entry[], { place }: Chosen): Past['was'] {
  const after = entries.slice(place + 1);
  const next = after.findIndex(({ happening }) => happening.kind === 'evidence');
  const span = (next === -1 ? after : after.slice(0, next)).map(({ happening }) => happening);
  const last = <Of extends TimelineEvent['kind']>(kind: Of) =>
    span.findLast((one): one is Kind<Of> => one.kind === kind);
  const diagnosis: Diagnosis | null = last('diagnosed')?.diagnosis ?? null;
  const planned =
    span.find(
      (one): one is Kind<'planned'> => one.kind === 'planned' && one.plan.requestedBy.kind === 'medic',
    ) ?? null;
  const why = last('not-planned')?.reason ?? last('escalated')?.reason ?? null;
  return conclusion(diagnosis, planned, why === null ? null : plainly(why));
}

function judgedIn(entries: readonly Entry[]): Past['judged'] {
  const last = entries.findLast(({ happening }) => happening.kind === 'judged')?.happening;
  if (last?.kind !== 'judged') return null;
  const { verdict, really } = last.judgement;
  return { verdict, really };
}

/** Whether the record is as it was written. */
function doubtsAbout({ id, about, entries }: OnRecord): readonly string[] {
  const reading = createReading(id, about, null);
  const flaws = entries.flatMap((entry) => reading.take(entry) ?? []);
  const [first] = [...flaws, ...[reading.end()].filter((flaw) => flaw !== null)];
  return first === undefined ? [] : [`The record of ${id} is not as it was written: ${first}.`];
}

/** Items whose text is not the one that the record has the hash of. */
function altered(evidence: readonly Evidence[], entries: readonly Entry[], place: number): readonly string[] {
  const told = entries[place]?.happening;
  const hashes = new Map(told?.kind === 'evidence' ? told.items.map(({ id, hash }) => [id, hash]) : []);
  const wrong = evidence.filter((item) => hashes.get(item.id) !== item.hash || !isAsHashed(item));
  const missing = [...hashes.keys()].filter((id) => !evidence.some((item) => item.id === id));
  const ids = [...wrong.map(({ id }) => id), ...missing];
  return ids.length === 0
    ? []
    : [`What was found is not what the record has the hashes of: ${listed(ids.slice(0, 10), 'and')}.`];
}

function words(forgotten: readonly string[]): readonly string[] {
  return forgotten.length === 0
    ? []
    : [`Today's vocabulary has no word for ${listed(forgotten, 'and')}: these facts were left out.`];
}
