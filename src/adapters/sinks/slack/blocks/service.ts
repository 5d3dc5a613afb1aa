import type { KnownBlock } from '@slack/types';
import type { QuietHours } from '../../../../config/settings.ts';
import type { Chart } from '../../../../evidence/chart.ts';

/** What the card and the thread may say of a service, from the service registry. */
export interface ServiceCard {
  readonly name: string;
  /** Slack ids of people (`U…`) or user groups (`S…`), which are mentioned; anything else is shown as a plain name. */
  readonly owners: readonly string[];
  /** Web addresses. */
  readonly dashboards: readonly string[];
  /** The services that depend on it, nearest first; absent where nobody knows. */
  readonly dependants?: readonly string[];
}

/** A server that is written in `medic.yml`, by the host and port of its addresses: links that lead there need no more of a name. */
export interface KnownServer {
  readonly kind: 'Prometheus' | 'Alertmanager';
  readonly host: string;
}

/** Who is there to be called, and when not to be loud. */
export interface Audience {
  /** Slack ids of the people and user groups who may approve. */
  readonly approvers: readonly string[];
  readonly quietHours: QuietHours | null;
}

export const NOBODY: Audience = { approvers: [], quietHours: null };

/** The incident in whose thread another one is told. */
export interface PrimaryIncident {
  readonly incident: string;
  /** The name of what it is about. */
  readonly subject: string;
  /** When it closed; epoch milliseconds. */
  readonly closed: number | null;
  /** The incident that first showed that its end did not last. */
  readonly relapsed: string | null;
}

/** How a message looks while what it tells of is being done, where Slack can show that. */
export interface LiveLook {
  /** The person who waits for it. */
  readonly reader: string;
  /** What stands above the tasks. */
  readonly head: readonly KnownBlock[];
  readonly tasks: readonly {
    readonly id: string;
    readonly title: string;
    readonly state: 'pending' | 'in_progress' | 'complete' | 'error';
    readonly details?: string;
  }[];
}

/** A picture, and what it is called and says. */
export interface Picture {
  readonly chart: Chart;
  readonly title: string;
  /** For those who cannot see it. */
  readonly alt: string;
}

/** A message as Slack takes it: `text` is what a notification and a screen reader say. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** The same in blocks that every Slack takes: posted where Slack refuses the modern ones. Absent where all are old. */
  readonly classic?: readonly KnownBlock[];
  /** It names what it is about: nothing has to say so before it in a thread that several incidents share. */
  readonly named?: true;
  /** All of it in one line, where the text does not say it: for those who read it late. */
  readonly short?: string;
  /** A picture that comes into it once it has been drawn and uploaded; the message says the same without. */
  readonly picture?: Picture;
  /** A call that nobody is waited for any more: where it does not stand, it is not made late. */
  readonly moot?: true;
  /** Set while it is being made, so that people can watch it where Slack has that. */
  readonly live?: LiveLook;
}
