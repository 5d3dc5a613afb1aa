import { cutWholeWords } from '../../lib/text/cut.ts';
import { code, day, type Said, say } from '../../lib/text/text.ts';
import type { Seen } from './blindness.ts';

/**
 * Why something that a sender brought was never heard: it left alerts out itself, an alert could not be read, a whole body could not be,
 * or was larger than Medic reads.
 */
export type LossReason = 'truncated' | 'unreadable' | 'malformed' | 'too-large';

/** Remembers what was lost until people have been told, whichever replica lost it and whatever becomes of it. */
export interface Losses {
  /** @param count alerts, or bodies of which nobody knows how many alerts were in them */
  lost(reason: LossReason, count: number): Promise<void>;
}

/** What people are told in the channel that is about no incident. Times are epoch milliseconds. */
export type Notice =
  | {
      readonly kind: 'lost';
      readonly reason: LossReason;
      readonly count: number;
      readonly since: number;
      readonly at: number;
    }
  | {
      /** An alert that always fires, so that its silence says something, has not come. */
      readonly kind: 'silent';
      readonly name: string;
      /** From where it comes, in its labels; may be empty. */
      readonly from: string;
      readonly last: number;
      /** How often it came, milliseconds; null where it had come only once. */
      readonly every: number | null;
      readonly at: number;
    }
  | {
      /** A part that Medic sees or acts with cannot be asked, and what that means. */
      readonly kind: 'blind';
      readonly about: Seen;
      /** How people know it; an older Medic wrote none. */
      readonly what?: string;
      readonly words: string;
      readonly since: number;
      readonly at: number;
    }
  | {
      readonly kind: 'sighted';
      readonly about: Seen | 'memory';
      readonly what?: string;
      readonly since: number;
      readonly back: number;
      /** Nobody saw when it came back: it may have been back long before. */
      readonly latest?: boolean;
      readonly at: number;
    }
  | {
      readonly kind: 'back';
      readonly name: string;
      readonly from: string;
      /** When it had come last before. */
      readonly last: number;
      readonly at: number;
    };

/** A notice that people are owed. */
export interface OwedNotice {
  readonly id: string;
  readonly notice: Notice;
  /** Whether somebody began to tell it, who may have died over it: it may stand there already. */
  readonly begun: boolean;
}

/** The notices that are owed, kept where every replica finds them until each has been told. */
export interface Notices {
  /** Owes what was lost, each reason at most once in `every` milliseconds; what is lost meanwhile is told together. */
  owe(every: number): Promise<void>;
  /** Oldest first. */
  owed(): Promise<readonly OwedNotice[]>;
  /** Says that somebody begins to tell it now. */
  begin(id: string): Promise<void>;
  settle(id: string): Promise<void>;
}

/** How often people are told of each kind of loss, at most; milliseconds. */
const EVERY = 600_000;

/** Tells people in the channel. Rejects where the chat did not take it. With `mayStand` it looks first whether it stands there already. */
export type Announce = (
  id: string,
  text: Said,
  how: { readonly at: number; readonly mayStand: boolean },
) => Promise<void>;

/**
 * Tells what is owed, one after the other, and strikes each when it stands. What cannot be told stays owed. Runs regularly, in one
 * replica at a time.
 */
export async function tellNotices(notices: Notices, announce: Announce): Promise<void> {
  await notices.owe(EVERY);
  for (const { id, notice, begun } of await notices.owed()) {
    if (!begun) await notices.begin(id);
    await announce(id, wordsOf(notice), { at: notice.at, mayStand: begun });
    await notices.settle(id);
  }
}

/** A notice as people read it. */
export function wordsOf(notice: Notice): Said {
  switch (notice.kind) {
    case 'lost':
      return say`${lossWords(notice)} The first of them came at ${day(notice.since)}.`;
    case 'silent':
      return silenceWords(notice);
    case 'back':
      return say`${nameOf(notice)} has come again. It had been missing since ${day(notice.last)}: look for alerts of that time in Alertmanager.`;
    case 'blind':
      return say`${blindWords(notice)} ${notice.words}`;
    case 'sighted':
      return sightedWords(notice);
    default:
      return notice satisfies never;
  }
}

function blindWords({ about, what, since }: Notice & { kind: 'blind' }): Said {
  return about === 'runner'
    ? say`No runner has been heard of since ${day(since)}.`
    : say`${what ?? about} has given Medic no usable answer since ${day(since)}.`;
}

function sightedWords({ about, what, since, back, latest }: Notice & { kind: 'sighted' }): Said {
  const who = about === 'memory' ? 'Redis' : (what ?? about);
  const again = about === 'runner' ? say`A runner is heard of again` : say`${who} answers again`;
  const missed =
    about === 'memory' ? ' Alertmanager sends again what Medic could not take; other senders may not.' : '';
  return latest === true
    ? say`${again}, since ${day(back)} at the latest. Medic had been without it since ${day(since)}.${missed}`
    : say`${again}. Medic had been without it since ${day(since)}, for ${duration(back - since)}.${missed}`;
}

function lossWords({ reason, count }: Notice & { kind: 'lost' }): Said {
  switch (reason) {
    case 'truncated':
      return say`${counted(count, 'alert')} did not reach Medic, each counted whenever it was due: Alertmanager left them out of its webhooks. Raise ${code('max_alerts')} in its ${code('webhook_configs')}, or remove it.`;
    case 'unreadable':
      return say`${counted(count, 'alert')} could not be read and ${count === 1 ? 'was' : 'were'} not heard. Medic’s log says which and why.`;
    case 'malformed':
      return say`${counted(count, 'webhook')} could not be read at all, so the alerts in ${count === 1 ? 'it were' : 'them were'} not heard. The answer to the sender and Medic’s log say why.`;
    case 'too-large':
      return say`${counted(count, 'webhook')} ${count === 1 ? 'was' : 'were'} larger than Medic reads, so the alerts in ${count === 1 ? 'it were' : 'them were'} not heard. Set ${code('max_alerts: 1000')} in Alertmanager’s ${code('webhook_configs')}, or group by more labels (${code('group_by')}).`;
    default:
      return reason satisfies never;
  }
}

function silenceWords(notice: Notice & { kind: 'silent' }): Said {
  const usual =
    notice.every === null
      ? say`It has come only once: where Alertmanager repeats it less often, shorten its ${code('repeat_interval')} or raise ${code('watchdog.after')}.`
      : `It used to come every ${duration(notice.every)}.`;
  return say`${nameOf(notice)} has not come since ${day(notice.last)}: alerts may not reach Medic. ${usual} See whether Prometheus and Alertmanager run, and whether Alertmanager can reach Medic.`;
}

function nameOf({ name, from }: { readonly name: string; readonly from: string }): string {
  const plain = (text: string) => cutWholeWords(text, 120);
  return from === '' ? `The alert ${plain(name)}` : `The alert ${plain(name)} (${plain(from)})`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 120) return `${seconds} seconds`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} minutes` : `${Math.round(minutes / 60)} hours`;
}
