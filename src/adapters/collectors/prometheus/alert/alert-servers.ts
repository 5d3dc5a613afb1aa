import type { Alert } from '../../../../alerts/alert.ts';
import type { Binding } from '../../../../evidence/alert-source.ts';
import type { ServiceView } from '../../../../evidence/collector.ts';
import { type AlertServers, type Elsewhere, eachOf, reasonOf } from '../../alert-state.ts';
import { placeByMoment } from '../expression/moment.ts';
import { type Identity, placeOf } from '../place.ts';
import { createIdentityReader, type PrometheusServer } from './identity.ts';
import { type Asked, createInquest, type Inquest, unhealthy } from './inquest.ts';
import { boundAs } from './instruments.ts';
import { type Match, matchOf } from './match.ts';
import { statesOf } from './states.ts';
import { behind } from './vanished.ts';

/** The Prometheus servers, as those that evaluate alert rules: each is asked once for its rules, whatever the number of alerts. */
export function createPrometheusAlerts(
  servers: readonly PrometheusServer[],
  now: () => number,
): AlertServers {
  const readers = servers.map((server) => createIdentityReader(server, now));
  const clients = new Map(servers.map(({ name, prometheus }) => [name, prometheus]));
  const open = async (alerts: readonly Alert[], signal: AbortSignal): Promise<Inquest> =>
    createInquest(await Promise.all(readers.map((read) => read(signal))), clients, alerts, signal);
  return {
    async bind(alerts, service, signal) {
      const inquest = await open(alerts, signal);
      const bindings = await eachOf(alerts, (alert) => bindOne(alert, service, inquest));
      return new Map(alerts.map(({ fingerprint }, place) => [fingerprint, bindings[place] as Binding]));
    },
    async states(alerts, known, signal) {
      return statesOf(alerts, known, await open(alerts, signal));
    },
  };
}

async function bindOne(
  alert: Alert,
  service: ServiceView | null,
  inquest: Inquest,
): Promise<Binding | Elsewhere> {
  const place = await placeByMoment(alert, inquest, placeOf(alert, inquest.identities));
  if (place.kind === 'nowhere') return { kind: 'elsewhere', reason: place.reason };
  if (place.kind === 'unread') return { kind: 'unknown', reason: place.reason };
  let answer: Binding | null = null;
  for (const server of place.servers) {
    try {
      const asked = inquest.of(server);
      const match = matchOf(alert, await asked.rules(), server, place.by);
      const next = await bindingOf(match, { alert, server, by: place.by, service }, asked);
      if (next.kind === 'bound') return next;
      // What a replica could not tell weighs more than what another does not have.
      answer = answer === null || answer.kind === 'absent' ? next : answer;
    } catch (error) {
      answer = { kind: 'unknown', reason: reasonOf(error) };
    }
  }
  return answer ?? { kind: 'unknown', reason: 'no server answered' };
}

interface Sought {
  readonly alert: Alert;
  readonly server: Identity;
  readonly by: 'address' | 'labels';
  readonly service: ServiceView | null;
}

async function bindingOf(
  match: Match,
  { alert, server, by, service }: Sought,
  asked: Asked,
): Promise<Binding> {
  const none = `Prometheus ${server.name} has the alert's rule, and the alert is not active there`;
  const absent: Binding =
    by === 'address'
      ? { kind: 'absent', server: server.name, reason: none }
      : { kind: 'unknown', reason: `${none}; whether it came from there is only told by its labels` };
  switch (match.kind) {
    case 'active':
      return { kind: 'bound', bound: await boundAs(server, match.active, service, asked) };
    case 'unclear':
      return { kind: 'unknown', reason: match.reason };
    case 'idle': {
      const trouble = match.rules.map((rule) => unhealthy(rule, server)).find((each) => each !== null);
      return trouble == null ? absent : { kind: 'unknown', reason: trouble };
    }
    case 'unlike': {
      // Another instance of the same rule, or this one under other labels: only its own series can tell.
      const { rule, labels } = match.near;
      const here = Object.entries(alert.labels).filter(([name]) => Object.hasOwn(labels, name));
      const own = await behind({ rule, labels: Object.fromEntries(here) }, server, asked);
      return own.kind === 'there' && own.note === null ? absent : { kind: 'unknown', reason: match.reason };
    }
    default:
      return match satisfies never;
  }
}
