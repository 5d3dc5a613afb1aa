import type { App, BlockButtonAction } from '@slack/bolt';
import { z } from 'zod';
import type { Part } from '../../../../../desk/desk.ts';
import { noticeView, readMetadata } from '../../blocks/modals/parts.ts';
import { RECORD, recordView } from '../../blocks/modals/record.ts';
import { type HandlerContext, tell } from '../handler-context.ts';
import { type Interaction, interactionOf } from '../interaction.ts';
import { openDialog, openingOf } from './dialog.ts';

/** What a "Show all" button carries: the incident, and which part of its record. */
const Shown = z.discriminatedUnion('k', [
  z.object({ i: z.string(), k: z.literal('evidence'), r: z.coerce.number() }),
  z.object({ i: z.string(), k: z.literal('question'), r: z.string() }),
  z.object({ i: z.string(), k: z.literal('dry-run'), r: z.string() }),
]);

/** The "Show all" buttons of the thread. */
export function handleRecords(app: App, parts: HandlerContext): void {
  app.action<BlockButtonAction>(
    { type: 'block_actions', action_id: RECORD },
    async ({ action, body, ack }) => {
      const press = interactionOf(body, action);
      const value = readMetadata(Shown, press.value ?? '');
      if (value === null) {
        const text = 'This button is from an older Medic and no longer works.';
        await tell(parts, press.place, press.who.id, text);
      } else {
        await showRecord(parts, press, value.i, partOf(value));
      }
      await ack();
    },
  );
}

function partOf(value: z.infer<typeof Shown>): Part {
  switch (value.k) {
    case 'evidence':
      return { kind: 'evidence', round: value.r };
    case 'question':
      return { kind: 'question', question: value.r };
    case 'dry-run':
      return { kind: 'dry-run', plan: value.r };
    default:
      return value satisfies never;
  }
}

const TITLES = { evidence: 'Evidence', question: 'Evidence', 'dry-run': 'Dry run' } as const;

/** Shows a part of the record in full, to the person who asked. */
export async function showRecord(
  parts: HandlerContext,
  press: Interaction,
  incident: string,
  part: Part,
): Promise<void> {
  const title = TITLES[part.kind];
  const content = parts.desk
    .record({ incident, part })
    .then((record) =>
      record === null ? noticeView(title, 'The record has nothing on this.') : recordView(record),
    );
  await openDialog(parts, openingOf(press, 'the button', title), content);
}
