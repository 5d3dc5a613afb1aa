import type { Alert } from '../../intake/alert.ts';
import type { AlertRule, Prometheus } from './client.ts';
import type { PrometheusServer } from './identity.ts';
import { nameOf } from './match.ts';
import type { Identity } from './place.ts';

/** One round of questions to all servers. */
export interface Inquest {
  readonly identities: readonly Identity[];
  readonly clients: ReadonlyMap<string, Prometheus>;
  /** The alerting rules of a server, those of the alerts at least, asked for once. Rejects where it gives no answer. */
  readonly rules: (server: string) => Promise<readonly AlertRule[]>;
  readonly signal: AbortSignal;
}

export function createRulesReader(
  servers: readonly PrometheusServer[],
  alerts: readonly Alert[],
  signal: AbortSignal,
): Inquest['rules'] {
  const names = [...new Set(alerts.map(nameOf))];
  const asked = new Map<string, Promise<readonly AlertRule[]>>();
  return (name) => {
    const server = servers.find((each) => each.name === name);
    if (server === undefined) return Promise.reject(new Error(`no Prometheus is called ${name}`));
    const answer = asked.get(name) ?? server.prometheus.alertRules(signal, names);
    asked.set(name, answer);
    return answer;
  };
}

/** When a rule was evaluated last, epoch milliseconds; null before the first time, which is told as the year 1. */
export function evaluatedAt({ lastEvaluation }: AlertRule): number | null {
  const at = Date.parse(lastEvaluation);
  return at > 0 ? at : null;
}

/** Why nothing follows from a rule's word, where nothing does. */
export function unhealthy(rule: AlertRule, server: string): string | null {
  if (rule.health === 'ok' && evaluatedAt(rule) !== null) return null;
  return `the rule of alert ${rule.name} at Prometheus ${server} is ${rule.health}: ${rule.lastError || 'not evaluated yet'}`;
}
