import type { PlanAction } from '../incident/model/event.ts';
import { withoutSecrets } from '../lib/secrets.ts';
import { say } from '../lib/text/text.ts';
import { diagnose, progress, servicesLike } from './commands/diagnose.ts';
import { heal } from './commands/heal.ts';
import { readHeal } from './commands/read-heal.ts';
import { createOverview } from './create-overview.ts';
import type { Desk, Reply } from './desk.ts';
import { handOver, silenceIncident, wholeOf } from './incident.ts';
import { type ClerkParts, replyTo } from './parts.ts';
import { choices, judge, replan } from './plans.ts';
import { askQuestion, recordOf } from './questions.ts';

/** Turns what people write and press into events, and what became of them into words. */
export function createDesk(parts: ClerkParts): Desk {
  return guarded(deskOf(parts), parts.redact);
}

/** No answer of a desk holds a secret, whatever it is made of. */
function guarded(desk: Desk, redact: (text: string) => string): Desk {
  const told = async <T>(answer: Promise<T>): Promise<T> => withoutSecrets(await answer, redact);
  return {
    act: (input) => told(desk.act(input)),
    take: (input) => told(desk.take(input)),
    handOver: (input) => told(desk.handOver(input)),
    silence: (input) => told(desk.silence(input)),
    told: (incident) => told(desk.told(incident)),
    replan: (input) => told(desk.replan(input)),
    judge: (input) => told(desk.judge(input)),
    ask: (input) => told(desk.ask(input)),
    choices: (input) => told(desk.choices(input)),
    progress: (incident) => told(desk.progress(incident)),
    record: (input) => told(desk.record(input)),
    overview: (by) => told(desk.overview(by)),
    services: (text) => withoutSecrets(desk.services(text), redact),
    diagnose: (input) => told(desk.diagnose(input)),
    heal: (input) => told(desk.heal(input)),
  };
}

/** Whoever has something started has one plan before them, and no other is meant. Stopping is safe, whatever plan it is by now. */
const STARTS: readonly PlanAction[] = ['run-now', 'approve', 'resume', 'try-again'];

const UNNAMED: Reply = {
  text: say`Nothing was changed: this does not say which plan is meant. Use the buttons of the card.`,
  refused: true,
};

function deskOf(parts: ClerkParts): Desk {
  return {
    async act({ incident, once, ...action }) {
      if (action.plan === null && STARTS.includes(action.action)) return UNNAMED;
      const reason = action.reason === null ? null : parts.redact(action.reason);
      const event = { type: 'acted', ...action, reason } as const;
      const dispatched = await parts.engine.dispatch(incident, event, { once });
      return replyTo(dispatched);
    },
    async take({ incident, by, once }) {
      return replyTo(await parts.engine.dispatch(incident, { type: 'call-taken', by }, { once }));
    },
    handOver: (input) => handOver(parts, input),
    silence: (input) => silenceIncident(parts, input),
    told: (incident) => wholeOf(parts, incident),
    replan: (input) => replan(parts, input),
    judge: (input) => judge(parts, input),
    ask: (input) => askQuestion(parts, input),
    choices: (input) => choices(parts, input),
    progress: (incident) => progress(parts, incident),
    record: (input) => recordOf(parts, input),
    overview: createOverview(parts),
    services: (text) => servicesLike(text, parts.settings),
    diagnose: ({ text, by, once }) => diagnose(parts, text, by, once),
    heal: ({ text, by, once }) => heal(parts, readHeal(text), by, once),
  };
}
