import { canHaveHelped, type Incident, type VerifyAfter } from '../../../../../incident/model/incident.ts';
import type { TimelineEntry } from '../../../../../incident/model/timeline.ts';
import type { CheckAnswer, Outcome, Sample } from '../../../../../verification/outcome.ts';
import { ANSWER, OUTCOME, type Status } from '../card/status.ts';
import { readable } from '../plain.ts';
import type { Message } from '../service.ts';
import { context, section, sections, time, timely, words } from '../text.ts';
import { all, last, type ThreadSection } from './thread-section.ts';

const QUESTIONS: Readonly<Record<VerifyAfter['kind'], string>> = {
  fix: 'Did it help?',
  rollback: 'The rollback ran. Is it well now?',
  resolved: 'The alerts resolved by themselves. Is it healthy?',
  'looks-healthy': 'All looks well now. Is the fix still needed?',
};

/** It was undone because it had not helped: health after that is none of its doing. */
const UNDONE: Readonly<Record<Outcome['kind'], Status>> = {
  proven: { emoji: ':white_circle:', word: 'Well since its rollback' },
  refuted: { emoji: ':x:', word: 'Not well after undoing either' },
  unproven: { emoji: ':question:', word: 'Not known whether it is well' },
};

type Watching = Extract<TimelineEntry['happening'], { readonly kind: 'watching' }>;

/** Whether it really recovered: each check as it stands now, how long all have been good, and what was concluded. */
export function verificationMessage(chapter: ThreadSection, incident: Incident): Message {
  const watching = last(chapter, 'watching');
  const outcome = last(chapter, 'outcome')?.outcome ?? null;
  const samples = all(chapter, 'sampled').map((told) => told.sample);
  const newest = outcome?.sample ?? samples.at(-1) ?? null;
  const why = QUESTIONS[watching?.why ?? 'fix'];
  const end =
    outcome === null ? null : ending(outcome, watching?.why ?? 'fix', watching?.plan ?? '', incident);
  return {
    text: outcome && end ? `${end.word}: ${words(outcome.reason, 300)}` : why,
    blocks: [
      section(
        `:stethoscope: *${why}*${watching && !outcome ? ` ${howFar(watching, newest, incident)}` : ''}`,
      ),
      ...sections(newest ? answers(newest) : []),
      ...(outcome && end ? [section(`${end.emoji} *${end.word}:* ${words(outcome.reason, 800)}`)] : []),
      ...context(progress(samples, outcome === null && !isWatched(watching, incident))),
    ],
  };
}

/** Until when it is watched, or that something else came first: what was told first is no longer so then. */
function howFar(watching: Watching, newest: Sample | null, { phase }: Incident): string {
  if (phase.at === 'verifying' && isWatched(watching, { phase }))
    return `Watching until ${time(phase.deadline)} at the latest`;
  return newest === null
    ? 'Not checked: something else came first'
    : `No answer: the watch ended early. Last checked at ${time(newest.at)}:`;
}

/** Whether this is what goes on now; it was broken off otherwise. */
function isWatched(watching: Watching | null, { phase }: Pick<Incident, 'phase'>): boolean {
  if (watching === null || phase.at !== 'verifying' || phase.decided.plan.id !== watching.plan) return false;
  return (phase.after.kind === 'rollback') === (watching.why === 'rollback');
}

/** Health after an attempt that cannot be what helped is no proof of it. */
function ending(outcome: Outcome, why: VerifyAfter['kind'], plan: string, { attempts }: Incident): Status {
  if (why === 'rollback') return UNDONE[outcome.kind];
  const fix = attempts.findLast((one) => one.plan === plan && one.purpose === 'fix');
  const helped = why !== 'fix' || fix === undefined || canHaveHelped(fix.result);
  if (outcome.kind !== 'proven' || helped) return OUTCOME[outcome.kind];
  // What an attempt that was broken off has done before, nobody knows.
  const ended = fix.result?.kind === 'failed' || fix.result?.kind === 'succeeded';
  return {
    emoji: ':white_circle:',
    word: ended ? 'Healthy, but not by the fix' : 'Healthy, though the fix did not finish',
  };
}

/** Two checks that rest on one reading say the same, and are no two signs of health: it is told once. */
function answers(sample: Sample): string[] {
  const said = sample.answers.map(
    (one) => `${ANSWER[one.answer].emoji} ${ANSWER[one.answer].word}: ${timely(saidOf(one), 300)}`,
  );
  return [...new Set(said)].slice(0, 12);
}

/** A check in words; the name of a metric stands for the question that was asked of it. */
function saidOf({ check, words: said }: CheckAnswer): string {
  if (!('metric' in check)) return readable(said);
  const { query } = check.metric;
  const name = /[A-Za-z_:][\w:]*_[\w:]+/.exec(query)?.[0] ?? 'the metric';
  return said.startsWith(`\`${query}\``) ? `${name}${said.slice(query.length + 2)}` : said;
}

/** Since when all has been good. It changes seldom, so that a check every second is not an edit every second. */
function progress(samples: readonly Sample[], brokenOff: boolean): string {
  if (brokenOff) return '';
  const lastBad = samples.findLastIndex(({ answers }) => answers.some(({ answer }) => answer !== 'good'));
  const firstGood = samples[lastBad + 1];
  return firstGood ? `All good since ${time(firstGood.at)}` : '';
}
