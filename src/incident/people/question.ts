import { summarise } from '../../evidence/evidence.ts';
import { say } from '../../lib/text/text.ts';
import { change, type Draft, emit, type Refusal, record, refuse } from '../model/draft.ts';
import type { IncidentEvent } from '../model/event.ts';
import type { OpenQuestion } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';

/** So many questions may wait for their answers at once: each costs a look at the service, and perhaps the model. */
const MOST_OPEN = 5;
/** How much of a question is kept. */
const LONGEST = 1_000;

type About = 'asked' | 'question-evidence' | 'answered';
type Conversation = Extract<IncidentEvent, { readonly type: About }>;

/** Questions that people ask in the thread, also after the end: they start nothing and stop nothing. */
export function converse(draft: Draft, event: Conversation, context: StepContext): Draft | Refusal {
  switch (event.type) {
    case 'asked':
      return take(draft, event, context);
    case 'question-evidence':
      return inform(draft, event);
    case 'answered':
      return answer(draft, event);
    default:
      return event satisfies never;
  }
}

function take(
  draft: Draft,
  { by, text }: Extract<Conversation, { readonly type: 'asked' }>,
  context: StepContext,
): Draft | Refusal {
  const { questions, asked } = draft.incident;
  if (questions.length >= MOST_OPEN)
    return refuse(say`${MOST_OPEN} questions wait for their answers already: ask again when one is answered`);
  const words = text.slice(0, LONGEST).toWellFormed().trim();
  if (words === '') return refuse('there was no question in it');
  const outside = by.channel === null ? ({ outside: true } as const) : {};
  const question: OpenQuestion = { id: `q${asked + 1}`, by: by.id, at: context.now, text: words, ...outside };
  const taken = change(draft, { asked: asked + 1, questions: [...questions, question] });
  return emit(record(taken, { kind: 'asked', question }), { kind: 'collect-answer', question: question.id });
}

/** The facts are in: now it can be answered. */
function inform(
  draft: Draft,
  { question, evidence }: Extract<Conversation, { readonly type: 'question-evidence' }>,
): Draft | Refusal {
  if (!isOpen(draft, question)) return refuse(ANSWERED);
  const told = record(draft, { kind: 'question-evidence', question, items: evidence.map(summarise) });
  return emit(told, { kind: 'answer', question });
}

function answer(
  draft: Draft,
  { question, answer }: Extract<Conversation, { readonly type: 'answered' }>,
): Draft | Refusal {
  if (!isOpen(draft, question)) return refuse(ANSWERED);
  const questions = draft.incident.questions.filter(({ id }) => id !== question);
  return record(change(draft, { questions }), { kind: 'answered', question, answer });
}

const ANSWERED = 'that question has been answered';

function isOpen({ incident }: Draft, question: string): boolean {
  return incident.questions.some(({ id }) => id === question);
}
