import { existsSync, realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { playbooksFolder } from '../../config/load.ts';
import type { Library } from '../../diagnosis/faults/library.ts';
import { readLibrary } from '../../diagnosis/faults/load.ts';
import { type Trial, type Tried, tryFaults } from '../../diagnosis/faults/trial.ts';
import { blank } from '../../incident/alerts/open.ts';
import { sceneOf } from '../../incident/evidence/scene.ts';
import { type Mistake, mistake } from '../../lib/schema/mistake.ts';
import { FAULTS, readCatalog } from '../../playbooks/catalog.ts';
import { readSignatures } from '../../playbooks/signatures.ts';
import type { Past } from './past.ts';
import type { Today } from './replay.ts';

export type { Trial, Tried };

type Variables = Readonly<Record<string, string | undefined>>;

/** Fault files that were looked at, and what is wrong with them. */
export interface Linted {
  /** Absolute path. */
  readonly path: string;
  readonly mistakes: readonly Mistake[];
  /** The names of the faults in it that are in order. */
  readonly faults: readonly string[];
  /** These, and those of the catalog that Medic runs with. */
  readonly library: Library;
}

/**
 * Reads fault files as Medic would, beside those of its catalog, which they may name.
 *
 * @param given a file, a folder of faults, or a catalog with `faults/` in it; null for the catalog that Medic runs with
 */
export function lint(environment: Variables, given: string | null): Linted {
  const own = playbooksFolder(environment);
  const path = given === null ? own : resolve(given);
  if (existsSync(join(path, FAULTS))) return lintCatalog(path);
  const shipped = join(own, FAULTS);
  const { library, mistakes, places } = readLibrary(shipped, isUnder(path, shipped) ? null : path);
  const missing = existsSync(path) ? [] : [mistake(path, '', 'is not there')];
  return {
    path,
    mistakes: [...missing, ...mistakes.filter(({ file }) => isUnder(file, path))],
    faults: [...places].filter(([, file]) => isUnder(file, path)).map(([name]) => name),
    library,
  };
}

function lintCatalog(path: string): Linted {
  const { library, mistakes } = readLibrary(join(path, FAULTS));
  const faults = [...library.faults.keys()];
  const ofPlaybooks = readCatalog(path, faults).mistakes;
  return { path, mistakes: [...mistakes, ...readSignatures(path).mistakes, ...ofPlaybooks], faults, library };
}

function isUnder(file: string, folder: string): boolean {
  const real = (path: string) => (existsSync(path) ? realpathSync(path) : path);
  const [inner, outer] = [real(file), real(folder)];
  return inner === outer || inner.startsWith(`${outer}${sep}`);
}

/** How the faults of these files did in an incident of the past. */
export function tryOn(past: Past, { library, faults }: Linted, { settings }: Today): readonly Trial[] {
  const { subject, alerts, openedAt } = past;
  const opened = blank({ type: 'alerts', subject, alerts }, openedAt);
  const heard = alerts.map((alert) => [
    alert.fingerprint,
    { alert, heardAt: openedAt, beganAt: alert.startsAt, changedAt: openedAt, fires: 1 },
  ]);
  const scene = sceneOf({ ...opened, alerts: Object.fromEntries(heard) }, settings);
  return tryFaults(library, past.evidence, scene).filter(({ fault }) => faults.includes(fault));
}
