import type { App, BlockAction, BlockElementAction, RespondFn } from '@slack/bolt';
import { z } from 'zod';
import type { PlanAction } from '../../../../incident/model/event.ts';
import { type ButtonValue, readValue } from '../blocks/card/buttons.ts';
import type { Tool } from '../blocks/card/tools.ts';
import { judge } from './dialogs/judging.ts';
import { showRecord } from './dialogs/records.ts';
import { openRejection } from './dialogs/rejection.ts';
import { openChoose, openEdit } from './dialogs/replanning.ts';
import { openTool } from './dialogs/tools.ts';
import { type HandlerContext, tell } from './handler-context.ts';
import { forward, type Interaction, interactionOf } from './interaction.ts';

const WORDS: Readonly<Record<PlanAction, string>> = {
  'run-now': 'Run now',
  cancel: 'Cancel',
  hold: 'Hold',
  resume: 'Resume',
  approve: 'Approve',
  reject: 'Reject',
  stop: 'Stop',
  escalate: 'Call a person',
  'try-again': 'Try again',
};

/** What the menu beside the buttons offers. */
const More = z.enum(['edit', 'choose', 'escalate', 'right', 'wrong', 'evidence']);
type More = z.infer<typeof More>;
type Meant = PlanAction | More | Tool | 'take' | 'fix';

interface Reply {
  readonly ack: () => Promise<void>;
  readonly respond: RespondFn;
}

/** The buttons and the menu of the card. Whatever the desk answers is shown to the person who pressed, and to nobody else. */
export function handleClicks(app: App, parts: HandlerContext): void {
  app.action<BlockAction<BlockElementAction>>(
    { type: 'block_actions', action_id: /^plan:/ },
    async ({ action, body, ack, respond }) => {
      const press = interactionOf(body, action);
      const value = readValue(press.value);
      const meant = value === null ? null : meantBy(press);
      if (value === null || meant === null) {
        parts.log.warn({ action: press.action }, 'a button is none of ours');
        await ack();
        const text = 'This button is from an older Medic and no longer works.';
        return tell(parts, press.place, press.who.id, text);
      }
      await carryOut(parts, press, value, meant, { ack, respond });
    },
  );
}

async function carryOut(
  parts: HandlerContext,
  press: Interaction,
  value: ButtonValue,
  meant: Meant,
  reply: Reply,
): Promise<void> {
  switch (meant) {
    case 'take':
      return take(parts, press, value, reply);
    case 'fix':
      return fix(parts, press, value, reply);
    case 'catch-up':
    case 'silence':
    case 'hand-over':
      await openTool(parts, press, meant, value);
      return reply.ack();
    case 'reject':
      await openRejection(parts, press, value);
      return reply.ack();
    case 'edit':
      await openEdit(parts, press, value);
      return reply.ack();
    case 'choose':
      await openChoose(parts, press, value);
      return reply.ack();
    case 'evidence':
      await showRecord(parts, press, value.i, { kind: 'evidence', round: null });
      return reply.ack();
    case 'right':
    case 'wrong':
      return judge(parts, press, { i: value.i, r: roundIn(press.value) }, meant, reply);
    default:
      return act(parts, press, value, meant, reply);
  }
}

function act(
  parts: HandlerContext,
  press: Interaction,
  value: ButtonValue,
  action: PlanAction,
  reply: Reply,
): Promise<void> {
  const wish = ({ person }: { readonly person: Parameters<typeof parts.desk.act>[0]['by'] }) =>
    parts.desk.act({
      incident: value.i,
      action,
      plan: value.p,
      ...(value.d === undefined ? {} : { diff: value.d }),
      by: person,
      reason: null,
      once: press.once,
    });
  return forward(parts, press, `“${WORDS[action]}”`, wish, reply);
}

function take(
  parts: HandlerContext,
  press: Interaction,
  { i: incident }: ButtonValue,
  reply: Reply,
): Promise<void> {
  const wish = ({ person: by }: { readonly person: Parameters<typeof parts.desk.take>[0]['by'] }) =>
    parts.desk.take({ incident, by, once: press.once });
  return forward(parts, press, '“I’m on it”', wish, reply);
}

/** The nearest fix, as it stands: a new plan of this person's, which policy decides as it does any other. */
function fix(
  parts: HandlerContext,
  press: Interaction,
  { i: incident, p: plan, b: playbook = '' }: ButtonValue,
  reply: Reply,
): Promise<void> {
  const wish = ({ person: by }: { readonly person: Parameters<typeof parts.desk.replan>[0]['by'] }) =>
    parts.desk.replan({ incident, plan, playbook, parameters: {}, by, once: press.once });
  return forward(parts, press, 'The fix', wish, reply);
}

/** What a button or an entry of the menu is for; null where it is none of ours. */
function meantBy({ action, value }: Interaction): Meant | null {
  const name = action.slice('plan:'.length);
  if (name === 'choose' || name === 'take') return name;
  if (name === 'catch-up' || name === 'silence' || name === 'hand-over') return name;
  if (/^fix:\d$/.test(name)) return readValue(value)?.b === undefined ? null : 'fix';
  if (name === 'more') return entryOf(value);
  return Object.hasOwn(WORDS, name) ? (name as PlanAction) : null;
}

/** The round of the diagnosis that an entry of the menu judges; an older card does not say. */
function roundIn(value: string | null): number | undefined {
  return z.object({ r: z.int() }).safeParse(JSON.parse(value ?? 'null')).data?.r;
}

function entryOf(value: string | null): More | null {
  const read = z.object({ a: More }).safeParse(JSON.parse(value ?? 'null'));
  return read.success ? read.data.a : null;
}
