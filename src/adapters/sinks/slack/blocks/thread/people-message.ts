import { waitsForPeople } from '../../../../../incident/model/holds.ts';
import type { Incident } from '../../../../../incident/model/incident.ts';
import { currentPlan } from '../../../../../incident/model/phases.ts';
import { judgementLine } from '../card/card-footer.ts';
import type { Message } from '../service.ts';
import { capital, mention, sections, time, words } from '../text.ts';
import { all, last, type ThreadSection } from './thread-section.ts';

/** What people made of the diagnosis, newest last. */
export function judgedMessage(chapter: ThreadSection): Message {
  const lines = all(chapter, 'judged').map(({ at, judgement }) => {
    const emoji = judgement.verdict === 'right' ? ':white_check_mark:' : ':x:';
    return `${time(at, 'clock')} ${emoji} ${capital(judgementLine(judgement))}`;
  });
  const newest = last(chapter, 'judged')?.judgement;
  return {
    text: newest ? capital(judgementLine(newest)) : 'What people made of the diagnosis',
    blocks: sections(lines.slice(-20)),
  };
}

const STANDS = {
  held: 'Your hold goes on: it runs only once somebody resumes it',
  asks: 'It runs only once somebody approves it',
  rests: 'It is not run',
} as const;

/** Somebody chose another fix in place of the plan that another person holds: that person hears of it, since an edit reaches nobody. */
export function holdKeptMessage(chapter: ThreadSection, incident: Incident): Message {
  const {
    plan = '',
    holder = '',
    by = '',
    title = '',
    stands: told = 'held',
  } = last(chapter, 'hold-kept') ?? {};
  // The look that came after it may have put the plan before people.
  const asks = waitsForPeople(incident.phase) && currentPlan(incident)?.plan.id === plan;
  const stands = told === 'held' && asks ? 'asks' : told;
  const chose = `${mention(holder)}: ${mention(by)} chose another fix in place of the plan you hold`;
  return {
    text: `${chose}: ${words(title, 150)}. ${STANDS[stands]}`,
    blocks: sections([`:raised_hand: ${chose}: *${words(title, 150)}*. ${STANDS[stands]}.`]),
  };
}
