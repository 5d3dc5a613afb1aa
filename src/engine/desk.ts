import type { Person } from '../approval/person.ts';
import type { PlanAction } from '../incident/event.ts';

/** What to tell the person who acted, in Slack's mrkdwn; shown to them alone. `null` says nothing. */
export interface Reply {
  readonly text: string | null;
}

/**
 * Where people's wishes arrive, whatever chat system carries them. Each call returns after the change is committed, or
 * with the reason why it was not. `once` names the delivery: the same one again changes nothing and gets an answer anyway.
 */
export interface Desk {
  act(input: {
    readonly incident: string;
    readonly action: PlanAction;
    /** The plan the button belonged to; null for a reaction, which means the current one. */
    readonly plan: string | null;
    /** Mark of the dry run that stood beside the button; null where none did, absent where nobody knows. */
    readonly diff?: string | null;
    readonly by: Person;
    readonly reason: string | null;
    readonly once: string;
  }): Promise<Reply>;
  /** `/diagnose <service or free text>`. */
  diagnose(input: { readonly text: string; readonly by: Person; readonly once: string }): Promise<Reply>;
  /** `/heal ...`. */
  heal(input: { readonly text: string; readonly by: Person; readonly once: string }): Promise<Reply>;
}
