import type { KnownBlock } from '@slack/types';
import type { Part } from '../../../../desk/desk.ts';
import { LIMITS } from './limits.ts';

/** What a "Show all" button carries: an incident, and which part of its record; ids alone. */
export interface RecordValue {
  readonly i: string;
  readonly k: Part['kind'];
  /** Its round, question or plan. */
  readonly r: string | number;
}

const LABELS: Readonly<Record<Part['kind'], string>> = {
  evidence: 'Show all the evidence',
  question: 'Show all the evidence',
  'dry-run': 'Show the whole dry run',
};

/** A button that opens a part of the record in full. */
export function showAll(value: RecordValue): KnownBlock[] {
  const carried = JSON.stringify(value);
  if (carried.length > LIMITS.buttonValue) return [];
  return [
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          action_id: 'record:show',
          text: { type: 'plain_text', text: LABELS[value.k] },
          value: carried,
        },
      ],
    },
  ];
}
