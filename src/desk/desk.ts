import type { Person } from '../approval/person.ts';
import type { PlanAction } from '../incident/model/event.ts';
import type { Incident } from '../incident/model/incident.ts';
import type { TimelineEntry } from '../incident/model/timeline.ts';
import type { Said } from '../lib/text/text.ts';
import type { Choices } from './choices.ts';
import type { Overview } from './overview.ts';

/** What to tell the person who acted, and them alone. `null` says nothing. */
export interface Reply {
  readonly text: Said | null;
  /** What is wrong with single values of a dialog, by parameter; then nothing was changed. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Nothing was done, for the reason that the text gives; a dialog stays open with it. */
  readonly refused?: true;
  /** What was done concerns everybody in the channel it was done in (a pause, a mode, a silence), so all may read the text. */
  readonly forEverybody?: true;
  /** The incident that it is about, where the person may want to follow it. */
  readonly incident?: string;
}

interface Wish {
  readonly by: Person;
  /** Names the delivery: the same one again changes nothing and gets an answer anyway. */
  readonly once: string;
}

/** How far an incident is, for somebody who waits for it. */
export interface Progress {
  /** In one line. */
  readonly text: Said;
  /** Whether nothing more is to be expected soon: it is diagnosed, or has come to rest. */
  readonly settled: boolean;
}

/** An incident with its record. */
export interface ToldSoFar {
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  /** The clock of record, epoch milliseconds. */
  readonly now: number;
}

/** Something of an incident's record that is too long for the thread. */
export type Part =
  /** Null for the newest round. */
  | { readonly kind: 'evidence'; readonly round: number | null }
  | { readonly kind: 'question'; readonly question: string }
  | { readonly kind: 'dry-run'; readonly plan: string };

/** A part of the record in full: texts under headings. */
export interface FullRecord {
  readonly title: string;
  readonly sections: readonly {
    readonly heading: string;
    /** In a few words: the source, the question asked, the time. */
    readonly note: string | null;
    readonly text: string;
    readonly link: string | null;
  }[];
}

/**
 * Where people's wishes arrive, whatever chat system carries them. Each call returns after the change is committed, or
 * with the reason why it was not.
 */
export interface Desk {
  act(
    input: Wish & {
      readonly incident: string;
      readonly action: PlanAction;
      /** The plan the button belonged to; null for a reaction, which means the current one. */
      readonly plan: string | null;
      /** Mark of the dry run that stood beside the button; null where none did, absent where nobody knows. */
      readonly diff?: string | null;
      readonly reason: string | null;
    },
  ): Promise<Reply>;
  /** Says that they are on what a person was called for. */
  take(input: Wish & { readonly incident: string }): Promise<Reply>;
  /** Asks another person, by their id, to take over what somebody was called for. */
  handOver(input: Wish & { readonly incident: string; readonly whom: string }): Promise<Reply>;
  /** A silence of Medic's own: of the alerts of an incident that fire, or of all that is about its service. */
  silence(
    input: Wish & {
      readonly incident: string;
      readonly scope: 'alerts' | 'service';
      /** Milliseconds. */
      readonly duration: number;
      readonly reason: string | null;
    },
  ): Promise<Reply>;
  /** Another plan in place of the one that stands there: other values, or another playbook. */
  replan(
    input: Wish & {
      readonly incident: string;
      readonly plan: string | null;
      readonly playbook: string;
      readonly parameters: Readonly<Record<string, string>>;
    },
  ): Promise<Reply>;
  /** Says that the diagnosis was right or wrong, and what it really was. */
  judge(
    input: Wish & {
      readonly incident: string;
      /** The round of the diagnosis they had before them; absent where nobody knows. */
      readonly round?: number | undefined;
      readonly verdict: 'right' | 'wrong';
      readonly really: string | null;
    },
  ): Promise<Reply>;
  /** A question in an incident's thread; its answer comes into the thread. */
  ask(input: Wish & { readonly incident: string; readonly text: string }): Promise<Reply>;
  /** `/diagnose <service or free text>`. */
  diagnose(input: Wish & { readonly text: string }): Promise<Reply>;
  /** `/heal ...`. */
  heal(input: Wish & { readonly text: string }): Promise<Reply>;

  /** What may be chosen instead of the plan that stands there; null where there is no such incident. */
  choices(input: {
    readonly incident: string;
    /** The playbook whose fields are wanted; null for that of the current plan. */
    readonly playbook: string | null;
    /** Who chooses, by their id. */
    readonly by: string;
  }): Promise<Choices | null>;
  /** An incident with its record, as it stands now; null where there is no such incident. */
  told(incident: string): Promise<ToldSoFar | null>;
  /** How far an incident is; null where there is no such incident. */
  progress(incident: string): Promise<Progress | null>;
  /** A part of the record in full; null where there is none. */
  record(input: { readonly incident: string; readonly part: Part }): Promise<FullRecord | null>;
  /** What a person finds when they come to Medic: everything at a glance. */
  overview(by: Person): Promise<Overview>;
  /** Names of registered services that begin with or hold the text, best first. */
  services(text: string): readonly string[];
}
