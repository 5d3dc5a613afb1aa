import type { Citation, Claim, Diagnosis, Hypothesis, Proposer } from '../../../../../diagnosis/diagnosis.ts';
import { classicFeedback, feedback } from '../card/feedback.ts';
import { quoted, roundly, witnessName } from '../plain.ts';
import type { Message } from '../service.ts';
import { code, context, counted, listed, mention, section, sections, sureness, words } from '../text.ts';
import { evidenceId } from './story/evidence-line.ts';
import { last, type ThreadSection } from './thread-section.ts';

const OPINION = {
  agrees: ':white_check_mark: It agrees with the diagnosis above.',
  contradicts: ':warning: It contradicts the diagnosis above.',
  abstains: ':grey_question: It does not take sides.',
} as const;

/** Finds where an item of a round of evidence was read; null where no such place is known. */
export type Sources = (round: number, id: string) => string | null;

/** A diagnosis with what it stands on: claims with quotes that lead to their source, what was ruled out, and what was struck. */
export function diagnosisMessage(chapter: ThreadSection, incident: string, sources: Sources): Message {
  const second = last(chapter, 'second-opinion');
  const diagnosis = last(chapter, 'diagnosed')?.diagnosis ?? second?.diagnosis;
  if (!diagnosis) return { text: 'Diagnosis', blocks: [section('No diagnosis')] };
  const title = second ? 'Second opinion' : 'Diagnosis';
  const best = diagnosis.hypotheses[0];
  const cite = citing(diagnosis.round, sources);
  const told = [
    section(
      `:stethoscope: *${title}* by ${proposer(diagnosis.by)}`,
      ...(second ? [OPINION[second.verdict]] : []),
    ),
    ...sections([
      ...conclusion(diagnosis),
      ...(best ? best.claims.slice(0, 8).map((claim) => claimLine(claim, cite)) : []),
    ]),
    ...sections(best ? aftermath(best) : []),
    ...sections(rivals(diagnosis, cite)),
    ...context(
      diagnosis.prevention ? `*To prevent it:* ${words(diagnosis.prevention, 600)}` : '',
      best ? howSure(best, diagnosis) : '',
      struck(diagnosis),
    ),
  ];
  const text = `${title}: ${summary(diagnosis)}`;
  // What people think of it is asked of the one diagnosis that is acted on.
  if (second || best === undefined) return { text, blocks: told };
  const { round } = diagnosis;
  return {
    text,
    blocks: [...told, feedback(incident, round)],
    classic: [...told, classicFeedback(incident, round)],
  };
}

function summary(diagnosis: Diagnosis): string {
  const best = diagnosis.hypotheses[0];
  if (diagnosis.conclusion.kind === 'abstained' || best === undefined) return words(diagnosis.summary, 300);
  return `${words(roundly(best.cause), 300).replace(/[.!?]$/, '')} (${sureness(best.confidence)})`;
}

function proposer(by: Proposer): string {
  switch (by.kind) {
    case 'fault':
      return `the library of faults (${code(by.fault, 60)})`;
    case 'pattern':
      return `the known pattern “${words(by.pattern, 100)}” of ${code(by.playbook, 60)}`;
    case 'model':
      return `the model ${code(by.model, 80)}`;
    case 'person':
      return mention(by.user);
    default:
      return by satisfies never;
  }
}

function conclusion(diagnosis: Diagnosis): string[] {
  const best = diagnosis.hypotheses[0];
  if (diagnosis.conclusion.kind === 'cause' && best) {
    return [`*Cause, ${sureness(best.confidence)}:* ${words(roundly(best.cause), 600)}`];
  }
  const reason =
    diagnosis.conclusion.kind === 'abstained' ? diagnosis.conclusion.reason : 'nothing is backed by evidence';
  return [
    `*No cause named:* ${words(reason, 600)}`,
    ...(diagnosis.lead ? [`*Best lead:* ${words(diagnosis.lead, 600)}`] : []),
    ...(best ? [`Closest guess, ${sureness(best.confidence)}: ${words(best.cause, 400)}`] : []),
  ];
}

type Cite = (citation: Citation) => string;

/** Names an item; the first time in a message it leads to its source, since addresses are long. */
function citing(round: number, sources: Sources): Cite {
  const linked = new Set<string>();
  return ({ evidence }) => {
    const link = linked.has(evidence) ? null : sources(round, evidence);
    linked.add(evidence);
    return evidenceId({ id: evidence, link });
  };
}

function claimLine({ text, citations }: Claim, cite: Cite): string {
  const [first, ...more] = citations;
  const quote = first === undefined ? '' : `: ${quoted(first.quote, 160)} ${cite(first)}`;
  const others = more
    .slice(0, 3)
    .map((citation) => ` ${cite(citation)}`)
    .join('');
  return `• ${words(roundly(text), 300).replace(/[.:]$/, '')}${quote}${others}`;
}

/** What else is ill because of it, and what a person can do where nothing here mends it. */
function aftermath({ consequences = [], steps = [], playbook }: Hypothesis): string[] {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [title, ...lines.slice(0, 6).map((line) => `• ${words(line, 300)}`)];
  return [
    ...list('*It brings about:*', consequences),
    ...(playbook === null ? list('*What you can do:*', steps) : []),
  ];
}

/** The other hypotheses, each with what speaks against it, or that nothing does. */
function rivals(diagnosis: Diagnosis, cite: Cite): string[] {
  const others = diagnosis.hypotheses.slice(1, 4);
  if (others.length === 0) return [];
  return [
    '*Ruled out, or less likely:*',
    ...others.map((rival) => {
      const against = rival.against[0];
      const but = against
        ? `; against it: ${quoted(against.quote)} ${cite(against)}`
        : `; ${counted(rival.claims.length, 'claim')} for it`;
      return `• ${words(rival.cause, 300).replace(/\.$/, '')} (${sureness(rival.confidence)})${but}`;
    }),
  ];
}

/** What was said and is not borne out, in one line. */
function struck({ struck }: Diagnosis): string {
  if (struck.length === 0) return '';
  const shown = struck.slice(0, 3).map(({ text, reason }) => `“${words(text, 120)}” (${words(reason, 120)})`);
  const more = struck.length > 3 ? `, and ${struck.length - 3} more` : '';
  return `*Dropped*, not backed by the evidence: ${shown.join(', ')}${more}`;
}

function howSure(best: Hypothesis, diagnosis: Diagnosis): string {
  const quotes = best.claims.reduce((sum, claim) => sum + claim.citations.length, 0);
  const own =
    best.selfConfidence === null
      ? ''
      : `. It calls itself ${sureness(best.selfConfidence)}, which can only lower that`;
  const names = [...new Set(best.witnesses.map(witnessName))].slice(0, 6).map((name) => words(name, 60));
  const from = names.length > 0 ? `Backed by: ${listed(names)}. ` : '';
  const against = best.against.length === 0 ? 'nothing against it' : `${best.against.length} against it`;
  const rivals = diagnosis.hypotheses.length - 1;
  const others = rivals === 0 ? 'no other cause found' : counted(rivals, 'other cause');
  const unread = diagnosis.unread ?? [];
  const blind =
    unread.length === 0
      ? ''
      : `. Lowered, because ${counted(unread.length, 'source')} could not be read: ${listed(unread.slice(0, 4).map((title) => words(title.replace(/: no answer$/, ''), 80)))}`;
  return `${from}${counted(quotes, 'checked quote')}, ${against}, ${others}${blind}${own}`;
}
