import type { Alert } from '../../alerts/alert.ts';
import type { Settings } from '../../config/settings.ts';
import type { HealthWarnings } from '../health/health-warnings.ts';

/** An alert that always fires, as its labels tell it from others. */
export interface Watchdog {
  readonly key: string;
  readonly name: string;
  /** From where it comes, for people; may be empty. */
  readonly from: string;
}

/** One that has not come, since when (epoch milliseconds). */
export interface SilentWatchdog {
  readonly name: string;
  readonly from: string;
  readonly last: number;
}

/** When each watchdog was heard last and how often it comes, where every replica finds it. */
export interface Watchdogs {
  /** It has come. Where it had been told to be missing, its return is owed to people. */
  heard(watchdog: Watchdog): Promise<void>;
  /** Its sender says that it fires no more. */
  ended(key: string): Promise<void>;
  /**
   * Owes people a notice for each that has not come for `after` milliseconds, or for twice the time in which it usually comes, each
   * silence once. Time before `aliveSince`, in which nobody could have heard it, does not count.
   */
  noticeSilence(after: number, aliveSince: number): Promise<readonly SilentWatchdog[]>;
}

/** Labels that tell where an alert comes from, as far as it has them. */
const ORIGINS = ['cluster', 'environment', 'prometheus', 'namespace'] as const;

export function watchdogOf({ fingerprint, name, labels }: Alert): Watchdog {
  const told = ORIGINS.flatMap((label) => (labels[label] ? [`${label} ${labels[label]}`] : []));
  return { key: fingerprint, name, from: told.slice(0, 2).join(', ') };
}

export interface DogWatchParts {
  readonly watchdogs: Watchdogs;
  readonly aliveSince: () => Promise<number>;
  readonly troubles: Pick<HealthWarnings, 'tell'>;
  readonly settings: Pick<Settings, 'watchdog'>;
}

/** Looks whether a watchdog is missing: people are owed a word, and the Home tab says so for as long as it is. Runs regularly. */
export async function watchDogs({ watchdogs, aliveSince, troubles, settings }: DogWatchParts): Promise<void> {
  const { after } = settings.watchdog;
  if (after === null) return;
  const silent = await watchdogs.noticeSilence(after, await aliveSince());
  const [first] = silent;
  const which = first === undefined ? '' : first.from === '' ? first.name : `${first.name} (${first.from})`;
  const others = silent.length > 1 ? ` and ${silent.length - 1} more` : '';
  await troubles.tell(
    'watchdog',
    first === undefined
      ? null
      : `The alert ${which}${others} has not come since ${new Date(first.last).toISOString().slice(0, 16).replace('T', ' ')} UTC: alerts may not reach Medic.`,
  );
}
