import type { KnownBlock } from '@slack/types';
import type { Overview } from '../../../../../desk/overview.ts';
import type { Incident } from '../../../../../incident/model/incident.ts';
import { traitsOf } from '../../../../../incident/model/phases.ts';
import type { TrackRecord } from '../../../../../knowledge/track-record.ts';
import { callLines } from '../card/call-lines.ts';
import { nextStep } from '../card/next-step.ts';
import { headingOf, SEVERITY } from '../card/status.ts';
import { clip, fitLines, LIMITS } from '../limits.ts';
import {
  clipMarked,
  code,
  context,
  counted,
  link,
  mrkdwn,
  section,
  sentence,
  span,
  time,
  words,
} from '../text.ts';
import { automation } from './home-automation.ts';
import { button, left, linesOr, remarks } from './home-parts.ts';

/** The block that says when all this was drawn, and the one that answers what the person has just done. Neither is news. */
const PASSING: ReadonlySet<string> = new Set(['home:drawn', 'home:notice']);

/** As many of each as are shown; the rest is counted. */
const MOST = { mine: 10, open: 20, lines: 10, tracks: 15 } as const;

export interface HomeView {
  /** The address of a thread; null where it is not known. */
  threadUrl(incident: Incident): string | null;
  /** What became of the button that the person has just pressed. */
  readonly notice: string | null;
}

/** What a person finds in Medic's Home tab: what waits for them first, and then how things stand. At most 100 blocks. */
export function home(overview: Overview, view: HomeView): KnownBlock[] {
  const { mine, open, troubles, closed, track, now, pausedBy } = overview;
  const waits = new Set(mine.map(({ incident }) => incident.id));
  const others = open.filter(({ id }) => !waits.has(id)).toSorted((a, b) => urgency(a) - urgency(b));
  const count = counter();
  return [
    ...noticeOf(view.notice),
    ...(mine.length > 0 ? [header('Waiting for you')] : []),
    ...many(mine, MOST.mine, ({ incident, why }) => entry(incident, sentence(why, 600), view, count())),
    header(mine.length > 0 ? 'Also open' : 'Open incidents'),
    ...many(others, MOST.open, (incident) => entry(incident, stepOf(incident, now, pausedBy), view, count())),
    ...(others.length === 0 ? [section(quiet(mine.length))] : []),
    ...(troubles.length > 0 ? [header('Medic’s own health'), remarks(troubles, ':warning: ')] : []),
    header('What Medic may do'),
    ...automation(overview),
    header('Lately'),
    section(
      ...linesOr(
        closed,
        MOST.lines,
        (one) => ended(one, view),
        'Nothing has ended lately. Closed incidents show up here.',
      ),
    ),
    header('Playbook track record'),
    section(...linesOr(track, MOST.tracks, trackLine, 'No playbook has run lately.')),
    drawn(now),
  ];
}

/** What a person finds while Medic's memory cannot be read. */
export function brokenHome(now: number): KnownBlock[] {
  return [
    header('Medic cannot read its memory'),
    section(
      ':warning: Medic knows nothing at the moment, because its Redis does not answer. Nothing is lost: what was acknowledged is kept, and goes on when Redis is back.',
      'Press Refresh in a moment. If it stays so, look at Medic’s `/readyz` and its log.',
    ),
    { type: 'actions', elements: [button('home:refresh', 'Refresh')] },
    drawn(now),
  ];
}

/** All that is news in it: two that differ in nothing else say the same. */
export function newsIn(blocks: readonly KnownBlock[]): readonly KnownBlock[] {
  return blocks.filter(({ block_id: id }) => id === undefined || !PASSING.has(id));
}

function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text: clip(text, LIMITS.header) } };
}

function noticeOf(notice: string | null): KnownBlock[] {
  if (notice === null) return [];
  return [{ ...section(clipMarked(`:speech_balloon: ${notice}`, LIMITS.section)), block_id: 'home:notice' }];
}

function drawn(now: number): KnownBlock {
  const text = `As of ${time(now, 'day')}. Updates live for half an hour; then press Refresh.`;
  return { type: 'context', block_id: 'home:drawn', elements: [{ type: 'mrkdwn', text, verbatim: true }] };
}

function quiet(mine: number): string {
  return mine > 0 ? 'Nothing else is open.' : ':white_check_mark: All is quiet: no incident is open.';
}

/** Who needs a person comes first, and what rests comes last. */
function urgency({ phase }: Incident): number {
  const { people, life } = traitsOf(phase);
  if (people !== 'none') return people === 'needed' ? 0 : 1;
  return life === 'works' ? 2 : 3;
}

/** One incident: what it is about, how it stands, what comes next, and the way to its thread. */
function entry(incident: Incident, next: string, { threadUrl }: HomeView, nth: number): KnownBlock {
  const { subject, severity, milestones } = incident;
  const status = headingOf(incident);
  const { emoji, word } = SEVERITY[severity];
  const url = threadUrl(incident);
  const lines = [
    `${emoji} *${words(subject.name, 100)}* (${words(subject.environment, 60)}), ${word}, since ${time(milestones.opened, 'day')}`,
    `${status.emoji} *${status.word}*: ${next}`,
    ...callLines(incident),
  ];
  return {
    type: 'section',
    text: mrkdwn(fitLines(lines, LIMITS.section)),
    ...(url === null ? {} : { accessory: button(`home:open-${nth}`, 'Open thread', { url }) }),
  };
}

/** What comes next, and when. It counts nothing down, so that it stays true until something happens. */
function stepOf(incident: Incident, now: number, pausedBy: string | null): string {
  const { phase } = incident;
  if (
    pausedBy === null &&
    phase.at === 'waiting' &&
    phase.for === 'window' &&
    phase.held === null &&
    phase.deadline !== null
  )
    return `runs at ${time(phase.deadline)} unless someone objects`;
  return clipMarked(
    nextStep(incident, now, { pausedBy }).slice(0, 2).join('; ') || words(incident.title, 200),
    900,
  );
}

function ended(incident: Incident, { threadUrl }: HomeView): string {
  const { subject, milestones } = incident;
  const status = headingOf(incident);
  const url = threadUrl(incident);
  const { opened, closed } = milestones;
  const figures = closed === null ? '' : ` after ${span(closed - opened)}, ${time(closed, 'day')}`;
  return `${status.emoji} ${url === null ? `*${words(subject.name, 100)}*` : `*${link(url, subject.name)}*`}: ${status.word}${figures}`;
}

function trackLine({
  playbook,
  runs,
  helped,
  medianTime,
  didNotHelp,
  didNotLast,
  unknown,
  calledWrong,
}: TrackRecord): string {
  const parts = [
    `${helped} of ${runs} helped`,
    medianTime === null ? '' : `usually in ${span(medianTime)}`,
    didNotHelp > 0 ? `${didNotHelp} did not help` : '',
    didNotLast > 0 ? `${didNotLast} did not last` : '',
    unknown > 0 ? `${unknown} unknown` : '',
    calledWrong > 0 ? `diagnosis called wrong ${counted(calledWrong, 'time')}` : '',
  ];
  return `• ${code(playbook, 100)}: ${parts.filter((part) => part !== '').join(', ')}`;
}

function many<One>(list: readonly One[], most: number, block: (one: One) => KnownBlock): KnownBlock[] {
  return [...list.slice(0, most).map(block), ...left(list.length - most).flatMap((line) => context(line))];
}

function counter(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count;
  };
}
