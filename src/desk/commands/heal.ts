import { mayOperate } from '../../approval/authorise.ts';
import type { Person } from '../../approval/person.ts';
import { nearest } from '../../lib/text/nearest.ts';
import { code, lines, listed, person, type Said, say } from '../../lib/text/text.ts';
import type { Reply } from '../desk.ts';
import { type ClerkParts, REPEATED } from '../parts.ts';
import { nameOf, stateOf, underPause } from '../phase.ts';
import { plain } from '../words.ts';
import { HELP } from './help.ts';
import { orderMode, showModes } from './mode.ts';
import { type HealCommand, WORDS } from './read-heal.ts';
import { listing, runPlaybook, usage } from './run.ts';
import { listSilences, orderSilence } from './silences.ts';
import { history, namesOf, openIncidents, status } from './status.ts';

/** `/heal …`, whatever was meant. */
export async function heal(
  parts: ClerkParts,
  command: HealCommand,
  by: Person,
  once: string,
): Promise<Reply> {
  if (isOrder(command) && !(await parts.store.takeOnce(once))) return REPEATED;
  switch (command.kind) {
    case 'help':
      return { text: HELP };
    case 'malformed':
      return malformed(parts, command);
    case 'list':
      return { text: listing(parts.catalog()) };
    case 'status':
      return status(parts);
    case 'history':
      return history(parts, command.service);
    case 'pause':
    case 'resume':
      return pauseOrResume(parts, command.kind, by);
    case 'modes':
      return showModes(parts);
    case 'mode':
      return orderMode(parts, command, by, once);
    case 'silence':
    case 'unsilence':
    case 'reset':
      return orderSilence(parts, command, by, once);
    case 'silences':
      return listSilences(parts);
    case 'run':
      return runPlaybook(parts, command, by, once, didYouMean(parts, command.playbook));
    default:
      return command satisfies never;
  }
}

/**
 * Orders that stand in no incident. A command that is delivered once more must not lift a pause or a silence that came after it; modes
 * are compared with what they change, and what runs a playbook opens its incident once.
 */
function isOrder({ kind }: HealCommand): boolean {
  return ['pause', 'resume', 'silence', 'unsilence', 'reset'].includes(kind);
}

function malformed(
  parts: ClerkParts,
  { reason, form, playbook }: Extract<HealCommand, { readonly kind: 'malformed' }>,
): Reply {
  const manifest = playbook === undefined ? undefined : parts.catalog().get(playbook)?.manifest;
  const unknown = playbook === undefined || manifest !== undefined ? null : didYouMean(parts, playbook);
  const right = manifest === undefined ? code(form) : usage(manifest);
  const text = say`I could not read that: ${plain(reason, 300)}. The form is ${right}; ${code('/heal help')} shows the others.`;
  return { text: unknown === null ? text : lines([text, unknown]), refused: true };
}

/** What somebody may have meant who wrote the name of no playbook; null where nothing is near. */
function didYouMean(parts: ClerkParts, written: string): Said | null {
  const near = nearest(written, [...parts.catalog().keys(), ...WORDS]);
  return near === null ? null : say`Did you mean ${code(`/heal ${near}`)}?`;
}

async function pauseOrResume(parts: ClerkParts, kind: 'pause' | 'resume', by: Person): Promise<Reply> {
  const authorised = mayOperate(by, parts.settings.roles);
  if (authorised.kind === 'refused')
    return { text: say`Nothing was changed: ${authorised.reason}.`, refused: true };
  if (kind === 'resume') {
    const pausedBy = await parts.store.paused();
    if (pausedBy === null) return { text: say`Nothing was changed: Medic is not paused.`, refused: true };
    await parts.store.resume();
    await parts.pauseChanged?.();
    return {
      text: say`Resumed by ${person(by.id)}: plans that wait for their turn start again.`,
      forEverybody: true,
    };
  }
  await parts.store.pause(by.id);
  await parts.pauseChanged?.();
  parts.log.info({ by: by.id }, 'a person has paused Medic');
  return { text: await pausedWords(parts, by), forEverybody: true };
}

/** That all is paused, and what that means for what is under way. */
async function pausedWords(parts: ClerkParts, by: Person): Promise<Said> {
  const { running, waiting } = underPause(await openIncidents(parts));
  const first = waiting.slice(0, 20).map((one) => say`${nameOf(one)} (${stateOf(one)})`);
  return lines([
    say`Paused by ${person(by.id)}: nothing new starts, anywhere. ${code('/heal resume')} ends this.`,
    running.length === 0
      ? 'Nothing runs now.'
      : say`Running now, and finishing unless somebody presses Stop: ${namesOf(running)}.`,
    waiting.length === 0 ? 'No plan waits.' : say`Waiting until then: ${listed(first)}.`,
  ]);
}
