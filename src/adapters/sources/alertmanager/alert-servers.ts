import type { Alert } from '../../../alerts/alert.ts';
import type { Binding, BoundAlert } from '../../../evidence/alert-source.ts';
import {
  type AlertServers,
  type AlertState,
  addressOf,
  boundOf,
  type Elsewhere,
  eachOf,
  reasonOf,
  unanswered,
} from '../../collectors/alert-state.ts';
import { type Alertmanager, type AlertmanagerClient, createClient, foundIn, type Listed } from './alerts.ts';

export interface AlertmanagerOptions {
  /** Epoch milliseconds by the clock of record. */
  readonly now: () => number;
  readonly fetch?: typeof globalThis.fetch;
  /** How long after its start an Alertmanager may not have heard of everything again, milliseconds. */
  readonly settling?: number;
}

/** Alerts are not kept over its restart, and senders repeat them every minute or so. */
const SETTLING = 180_000;

type Asked = { readonly server: Alertmanager; readonly client: AlertmanagerClient };

/**
 * The Alertmanagers as the source of alerts that no Prometheus is known for: the one that the alert came through, by its address, or the only
 * one. It knows what it was told, and takes an alert that nobody repeats for one that has ended.
 */
export function createAlertmanagerAlerts(
  servers: readonly Alertmanager[],
  { now, fetch = globalThis.fetch, settling = SETTLING }: AlertmanagerOptions,
): AlertServers {
  const asked = (signal: AbortSignal): readonly Asked[] =>
    servers.map((server) => ({ server, client: createClient(server, fetch, signal) }));
  return {
    async bind(alerts, _service, signal) {
      const all = asked(signal);
      const bindings = await eachOf(alerts, (alert) => bindOne(alert, all));
      return new Map(alerts.map(({ fingerprint }, place) => [fingerprint, bindings[place] as Binding]));
    },
    async states(alerts, known, signal) {
      const all = asked(signal);
      const states = await eachOf(alerts, (alert) =>
        stateOf(alert, boundOf(known, alert), all, { now, settling }).catch(
          (error: unknown): AlertState => unanswered(reasonOf(error)),
        ),
      );
      return new Map(alerts.map(({ fingerprint }, place) => [fingerprint, states[place] as AlertState]));
    },
  };
}

/** The Alertmanager that an alert came through; `known` by its address, and not only because there is no other. */
function managerOf({ manager }: Alert, all: readonly Asked[]): (Asked & { known: boolean }) | null {
  const address = manager === undefined ? null : addressOf(manager);
  const sender = all.find(({ server: { url, externalUrl } }) =>
    [url, externalUrl].some((each) => each !== undefined && address !== null && addressOf(each) === address),
  );
  if (sender !== undefined) return { ...sender, known: true };
  const [only] = all;
  return only !== undefined && all.length === 1 ? { ...only, known: false } : null;
}

const nameOf = ({ labels, name }: Alert) => labels.alertname ?? name;

async function bindOne(alert: Alert, all: readonly Asked[]): Promise<Binding | Elsewhere> {
  const asked = managerOf(alert, all);
  if (asked === null) return { kind: 'elsewhere', reason: NOWHERE };
  const { server, client, known } = asked;
  try {
    const found = foundIn(await client.listed(nameOf(alert)), alert);
    if (found !== null) return { kind: 'bound', bound: boundAs(server, found) };
    return known
      ? {
          kind: 'absent',
          server: server.name,
          reason: `Alertmanager ${server.name} does not have it active`,
        }
      : { kind: 'elsewhere', reason: `Alertmanager ${server.name} does not know it` };
  } catch (error) {
    return { kind: 'unknown', reason: reasonOf(error) };
  }
}

const NOWHERE = 'it came through none of the Alertmanagers that are configured';

const boundAs = ({ name }: Alertmanager, { labels }: Listed): BoundAlert => ({
  server: name,
  labels,
  expression: null,
  reads: [],
  instruments: ['sender/alertmanager'],
  interval: null,
});

async function stateOf(
  alert: Alert,
  bound: BoundAlert | null,
  all: readonly Asked[],
  { now, settling }: Required<Pick<AlertmanagerOptions, 'now' | 'settling'>>,
): Promise<AlertState | Elsewhere> {
  const source =
    bound === null ? managerOf(alert, all) : all.find(({ server }) => server.name === bound.server);
  if (source == null)
    return {
      kind: 'elsewhere',
      reason: bound === null ? NOWHERE : `${bound.server} is no longer configured`,
    };
  const { server, client } = source;
  const at = now();
  const found = foundIn(await client.listed(nameOf(alert)), alert);
  if (found !== null) return { kind: 'active', at, interval: null, bound: bound ?? boundAs(server, found) };
  if (bound === null)
    return {
      kind: 'untold',
      reason: `alert ${nameOf(alert)} was never seen active at Alertmanager ${server.name}, so its absence proves nothing`,
    };
  const startedAt = await client.startedAt();
  if (startedAt !== null && at - startedAt < settling)
    return unanswered(
      `Alertmanager ${server.name} has been started a moment ago and may not have heard of alert ${nameOf(alert)} again`,
    );
  return { kind: 'ended', at, interval: null, note: 'as far as Alertmanager was told', measuredAt: null };
}
