import type { AlertSources, Binding } from '../../evidence/alert-source.ts';
import type { Alert } from '../../intake/alert.ts';
import { type AlertServers, type AlertState, type Elsewhere, type Known, reasonOf } from '../alert-state.ts';

/** Finds alerts at their sources: what none of the first servers knows the place of, the next are asked for. */
export function createAlertSources(servers: readonly AlertServers[]): AlertSources {
  return {
    async bind(alerts, service, signal) {
      const answers = await ask(servers, alerts, (each, rest) => each.bind(rest, service, signal));
      return Object.fromEntries(
        alerts.map(({ fingerprint }) => [
          fingerprint,
          told<Binding>(answers, fingerprint, (reason) => ({ kind: 'unknown', reason })),
        ]),
      );
    },
  };
}

/** What the source of each alert says of it now, by fingerprint. Never rejects. */
export async function askStates(
  servers: readonly AlertServers[],
  alerts: readonly Alert[],
  known: Known,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, AlertState>> {
  const answers = await ask(servers, alerts, (each, rest) => each.states(rest, known, signal));
  return new Map(
    alerts.map(({ fingerprint }) => [
      fingerprint,
      told<AlertState>(answers, fingerprint, (reason) => ({ kind: 'untold', reason })),
    ]),
  );
}

type Answers<T> = ReadonlyMap<string, readonly (T | Elsewhere)[]>;

async function ask<T extends { readonly kind: string }>(
  servers: readonly AlertServers[],
  alerts: readonly Alert[],
  question: (servers: AlertServers, alerts: readonly Alert[]) => Promise<ReadonlyMap<string, T | Elsewhere>>,
): Promise<Answers<T>> {
  const answers = new Map<string, (T | Elsewhere)[]>(alerts.map(({ fingerprint }) => [fingerprint, []]));
  let rest = alerts.filter(({ source }) => source === 'alertmanager');
  for (const each of servers) {
    if (rest.length === 0) break;
    const next = await question(each, rest).catch(
      (error: unknown): ReadonlyMap<string, T | Elsewhere> =>
        new Map(rest.map(({ fingerprint }) => [fingerprint, { kind: 'elsewhere', reason: reasonOf(error) }])),
    );
    for (const [fingerprint, answer] of next) answers.get(fingerprint)?.push(answer);
    rest = rest.filter(({ fingerprint }) => next.get(fingerprint)?.kind === 'elsewhere');
  }
  return answers;
}

/** The answer of the first that has one, or why there is none. */
function told<T extends { readonly kind: string }>(
  answers: Answers<T>,
  fingerprint: string,
  otherwise: (reason: string) => T,
): T {
  const given = answers.get(fingerprint) ?? [];
  const answer = given.find((each): each is T => each.kind !== 'elsewhere');
  if (answer !== undefined) return answer;
  const reasons = given.flatMap((each) => ('reason' in each ? [String(each.reason)] : []));
  return otherwise([...new Set(reasons)].join('; ') || NOBODY);
}

const NOBODY = 'no server that is configured evaluates it';
