import type { Overflow, PlainTextOption } from '@slack/types';
import type { Incident } from '../../../../../incident/model/incident.ts';
import { currentPlan } from '../../../../../incident/model/phases.ts';
import { LIMITS } from '../limits.ts';

/** What the menu beside the buttons offers. */
export type MenuChoice = 'edit' | 'choose' | 'escalate' | 'right' | 'wrong' | 'evidence';

/** What an option of the menu, and the button that chooses a fix, carry: ids alone. */
export interface MenuValue {
  readonly a: MenuChoice;
  readonly i: string;
  readonly p: string | null;
  /** The round of the diagnosis that is judged. */
  readonly r?: number;
}

const LABELS: Readonly<Record<MenuChoice, string>> = {
  edit: 'Change its values',
  choose: 'Choose another fix',
  escalate: 'Call a person',
  right: 'The cause is right',
  wrong: 'The cause is wrong',
  evidence: 'Show all evidence',
};

/** Slack shows no more than five. */
const MOST = 5;

/** The menu with those of these choices that make sense for the incident; none where nothing does. */
export function menuOf(incident: Incident, choices: readonly MenuChoice[]): Overflow[] {
  const options = choices
    .filter((choice) => isOpen(incident, choice))
    .map((choice) => optionOf(incident, choice))
    .filter(({ value }) => (value?.length ?? 0) <= LIMITS.optionValue)
    .slice(0, MOST);
  return options.length > 0 ? [{ type: 'overflow', action_id: 'plan:more', options }] : [];
}

function optionOf(incident: Incident, choice: MenuChoice): PlainTextOption {
  return {
    text: { type: 'plain_text', text: labelOf(incident, choice) },
    value: menuValue(incident, choice),
  };
}

/** Where no cause was named, there is none to be wrong; but somebody may know what it was. */
function labelOf(incident: Incident, choice: MenuChoice): string {
  return choice === 'wrong' && !namesCause(incident) ? 'Say what it was' : LABELS[choice];
}

function namesCause({ diagnosis }: Incident): boolean {
  return diagnosis?.conclusion.kind === 'cause';
}

/** What one choice carries. */
export function menuValue(incident: Incident, choice: MenuChoice): string {
  const { id, diagnosis } = incident;
  const judges = (choice === 'right' || choice === 'wrong') && diagnosis !== null;
  const value: MenuValue = {
    a: choice,
    i: id,
    p: currentPlan(incident)?.plan.id ?? null,
    ...(judges ? { r: diagnosis.round } : {}),
  };
  return JSON.stringify(value);
}

function isOpen(incident: Incident, choice: MenuChoice): boolean {
  switch (choice) {
    case 'edit':
      return Object.keys(currentPlan(incident)?.plan.parameters ?? {}).length > 0;
    case 'choose':
      return incident.subject.kind !== 'storm';
    case 'right':
      return namesCause(incident);
    case 'wrong':
      return incident.diagnosis !== null;
    case 'evidence':
      return incident.evidence.length > 0;
    case 'escalate':
      return true;
    default:
      return choice satisfies never;
  }
}
