import type { Incident } from '../../../../../incident/model/incident.ts';
import { fitBlocks, LIMITS, weight } from '../limits.ts';
import { clipMarked, context, counted, section, sections, time } from '../text.ts';
import type { ThreadMessage } from './story/thread.ts';
import { standsBefore } from './story/thread.ts';
import { verificationKey } from './story/thread-keys.ts';

/** What could not be told for this long is told in short; milliseconds. */
const LONG_AGO = 600_000;
/** The most lines that one catch-up tells. */
const MOST_LINES = 40;
/** What the note of what is left out and the frames of the sections take up at most. */
const FRAMES = 600;

/**
 * Which messages that do not stand yet are told in one catch-up instead of one by one: where several are missing, and the
 * oldest has been for long, as after an outage. What people need in full in order to decide is never among them.
 *
 * @param stands whether a message stands already, in a catch-up or by itself
 */
export function toFold(
  incident: Incident,
  messages: readonly ThreadMessage[],
  stands: (key: string) => boolean,
  now: number,
): readonly string[] {
  const missing = messages.filter(({ key }) => !stands(key) && !neededInFull(incident, key));
  const oldest = missing[0];
  if (oldest === undefined || missing.length < 2 || now - oldest.began < LONG_AGO) return [];
  return missing.map(({ key }) => key);
}

/** Whether a message is about what the incident is at now, so that people need all of it, or it still changes. */
export function neededInFull({ phase, questions }: Incident, key: string): boolean {
  // Whoever asked is still to be answered, in a message that can grow.
  if (questions.some(({ id }) => key === `question-${id}`)) return true;
  switch (phase.at) {
    case 'waiting':
      return standsBefore(phase.decided.plan.id, key) || asksFor(phase.decided.plan.id, key);
    case 'preparing':
    case 'reproving':
    case 'starting':
      return standsBefore(phase.decided.plan.id, key);
    case 'executing':
    case 'rolling-back':
      return key === `attempt-${phase.attempt}`;
    case 'verifying':
      return key === verificationKey(phase.decided.plan.id, phase.after.kind === 'rollback');
    default:
      return false;
  }
}

/** Whether a message calls people to decide on this plan. */
function asksFor(plan: string, key: string): boolean {
  return [`approval-${plan}`, `reminder-${plan}`].some((call) => key === call || key.startsWith(`${call}-`));
}

/**
 * Several messages in one: a line for each, with its time. A person who is still needed is called by it before all else, and
 * sees it in the channel; nobody else is called, however often somebody would have been.
 */
export function catchUp(incident: Incident, folded: readonly ThreadMessage[], key: string): ThreadMessage {
  const call = incident.phase.at === 'escalated' ? folded.findLast(isCall) : undefined;
  const [first, last] = [folded[0]?.began ?? 0, Math.max(0, ...folded.map(({ newest }) => newest))];
  const head = `What happened from ${time(first, 'day')} to ${time(last, 'day')}, told late and in short`;
  const above = [
    ...(call ? [section(clipMarked(`${time(call.began)} ${call.text}`, 1200))] : []),
    section(`:fast_forward: *${head}*`),
  ];
  const below = context('The card shows how it stands now. The whole record is kept.');
  const rest = folded.filter((message) => message !== call);
  const lines = newestThatFit(
    rest.map((message) => clipMarked(`${time(message.began)} ${uncalled(message)}`, 600)),
    LIMITS.message - weight([...above, ...below]) - FRAMES,
  );
  const left = rest.length - lines.length;
  return {
    key,
    seq: Math.max(0, ...folded.map(({ seq }) => seq)),
    began: first,
    newest: last,
    text: clipMarked(call?.text ?? `${head}: ${counted(folded.length, 'message')}`, LIMITS.fallback),
    blocks: fitBlocks([
      ...above,
      ...sections([...(left > 0 ? [`_… ${counted(left, 'earlier message')} left out_`] : []), ...lines]),
      ...below,
    ]),
    ...(call ? { broadcast: true } : {}),
  };
}

/** The end of the lines that a message has room for. What is newest matters most. */
function newestThatFit(lines: readonly string[], room: number): readonly string[] {
  let used = 0;
  const older = lines.findLastIndex((line, index) => {
    used += weight(line);
    return used > room || lines.length - index > MOST_LINES;
  });
  return lines.slice(older + 1);
}

function isCall({ key }: ThreadMessage): boolean {
  return key.startsWith('escalated');
}

/** Without the owners whom the message called: what it called them for is past. */
function uncalled(message: ThreadMessage): string {
  const { short, text } = message;
  return isCall(message) ? text.replace(/(?:<[@!][^>]+> )+(?=A person is needed)/, '') : (short ?? text);
}
