import type { Settings } from '../../../src/config/settings.ts';
import type { StepContext } from '../../../src/incident/model/step-context.ts';
import type { Knowledge } from './library.ts';

/** The circumstances of a scenario: its moment, its services, what Medic knows; nothing silenced, nothing else open, no model. */
export function contextOf(settings: Settings, { catalog, library }: Knowledge, at: number): StepContext {
  return {
    now: at,
    aliveSince: 0,
    reachableSince: 0,
    settings,
    policyDigest: 'evals',
    catalog,
    library,
    model: false,
    silences: [],
    heard: {},
    around: { neighbours: [], lately: null },
    redact: (text) => text,
  };
}
