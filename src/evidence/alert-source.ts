import type { Alert } from '../alerts/alert.ts';
import type { ServiceView } from './collector.ts';

/** An alert as the server that evaluates its rule knows it: bound once, when it was seen active there. */
export interface BoundAlert {
  /** The server's name in `medic.yml`. */
  readonly server: string;
  /** Its label set there, which relabelling on the way to Medic may have changed. */
  readonly labels: Readonly<Record<string, string>>;
  /** The rule's expression as it stands there; null where the server does not tell, as Alertmanager. */
  readonly expression: string | null;
  /** Where the rule fires, as `> 0.9`, if it compares with a constant. */
  readonly comparison?: string | null;
  /** The names of the metrics that the rule reads. */
  readonly reads: readonly string[];
  /** The instruments behind those metrics, never empty: `scrape/node/web-1:9100`, `exporter/node/web-1:9100`, `service/production/shop`. */
  readonly instruments: readonly string[];
  /** How often the rule is evaluated, milliseconds; null where nobody knows. */
  readonly interval: number | null;
}

/**
 * Whether an alert's source knows it.
 *
 * - `bound`: it is active there
 * - `absent`: the server it belongs to was asked, and does not have it active
 * - `unknown`: no server fits, or it could not be asked; the reason is for people
 */
export type Binding =
  | { readonly kind: 'bound'; readonly bound: BoundAlert }
  | { readonly kind: 'absent'; readonly server: string; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The servers that evaluate alert rules. Never throws: what cannot be asked is `unknown`. */
export interface AlertSources {
  /** Finds each alert at its source, by fingerprint. `service` tells which metrics the service itself writes. */
  bind(
    alerts: readonly Alert[],
    service: ServiceView | null,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, Binding>>>;
}
