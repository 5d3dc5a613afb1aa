import { mayApprove, mayOperate } from '../approval/authorise.ts';
import type { Person } from '../approval/person.ts';
import type { Settings } from '../config/settings.ts';
import type { Incident } from '../incident/model/incident.ts';
import { trackRecords } from '../knowledge/track-record.ts';
import { clock, type Said, say } from '../lib/text/text.ts';
import { exceptionsIn } from './commands/mode.ts';
import { silenceLines } from './commands/silences.ts';
import { openIncidents, trippedLines } from './commands/status.ts';
import type { Condition, Overview } from './overview.ts';
import type { ClerkParts } from './parts.ts';

/** Incidents a glance holds: of those that are open, of those that closed lately, and of those a record is drawn from. */
const OPEN = 100;
const CLOSED = 20;
const RECORDED = 200;
/** How long what is known of closed incidents is not read again, milliseconds: a judgement or a relapse may still change it. */
const KNOWN_FOR = 60_000;

type Parts = Pick<ClerkParts, 'store' | 'settings' | 'log' | 'condition'>;

/** Everything at a glance, for whoever comes. What people order is always read afresh; the past is remembered for a while. */
export function createOverview(parts: Parts): (by: Person) => Promise<Overview> {
  const { store, settings } = parts;
  const past = pastOf(store);
  return async (by) => {
    const [present, pausedBy, tripped, open, closed, condition] = await Promise.all([
      store.heartbeat(),
      store.paused(),
      store.tripped(),
      openIncidents(parts),
      past(),
      conditionOf(parts),
    ]);
    const everything = present.modes.find(
      ({ service, environment }) => service === null && environment === null,
    );
    return {
      now: present.now,
      open: open.slice(0, OPEN),
      mine: open.flatMap((incident) => {
        const why = waitsFor(by, incident, settings);
        return why === null ? [] : [{ incident, why }];
      }),
      pausedBy,
      mode: {
        everywhere: everything?.mode ?? settings.policy.mode,
        exceptions: exceptionsIn(settings),
        orders: present.modes,
      },
      silences: silenceLines(settings, present),
      tripped: trippedLines(tripped),
      ...condition,
      closed: closed.slice(0, CLOSED),
      track: trackRecords([...open, ...closed]),
      operator: mayOperate(by, settings.roles).kind === 'allowed',
    };
  };
}

/** Why an incident waits for this very person, in a few words; null where it does not. */
function waitsFor(by: Person, { phase }: Incident, { roles }: Settings): Said | null {
  if (phase.at !== 'waiting') return null;
  const { decided, deadline, held } = phase;
  if (held !== null) return held.by === by.id ? say`you hold it: resume or cancel it` : null;
  const until = deadline === null ? '' : say` until ${clock(deadline)}`;
  if (phase.for === 'approval')
    return mayApprove(by, decided.plan, decided.receipts, roles).kind === 'allowed'
      ? say`you may approve it${until}`
      : null;
  if (phase.for === 'window' && mayOperate(by, roles).kind === 'allowed') return say`you may object${until}`;
  return null;
}

/** The incidents that closed last. Those that were read lately are not read again. */
function pastOf(store: Parts['store']): () => Promise<readonly Incident[]> {
  let known = new Map<string, Incident | null>();
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async () => {
    const ids = await store.closed(RECORDED);
    const now = performance.now();
    if (now - readAt > KNOWN_FOR) {
      known = new Map();
      readAt = now;
    }
    const missing = ids.filter((id) => !known.has(id));
    const found = await store.loadMany(missing);
    const fresh = new Map(missing.map((id, index) => [id, found[index] ?? null]));
    // What is no longer among them is forgotten.
    known = new Map(ids.map((id) => [id, fresh.get(id) ?? known.get(id) ?? null]));
    return ids.flatMap((id) => known.get(id) ?? []);
  };
  let reading: Promise<readonly Incident[]> | null = null;
  return () => {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  };
}

/** That Medic's health is not known is a trouble as well, and no reason to show nothing. */
async function conditionOf({ condition, log }: Parts): Promise<Condition> {
  try {
    return (await condition?.()) ?? { troubles: [], holds: [] };
  } catch (err) {
    log.warn({ err }, 'it could not be told how Medic itself is');
    return { troubles: ['Medic’s own health is unknown right now.'], holds: [] };
  }
}
