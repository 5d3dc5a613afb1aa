import type { ModalView } from '@slack/types';
import type { Incident } from '../../../../../incident/model/incident.ts';
import type { TimelineEntry } from '../../../../../incident/model/timeline.ts';
import { callLines } from '../card/call-lines.ts';
import { releaseLine } from '../card/found-lines.ts';
import { nextStep } from '../card/next-step.ts';
import { notification } from '../card/notification.ts';
import { headingOf } from '../card/status.ts';
import { capital, clipMarked, context, counted, section, sections, time } from '../text.ts';
import { threadMessages } from '../thread/story/thread.ts';
import { modal } from './parts.ts';

/** As many moments as somebody reads who has just come. */
const MOMENTS = 20;

/** For somebody who comes late: how it stands now, what comes next, who is on it, and what happened so far, by the record. */
export function catchUpView(incident: Incident, timeline: readonly TimelineEntry[], now: number): ModalView {
  const told = threadMessages(incident, timeline);
  const left = told.length - MOMENTS;
  const moments = told
    .slice(-MOMENTS)
    .map(({ began, short, text }) => clipMarked(`• ${time(began)} ${short ?? text}`, 500));
  const [first, ...rest] = nextStep(incident, now);
  // Why a person is called stands under what is now.
  const step = incident.phase.at === 'escalated' ? 'a person takes over' : first;
  const next = step === undefined ? [] : [`*Next:* ${step}`, ...rest.map(capital)];
  return modal({
    callback: 'notice',
    carries: { c: '' },
    title: 'Catch me up',
    blocks: [
      section(
        `*Now:* ${notification(incident, headingOf(incident).word, incident.subject.name)}`,
        ...releaseLine(incident),
        ...next,
        ...callLines(incident),
      ),
      section('*So far:*'),
      ...sections([
        ...(left > 0 ? [`_… ${counted(left, 'earlier message')} in the thread_`] : []),
        ...moments,
      ]),
      ...context(`From the record, as it stood at ${time(now)}. The thread has all of it.`),
    ],
  });
}
