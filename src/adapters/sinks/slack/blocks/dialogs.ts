import type { ConfirmationDialog } from '@slack/types';
import type { Decided, Incident } from '../../../../incident/model/incident.ts';
import type { Fix } from './card/found-lines.ts';
import { clip, LIMITS } from './limits.ts';
import { placeName, spoken } from './plain.ts';
import { counted, listed, oneLine } from './text.ts';

/** Asks once more before an approval: what would run, on what, with which values. */
export function approveDialog(decided: Decided): ConfirmationDialog {
  const missing = decided.verdict.approvals - decided.receipts.length - 1;
  const then = missing > 0 ? ` Then ${counted(missing, 'more approval')} to go.` : '';
  return dialog('Approve this fix?', `Runs ${intentionOf(decided, 290 - then.length)}.${then}`, {
    confirm: 'Approve',
    deny: 'Not yet',
    style: 'primary',
  });
}

/** Asks once more before something that runs is broken off. */
export function stopDialog(decided: Decided): ConfirmationDialog {
  const after = ' stops midway. What it already changed stays changed.';
  return dialog('Stop the running fix?', `${intentionOf(decided, 300 - after.length)}${after}`, {
    confirm: 'Stop it',
    deny: 'Let it run',
    style: 'danger',
  });
}

/** What the button of a fix says: `Restart orders`. */
export function fixLabel({ title }: Fix, { subject }: Incident): string {
  const [what, name] = [oneLine(title), clip(oneLine(subject.name), 40)];
  const named = what.replace(/ (?:an?|the) service\b/i, () => ` ${name}`);
  return clip(named === what ? `${what} on ${name}` : named, LIMITS.buttonText);
}

/** Asks once more before a fix that was offered is made a plan. */
export function fixDialog(fix: Fix, incident: Incident): ConfirmationDialog {
  const text =
    'This makes a plan of yours, which needs the operator role. It is checked as any other, and may need somebody else’s approval.';
  return dialog(clip(`${fixLabel(fix, incident)}?`, LIMITS.confirmTitle), text, {
    confirm: 'Yes, make the plan',
    deny: 'Not yet',
    style: 'primary',
  });
}

/** `“Roll back a release” on storefront (to release v1)`, in plain text. */
function intentionOf({ plan }: Decided, max: number): string {
  const places = plan.targets.map((target) => clip(oneLine(placeName(target, plan.environment)), 60));
  const shown = places.length > 3 ? [...places.slice(0, 2), `${places.length - 2} more`] : places;
  const values = Object.entries(plan.parameters)
    .filter(([, { value }]) => !shown.includes(value))
    .map(([name, { value }]) => clip(`${spoken(oneLine(name))} ${oneLine(value)}`, 60));
  const where = shown.length > 0 ? ` on ${listed(shown)}` : '';
  const given = values.length > 0 ? ` (${values.join(', ')})` : '';
  return clip(`“${clip(oneLine(plan.title), 80)}”${where}${given}`, max);
}

function dialog(
  title: string,
  text: string,
  { confirm, deny, style }: { confirm: string; deny: string; style: 'primary' | 'danger' },
): ConfirmationDialog {
  return {
    title: { type: 'plain_text', text: title },
    text: { type: 'plain_text', text: clip(oneLine(text), LIMITS.confirmText) },
    confirm: { type: 'plain_text', text: confirm },
    deny: { type: 'plain_text', text: deny },
    style,
  };
}
