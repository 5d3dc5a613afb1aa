import { join } from 'node:path';
import { playbooksFolder } from '../../config/load.ts';
import { Settings } from '../../config/settings.ts';
import { readLibrary } from '../../diagnosis/faults/load.ts';
import type { Mistake } from '../../lib/schema/mistake.ts';
import { FAULTS, readCatalog } from '../../playbooks/catalog.ts';
import { settingsOf } from '../checks/settings.ts';
import { type Difference, differences, limitsOf } from './compare.ts';
import { conclusionOf } from './conclusion.ts';
import { type Conclusion, NoReplay, type Past } from './past.ts';
import { circumstances, type Knowledge, walk } from './walk.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export interface Replayed {
  readonly past: Past;
  readonly now: Conclusion;
  readonly differs: readonly Difference[];
  /** What a replay cannot show, and what of the past is not as it was. */
  readonly notes: readonly string[];
}

/** Today's faults, playbooks and rules. */
export interface Today extends Knowledge {
  readonly settings: Settings;
  /** What keeps parts of them from being read. */
  readonly mistakes: readonly Mistake[];
}

/** Reads what Medic knows today. @param services of the past, for those that medic.yml does not name */
export function readToday(environment: Variables, services: Readonly<Record<string, unknown>> = {}): Today {
  const { settings, mistakes } = settingsOf(environment);
  const folder = playbooksFolder(environment);
  const { library, mistakes: ofFaults } = readLibrary(join(folder, FAULTS));
  const { catalog, mistakes: ofPlaybooks } = readCatalog(folder, [...library.faults.keys()]);
  const wrong = [...mistakes, ...ofFaults, ...ofPlaybooks].filter(({ kind }) => kind !== 'doubtful');
  return { settings: withServices(settings, services), catalog, library, mistakes: wrong };
}

function withServices(settings: Settings, services: Readonly<Record<string, unknown>>): Settings {
  const others = Object.entries(services).filter(([name]) => !Object.hasOwn(settings.services, name));
  const read = Settings.safeParse({ services: Object.fromEntries(others) });
  return read.success ? { ...settings, services: { ...read.data.services, ...settings.services } } : settings;
}

/** Concludes anew from what was found then. @throws NoReplay where nothing opens */
export function replay(past: Past, today: Today): Replayed {
  const { subject, alerts, evidence, openedAt } = past;
  const question = alerts.length === 0 ? past.title : null;
  const course = { subject, alerts, question, evidence, bound: {}, openedAt };
  const incident = walk(course, circumstances(today.settings, today, past.at));
  if (incident === null) throw new NoReplay(`${past.id}: its alerts would not open an incident today`);
  const now = conclusionOf(incident);
  const notes = [...past.doubts, ...limitsOf(past, Object.keys(today.settings.services))];
  return { past, now, differs: differences(past.was, now), notes };
}
