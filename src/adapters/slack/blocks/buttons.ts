import type { ActionsBlock, Button, ConfirmationDialog, KnownBlock } from '@slack/types';
import type { PlanAction } from '../../../incident/event.ts';
import { type Decided, type Incident, markOf } from '../../../incident/incident.ts';
import { clip, LIMITS } from './limits.ts';
import { oneLine } from './text.ts';

/** What a button carries: which incident, plan and dry run it was shown for, and nothing else. An older one does not name the dry run. */
export interface ButtonValue {
  readonly i: string;
  readonly p: string | null;
  readonly d?: string | null;
}

/** Reads what a button or a modal carries; null when it is none of ours. */
export function readValue(value: unknown): ButtonValue | null {
  if (typeof value !== 'string') return null;
  try {
    const read: unknown = JSON.parse(value);
    if (typeof read !== 'object' || read === null || !('i' in read) || !('p' in read)) return null;
    const { i, p } = read;
    const dryRun = 'd' in read && (typeof read.d === 'string' || read.d === null) ? { d: read.d } : {};
    return typeof i === 'string' && (typeof p === 'string' || p === null) ? { i, p, ...dryRun } : null;
  } catch {
    return null;
  }
}

/** The buttons of a card, by what the incident waits for. None where there is nothing to press. */
export function buttonsOf(incident: Incident): KnownBlock[] {
  const { phase } = incident;
  switch (phase.at) {
    case 'waiting': {
      const { decided } = phase;
      const hold = phase.held ? resume() : phase.for === 'approval' ? [] : [button('hold', 'Hold')];
      if (phase.for === 'approval') {
        return row(incident, decided, [
          approve(decided),
          button('reject', 'Reject', 'danger'),
          ...hold,
          escalate(),
        ]);
      }
      const hurry = phase.for === 'window' || phase.turn?.kind === 'upstream';
      const now = hurry ? [button('run-now', 'Run now', 'primary')] : [];
      return row(incident, decided, [...now, button('cancel', 'Cancel', 'danger'), ...hold, escalate()]);
    }
    case 'verifying':
      return phase.after.kind === 'fix'
        ? []
        : row(incident, phase.decided, [button('cancel', 'Cancel', 'danger')]);
    case 'preparing':
    case 'reproving':
    case 'starting':
      return row(incident, phase.decided, [button('cancel', 'Cancel', 'danger')]);
    case 'executing':
    case 'rolling-back':
      return phase.stop === null ? row(incident, phase.decided, [stop(phase.decided)]) : [];
    default:
      return [];
  }
}

function row(incident: Incident, decided: Decided, buttons: readonly Button[]): KnownBlock[] {
  const value: ButtonValue = { i: incident.id, p: decided.plan.id, d: markOf(decided) };
  const block: ActionsBlock = {
    type: 'actions',
    block_id: clip(`plan:${decided.plan.id}`, LIMITS.id),
    elements: buttons.map((one) => ({ ...one, value: JSON.stringify(value) })),
  };
  return [block];
}

function button(
  action: PlanAction,
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

function resume(): Button[] {
  return [button('resume', 'Resume')];
}

function escalate(): Button {
  return button('escalate', 'Call a person');
}

function approve(decided: Decided): Button {
  const { plan } = decided;
  const what = `${plan.title} on ${plan.targets.join(', ')} (${plan.environment}).`;
  return button('approve', 'Approve', 'primary', dialog('Approve this fix?', what, 'Approve', 'Not yet'));
}

function stop(decided: Decided): Button {
  const what = `Stops “${oneLine(decided.plan.title)}” in the middle. What it already changed stays changed.`;
  return button(
    'stop',
    'Stop',
    'danger',
    dialog('Stop the running fix?', what, 'Stop it', 'Let it run', 'danger'),
  );
}

function dialog(
  title: string,
  text: string,
  confirm: string,
  deny: string,
  style: 'primary' | 'danger' = 'primary',
): ConfirmationDialog {
  return {
    title: { type: 'plain_text', text: title },
    text: { type: 'plain_text', text: clip(oneLine(text), LIMITS.confirmText) },
    confirm: { type: 'plain_text', text: confirm },
    deny: { type: 'plain_text', text: deny },
    style,
  };
}
