import type { Alert, Subject } from '../../alerts/alert.ts';
import type { Settings } from '../../config/settings.ts';
import type { AlertSources, BoundAlert } from '../../evidence/alert-source.ts';
import { collect } from '../../evidence/collect.ts';
import type { Collectors, Inquiry } from '../../evidence/collector.ts';
import { requestsAround, requestsFor } from '../../evidence/collectors/table.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import { needsOf } from '../../services/neighbourhood.ts';
import type { Heart } from '../store/snapshot.ts';
import { viewOf } from './view.ts';

/** What gathering facts needs of the world. */
export interface GatherParts {
  readonly store: Heart;
  readonly world: { readonly collectors: Collectors; readonly sources: AlertSources };
  readonly settings: Settings;
  readonly redact: (text: string) => string;
  /** Aborted when this process stops. */
  readonly signal: AbortSignal;
}

/** What was gathered, and the alerts that were seen active at their source, by fingerprint. */
export interface Gathered {
  readonly evidence: readonly Evidence[];
  readonly bound: Readonly<Record<string, BoundAlert>>;
}

/** How long the alerts' sources may take before the rest is gathered without them, milliseconds. */
const SOURCES = 2_000;

/**
 * Fresh facts about a subject: its alerts as their sources know them, and what every collector finds that can tell something of it, within
 * the budget of the settings; where `around` is set, also whether what it depends on runs and answers.
 */
export async function gather(
  { store, world, settings, redact, signal }: GatherParts,
  subject: Subject,
  alerts: readonly Alert[],
  { around = false, ...wanted }: Pick<Inquiry, 'last'> & { readonly around?: boolean } = {},
): Promise<Gathered> {
  const { now } = await store.heartbeat();
  const began = performance.now();
  const service = viewOf(subject, settings);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.min(SOURCES, settings.evidence.budget))]);
  const bindings = alerts.length === 0 ? {} : await world.sources.bind(alerts, service, limit);
  const inquiry = { subject, service, alerts, bindings, ...wanted };
  const needed = around ? needsOf(subject, settings).flatMap((one) => viewOf(one, settings) ?? []) : [];
  const requests = [...requestsFor(inquiry), ...needed.flatMap((one) => requestsAround(inquiry, one))];
  const evidence = await collect(world.collectors, requests, inquiry, {
    at: now,
    budget: settings.evidence.budget,
    redact,
    // The clock of record, carried on by the monotonic one.
    now: () => Math.round(now + performance.now() - began),
  });
  const bound = Object.entries(bindings).flatMap(([fingerprint, binding]) =>
    binding.kind === 'bound' ? [[fingerprint, binding.bound] as const] : [],
  );
  return { evidence, bound: Object.fromEntries(bound) };
}
