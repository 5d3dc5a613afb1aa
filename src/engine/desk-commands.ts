import { mayOperate } from '../approval/authorise.ts';
import type { Person } from '../approval/person.ts';
import { FORMS, type HealCommand } from '../intake/command.ts';
import type { Reply } from './desk.ts';
import type { ClerkParts } from './desk-parts.ts';
import { listing, runPlaybook } from './desk-run.ts';
import { listSilences, orderSilence } from './desk-silences.ts';
import { status } from './desk-status.ts';

/** `/heal …`, whatever was meant. */
export async function heal(
  parts: ClerkParts,
  command: HealCommand,
  by: Person,
  once: string,
): Promise<Reply> {
  switch (command.kind) {
    case 'help':
      return { text: HELP };
    case 'malformed':
      return {
        text: `I could not read that: ${command.reason}. The form is ${command.form}; \`/heal help\` shows the others.`,
      };
    case 'list':
      return { text: listing(parts.catalog()) };
    case 'status':
      return { text: await status(parts) };
    case 'pause':
    case 'resume':
      return pauseOrResume(parts, command.kind, by);
    case 'silence':
    case 'unsilence':
    case 'reset':
      return orderSilence(parts, command, by, once);
    case 'silences':
      return listSilences(parts);
    case 'run':
      return runPlaybook(parts, command, by, once);
    default:
      return command satisfies never;
  }
}

const HELP = [
  `${FORMS.run} runs a playbook of the catalog, through the same gates as always.`,
  '`/heal list` shows the playbooks, `/heal status` the open incidents.',
  '`/heal pause` lets nothing new start anywhere, `/heal resume` ends that.',
  `${FORMS.silence} lets alerts be recorded and diagnosed, and nothing done about them, e.g. \`/heal silence checkout 2h deploy\`.`,
  `\`/heal silences\` shows what is silenced, ${FORMS.unsilence} ends it.`,
  `${FORMS.reset} lets automation act again where too many fixes did not help.`,
].join('\n');

async function pauseOrResume(parts: ClerkParts, kind: 'pause' | 'resume', by: Person): Promise<Reply> {
  const authorised = mayOperate(by, parts.settings.roles);
  if (authorised.kind === 'refused') return { text: `Nothing was changed: ${authorised.reason}.` };
  if (kind === 'pause') {
    await parts.store.pause(by.id);
    return {
      text: 'Paused: nothing new starts, in no replica. What runs, finishes. `/heal resume` ends this.',
    };
  }
  await parts.store.resume();
  return { text: 'Resumed: plans that wait for their turn start again.' };
}
