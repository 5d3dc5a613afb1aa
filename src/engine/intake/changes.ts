import type { ChangeStore } from '../../changes/change.ts';
import { readChange } from '../../changes/read.ts';
import { serviceOf } from '../../changes/service-of.ts';
import type { Settings } from '../../config/settings.ts';
import type { Metrics } from '../../observability/metrics.ts';

/** What became of what somebody told of a change. */
export type Heard =
  | { readonly kind: 'recorded'; readonly service: string }
  /** It is true and changes nothing here: nobody's service, told before, or no change. */
  | { readonly kind: 'left'; readonly why: string }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

export interface Deeds {
  /** @param event as GitHub names it; null for whoever is not GitHub. Rejects where it could not be stored. */
  hear(body: unknown, event: string | null, now: number): Promise<Heard>;
}

interface Parts {
  readonly store: ChangeStore;
  readonly settings: Pick<Settings, 'services'>;
  readonly metrics: Pick<Metrics, 'changes'>;
}

/** Takes changes in: each is of one registered service, and counts once. */
export function createChangeIntake({ store, settings, metrics }: Parts): Deeds {
  return {
    async hear(body, event, now) {
      const told = readChange(body, event, now);
      const count = (outcome: string) =>
        metrics.changes.inc({ from: told.kind === 'change' ? told.report.from : 'unknown', outcome });
      if (told.kind === 'wrong') {
        count('wrong');
        return told;
      }
      if (told.kind === 'nothing') {
        count('ignored');
        return { kind: 'left', why: told.why };
      }
      const mapped = serviceOf(told.about, told.report, settings);
      if (mapped.kind === 'none') {
        count('unmapped');
        // Whoever writes the name of a service by hand has made a slip; the others tell of much that is not registered here.
        return told.report.from === 'api'
          ? { kind: 'wrong', problems: [`service: ${mapped.why}`] }
          : { kind: 'left', why: mapped.why };
      }
      const kept = await store.keep(mapped, mapped.report);
      count({ kept: 'recorded', known: 'repeated', old: 'ignored' }[kept]);
      if (kept === 'kept') return { kind: 'recorded', service: mapped.name };
      return {
        kind: 'left',
        why: kept === 'known' ? 'this was told before' : 'newer changes have taken its place',
      };
    },
  };
}
