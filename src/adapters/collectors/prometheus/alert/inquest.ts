import type { Alert } from '../../../../alerts/alert.ts';
import type { AlertRule, InstantValue, Prometheus } from '../client.ts';
import type { Identity } from '../place.ts';
import { nameOf } from './match.ts';

/** What one server is asked in one round. Everything is asked once; it rejects where the server gives no answer. */
export interface Asked {
  /** The alerting rules, those of the alerts at least. */
  rules(): Promise<readonly AlertRule[]>;
  query(expression: string, time?: number): Promise<readonly InstantValue[]>;
  /** Whether there are so many alerts that one question about all series of a rule is less than one about each alert's own. */
  readonly many: boolean;
}

/** One round of questions to all servers. */
export interface Inquest {
  readonly identities: readonly Identity[];
  readonly of: (server: Identity) => Asked;
}

const MANY = 8;

/** `clients` by the servers' names, of which there is one for each identity. */
export function createInquest(
  identities: readonly Identity[],
  clients: ReadonlyMap<string, Prometheus>,
  alerts: readonly Alert[],
  signal: AbortSignal,
): Inquest {
  const names = [...new Set(alerts.map(nameOf))];
  const asked = new Map([...clients].map(([name, client]) => [name, askedOf(client)]));
  function askedOf(prometheus: Prometheus): Asked {
    const answers = new Map<string, Promise<readonly InstantValue[]>>();
    let rules: Promise<readonly AlertRule[]> | null = null;
    return {
      many: alerts.length > MANY,
      rules() {
        rules ??= prometheus.alertRules(signal, names);
        return rules;
      },
      query(expression, time) {
        const key = `${time ?? ''} ${expression}`;
        const answer = answers.get(key) ?? prometheus.query(expression, signal, time);
        answers.set(key, answer);
        return answer;
      },
    };
  }
  return {
    identities,
    of({ name }) {
      const one = asked.get(name);
      if (one === undefined) throw new Error(`no Prometheus is called ${name}`);
      return one;
    },
  };
}

/** When a rule was evaluated last, epoch milliseconds; null before the first time, which is told as the year 1. */
export function evaluatedAt({ lastEvaluation }: AlertRule): number | null {
  const at = Date.parse(lastEvaluation);
  return at > 0 ? at : null;
}

/** Why nothing follows from a rule's word, where nothing does. */
export function unhealthy(rule: AlertRule, server: Identity): string | null {
  if (rule.health === 'ok' && evaluatedAt(rule) !== null) return null;
  return `the rule of alert ${rule.name} at Prometheus ${server.name} is ${rule.health}: ${rule.lastError || 'not evaluated yet'}`;
}
