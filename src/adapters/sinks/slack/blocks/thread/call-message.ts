import { openCall, unansweredCall } from '../../../../../incident/model/call.ts';
import type { Incident } from '../../../../../incident/model/incident.ts';
import { takeButton } from '../card/buttons.ts';
import { rungLine, takenBy, whoIs } from '../card/call-lines.ts';
import { SEVERITY } from '../card/status.ts';
import { readable } from '../plain.ts';
import type { Message } from '../service.ts';
import { capital, mention, section, sentence, time, words } from '../text.ts';
import { answeredByRecovery } from './answered.ts';
import { type Called, mentioned } from './story/event-messages.ts';
import { last, type ThreadSection } from './thread-section.ts';

/** Nobody was on it: who is told now. Whoever is mentioned can say so right here. */
export function calledMessage(chapter: ThreadSection, incident: Incident): Message {
  const told = last(chapter, 'called');
  const { call = 0, tell = '', sink = '', who = [], at = 0 } = told ?? {};
  if (sink !== 'slack') return sinkMessage(incident, { call, tell, sink, at });
  const open = isWaitedFor(incident, call);
  const say = (mark: '' | '*') => `${whoIs(tell, who)} ${needOf(incident, mark)}. Nobody is on it yet`;
  const answered = answeredByRecovery(incident);
  if (answered !== null)
    return endedMessage(incident, answered, `a person was called at ${time(at, 'clock')}`);
  if (!open) {
    const over = `${whoIs(tell, who)} called at ${time(at, 'clock')}: ${needOf(incident, '')}. No answer is needed any more`;
    return { named: true, moot: true, text: over, blocks: [section(`:bell: ${over}`)] };
  }
  return {
    named: true,
    text: say(''),
    blocks: [section(`:bell: ${say('*')}`), ...takeButton(incident)],
  };
}

/** It recovered: whoever was called need not come, and is not named where that would call them once more. */
function endedMessage({ subject, severity }: Incident, answered: string, was: string): Message {
  const text = `${answered}; ${was} for ${words(subject.name, 100)} (${SEVERITY[severity].word})`;
  return { named: true, moot: true, text, blocks: [section(`:white_check_mark: ${text}`)] };
}

function sinkMessage(
  incident: Incident,
  {
    call,
    tell,
    sink,
    at,
  }: { readonly call: number; readonly tell: string; readonly sink: string; readonly at: number },
): Message {
  const known = incident.call?.nth === call ? incident.call.told.find((one) => one.sink === sink) : undefined;
  const line = known === undefined ? null : rungLine(known);
  const text = capital(line ?? rungLine({ tell, sink, who: [], at, confirmed: at }));
  return { text, blocks: [section(`:bell: Nobody was on it. ${text}`)] };
}

/** Somebody is on it: nobody else is told. */
export function takenMessage(chapter: ThreadSection, incident: Incident): Message {
  const told = last(chapter, 'call-taken');
  const name = words(incident.subject.name, 100);
  const text = `${takenBy(told ?? { by: '', via: '' })} is on it: ${name}`;
  return { named: true, text, blocks: [section(`:raised_hand: ${text}`)] };
}

/** Somebody asks another person to take it over: that person is mentioned, and can say so right here. */
export function handedMessage(chapter: ThreadSection, incident: Incident): Message {
  const { to = '', by = '', call = 0 } = last(chapter, 'call-handed') ?? {};
  const open = openCall(incident);
  const waits = open?.nth === call && open.handed?.to === to;
  const say = (mark: '' | '*') =>
    `${mention(to)} ${mention(by)} asks you to take over: ${needOf(incident, mark)}`;
  if (waits)
    return {
      named: true,
      text: say(''),
      blocks: [section(`:handshake: ${say('*')}`), ...takeButton(incident)],
    };
  const over = `${mention(by)} asked ${mention(to)} to take over ${words(incident.subject.name, 100)}`;
  return { named: true, moot: true, text: over, blocks: [section(`:handshake: ${over}`)] };
}

/** Whoever was on it is so no more, and somebody else is looked for from the beginning. */
export function droppedMessage(chapter: ThreadSection, called: Called): Message {
  const told = last(chapter, 'call-dropped');
  const { incident } = called;
  const answered = answeredByRecovery(incident);
  if (answered !== null) return endedMessage(incident, answered, 'nobody was on it any more');
  const open = isWaitedFor(incident, told?.call ?? 0);
  const who = open ? mentioned(called) : '';
  const by = takenBy(told ?? { by: '', via: '' });
  const say = (mark: '' | '*') =>
    `${who}Nobody is on it any more, says ${by}. ${capital(needOf(incident, mark))}`;
  return {
    named: true,
    text: say(''),
    ...(open ? {} : { moot: true as const }),
    blocks: [section(`:bell: ${say('*')}`), ...(open ? takeButton(incident) : [])],
  };
}

function isWaitedFor(incident: Incident, nth: number): boolean {
  return unansweredCall(incident)?.nth === nth;
}

/** What a person is needed for, in one line. */
function needOf({ subject, severity, phase }: Incident, mark: '' | '*'): string {
  const reason = phase.at === 'escalated' ? `: ${sentence(phase.reason, 600, readable)}` : '';
  const what = phase.at === 'waiting' ? 'somebody has to decide on' : 'a person is needed for';
  return `${what} ${mark}${words(subject.name, 100)}${mark} (${SEVERITY[severity].word})${reason}`;
}
