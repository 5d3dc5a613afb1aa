import type { KnownBlock } from '@slack/types';
import type { Answer } from '../../../../../diagnosis/answer.ts';
import type { Claim } from '../../../../../diagnosis/diagnosis.ts';
import type { EvidenceSummary } from '../../../../../evidence/evidence.ts';
import type { Incident, OpenQuestion } from '../../../../../incident/model/incident.ts';
import { quoted, roundly } from '../plain.ts';
import { showAll } from '../record-button.ts';
import type { LiveLook, Message } from '../service.ts';
import { code, context, counted, mention, oneLine, section, sections, words } from '../text.ts';
import { evidenceId } from './story/evidence-line.ts';
import { last, type ThreadSection } from './thread-section.ts';

/** A question that somebody asked in the thread: how far it is, and then its answer with what it stands on. */
export function questionMessage(chapter: ThreadSection, incident: Incident): Message {
  const question = last(chapter, 'asked')?.question;
  if (question === undefined) return { text: 'A question', blocks: [section('A question')] };
  const gathered = last(chapter, 'question-evidence')?.items ?? null;
  const answer = last(chapter, 'answered')?.answer;
  return answer === undefined
    ? underWay(question, gathered, incident)
    : answered({ question, answer, items: [...(gathered ?? []), ...incident.evidence] }, incident);
}

function underWay(
  question: OpenQuestion,
  gathered: readonly EvidenceSummary[] | null,
  incident: Incident,
): Message {
  const doing = gathered === null ? looking(incident) : `${found(gathered)}. Writing the answer …`;
  return {
    text: `Looking into “${words(question.text, 200)}”`,
    blocks: [asked(question), ...context(`:hourglass_flowing_sand: ${words(doing, 300)}`)],
    live: liveLook(question, gathered, incident),
  };
}

function liveLook(
  question: OpenQuestion,
  gathered: readonly EvidenceSummary[] | null,
  incident: Incident,
): LiveLook {
  const facts =
    gathered === null
      ? ({ id: 'facts', title: looking(incident), state: 'in_progress' } as const)
      : ({ id: 'facts', title: 'Read what there is', state: 'complete', details: found(gathered) } as const);
  const answer = {
    id: 'answer',
    title: 'Writing the answer',
    state: gathered === null ? 'pending' : 'in_progress',
  } as const;
  return { reader: question.by, head: [asked(question)], tasks: [facts, answer] };
}

function looking({ subject }: Incident): string {
  return `Reading logs, metrics, deploys and health of ${oneLine(subject.name)}`;
}

/** `7 facts, 1 could not be read`. */
function found(items: readonly EvidenceSummary[]): string {
  const failed = items.filter(({ status }) => status === 'failed').length;
  return `${counted(items.length - failed, 'fact')}${failed > 0 ? `, ${failed} could not be read` : ''}`;
}

function asked({ by, text }: OpenQuestion): KnownBlock {
  return section(`:speech_balloon: ${mention(by)} asked:`, `>${words(text, 600)}`);
}

interface Answered {
  readonly question: OpenQuestion;
  readonly answer: Answer;
  /** Everything a claim may cite, as far as it is known. */
  readonly items: readonly EvidenceSummary[];
}

function answered({ question, answer, items }: Answered, incident: Incident): Message {
  const [first] = answer.claims;
  const gist = first === undefined ? words(answer.note ?? 'nothing was found', 400) : gistOf(first, answer);
  return {
    text: `${mention(question.by)} asked “${words(question.text, 150)}”: ${gist}`,
    short: `Answered “${words(question.text, 100)}”: ${gist}`,
    blocks: [
      asked(question),
      ...sections(answer.claims.flatMap((claim) => claimLines(claim, items))),
      ...(answer.note === null ? [] : [section(`:information_source: ${words(answer.note, 900)}`)]),
      ...context(...struckLines(answer), source(answer)),
      ...(items.length === 0 ? [] : showAll({ i: incident.id, k: 'question', r: question.id })),
    ],
  };
}

/** Where the evidence speaks for itself, what it says is in the quote. */
function gistOf(claim: Claim, { model }: Answer): string {
  const text = words(roundly(claim.text), 250);
  const quote = claim.citations[0]?.quote;
  return model === null && quote !== undefined ? `${text}: ${quoted(quote)}` : text;
}

/** A claim, and below it each quote with the id that leads to its source. */
function claimLines({ text, citations }: Claim, items: readonly EvidenceSummary[]): string[] {
  return [
    `• ${words(roundly(text), 500)}`,
    ...citations.map(({ evidence, quote }) => {
      const url = items.find(({ id }) => id === evidence)?.link ?? null;
      return `>${quoted(quote, 240)} ${evidenceId({ id: evidence, link: url })}`;
    }),
  ];
}

function struckLines({ struck }: Answer): string[] {
  if (struck.length === 0) return [];
  const first = struck
    .slice(0, 2)
    .map(
      ({ text, reason }) => `~${words(text, 160).replaceAll('~', '-') || 'claim'}~ (${words(reason, 120)})`,
    );
  const more = struck.length > 2 ? ` and ${struck.length - 2} more` : '';
  return [`*Dropped, not backed by the evidence:* ${first.join('; ')}${more}`];
}

function source({ model, claims }: Answer): string {
  if (model === null || claims.length === 0) return '';
  return `Answered by the model ${code(model, 80)}. Every quote was checked.`;
}
