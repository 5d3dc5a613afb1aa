import type { BoundAlert } from '../../evidence/alert-source.ts';
import type { Check } from '../../playbooks/manifest.ts';
import type { Reading, SignalScope } from '../../verification/reading.ts';
import { type AlertServers, type AlertState, boundOf } from '../collectors/alert-state.ts';
import { askStates } from './alert-sources.ts';

type AlertReading = (check: Check) => Reading;

/**
 * Reads the incident's alerts at their sources, once for every check that asks. They fire while one of them is active; they have ended
 * where every one of them was seen active before and has ended; anything else is missing.
 */
export async function readAlerts(
  servers: readonly AlertServers[],
  scope: SignalScope,
  signal: AbortSignal,
): Promise<AlertReading> {
  const { alerts } = scope;
  if (alerts.length === 0) return missing('the incident has no alert to ask about');
  if (servers.length === 0) return missing('no Prometheus and no Alertmanager is configured');
  const states = await askStates(servers, alerts, scope, signal);
  const seen = Object.fromEntries(
    alerts.flatMap((alert): [string, BoundAlert][] => {
      const state = states.get(alert.fingerprint);
      const isNew = state?.kind === 'active' && boundOf(scope, alert) === null;
      return isNew ? [[alert.fingerprint, state.bound]] : [];
    }),
  );
  return readingOf([...states.values()], seen);
}

function readingOf(states: readonly AlertState[], seen: Readonly<Record<string, BoundAlert>>): AlertReading {
  const active = states.filter((state) => state.kind === 'active');
  if (active.length > 0)
    return (check) => ({
      check,
      kind: 'alert',
      firing: true,
      ...timesOf(active),
      ...sightOf(active),
      ...seenOf(seen),
    });
  const untold = states.filter((state) => state.kind === 'untold');
  if (untold[0] !== undefined)
    return missing(untold[0].reason, {
      ...(untold.some(({ vanished }) => vanished === true) ? { vanished: true } : {}),
      ...(untold.some(({ unanswered }) => unanswered === true) ? { unanswered: true } : {}),
    });
  const ended = states.filter((state) => state.kind === 'ended');
  const [note = null] = ended.flatMap((state) => (state.note === null ? [] : [state.note]));
  const measured = ended.flatMap((state) => state.measuredAt ?? []);
  return (check) => ({
    check,
    kind: 'alert',
    firing: false,
    ...timesOf(ended),
    ...(note === null ? {} : { note }),
    ...(measured.length === 0 ? {} : { measuredAt: Math.min(...measured) }),
  });
}

function timesOf(states: readonly { readonly at: number; readonly interval: number | null }[]) {
  const intervals = states.flatMap(({ interval }) => interval ?? []);
  return {
    at: Math.min(...states.map(({ at }) => at)),
    ...(intervals.length === 0 ? {} : { interval: Math.max(...intervals) }),
  };
}

/** Of several that are active, the one that looks back least tells most of the present. */
function sightOf(states: readonly { readonly looksBack?: number }[]) {
  const looksBack = Math.min(...states.map((state) => state.looksBack ?? 0));
  return looksBack > 0 ? { looksBack } : {};
}

const seenOf = (seen: Readonly<Record<string, BoundAlert>>) =>
  Object.keys(seen).length === 0 ? {} : { seen };

const missing =
  (reason: string, more: { readonly vanished?: true; readonly unanswered?: true } = {}): AlertReading =>
  (check) => ({ check, kind: 'missing', reason, ...more });
