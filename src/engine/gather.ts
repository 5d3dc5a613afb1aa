import type { Settings } from '../config/settings.ts';
import { collect } from '../evidence/collect.ts';
import type { Collector } from '../evidence/collector.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Alert, Subject } from '../intake/alert.ts';
import type { Store } from './store.ts';
import { viewOf } from './view.ts';

/** What gathering facts needs of the world. */
export interface GatherParts {
  readonly store: Pick<Store, 'clock'>;
  readonly world: { readonly collectors: readonly Collector[] };
  readonly settings: Settings;
  readonly redact: (text: string) => string;
}

/** Fresh facts about a subject, for an incident: of every collector, within the budget of the settings. */
export async function gather(
  { store, world, settings, redact }: GatherParts,
  incident: string,
  subject: Subject,
  alerts: readonly Alert[],
): Promise<readonly Evidence[]> {
  const { now } = await store.clock();
  const began = performance.now();
  const inquiry = {
    incident,
    subject,
    service: viewOf(subject, settings),
    alerts,
    bindings: {},
    looks: [],
    now,
  };
  return collect(world.collectors, inquiry, {
    budget: settings.evidence.budget,
    redact,
    // The clock of record, carried on by the monotonic one.
    now: () => Math.round(now + performance.now() - began),
  });
}
