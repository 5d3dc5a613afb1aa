import type { Settings } from '../../config/settings.ts';
import type { Model } from '../../diagnosis/model.ts';
import type { AlertSources } from '../../evidence/alert-source.ts';
import type { MetricReader } from '../../evidence/chart.ts';
import type { Collectors } from '../../evidence/collector.ts';
import type { Looker, LookReading } from '../../evidence/looks/look.ts';
import type { ReportTarget } from '../../execution/exit-report.ts';
import type { DryRunResult, Order, Runner } from '../../execution/runner.ts';
import { healthLooks } from '../../incident/evidence/health-looks.ts';
import type { Blocker } from '../../incident/model/blocker.ts';
import type { Effect, LinkedEvent, OutboxEffect } from '../../incident/model/effect.ts';
import type { IncidentEvent } from '../../incident/model/event.ts';
import type { Decided, Incident } from '../../incident/model/incident.ts';
import { currentPlan } from '../../incident/model/phases.ts';
import { checkPlan } from '../../incident/plan/order.ts';
import type { Said } from '../../lib/text/text.ts';
import { plainly } from '../../lib/text/text-read.ts';
import { isSameLook } from '../../playbooks/freeze.ts';
import type { Catalog, Check, Run } from '../../playbooks/manifest.ts';
import type { Plan } from '../../playbooks/plan.ts';
import { together } from '../../verification/judge.ts';
import type { Reading, Signals } from '../../verification/reading.ts';
import type { Engine } from '../engine.ts';
import type { RetryAfter } from '../job-queue.ts';
import type { Door } from '../orders/door.ts';
import type { Live } from '../showing/notifier.ts';
import type { Attempts, Facts } from '../store/attempts.ts';
import type { Incidents } from '../store/incidents.ts';
import type { Outbox } from '../store/outbox.ts';
import type { Heart } from '../store/snapshot.ts';
import type { Commits } from '../store/store.ts';
import { answerQuestion, collectAnswer } from './answer-question.ts';
import { chartRecovery } from './chart.ts';
import { claimFor } from './claim.ts';
import { gather } from './gather.ts';
import { ownPlaybook, presentHash } from './own-playbook.ts';
import { viewOf } from './view.ts';

/** The outside world as effects meet it. */
export interface Dependencies {
  readonly collectors: Collectors;
  /** The servers that evaluate alert rules. */
  readonly sources: AlertSources;
  readonly looker: Looker;
  readonly model: Model | null;
  readonly signals: Signals;
  readonly runner: Runner;
  /** Reads a metric over time, for pictures; null where no metrics can be read. */
  readonly metricReader: MetricReader | null;
}

export interface PerformParts {
  readonly engine: Engine;
  readonly store: Heart & Incidents & Commits & Facts & Attempts & Outbox;
  readonly world: Dependencies;
  readonly settings: Settings;
  readonly catalog: () => Catalog;
  readonly redact: (text: string) => string;
  /** Where the guardian of an attempt leaves word of its end, should the worker not live to see it. */
  readonly reportTo: (attempt: string) => ReportTarget | null;
  /** Whether what is asked for may be done here. */
  readonly door: Door;
  /** Shows answers while they are being made; null where this process shows nothing. */
  readonly live: Live | null;
  /** Aborted when this process stops. */
  readonly signal: AbortSignal;
}

/** How often a rehearsal is tried for which this process has not the catalog yet, milliseconds. */
const CATALOG = 5_000;

type Readable = Exclude<Effect, { readonly kind: 'execute' }>;

/**
 * Performs an effect that only reads, asks or waits, and brings its result back as an event. Performed twice, the second
 * result finds the effect answered. Never performs `execute`: see `attempt.ts`.
 */
export async function perform(
  parts: PerformParts,
  owed: OutboxEffect & { readonly effect: Readable },
): Promise<RetryAfter> {
  const { store, engine } = parts;
  const { effect } = owed;
  if (effect.kind === 'timer') {
    const { now } = await store.heartbeat();
    if (now < effect.at) return effect.at - now;
  }
  const [incident, stillOwed] = await Promise.all([store.load(owed.incident), store.isPending(owed.id)]);
  if (!stillOwed) return null;
  if (incident === null) {
    // Its incident is forgotten, and nobody will ever answer it.
    await store.ack(owed.id);
    return null;
  }
  if (incident.unsigned === true) {
    // Whatever is dispatched, people are told, and nothing else comes of it.
    await engine.dispatch(incident.id, { type: 'your-turn' }, { answers: owed.id });
    return null;
  }
  if (effect.kind === 'chart') return chartRecovery(parts, incident, owed.id);
  if (effect.kind === 'dry-run' && (await waitsForCatalog(parts, incident))) return CATALOG;
  const event = await resultOf(parts, incident, effect);
  // What this process broke off because it stops says nothing of the world: it stays owed, and another asks again.
  if (parts.signal.aborted) return null;
  if (event === null) {
    await store.ack(owed.id);
    return null;
  }
  const about = effect.kind === 'tell' ? effect.incident : incident.id;
  const dispatched = await engine.dispatch(about, event, { answers: owed.id });
  if (dispatched.kind !== 'obstructed' || effect.kind !== 'claim') return null;
  const refusal = { type: 'claim-refused', plan: effect.plan, obstacle: dispatched.obstacle } as const;
  await engine.dispatch(incident.id, refusal, { answers: owed.id });
  return null;
}

async function waitsForCatalog({ door }: PerformParts, incident: Incident): Promise<boolean> {
  const decided = currentPlan(incident);
  const stance = decided === null ? null : await door.stance(incident, decided);
  return stance?.kind === 'hold' && stance.for === 'catalog';
}

/** One incident tells another these, and nothing else: a memory that others write to must not speak for people. */
const TIDINGS: readonly LinkedEvent['type'][] = ['guest-came', 'relapsed', 'neighbour-over'];

/** What the world answers, or null where the question has lapsed. */
async function resultOf(
  parts: PerformParts,
  incident: Incident,
  effect: Exclude<Readable, { readonly kind: 'chart' }>,
): Promise<IncidentEvent | null> {
  switch (effect.kind) {
    case 'collect': {
      const { round } = effect;
      const alerts = Object.values(incident.alerts).map(({ alert }) => alert);
      const found = await gather(parts, incident.subject, alerts, { around: true });
      const evidence = await parts.store.saveEvidence(incident.id, round, found.evidence);
      return { type: 'evidence-collected', round, evidence, bound: found.bound };
    }
    case 'ask-model':
      return askModel(parts, incident, effect.round);
    case 'look':
      return look(parts, incident, effect.plan);
    case 'claim':
      return { type: 'claimed', plan: effect.plan };
    case 'tell':
      return TIDINGS.includes(effect.tidings.type) ? effect.tidings : null;
    case 'timer':
      return { type: 'timer', name: effect.name, serves: effect.serves };
    case 'recheck':
      return { type: 'rechecked', readings: await recheck(parts, incident) };
    case 'collect-answer':
      return collectAnswer(parts, incident, effect.question);
    case 'answer':
      return answerQuestion(parts, incident, effect.question);
    case 'dry-run':
    case 'reprove':
    case 'sample': {
      const decided = currentPlan(incident);
      return decided?.plan.id === effect.plan ? aboutPlan(parts, incident, decided, effect.kind) : null;
    }
    default:
      return effect satisfies never;
  }
}

/** Whether anything stands in the way of a plan that waits for its turn; nothing is taken. */
async function look(
  { store, settings }: PerformParts,
  incident: Incident,
  plan: string,
): Promise<IncidentEvent | null> {
  if (currentPlan(incident)?.plan.id !== plan) return null;
  const { now, silences } = await store.heartbeat();
  const claim = claimFor(incident, settings, { now, silences: silences.version });
  if (claim === null) return null;
  return { type: 'looked', plan, obstacle: await store.tryQueueClaim(incident, claim) };
}

async function aboutPlan(
  parts: PerformParts,
  incident: Incident,
  decided: Decided,
  kind: 'dry-run' | 'reprove' | 'sample',
): Promise<IncidentEvent | null> {
  const { plan } = decided;
  switch (kind) {
    case 'dry-run': {
      const looks = plan.requestedBy.kind === 'person' ? await lookAt(parts, incident, plan) : null;
      // Whoever is asked for a plan that does not seem to be needed sees what it would do.
      const asked = decided.verdict.kind !== 'allow' || (looks !== null && together(looks) !== 'fault');
      const result = plan.dryRun !== null && asked ? await dryRun(parts, incident, decided) : null;
      return { type: 'dry-run-ended', plan: plan.id, result, looks };
    }
    case 'reprove':
      return reprove(parts, incident, decided);
    case 'sample':
      return {
        type: 'sampled',
        plan: plan.id,
        readings: await read(parts, incident, plan.verify.checks, plan),
      };
    default:
      return kind satisfies never;
  }
}

/** Reads a plan's premises afresh. The rehearsal comes first: it may take a minute, and what is read beside it would be old by then. */
async function reprove(parts: PerformParts, incident: Incident, decided: Decided): Promise<IncidentEvent> {
  const { plan } = decided;
  const aside = await stanceOn(parts, incident, decided);
  if (aside !== null)
    return {
      type: 'reproved',
      plan: plan.id,
      readings: [],
      recovery: null,
      diff: null,
      playbookHash: null,
      ...aside,
    };
  const diff = decided.diff === null ? null : await dryRun(parts, incident, decided);
  const recovering = plan.requestedBy.kind === 'medic' ? plan.verify.checks : [];
  const all = await read(parts, incident, [...plan.preconditions, ...recovering], plan);
  return {
    type: 'reproved',
    plan: plan.id,
    readings: all.slice(0, plan.preconditions.length),
    recovery: recovering.length === 0 ? null : all.slice(plan.preconditions.length),
    diff,
    playbookHash: presentHash(plan, parts.catalog()),
  };
}

/** Why whoever would run the plan does not, or does not now; null where it would. */
async function stanceOn(
  { door, store }: PerformParts,
  incident: Incident,
  decided: Decided,
): Promise<{ readonly obstacle: Blocker } | { readonly refused: Said } | null> {
  const stance = await door.stance(incident, decided);
  if (stance.kind === 'go') return null;
  if (stance.kind === 'refused') return { refused: stance.reason };
  const { now } = await store.heartbeat();
  return stance.for === 'pause'
    ? { obstacle: { kind: 'paused', by: stance.by, retryAt: now } }
    : { obstacle: { kind: 'no-leave', reason: stance.reason, retryAt: now } };
}

/** What a plan is for, as it looks now; null where it declares no look. */
async function lookAt(
  { world, settings, signal, catalog }: PerformParts,
  incident: Incident,
  plan: Plan,
): Promise<readonly LookReading[] | null> {
  const look = ownLook(plan, catalog());
  // A plan of an older Medic has none.
  if (look === null || look === undefined) return null;
  const service = viewOf(incident.subject, settings);
  if (service === null) return [];
  const target = { service, hosts: look.hosts, symptomAt: symptomOf(incident) };
  return world.looker.look(look.spec, target, signal);
}

/** The look of a plan; null where it would run a command that the playbook, as it lies here, does not have. */
function ownLook(plan: Plan, catalog: Catalog): NonNullable<Plan['look']> | null {
  const look = plan.look ?? null;
  if (look === null || !('command' in look.spec)) return look;
  const playbook = catalog.get(plan.playbook);
  return playbook !== undefined && isSameLook(plan, playbook.manifest) ? look : null;
}

/** Everything that shows whether a subject is well, whatever its alerts were about, and what their sources say of them. */
async function recheck(parts: PerformParts, incident: Incident): Promise<readonly Reading[]> {
  const { world, settings, catalog, signal } = parts;
  const service = viewOf(incident.subject, settings);
  if (service === null) return [];
  const target = { service, hosts: null, symptomAt: symptomOf(incident) };
  const wanted = healthLooks(incident, { catalog: catalog(), settings });
  const looked = wanted.map(async ({ spec }): Promise<Reading> => {
    const readings = await world.looker.look(spec, target, signal);
    const check: Check = 'unit' in spec ? { unit: 'running' } : { look: 'well' };
    return { check, kind: 'look', readings, at: Math.min(...readings.map(({ at }) => at)) };
  });
  const probes: readonly Check[] = service.probes.length > 0 ? [{ probe: 'healthy' }] : [];
  const asked: readonly Check[] = [...probes, { alert: 'resolved' }];
  const [looks, rest] = await Promise.all([Promise.all(looked), read(parts, incident, asked, null)]);
  return [...looks, ...rest];
}

/** When what is wrong began to show; null where no alert says so. */
function symptomOf({ alerts }: Incident): number | null {
  const times = Object.values(alerts)
    .map(({ alert }) => alert.startsAt)
    .filter(Number.isFinite);
  return times.length === 0 ? null : Math.min(...times);
}

const NO_MODEL = {
  kind: 'failed',
  failure: 'unreachable',
  reason: 'none is configured any more',
  model: 'no model',
} as const;

async function askModel(
  { store, world, catalog, signal }: PerformParts,
  incident: Incident,
  round: number,
): Promise<IncidentEvent | null> {
  if (incident.round !== round) return null;
  // A replica that had one asked for it; the incident that waits for an answer must get one.
  if (world.model === null) return { type: 'model-answered', round, answer: NO_MODEL, evidence: [] };
  const [evidence, { now }] = await Promise.all([store.loadEvidence(incident.id, round), store.heartbeat()]);
  const playbooks = [...catalog().values()].map(({ manifest }) => ({
    name: manifest.name,
    title: manifest.title,
    description: manifest.description,
    risk: manifest.risk,
    parameters: Object.fromEntries(
      Object.entries(manifest.parameters).map(([name, { description }]) => [name, description]),
    ),
  }));
  const question = {
    incident: incident.id,
    subject: incident.subject,
    evidence,
    playbooks,
    earlier: null,
    now,
  };
  return { type: 'model-answered', round, answer: await world.model.ask(question, signal), evidence };
}

async function dryRun(parts: PerformParts, incident: Incident, decided: Decided): Promise<DryRunResult> {
  const { world, catalog, signal, door } = parts;
  const { plan } = decided;
  const stance = await door.stance(incident, decided);
  if (stance.kind === 'refused') return { kind: 'failed', reason: plainly(stance.reason) };
  const checked = checkPlan(plan, 'dry-run', ownPlaybook(plan, catalog()));
  if (checked.kind === 'refused') return { kind: 'failed', reason: checked.reason };
  const order = orderOf(plan.id, checked.run, plan, catalog());
  if (order === null) return { kind: 'failed', reason: `${plan.playbook} is no longer in the catalog` };
  return world.runner.dryRun(order, signal);
}

/** A plan's command as a runner takes it; null where the playbook is gone. */
export function orderOf(id: string, run: Run, plan: Plan, catalog: Catalog): Order | null {
  const playbook = catalog.get(plan.playbook);
  if (playbook === undefined) return null;
  const parameters = Object.fromEntries(
    Object.entries(plan.parameters).map(([name, { value }]) => [name, value]),
  );
  return {
    id,
    run,
    folder: playbook.folder,
    parameters,
    timeout: plan.timeout,
    dryRun: plan.dryRun,
    fence: null,
    reportTo: null,
  };
}

function read(
  { world, settings, signal, catalog }: PerformParts,
  incident: Incident,
  checks: readonly Check[],
  plan: Plan | null,
): Promise<readonly Reading[]> {
  const held = Object.values(incident.alerts);
  const service = viewOf(incident.subject, settings);
  const bound = held.flatMap(({ alert, bound: one }) =>
    one === undefined ? [] : [[alert.fingerprint, one] as const],
  );
  const scope = {
    alerts: held.map(({ alert }) => alert),
    bound: Object.fromEntries(bound),
    probes: service?.probes ?? [],
    service,
    look: plan === null ? null : ownLook(plan, catalog()),
    symptomAt: symptomOf(incident),
  };
  return world.signals.read(checks, scope, signal);
}
