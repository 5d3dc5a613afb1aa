import { readHeal } from '../intake/command.ts';
import type { Desk } from './desk.ts';
import { heal } from './desk-commands.ts';
import { diagnose } from './desk-diagnose.ts';
import { type ClerkParts, replyTo } from './desk-parts.ts';

/** Turns what people write and press into events, and what became of them into words. */
export function createDesk(parts: ClerkParts): Desk {
  return {
    async act({ incident, once, ...action }) {
      const dispatched = await parts.engine.dispatch(incident, { type: 'acted', ...action }, { once });
      return replyTo(dispatched);
    },
    replan: async () => ({ text: 'This Medic cannot do that yet.' }),
    judge: async () => ({ text: 'This Medic cannot do that yet.' }),
    ask: async () => ({ text: 'This Medic cannot do that yet.' }),
    choices: async () => null,
    progress: async () => null,
    record: async () => null,
    overview: async () => {
      throw new Error('this Medic has no overview yet');
    },
    services: () => [],
    diagnose: ({ text, by, once }) => diagnose(parts, parts.redact(text.trim()), by, once),
    heal: ({ text, by, once }) => heal(parts, readHeal(text), by, once),
  };
}
