import { createLedger } from '../adapters/stores/ledger.ts';
import type { Environment } from '../config/environment.ts';
import type { Shared } from '../config/load.ts';
import { createDoor, type Door, type DoorParts } from '../engine/orders/door.ts';
import { type Seal, sealOf } from '../engine/orders/seal.ts';
import type { Silence } from '../silence/silence.ts';

/** What this process signs with and believes; null where no key is set. */
export function sealFrom({
  MEDIC_KEY,
  MEDIC_KEY_PREVIOUS,
  MEDIC_NAMESPACE,
}: Pick<Environment, 'MEDIC_KEY' | 'MEDIC_KEY_PREVIOUS' | 'MEDIC_NAMESPACE'>): Seal | null {
  if (MEDIC_KEY === undefined) return null;
  const older = MEDIC_KEY_PREVIOUS === undefined ? [] : [MEDIC_KEY_PREVIOUS];
  return sealOf([MEDIC_KEY, ...older], MEDIC_NAMESPACE);
}

/** The silences that this process has read last, from whom it asks itself. */
export interface SilenceMemory {
  /** The same question, whose answer is remembered. While nobody answers, the last one stands. */
  remembering(read: () => Promise<readonly Silence[]>): () => Promise<readonly Silence[]>;
  last(): readonly Silence[];
}

export function createSilenceMemory(): SilenceMemory {
  let last: readonly Silence[] = [];
  return {
    remembering: (read) => async () => {
      last = await read();
      return last;
    },
    last: () => last,
  };
}

interface Given extends Pick<DoorParts, 'store' | 'control' | 'seal' | 'catalog' | 'troubles' | 'log'> {
  readonly silences: SilenceMemory;
}

/** What a runner lets through. */
export function doorOf(
  { env, settings, policyDigest }: Pick<Shared, 'env' | 'settings' | 'policyDigest'>,
  { silences, log, ...given }: Given,
): Door {
  const folder = env.MEDIC_STATE ?? env.STATE_DIRECTORY?.split(':')[0] ?? null;
  if (folder === null)
    log.warn(
      'MEDIC_STATE is not set: what this runner began it remembers only until it ends, and a start that is less than a minute old could be repeated after that by whoever can set Redis back',
    );
  return createDoor({
    ...given,
    log,
    settings,
    policyDigest,
    ledger: createLedger(folder, env.MEDIC_NAMESPACE),
    silences: silences.last,
    monotonic: () => performance.now(),
  });
}
