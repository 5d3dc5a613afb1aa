import { gather } from '../../../src/engine/effects/gather.ts';
import type { BoundAlert } from '../../../src/evidence/alert-source.ts';
import { collect } from '../../../src/evidence/collect.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { Scenario } from '../read/scenario.ts';
import { type Opening, openingsOf } from './subjects.ts';
import type { World } from './world.ts';

/** Everything that was found for one incident of a scenario, before anything is concluded. */
export interface Collected {
  readonly opening: Opening;
  readonly evidence: readonly Evidence[];
  readonly bound: Readonly<Record<string, BoundAlert>>;
  /** When it opened, epoch milliseconds; absent where that was at the moment of the scenario. */
  readonly openedAt?: number;
}

/** Collects as the engine does, at the moment of the scenario; what was recorded as finished evidence comes after it, sealed the same way. */
export async function collectAll(scenario: Scenario, world: World): Promise<readonly Collected[]> {
  const found: Collected[] = [];
  const openings = openingsOf({ ...scenario, settings: world.settings });
  for (const opening of openings) found.push(await collectOne(scenario, world, opening));
  return found;
}

async function collectOne({ at, recorded }: Scenario, world: World, opening: Opening): Promise<Collected> {
  const { subject, alerts } = opening;
  const { settings, redact, collectors, sources } = world;
  const snapshot = {
    now: at,
    aliveSince: 0,
    reachableSince: 0,
    silences: { version: 0, list: [] },
    modes: [],
  };
  const parts = {
    store: { heartbeat: async () => snapshot },
    world: { collectors, sources },
    settings,
    redact,
    signal: new AbortController().signal,
  };
  const { evidence, bound } = await gather(parts, subject, alerts, { around: true });
  const finished = await collect(
    { answer: async () => recorded.evidence },
    recorded.evidence.length === 0
      ? []
      : [{ request: { collector: 'recorded', arguments: {} }, kind: 'state' }],
    { subject, service: null, alerts: [], bindings: {} },
    { at, budget: settings.evidence.budget, redact, now: () => at },
  );
  return { opening, evidence: numbered([...evidence, ...finished]), bound };
}

/** In the order in which they stand. */
export function numbered(evidence: readonly Evidence[]): readonly Evidence[] {
  return evidence.map((item, index) => ({ ...item, id: `E${index + 1}` }));
}
