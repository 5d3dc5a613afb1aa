import type { Alert } from '../../alerts/alert.ts';
import type { AlertSources, Binding } from '../../evidence/alert-source.ts';
import {
  type AlertServers,
  type AlertState,
  type Elsewhere,
  type Known,
  reasonOf,
  unanswered,
} from '../collectors/alert-state.ts';

/** Finds alerts at their sources: what none of the first servers knows the place of, the next are asked for. */
export function createAlertSources(servers: readonly AlertServers[]): AlertSources {
  return {
    async bind(alerts, service, signal) {
      const bindings = await ask<Binding>(
        servers,
        alerts,
        (each, rest) => each.bind(rest, service, signal),
        (reason) => ({ kind: 'unknown', reason }),
        (reason) => ({ kind: 'unknown', reason }),
      );
      return Object.fromEntries(bindings);
    },
  };
}

/** What the source of each alert says of it now, by fingerprint. Never rejects. */
export function askStates(
  servers: readonly AlertServers[],
  alerts: readonly Alert[],
  known: Known,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AlertState>> {
  return ask<AlertState>(
    servers,
    alerts,
    (each, rest) => each.states(rest, known, signal),
    (reason) => ({ kind: 'untold', reason }),
    unanswered,
  );
}

type Reasoned = { readonly kind: string };
type Question<T> = (
  servers: AlertServers,
  alerts: readonly Alert[],
) => Promise<ReadonlyMap<string, T | Elsewhere>>;

/** The answer of the first servers that have one; `otherwise` where none has, and `failed` where they could not be asked. */
async function ask<T extends Reasoned>(
  servers: readonly AlertServers[],
  alerts: readonly Alert[],
  question: Question<T>,
  otherwise: (reason: string) => T,
  failed: (reason: string) => T,
): Promise<ReadonlyMap<string, T>> {
  const answers = new Map<string, T>();
  const reasons: { readonly fingerprint: string; readonly reason: string }[] = [];
  for (const each of servers) {
    const rest = alerts.filter(({ source, fingerprint }) => source !== 'person' && !answers.has(fingerprint));
    if (rest.length === 0) break;
    const rejected = (error: unknown) =>
      new Map(rest.map(({ fingerprint }) => [fingerprint, failed(reasonOf(error))] as const));
    for (const [fingerprint, answer] of await question(each, rest).catch(rejected)) {
      if (isElsewhere(answer)) reasons.push({ fingerprint, reason: answer.reason });
      else answers.set(fingerprint, answer);
    }
  }
  const why = ({ source, fingerprint }: Alert) => {
    if (source === 'person') return 'a person raised it, and no server evaluates it';
    const mine = reasons.filter((each) => each.fingerprint === fingerprint).map(({ reason }) => reason);
    return [...new Set(mine)].join('; ') || 'no server is configured that evaluates it';
  };
  return new Map(
    alerts.map((alert) => [alert.fingerprint, answers.get(alert.fingerprint) ?? otherwise(why(alert))]),
  );
}

const isElsewhere = (answer: Reasoned): answer is Elsewhere => answer.kind === 'elsewhere';
