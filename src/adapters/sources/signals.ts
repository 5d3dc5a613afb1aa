import type { Looker } from '../../evidence/looks/look.ts';
import type { Check } from '../../playbooks/manifest.ts';
import type { Reading, SignalScope, Signals } from '../../verification/reading.ts';
import { type AlertServers, reasonOf } from '../collectors/alert-state.ts';
import { readAlerts } from './alert-check.ts';
import { readLook } from './look-check.ts';

export type MetricCheck = Extract<Check, { metric: unknown }>;
export type ProbeCheck = Extract<Check, { probe: unknown }>;

/** Who answers which kind of check. A reader may reject: that is a missing reading, with the reason. */
export interface Readers {
  /** In the order in which they are asked for an alert that the ones before do not know the place of. */
  readonly alerts: readonly AlertServers[];
  readonly metric: (check: MetricCheck, scope: SignalScope, signal: AbortSignal) => Promise<Reading>;
  readonly probe: (check: ProbeCheck, scope: SignalScope, signal: AbortSignal) => Promise<Reading>;
  /** Null where nothing is there to look with. */
  readonly looker: Looker | null;
}

/** Reads every check from whoever knows, side by side, and the alerts and looks once however many checks are about them. */
export function createSignals({ alerts, metric, probe, looker }: Readers): Signals {
  return {
    async read(checks, scope, signal) {
      let asked: ReturnType<typeof readAlerts> | null = null;
      const lookOnce = looker === null ? null : once(looker);
      const read = async (check: Check): Promise<Reading> => {
        try {
          if ('metric' in check) return await metric(check, scope, signal);
          if ('probe' in check) return await probe(check, scope, signal);
          if ('alert' in check) {
            asked ??= readAlerts(alerts, scope, signal);
            return (await asked)(check);
          }
          return await readLook(check, scope, lookOnce, signal);
        } catch (error) {
          return { check, kind: 'missing', reason: reasonOf(error) };
        }
      };
      return Promise.all(checks.map(read));
    },
  };
}

/** Looks at the same thing once, however many checks are about it: whether it is the fault, and whether it is well. */
function once(looker: Looker): Looker {
  const looked = new Map<string, ReturnType<Looker['look']>>();
  return {
    look(spec, target, signal) {
      const key = JSON.stringify([spec, target.hosts]);
      const before = looked.get(key) ?? looker.look(spec, target, signal);
      looked.set(key, before);
      return before;
    },
  };
}
