import type { PlanAction } from '../incident/model/event.ts';
import type { Said } from '../lib/text/text.ts';
import type { Field } from '../playbooks/fields.ts';

/** What a person may choose in place of the plan that stands there. */
export interface Choices {
  readonly incident: string;
  /** The plan that stands there; null where there is none. */
  readonly plan: string | null;
  /** The playbook the fields belong to; null where none is chosen yet. */
  readonly playbook: { readonly name: string; readonly title: string; readonly risk: string } | null;
  readonly fields: readonly Field[];
  /** All playbooks that may be chosen, the present one first. */
  readonly playbooks: readonly {
    readonly name: string;
    readonly title: string;
    readonly risk: string;
    readonly description: string;
  }[];
  /** Why nothing may be chosen now, in words; null where something may. */
  readonly refused: Said | null;
  /** When a plan of the chosen playbook would run, as things stand; null where none is chosen. */
  readonly when: Said | null;
  /** Whose wish it is that things stand as they do, where it is somebody else's. */
  readonly wish: Said | null;
  /** What holds the plan back while somebody chooses; null where it waits for a person anyway. */
  readonly hold: PlanAction | null;
}
