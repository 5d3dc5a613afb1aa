import type { Settings } from '../config/settings.ts';
import type { AlertSources, BoundAlert } from '../evidence/alert-source.ts';
import { collect } from '../evidence/collect.ts';
import type { Collector } from '../evidence/collector.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Alert, Subject } from '../intake/alert.ts';
import { registered } from '../intake/subject.ts';
import { looksFor, withLimit } from '../playbooks/look.ts';
import type { Catalog } from '../playbooks/manifest.ts';
import type { Store } from './store.ts';
import { viewOf } from './view.ts';

/** What gathering facts needs of the world. */
export interface GatherParts {
  readonly store: Pick<Store, 'clock'>;
  readonly world: { readonly collectors: readonly Collector[]; readonly sources: AlertSources };
  readonly settings: Settings;
  readonly catalog: () => Catalog;
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
 * Fresh facts about a subject, for an incident: its alerts as their sources know them, the looks that playbooks declare, and what every
 * collector finds, within the budget of the settings.
 */
export async function gather(
  { store, world, settings, catalog, redact, signal }: GatherParts,
  incident: string,
  subject: Subject,
  alerts: readonly Alert[],
): Promise<Gathered> {
  const { now } = await store.clock();
  const began = performance.now();
  const service = viewOf(subject, settings);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(Math.min(SOURCES, settings.evidence.budget))]);
  const bindings = alerts.length === 0 ? {} : await world.sources.bind(alerts, service, limit);
  const rules = Object.values(bindings).flatMap((one) => (one.kind === 'bound' ? [one.bound] : []));
  const grounds = { subject, service: registered(subject, settings), alerts, evidence: [] };
  const wanted = looksFor(catalog(), grounds);
  const looks = (service?.memoryLimit ?? null) === null ? withLimit(wanted, rules) : wanted;
  const inquiry = { incident, subject, service, alerts, bindings, looks, now };
  const evidence = await collect(world.collectors, inquiry, {
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
