import type { IncidentEvent } from '../../src/incident/model/event.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import type { StepContext } from '../../src/incident/model/step-context.ts';
import type { TimelineEntry } from '../../src/incident/model/timeline.ts';
import { noteRefusal, step } from '../../src/incident/step.ts';
import type { Text } from '../../src/lib/text/text.ts';
import { given, settings, T0 } from '../kit/incident/fixtures.ts';
import { type Changes, changesOf, digestOf, type Json, plainly } from './changes.ts';
import { drawn } from './drawn.ts';
import { storedHappening, storedIncident } from './stored.ts';

/** The circumstances of an event, in so far as they are not the usual ones. `settings` is what `medic.yml` would say. */
export type Around = Partial<Omit<StepContext, 'now' | 'settings' | 'catalog' | 'library' | 'redact'>> & {
  readonly settings?: object;
};

/** Something that happens, so many milliseconds after the event before. */
export interface Happens {
  readonly later: number;
  readonly event: IncidentEvent;
  readonly around: Around;
}

/** What an event led to: digests of all there is then, and how it differs from what there was before. */
export interface Led {
  readonly digests: Readonly<Record<'state' | 'head' | 'card' | 'story', string>>;
  readonly changes: Changes;
}

/** Takes an incident through a stream of events, as the engine would, and says what each led to. */
export function play(stream: readonly Happens[]): readonly Led[] {
  let now = T0;
  let incident: Incident | null = null;
  let before: { readonly [name: string]: Json } = { told: {}, owed: {} };
  const timeline: TimelineEntry[] = [];
  return stream.map(({ later, event, around }) => {
    now += later;
    const { settings: written, ...others } = around;
    const circumstances = given({
      ...others,
      ...(written === undefined ? {} : { settings: settings(written) }),
      now,
    });
    const { refused, stepped } = take(incident, event, circumstances);
    if (stepped.kind === 'next') {
      incident = stepped.incident;
      timeline.push(...stepped.entries);
    }
    const whole = incident === null ? {} : wholeOf(incident, timeline, now);
    const changes = changesOf(before, { ...whole, ...ofThisEvent(refused, stepped) });
    before = { ...whole, told: {}, owed: {} };
    return { digests: digestsOf(whole, incident), changes };
  });
}

/** A person's wish that is refused goes on record, as the engine has it. */
function take(incident: Incident | null, event: IncidentEvent, circumstances: StepContext) {
  const stepped = step(incident, event, circumstances);
  if (stepped.kind === 'next') return { refused: null, stepped };
  const noted =
    incident === null || !('by' in event)
      ? stepped
      : noteRefusal(incident, event, stepped.reason, circumstances);
  return { refused: stepped.reason, stepped: noted };
}

function wholeOf(incident: Incident, timeline: readonly TimelineEntry[], now: number) {
  return { state: withoutHead(storedIncident(incident)), ...drawn(incident, timeline, now) };
}

/** The head of the chain changes with every entry, and is a digest itself. */
function withoutHead(state: Json): Json {
  const { head, ...others } = state as { readonly [name: string]: Json };
  return others;
}

function ofThisEvent(
  refused: Text | null,
  stepped: ReturnType<typeof step>,
): { readonly [name: string]: Json } {
  const reason = refused === null ? {} : { refused: plainly(refused) };
  if (stepped.kind !== 'next') return { told: {}, owed: {}, ...reason };
  const { entries, owed, crowd } = stepped;
  return {
    told: Object.fromEntries(entries.map((entry) => [String(entry.seq), storedHappening(entry)])),
    owed: Object.fromEntries(owed.map(({ id, effect }) => [id, plainly(effect)])),
    ...(Object.keys(crowd).length > 0 ? { crowd: plainly(crowd) } : {}),
    ...reason,
  };
}

function digestsOf(whole: { readonly [name: string]: Json }, incident: Incident | null): Led['digests'] {
  const of = (name: string) => digestOf(whole[name] ?? null);
  return {
    state: of('state'),
    head: incident === null ? '' : `${incident.head.length} ${incident.head.hash.slice(0, 16)}`,
    card: of('card'),
    story: of('story'),
  };
}
