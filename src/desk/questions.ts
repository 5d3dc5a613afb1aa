import type { Evidence } from '../evidence/evidence.ts';
import type { Incident } from '../incident/model/incident.ts';
import { isOpen } from '../incident/model/phases.ts';
import type { TimelineEntry } from '../incident/model/timeline.ts';
import { say } from '../lib/text/text.ts';
import { partsOf } from '../lib/text/text-read.ts';
import type { Desk, FullRecord, Part, Reply } from './desk.ts';
import type { ClerkParts } from './parts.ts';

type Asking = Parameters<Desk['ask']>[0];

const EMPTY = say`Ask me something, e.g. “what changed before this?” or “show me the logs”.`;

/**
 * Takes a question that somebody asked in a thread. Where several incidents are told there, it is about the one whose subject it names,
 * or else the newest that is open.
 */
export async function askQuestion(
  { engine, store, redact }: ClerkParts,
  { incident, text, by, once }: Asking,
): Promise<Reply> {
  const question = redact(text.replace(/\s+/g, ' ').trim());
  if (question === '') return { text: EMPTY };
  const host = await store.load(incident);
  if (host === null) return { text: say`I no longer know this incident.`, refused: true };
  const guests = await Promise.all(host.guests.map((guest) => store.load(guest.incident).catch(() => null)));
  const meant = meantBy(question, [host, ...guests.filter((guest) => guest !== null)]) ?? host;
  const dispatched = await engine.dispatch(meant.id, { type: 'asked', by, text: question }, { once });
  switch (dispatched.kind) {
    case 'refused':
      return { text: say`I did not take this question: ${partsOf(dispatched.reason)}.`, refused: true };
    case 'obstructed':
    case 'elsewhere':
    case 'storm':
      return { text: say`I did not take this question: something is in the way. Ask again.`, refused: true };
    case 'done':
    case 'repeated':
      // The answer comes into the thread, for everybody.
      return { text: null, incident: meant.id };
    default:
      return dispatched satisfies never;
  }
}

/** Of the incidents of one thread the one that a question is about. */
export function meantBy(question: string, incidents: readonly Incident[]): Incident | undefined {
  const words = new Set(question.toLowerCase().match(/[\w.-]+/g) ?? []);
  const newest = [...incidents].sort((a, b) => b.milestones.opened - a.milestones.opened);
  const named = newest.filter(({ subject }) => words.has(subject.name.toLowerCase()));
  return named.find(isOpen) ?? named[0] ?? newest.find(isOpen) ?? newest[0];
}

/** A part of an incident's record in full. Everything in it was redacted before it was kept. */
export async function recordOf(
  { store }: ClerkParts,
  { incident, part }: { readonly incident: string; readonly part: Part },
): Promise<FullRecord | null> {
  switch (part.kind) {
    case 'evidence': {
      const round = part.round ?? (await store.load(incident))?.round ?? 1;
      return evidenceRecord(`Evidence, round ${round}`, await store.loadEvidence(incident, round));
    }
    case 'question':
      return evidenceRecord(
        'What was read for this question',
        await store.loadEvidence(incident, part.question),
      );
    case 'dry-run':
      return dryRunRecord(part.plan, await store.timeline(incident));
    default:
      return part satisfies never;
  }
}

function evidenceRecord(title: string, evidence: readonly Evidence[]): FullRecord | null {
  if (evidence.length === 0) return null;
  return {
    title,
    sections: evidence.map((item) => ({
      heading: `${item.id} · ${item.title}`,
      note: noteOf(item),
      text: item.text,
      link: item.link,
    })),
  };
}

function dryRunRecord(plan: string, timeline: readonly TimelineEntry[]): FullRecord | null {
  const runs = timeline.flatMap(({ happening, at }) =>
    happening.kind === 'dry-run' && happening.plan === plan ? [{ ...happening, at }] : [],
  );
  const newest = runs.at(-1);
  const text = newest?.diff ?? newest?.reason;
  if (newest === undefined || text === undefined || text === null) return null;
  return {
    title: 'Dry run',
    sections: [{ heading: 'What would change', note: `Rehearsed at ${clock(newest.at)}`, text, link: null }],
  };
}

/** Who was asked what, about which time, and where the signal comes from. */
function noteOf({ status, query, window, observedAt, witness }: Evidence): string {
  const when =
    window === null ? `seen at ${clock(observedAt)}` : `from ${clock(window.from)} to ${clock(window.to)}`;
  return [
    ...(status === 'failed' ? ['could not be read'] : []),
    query,
    when,
    `told by ${witnessIn(witness)}`,
  ].join(' · ');
}

const SPOKEN: Readonly<Record<string, (rest: string) => string>> = {
  log: (file) => `the log ${file}`,
  probe: (url) => `the health check ${url}`,
  changes: (file) => `the deploys in ${file}`,
  state: (rest) => `its supervisor, ${rest.split('/')[0] ?? rest}`,
  host: (name) => `the host ${name}`,
  service: (rest) => `${rest.split('/').at(-1) ?? rest} itself`,
  systemd: (rest) => `systemd on ${rest.split('/')[0] ?? rest}`,
  supervisor: (rest) => `supervisor on ${rest.split('/')[0] ?? rest}`,
  kernel: (name) => `the kernel on ${name}`,
  release: (rest) => `the release link on ${rest.split('/')[0] ?? rest}`,
  command: (rest) => `Medic's look by ${rest.split('/')[0] ?? rest}`,
  alertmanager: (alert) => `the alert ${alert} itself`,
  collector: (name) => `Medic, which asked ${name}`,
};

/** Where a signal comes from, in words. */
export function witnessIn(witness: string): string {
  const slash = witness.indexOf('/');
  const kind = witness.slice(0, slash);
  const rest = witness.slice(slash + 1);
  const speak = slash > 0 && Object.hasOwn(SPOKEN, kind) ? SPOKEN[kind] : undefined;
  return speak?.(rest) ?? `the exporter ${witness}`;
}

function clock(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
