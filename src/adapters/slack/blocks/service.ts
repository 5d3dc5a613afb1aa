import type { KnownBlock } from '@slack/types';

/** What the card and the thread may say of a service, from the service registry. */
export interface ServiceCard {
  readonly name: string;
  /** Slack ids of people (`U…`) or user groups (`S…`), which are mentioned; anything else is shown as a plain name. */
  readonly owners: readonly string[];
  /** Web addresses. */
  readonly dashboards: readonly string[];
}

/** The incident in whose thread another one is told. */
export interface Host {
  readonly incident: string;
  /** The name of what it is about. */
  readonly subject: string;
  /** When it closed; epoch milliseconds. */
  readonly closed: number | null;
  /** The incident that first showed that its end did not last. */
  readonly relapsed: string | null;
}

/** A message as Slack takes it: `text` is what a notification and a screen reader say. */
export interface Message {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** The same in blocks that every Slack takes: posted where Slack refuses the modern ones. Absent where all are old. */
  readonly classic?: readonly KnownBlock[];
  /** All of it in one line, where the text does not say it: for those who read it late. */
  readonly short?: string;
}
