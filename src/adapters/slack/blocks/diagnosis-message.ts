import type { Claim, Diagnosis, Hypothesis, Proposer } from '../../../diagnosis/diagnosis.ts';
import { type Chapter, last } from './chapter.ts';
import type { Message } from './service.ts';
import { code, context, mention, section, sections, sureness, words } from './text.ts';

const OPINION = {
  agrees: ':white_check_mark: It agrees with the diagnosis above.',
  contradicts: ':warning: It contradicts the diagnosis above.',
  abstains: ':grey_question: It does not take sides.',
} as const;

/** A diagnosis with what it stands on: claims with quotes to the letter, what was struck, and the rivals. */
export function diagnosisMessage(chapter: Chapter): Message {
  const second = last(chapter, 'second-opinion');
  const diagnosis = last(chapter, 'diagnosed')?.diagnosis ?? second?.diagnosis;
  if (!diagnosis) return { text: 'Diagnosis', blocks: [section('No diagnosis')] };
  const title = second ? 'Second opinion' : 'Diagnosis';
  const best = diagnosis.hypotheses[0];
  return {
    text: `${title}: ${words(diagnosis.summary, 300)}`,
    blocks: [
      section(`:stethoscope: *${title}* by ${proposer(diagnosis.by)}`, words(diagnosis.summary, 900)),
      ...(second ? [section(OPINION[second.verdict])] : []),
      ...sections([...conclusion(diagnosis), ...(best ? best.claims.slice(0, 8).flatMap(claimLines) : [])]),
      ...sections([...rivals(diagnosis), ...struck(diagnosis)]),
      ...context(
        diagnosis.prevention ? `*To prevent it:* ${words(diagnosis.prevention, 600)}` : '',
        best ? howSure(best, diagnosis) : '',
      ),
    ],
  };
}

function proposer(by: Proposer): string {
  switch (by.kind) {
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
    return [`*Cause, ${sureness(best.confidence)}:* ${words(best.cause, 600)}`];
  }
  const reason =
    diagnosis.conclusion.kind === 'abstained' ? diagnosis.conclusion.reason : 'nothing stands on evidence';
  return [
    `*No cause named:* ${words(reason, 600)}`,
    ...(diagnosis.lead ? [`*Best lead:* ${words(diagnosis.lead, 600)}`] : []),
    ...(best ? [`Closest guess, ${sureness(best.confidence)}: ${words(best.cause, 400)}`] : []),
  ];
}

function claimLines(claim: Claim): string[] {
  const quotes = claim.citations
    .slice(0, 3)
    .map(({ evidence, quote }) => `>“${words(quote, 220)}” — *${words(evidence, 12)}*`);
  return [`• ${words(claim.text, 350)}`, ...quotes];
}

function rivals(diagnosis: Diagnosis): string[] {
  const others = diagnosis.hypotheses.slice(1, 4);
  if (others.length === 0) return [];
  return [
    '*Less likely:*',
    ...others.map((rival) => {
      const against = rival.against[0];
      const but = against
        ? `; against it: “${words(against.quote, 160)}” (${words(against.evidence, 12)})`
        : '';
      return `• ${words(rival.cause, 300)} (${sureness(rival.confidence)})${but}`;
    }),
  ];
}

function struck({ struck }: Diagnosis): string[] {
  if (struck.length === 0) return [];
  const more = struck.length > 5 ? [`_… and ${struck.length - 5} more_`] : [];
  return [
    '*Struck, because the evidence does not bear it out:*',
    ...struck
      .slice(0, 5)
      .map(
        ({ text, reason }) => `• ~${words(text, 220).replaceAll('~', '-') || 'claim'}~ ${words(reason, 220)}`,
      ),
    ...more,
  ];
}

function howSure(best: Hypothesis, diagnosis: Diagnosis): string {
  const quotes = best.claims.reduce((sum, claim) => sum + claim.citations.length, 0);
  const self =
    best.selfConfidence === null
      ? ''
      : `; by its own word ${sureness(best.selfConfidence)}, which can only lower it`;
  const witnesses =
    best.witnesses
      .slice(0, 6)
      .map((witness) => code(witness, 60))
      .join(', ') || 'none';
  return (
    `${sureness(best.confidence)} is computed, not claimed: ${quotes} checked ${quotes === 1 ? 'quote' : 'quotes'}, ` +
    `witnesses ${witnesses}, ${best.against.length} against, ${diagnosis.hypotheses.length - 1} rivals${self}`
  );
}
