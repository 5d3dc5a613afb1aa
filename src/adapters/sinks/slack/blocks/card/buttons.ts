import type { Button, ConfirmationDialog, KnownBlock } from '@slack/types';
import { takeableCall } from '../../../../../incident/model/call.ts';
import type { PlanAction } from '../../../../../incident/model/event.ts';
import { heldIn, waitsForPeople } from '../../../../../incident/model/holds.ts';
import { type Decided, type Incident, markOf, type Waiting } from '../../../../../incident/model/incident.ts';
import { currentPlan } from '../../../../../incident/model/phases.ts';
import { approveDialog, fixDialog, fixLabel, stopDialog } from '../dialogs.ts';
import { clip, LIMITS } from '../limits.ts';
import { fixesOf } from './found-lines.ts';
import { type MenuChoice, menuOf, menuValue } from './menu.ts';

/** What a button carries: which incident, plan and dry run it was shown for, and nothing else. An older one does not name the dry run. */
export interface ButtonValue {
  readonly i: string;
  readonly p: string | null;
  readonly d?: string | null;
  /** The playbook of a fix that is offered. */
  readonly b?: string;
}

/** Reads what a button or a modal carries; null when it is none of ours. */
export function readValue(value: unknown): ButtonValue | null {
  if (typeof value !== 'string') return null;
  try {
    const read: unknown = JSON.parse(value);
    if (typeof read !== 'object' || read === null || !('i' in read) || !('p' in read)) return null;
    const { i, p } = read;
    const dryRun = 'd' in read && (typeof read.d === 'string' || read.d === null) ? { d: read.d } : {};
    const fix = 'b' in read && typeof read.b === 'string' ? { b: read.b } : {};
    return typeof i === 'string' && (typeof p === 'string' || p === null)
      ? { i, p, ...dryRun, ...fix }
      : null;
  } catch {
    return null;
  }
}

const HOLDABLE: readonly MenuChoice[] = ['edit', 'choose', 'escalate', 'wrong', 'evidence'];

/** The buttons of a card, by what the incident waits for, and a menu of what is wanted less often. None where nothing can be done. */
export function buttonsOf(incident: Incident): KnownBlock[] {
  const { phase } = incident;
  switch (phase.at) {
    case 'waiting':
      return row(incident, [...waitingButtons(phase), ...take(incident)], HOLDABLE);
    case 'verifying':
      return 'resume' in phase.after ? row(incident, holdable(incident), HOLDABLE) : [];
    case 'preparing':
    case 'reproving':
    case 'starting':
      return row(incident, holdable(incident), HOLDABLE);
    case 'executing':
    case 'rolling-back':
      return phase.stop === null ? row(incident, [stop(phase.decided)], []) : [];
    case 'observed':
    case 'muted':
      return row(incident, choose(incident), ['edit', 'escalate', 'right', 'wrong', 'evidence']);
    case 'cancelled':
      return row(incident, choose(incident), ['edit', 'right', 'wrong', 'evidence']);
    case 'escalated': {
      const again = phase.retriable === true ? [button('try-again', 'Try again', 'primary')] : [];
      return row(
        incident,
        [...again, ...take(incident), ...fixes(incident), ...choose(incident)],
        ['edit', 'right', 'wrong', 'evidence'],
      );
    }
    case 'closed':
      return row(incident, [], ['right', 'wrong']);
    case 'investigating':
      return [];
    default:
      return phase satisfies never;
  }
}

/** Approve and Reject, for a message that calls for them; none where nothing waits for approval. */
export function decisionButtons(incident: Incident): KnownBlock[] {
  const { phase } = incident;
  const asked = phase.at === 'waiting' && phase.for === 'approval' && phase.held === null;
  return asked ? row(incident, waitingButtons(phase), []) : [];
}

/** For a message that calls somebody; none where nobody is waited for. */
export function takeButton(incident: Incident): KnownBlock[] {
  return row(incident, take(incident), []);
}

/** Whoever is called says so that they have heard it, and nobody else is woken. */
function take(incident: Incident): Button[] {
  return takeableCall(incident) === null ? [] : [button('take', 'I’m on it')];
}

function waitingButtons(phase: Waiting): Button[] {
  if (phase.held !== null) return [button('resume', 'Resume', 'primary'), cancel()];
  if (phase.for === 'approval') return [approve(phase.decided), button('reject', 'Reject', 'danger')];
  const hurry = phase.for === 'window' || phase.turn?.kind === 'upstream';
  return [...(hurry ? [button('run-now', 'Run now', 'primary')] : []), cancel(), button('hold', 'Hold')];
}

/** What goes by itself can be held, and what is held says so by its button. What waits for people anyway is not held. */
function holdable({ phase }: Incident): Button[] {
  if (heldIn(phase) !== null) return [button('resume', 'Resume', 'primary'), cancel()];
  return waitsForPeople(phase) ? [cancel()] : [cancel(), button('hold', 'Hold')];
}

function row(incident: Incident, buttons: readonly Button[], choices: readonly MenuChoice[]): KnownBlock[] {
  const decided = currentPlan(incident);
  const carried: ButtonValue = {
    i: incident.id,
    p: decided?.plan.id ?? null,
    d: decided === null ? null : markOf(decided),
  };
  const elements = [
    ...buttons.map((one) => ({ value: JSON.stringify(carried), ...one })),
    ...menuOf(incident, choices),
  ];
  const block_id = clip(`plan:${decided?.plan.id ?? incident.id}`, LIMITS.id);
  return elements.length > 0 ? [{ type: 'actions', block_id, elements }] : [];
}

function button(
  action: PlanAction | 'choose' | 'take' | `fix:${number}`,
  label: string,
  style?: 'primary' | 'danger',
  confirm?: ConfirmationDialog,
): Button {
  return {
    type: 'button',
    action_id: `plan:${action}`,
    text: { type: 'plain_text', text: clip(label, LIMITS.buttonText) },
    ...(style ? { style } : {}),
    ...(confirm ? { confirm } : {}),
  };
}

function cancel(): Button {
  return button('cancel', 'Cancel', 'danger');
}

function approve(decided: Decided): Button {
  return button('approve', 'Approve', 'primary', approveDialog(decided));
}

function stop(decided: Decided): Button {
  return button('stop', 'Stop', 'danger', stopDialog(decided));
}

/** The fixes that come nearest, by their names: each is asked about once more, and goes the way of any plan of a person's. */
function fixes(incident: Incident): Button[] {
  const p = currentPlan(incident)?.plan.id ?? null;
  return fixesOf(incident).map((fix, index) => ({
    ...button(`fix:${index}`, fixLabel(fix, incident), undefined, fixDialog(fix, incident)),
    value: JSON.stringify({ i: incident.id, p, b: fix.playbook }),
  }));
}

/** For an incident at rest: nothing runs until a person chooses. */
function choose(incident: Incident): Button[] {
  if (incident.subject.kind === 'storm') return [];
  return [{ ...button('choose', 'Choose a fix'), value: menuValue(incident, 'choose') }];
}
