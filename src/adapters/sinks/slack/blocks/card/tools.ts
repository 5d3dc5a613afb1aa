import type { Button, KnownBlock } from '@slack/types';
import { openCall } from '../../../../../incident/model/call.ts';
import { firingAlerts, type Incident } from '../../../../../incident/model/incident.ts';
import { isOpen } from '../../../../../incident/model/phases.ts';
import { clip, LIMITS } from '../limits.ts';

/** What people need beside the decision: what has happened so far, silence, and somebody else to go on. */
export type Tool = 'catch-up' | 'silence' | 'hand-over';

const LABELS: Readonly<Record<Tool, string>> = {
  'catch-up': 'Catch me up',
  silence: 'Silence it',
  'hand-over': 'Hand over',
};

/** The second row of buttons of a card; none where nothing of it makes sense. */
export function toolsOf(incident: Incident): KnownBlock[] {
  const tools: readonly Tool[] = [
    ...(isOpen(incident) && incident.phase.at !== 'investigating' ? (['catch-up'] as const) : []),
    ...(mayBeSilenced(incident) ? (['silence'] as const) : []),
    ...(openCall(incident) === null ? [] : (['hand-over'] as const)),
  ];
  const block_id = clip(`tools:${incident.id}`, LIMITS.id);
  const elements = tools.map((tool) => buttonFor(incident, tool));
  return elements.length === 0 ? [] : [{ type: 'actions', block_id, elements }];
}

function mayBeSilenced(incident: Incident): boolean {
  const { phase, subject } = incident;
  return (
    isOpen(incident) && phase.at !== 'muted' && subject.kind !== 'storm' && firingAlerts(incident).length > 0
  );
}

function buttonFor({ id }: Incident, tool: Tool): Button {
  return {
    type: 'button',
    action_id: `plan:${tool}`,
    text: { type: 'plain_text', text: LABELS[tool] },
    value: JSON.stringify({ i: id, p: null }),
  };
}
