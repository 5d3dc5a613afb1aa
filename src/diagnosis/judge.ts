import type { Evidence } from '../evidence/evidence.ts';
import { ofSubject } from '../evidence/facts/of-subject.ts';
import { cutWholeWords } from '../lib/text/cut.ts';
import type { Catalog } from '../playbooks/manifest.ts';
import { flaw, strike } from './citations.ts';
import { confidence, type Support, standing, witnessesOf } from './confidence.ts';
import type {
  Citation,
  Diagnosis,
  Hypothesis,
  Proposal,
  ProposedHypothesis,
  Proposer,
  Struck,
  Telling,
} from './diagnosis.ts';
import { namedAt } from './faults/recognise.ts';
import { type Shown, shownFor } from './look.ts';
import { againstOf } from './patterns.ts';

/** Nothing is concluded from signals of fewer instruments than this. */
const INSTRUMENTS_NEEDED = 2;
/** Of a value, no more is told. */
const VALUE = 80;
/** A rival whose confidence is within this of the best one's fits as well. */
const AS_WELL = 0.05;

interface Judging {
  readonly evidence: readonly Evidence[];
  readonly catalog: Catalog;
  readonly threshold: number;
  readonly round: number;
  readonly now: number;
}

/**
 * Turns what was proposed into what can be believed: strikes what is not in the evidence, adds what Medic's own look shows and what the
 * catalog knows against it, computes every confidence, orders the rivals, and abstains where the best one does not reach `threshold` on
 * two instruments, or where the look does not show the fault.
 */
export function judge(proposal: Proposal, by: Proposer, given: Judging): Diagnosis {
  const { evidence, now } = given;
  const checked = proposal.hypotheses.map((hypothesis) => check(hypothesis, given));
  const unread = unreadIn(evidence);
  const standings = checked.map(({ support }) => standing(support, evidence, now));
  const weighed = checked
    .map(({ hypothesis, support, shown }, index) => {
      const rivals = standings.filter(
        (_, other) => other !== index && isRival(checked[index], checked[other]),
      );
      const believed: Hypothesis = {
        ...hypothesis,
        confidence: confidence(
          support,
          { bestRival: Math.max(0, ...rivals), unread: unread.length },
          evidence,
          now,
        ),
        witnesses: witnessesOf(support.citations, evidence),
      };
      return { hypothesis: believed, shown, index };
    })
    .filter(({ hypothesis }) => hypothesis.claims.length > 0)
    .sort((a, b) => b.hypothesis.confidence - a.hypothesis.confidence);
  const ranked = eachOnce(healableFirst(weighed, given.threshold));
  const hypotheses = ranked.map(({ hypothesis }) => hypothesis);
  const told: Telling = proposal.each?.[ranked[0]?.index ?? 0] ?? { by, ...proposal };
  return {
    by: told.by,
    round: given.round,
    at: now,
    summary: told.summary,
    hypotheses,
    struck: checked.flatMap(({ struck }) => struck),
    prevention: told.prevention,
    lead: proposal.lead ?? hypotheses[0]?.cause ?? null,
    ...(unread.length === 0 ? {} : { unread }),
    conclusion: conclude(ranked, given.threshold),
  };
}

interface Checked {
  readonly hypothesis: ProposedHypothesis;
  readonly support: Support;
  readonly struck: readonly Struck[];
  readonly shown: Shown;
}

function check(hypothesis: ProposedHypothesis, given: Judging): Checked {
  const { evidence, catalog } = given;
  const { proposed, shown } = lookedFor(hypothesis, given);
  const heard = proposed.playbook === null ? evidence : evidence.map(forFix);
  const { kept, struck } = strike(proposed.claims, heard);
  const playbook = proposed.playbook === null ? undefined : catalog.get(proposed.playbook);
  const seen = shown.kind === 'shown' && kept.length > 0 ? strike(shown.claims, evidence).kept : [];
  const claims = [...kept, ...seen];
  const known = playbook === undefined ? [] : againstOf(playbook, ofSubject(evidence));
  const against = distinct([...proposed.against, ...known]).filter((one) => flaw(one, heard) === null);
  const dependency = proposed.dependency ?? dependencyIn(claims, evidence);
  return {
    hypothesis: { ...proposed, claims, against, ...(dependency === null ? {} : { dependency }) },
    support: {
      citations: claims.flatMap((claim) => claim.citations),
      against,
      claims: { kept: kept.length, made: proposed.claims.length },
      selfConfidence: proposed.selfConfidence,
    },
    struck,
    shown,
  };
}

/** The dependency that all of the claims are about; null where any is about the subject, or another. */
function dependencyIn(claims: ProposedHypothesis['claims'], evidence: readonly Evidence[]): string | null {
  const cited = claims.flatMap(({ citations }) =>
    citations.map((one) => evidence.find(({ id }) => id === one.evidence)?.dependency),
  );
  const [only] = cited;
  return only !== undefined && cited.every((one) => one === only) ? only : null;
}

/** What is wrong with a dependency is no reason to do something to the subject. */
function forFix(item: Evidence): Evidence {
  const { dependency } = item;
  return dependency === undefined
    ? item
    : { ...item, supportsNothing: `it is about ${dependency}, and a fix here mends nothing there` };
}

/**
 * What Medic's own look shows of it. A fault of the library stands on its own signs: where nobody can look for what mends it, it is a
 * cause without a fix, and people act.
 */
function lookedFor(
  proposed: ProposedHypothesis,
  { evidence, catalog }: Judging,
): { readonly proposed: ProposedHypothesis; readonly shown: Shown } {
  const playbook = proposed.playbook === null ? undefined : catalog.get(proposed.playbook);
  const shown: Shown = playbook === undefined ? { kind: 'undeclared' } : shownFor(playbook, evidence);
  if (shown.kind !== 'unasked' || proposed.fault === undefined) return { proposed, shown };
  return { proposed: { ...proposed, playbook: null, parameters: {} }, shown: { kind: 'undeclared' } };
}

function distinct(citations: readonly Citation[]): readonly Citation[] {
  return citations.filter(
    ({ evidence, quote }, index) =>
      citations.findIndex((other) => other.evidence === evidence && other.quote === quote) === index,
  );
}

/**
 * A consequence of the one is no rival to it, nor is what has nothing to do with it. Nor is a fault that nothing here mends to a fix whose own look shows what it is for: it may
 * well be there beside it, and is told, but it is no reason to leave what is broken as it is.
 */
function isRival(one: Checked | undefined, other: Checked | undefined): boolean {
  if (one === undefined || explains(one.hypothesis, other?.hypothesis)) return false;
  if (isApart(one.hypothesis, other?.hypothesis)) return false;
  return !(isSeen(one) && other !== undefined && isUnmended(other.hypothesis));
}

function isApart({ apart = [] }: ProposedHypothesis, other: ProposedHypothesis | undefined): boolean {
  if (other?.fault === undefined || other.object === undefined) return false;
  return apart.includes(namedAt(other.fault, other.object));
}

/** Where a fix whose look shows its fault can be believed, it goes before faults that nothing here mends. */
function healableFirst<One extends Ranked>(ranked: readonly One[], threshold: number): readonly One[] {
  const healable = ranked.some((one) => isSeen(one) && doubtAbout(one, undefined, threshold) === null);
  if (!healable) return ranked;
  const last = ranked.filter(({ hypothesis }) => isUnmended(hypothesis));
  return [...ranked.filter((one) => !last.includes(one)), ...last];
}

/** What two say of one ill, a fault of the library and the pattern of the fix that mends it, is told by the one that is surer. */
function eachOnce<One extends Ranked>(ranked: readonly One[]): readonly One[] {
  const isSaid = ({ hypothesis: { playbook, pattern } }: One, before: One) =>
    playbook !== null &&
    before.hypothesis.playbook === playbook &&
    pattern !== undefined &&
    before.hypothesis.explains?.includes(pattern) === true;
  return ranked.filter((one, place) => !ranked.slice(0, place).some((before) => isSaid(one, before)));
}

function isSeen({ hypothesis, shown }: Pick<Checked, 'hypothesis' | 'shown'>): boolean {
  return hypothesis.playbook !== null && shown.kind === 'shown';
}

function isUnmended({ fault, playbook }: ProposedHypothesis): boolean {
  return fault !== undefined && playbook === null;
}

function explains(one: ProposedHypothesis, other: ProposedHypothesis | undefined): boolean {
  return other?.pattern !== undefined && one.explains?.includes(other.pattern) === true;
}

/** What could not be read of the subject, each source once. */
function unreadIn(evidence: readonly Evidence[]): readonly string[] {
  const failed = ofSubject(evidence).filter(({ status }) => status === 'failed');
  return [...new Set(failed.map(({ title }) => title))];
}

interface Ranked {
  readonly hypothesis: Hypothesis;
  readonly shown: Shown;
}

function conclude([best, next]: readonly Ranked[], threshold: number): Diagnosis['conclusion'] {
  const reason =
    best === undefined ? 'no cause is backed by the evidence' : doubtAbout(best, next, threshold);
  return reason === null ? { kind: 'cause' } : { kind: 'abstained', reason };
}

function doubtAbout(
  { hypothesis, shown }: Ranked,
  next: Ranked | undefined,
  threshold: number,
): string | null {
  const { witnesses } = hypothesis;
  if (shown.kind === 'not-shown') return `Medic’s own look does not show it: ${shown.words}`;
  if (shown.kind === 'unread' || shown.kind === 'unasked') return `Medic’s own look failed: ${shown.words}`;
  if (witnesses.length < INSTRUMENTS_NEEDED)
    return `only one instrument speaks for it: ${witnesses[0] ?? 'none'}`;
  if (hypothesis.confidence >= threshold) return null;
  const rival = next !== undefined && next.hypothesis.confidence >= hypothesis.confidence - AS_WELL;
  return `${sureOf(hypothesis.confidence, threshold)} sure, and ${percent(threshold)} is needed${rival ? '; another cause fits as well' : ''}`;
}

/** Rounded as everywhere; with a decimal where it would read as enough, which it is not. */
function sureOf(confidence: number, threshold: number): string {
  const enough = Math.round(confidence * 100) >= Math.round(threshold * 100);
  return enough ? `${Math.floor(confidence * 1000) / 10} %` : percent(confidence);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** How a second opinion relates to the first, with what it says against it, in words. */
export type Opinion =
  | { readonly verdict: 'agrees' | 'abstains' }
  | { readonly verdict: 'contradicts'; readonly words: string };

/** How a second opinion relates to the first: it contradicts when a cause it is sure of calls for something else. */
export function compare(first: Diagnosis, second: Diagnosis, threshold: number): Opinion {
  const ours = first.hypotheses[0];
  const sure = second.hypotheses.filter((hypothesis) => hypothesis.confidence >= threshold);
  if (ours === undefined || sure.length === 0) return { verdict: 'abstains' };
  const [words] = sure.flatMap((theirs) => objection(ours, theirs) ?? []);
  return words === undefined ? { verdict: 'agrees' } : { verdict: 'contradicts', words };
}

/** What it would do instead, and why; null where it would do the same. Whether its cause is another one cannot be told from its words. */
function objection(ours: Hypothesis, theirs: Hypothesis): string | null {
  const { playbook, parameters, cause, dependency } = theirs;
  // What it is sure of is no fault of the subject at all.
  if (dependency !== undefined && ours.dependency === undefined && ours.playbook !== null)
    return `the model sees the cause in ${dependency}, a dependency: ${cause}`;
  if (playbook === null) return null;
  if (playbook !== ours.playbook) return `the model would run ${playbook} instead: ${cause}`;
  // Only what both name can disagree: a pattern leaves most values to grounding.
  const [other] = Object.entries(parameters).filter(
    ([name, value]) => ours.parameters[name] !== undefined && ours.parameters[name] !== value,
  );
  if (other === undefined) return null;
  const [name, value] = other;
  const instead = cutWholeWords(ours.parameters[name] ?? '', VALUE);
  return `the model would run it with ${name} ${cutWholeWords(value, VALUE)} and not ${instead}: ${cause}`;
}
