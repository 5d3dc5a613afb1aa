import type { Settings } from '../../config/settings.ts';
import type { Effect } from '../../incident/model/effect.ts';
import type { Decided, Incident } from '../../incident/model/incident.ts';
import { isRunning } from '../../incident/model/phases.ts';
import { type Bearings, type Leave, leaveFor, remade, standsAside } from '../../incident/people/leave.ts';
import { BEGIN_WITHIN } from '../../incident/plan/order.ts';
import { say } from '../../lib/text/text.ts';
import { plainly } from '../../lib/text/text-read.ts';
import type { Logger } from '../../observability/logger.ts';
import type { Catalog } from '../../playbooks/manifest.ts';
import { maintenanceAt } from '../../silence/maintenance.ts';
import type { Silence } from '../../silence/silence.ts';
import { rulesFor } from '../effects/load-context.ts';
import { ownPlaybook } from '../effects/own-playbook.ts';
import type { HealthWarnings } from '../health/health-warnings.ts';
import type { Facts } from '../store/attempts.ts';
import type { OrderStore } from '../store/orders.ts';
import type { Heart } from '../store/snapshot.ts';
import { NEVER_SEEN, readControl, type Seen } from './control.ts';
import type { ControlStore } from './herald.ts';
import type { Seal } from './seal.ts';

type Execute = Extract<Effect, { readonly kind: 'execute' }>;

/** What a runner itself remembers, apart from Redis: what it began, and the newest word it had of what people ordered. */
export interface Ledger {
  /** Notes that an attempt begins here. False where it began here before, whatever Redis says. */
  begin(attempt: string): boolean;
  /** The newest control record that was seen before this process began; null where nobody knows. */
  readonly seen: Pick<Seen, 'number' | 'issuedAt'> | null;
  see(seen: Seen): void;
}

/** What stands between what Redis says is to be done and doing it. */
export interface Door {
  /** Whether a claimed attempt may begin here. */
  leave(incident: Incident, effect: Execute): Promise<Leave>;
  /** Whether a plan could start here, before it is claimed. */
  stance(incident: Incident, decided: Decided): Promise<Leave>;
  /** False where this attempt began here before. */
  begin(attempt: string): boolean;
  /** Hears what people have ordered, so that nothing older is believed afterwards. */
  listen(): Promise<void>;
}

const GO: Leave = { kind: 'go' };

/** The door of a process that makes the plans itself. */
export const OPEN_DOOR: Door = {
  leave: async () => GO,
  stance: async () => GO,
  begin: () => true,
  listen: async () => {},
};

export interface DoorParts {
  readonly store: Heart & Pick<OrderStore, 'paused'> & Pick<Facts, 'loadEvidence'>;
  readonly control: Pick<ControlStore, 'read'>;
  readonly seal: Seal;
  readonly settings: Settings;
  readonly policyDigest: string;
  readonly catalog: () => Catalog;
  readonly ledger: Ledger;
  /** Silences that this process has read itself. */
  readonly silences: () => readonly Silence[];
  readonly troubles: Pick<HealthWarnings, 'tell'>;
  readonly log: Logger;
  /** Milliseconds by a clock that nobody can set. */
  readonly monotonic: () => number;
}

/** The door of a runner, which believes nobody who writes to Redis. */
export function createDoor(parts: DoorParts): Door {
  const { ledger, log, troubles } = parts;
  let seen: Seen = { ...(ledger.seen ?? NEVER_SEEN), since: parts.monotonic() };
  const note = (newest: Seen | null) => {
    if (newest === null || newest.number <= seen.number) return;
    seen = newest;
    ledger.see(seen);
  };
  const bearings = async (incident: Incident, decided: Decided): Promise<Bearings> => {
    const found = await bearingsFor(parts, incident, decided, seen);
    note(found.seen);
    return found.bearings;
  };
  const told = new Set<string>();
  const tell = (about: string, words: string | null) => {
    if (words === null ? !told.delete(about) : !told.add(about)) return;
    void troubles.tell(about, words).catch(() => undefined);
  };
  const said = (leave: Leave, incident: Incident, decided: Decided): Leave => {
    if (leave.kind === 'go') {
      for (const about of [...told]) tell(about, null);
      return leave;
    }
    const reason = plainly(leave.reason);
    log.warn({ incident: incident.id, plan: decided.plan.id, reason }, 'a plan does not start here');
    if (leave.kind === 'hold' && (leave.for === 'word' || leave.for === 'catalog'))
      tell(`runner-${leave.for}`, `A plan waits: ${reason}.`);
    return leave;
  };
  return {
    async leave(incident, effect) {
      const { phase } = incident;
      const attempt = incident.attempts.find(({ id }) => id === effect.attempt);
      // What was not claimed is refused by whoever looks at its order.
      if (!isRunning(phase) || attempt === undefined) return GO;
      const { decided, stop } = phase;
      if (stop !== null) return GO;
      if (effect.purpose === 'rollback') return undoes(decided, parts.catalog());
      const found = await bearings(incident, decided);
      const leave = said(leaveFor(incident, decided, attempt, found), incident, decided);
      const isLate = found.now - attempt.startedAt > BEGIN_WITHIN;
      return leave.kind === 'hold' && isLate ? { kind: 'refused', reason: leave.reason } : leave;
    },
    async stance(incident, decided) {
      const found = await bearings(incident, decided);
      const aside = standsAside(decided, found);
      return said(aside.kind === 'go' ? remade(incident, decided, found) : aside, incident, decided);
    },
    begin: (attempt) => ledger.begin(attempt),
    async listen() {
      const { store, control, seal, monotonic } = parts;
      const [stored, { now }] = await Promise.all([control.read(), store.heartbeat()]);
      const read = readControl(stored, seal, seen, { now, monotonic: monotonic() });
      if (read.kind === 'in-force') note(read.seen);
    },
  };
}

/** An undoing belongs to the fix that has run: no pause holds it up. It takes no longer than its playbook may. */
function undoes({ plan }: Decided, catalog: Catalog): Leave {
  const manifest = catalog.get(plan.playbook)?.manifest;
  if (manifest === undefined || plan.timeout <= manifest.timeout) return GO;
  return { kind: 'refused', reason: say`${plan.playbook} has another timeout than the plan` };
}

async function bearingsFor(
  parts: DoorParts,
  incident: Incident,
  { plan }: Decided,
  seen: Seen,
): Promise<{ readonly bearings: Bearings; readonly seen: Seen | null }> {
  const { store, control, seal, catalog } = parts;
  const [stored, present, paused, evidence] = await Promise.all([
    control.read(),
    store.heartbeat(),
    store.paused(),
    store.loadEvidence(incident.id, incident.round),
  ]);
  const { now } = present;
  const read = readControl(stored, seal, seen, { now, monotonic: parts.monotonic() });
  const orders = read.kind === 'in-force' ? read.control : null;
  const { settings, policyDigest } = rulesFor(parts, incident.subject, orders?.modes ?? []);
  const bearings: Bearings = {
    word:
      orders === null
        ? { kind: 'no-word', reason: read.kind === 'closed' ? read.reason : '' }
        : { kind: 'word', pausedBy: orders.pausedBy ?? paused, catalog: orders.catalog },
    own: ownPlaybook(plan, catalog()),
    settings,
    policyDigest,
    // Whoever silences more only keeps Medic from acting: what is known from anywhere counts.
    silences: [
      ...(orders?.silences ?? []),
      ...present.silences.list,
      ...parts.silences(),
      ...maintenanceAt(settings, now),
    ],
    evidence,
    now,
  };
  return { bearings, seen: read.kind === 'in-force' ? read.seen : null };
}
