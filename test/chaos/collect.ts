import { threadMessages } from '../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { traitsOf } from '../../src/incident/model/phases.ts';
import type { TimelineEntry } from '../../src/incident/model/timeline.ts';
import type { ThreadNotes } from './memory.ts';
import type { Circumstances, KeptIncident, Standing, Whisper } from './rules/record.ts';
import { APPROVERS, FLEET, MAX_CONCURRENT, OPERATORS } from './world/fleet.ts';
import type { Stage } from './world/stage.ts';

/** What holds for every run. */
export const CIRCUMSTANCES: Circumstances = {
  services: Object.fromEntries(FLEET.map(({ name, dependsOn, observed }) => [name, { dependsOn, observed }])),
  operators: OPERATORS,
  approvers: APPROVERS,
  maxConcurrent: MAX_CONCURRENT,
};

/** What Redis keeps of all incidents, open and closed. */
export async function incidentsIn({ memory }: Pick<Stage, 'memory'>): Promise<KeptIncident[]> {
  const kept = await Promise.all(
    (await memory.incidents()).map(async (id): Promise<KeptIncident[]> => {
      const [incident, timeline, crowd, notes] = await Promise.all([
        memory.load(id),
        memory.timeline(id),
        memory.crowd(id),
        memory.notes(id),
      ]);
      return incident === null ? [] : [{ incident, timeline, crowd, ...storyOf(incident, timeline, notes) }];
    }),
  );
  return kept.flat().sort((a, b) => a.incident.milestones.opened - b.incident.milestones.opened);
}

/**
 * The messages a thread must hold. What is told in short stands where the first of it would.
 */
function storyOf(
  incident: Incident,
  timeline: readonly TimelineEntry[],
  { catchUps, thread }: ThreadNotes,
): Pick<KeptIncident, 'thread' | 'story' | 'late'> {
  const told = threadMessages(incident, timeline);
  const keys = told.flatMap(({ key, moot }) => (moot === true ? [] : [key]));
  const short = keys.map((key) => catchUps.find(({ holds }) => holds.includes(key))?.key ?? key);
  const late = told.flatMap(({ key, moot }) => (moot === true ? [key] : []));
  return { thread, story: ['card', ...new Set(short)], late };
}

/** The messages of incidents that stand in Slack now. */
export function standingIn({ slack }: Pick<Stage, 'slack'>): Standing[] {
  return [...slack.state.messages.values()].flat().flatMap((message) => {
    const { metadata, ephemeral_to, channel, ts, thread_ts } = message;
    if (metadata === undefined || ephemeral_to !== undefined) return [];
    const { incident, key } = metadata.event_payload;
    if (typeof incident !== 'string' || typeof key !== 'string') return [];
    return [{ incident, key, channel, ts, threadTs: thread_ts ?? null }];
  });
}

/** What was said to single people. */
export function whispersIn({ slack }: Pick<Stage, 'slack'>): Whisper[] {
  const alone = [...slack.state.messages.values()].flat().flatMap((message) => {
    const { ephemeral_to: user, ts } = message;
    return user === undefined ? [] : [{ user, at: Number(ts) * 1000, text: slack.textOf(message) }];
  });
  return [...alone, ...refusalsInFront(slack)];
}

/** Refusals that opened as a dialog. Slack's record does not keep in front of whom a dialog stood, so that each may have been told. */
function refusalsInFront({ calls, state }: Stage['slack']): Whisper[] {
  const opened = calls.filter(
    ({ method, args, answer }) =>
      method === 'views.open' && 'ok' in answer && JSON.stringify(args.view).includes('Nothing was changed'),
  );
  return opened.flatMap(({ at, args }) =>
    [...state.users.keys()].map((user) => ({ user, at, text: JSON.stringify(args.view) })),
  );
}

/** What is still to be done. */
export interface Left {
  /** Effects that are due, by name. */
  readonly owed: readonly string[];
  readonly unshown: readonly string[];
  readonly keptBack: readonly string[];
  /** Incidents about which Slack is to be asked again, because a message may land late. */
  readonly doubted: readonly string[];
  /** Incidents that neither ended nor wait for a person. */
  readonly restless: readonly string[];
}

export async function whatIsLeft({ memory }: Pick<Stage, 'memory'>): Promise<Left> {
  const [owed, unshown, keptBack, ids] = await Promise.all([
    memory.owed(),
    memory.unshown(),
    memory.keptBack(),
    memory.incidents(),
  ]);
  const looked = await Promise.all(
    ids.map(async (id) => {
      const [incident, { doubted }] = await Promise.all([memory.load(id), memory.notes(id)]);
      return { id, doubted, restless: incident !== null && !isSettled(incident) };
    }),
  );
  const those = (which: 'doubted' | 'restless') => looked.filter((one) => one[which]).map(({ id }) => id);
  return {
    owed: owed.filter(({ effect }) => effect.kind !== 'timer' || effect.at < Date.now()).map(({ id }) => id),
    unshown,
    keptBack,
    doubted: those('doubted'),
    restless: those('restless'),
  };
}

/** Whether an incident ended, or waits for a person. */
export function isSettled({ phase }: Incident): boolean {
  if (phase.at === 'waiting') return phase.for === 'approval' || phase.held !== null;
  const { life } = traitsOf(phase);
  return life === 'rests' || life === 'over';
}
