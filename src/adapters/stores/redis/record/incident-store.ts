import type { Redis } from 'ioredis';
import { subjectKey } from '../../../../alerts/alert.ts';
import type { Seal } from '../../../../engine/orders/seal.ts';
import type { Incidents, Index, Past } from '../../../../engine/store/incidents.ts';
import type { Rules } from '../../../../engine/store/rules.ts';
import type { Claim, Commit, Commits, Committed } from '../../../../engine/store/store.ts';
import type { OverflowAlert } from '../../../../incident/model/overflow.ts';
import { isIll, isOpen, wantsTurn } from '../../../../incident/model/phases.ts';
import type { TimelineEntry } from '../../../../incident/model/timeline.ts';
import type { Keys } from '../keys.ts';
import { type KeysOf, keysFor } from '../scripts.ts';
import { alertsNamedIn, writtenOf } from './alerts-apart.ts';
import { noted } from './audit-log.ts';
import { closedLately } from './closings.ts';
import { aboutState, readMany, rememberingReader, storedOf } from './read-many.ts';
import { KEPT_SECONDS } from './retention.ts';

/** Incidents, their indexes and their record. Every change is one run of `commit.lua`. */
export function createIncidentStore(
  redis: Redis,
  keys: Keys,
  seal: Seal | null,
  rules: Rules,
): Incidents & Index & Past & Commits {
  const fields = (key: string, names: readonly string[]) =>
    names.length === 0 ? Promise.resolve([]) : redis.hmget(key, ...names);
  const run = async (
    id: string,
    subject: string,
    once: string | null,
    change: object,
    texts: readonly string[] = [],
  ) => {
    const named = keysFor('commit', commitKeys(keys, id, subject, once));
    const answer = await redis.medicCommit(...named, JSON.stringify(change), ...texts);
    return JSON.parse(answer) as Committed | AlertsMissing;
  };
  const read = rememberingReader(seal);
  return {
    async load(id) {
      const isSealed = seal !== null;
      const state = await storedOf(redis, keys, id, { seal: isSealed, alerts: false });
      const named = state === null ? null : alertsNamedIn(state.state);
      // Both at one moment: another process may write in between.
      const stored =
        named === null || named === read.alertsOf(id)
          ? state
          : await storedOf(redis, keys, id, { seal: isSealed, alerts: true });
      return stored === null ? null : read.read(id, stored);
    },
    loadMany: (ids) => readMany(redis, keys, ids, read, seal !== null),
    findOpen: (subject) => redis.hget(keys.open, subject),
    findOpenAbout: (subjects) => fields(keys.open, subjects),
    attachedTo: (fingerprints) => fields(keys.attached, fingerprints),
    async heard(incident, fingerprints) {
      const stored = await fields(keys.crowd(incident), fingerprints);
      const known = fingerprints.flatMap((fingerprint, index) => {
        const alert = stored[index];
        return typeof alert === 'string' ? [[fingerprint, JSON.parse(alert) as OverflowAlert] as const] : [];
      });
      return Object.fromEntries(known);
    },
    async lately(subject) {
      const [incident, at] = (await redis.get(keys.recent(subject)))?.split(' ') ?? [];
      return incident === undefined ? null : { incident, at: Number(at) };
    },
    open: () => redis.hvals(keys.open),
    closed: (most) => closedLately(redis, keys, most),
    async commit(commit) {
      const { incident, entries, once } = commit;
      const { state, apart } = writtenOf(incident);
      const told = entries.map((entry) => JSON.stringify(entry));
      const mac: { readonly seal?: string } =
        seal === null ? {} : { seal: seal.sign(aboutState(incident.id), state) };
      const change = {
        ...changeOf(commit, rules),
        ...mac,
        ...(apart === null ? {} : { alertsHash: apart.hash }),
      };
      const write = (alerts: string) =>
        run(incident.id, subjectKey(incident.subject), once, change, [state, alerts, ...told]);
      const lieThere = apart === null || read.alertsOf(incident.id) === apart.hash;
      let committed = await write(lieThere ? '' : apart.text);
      if (committed.kind === 'alerts-missing') committed = await write(apart?.text ?? '');
      if (committed.kind === 'alerts-missing')
        throw new Error(`the alerts of ${incident.id} were not stored`);
      if (committed.kind !== 'committed') return committed;
      read.wrote(incident, { state, mac: mac.seal ?? '' });
      return { ...committed, next: committed.next ?? [] };
    },
    async tryQueueClaim({ id, version }, claim) {
      const looked = await run(id, '-', null, {
        look: true,
        id,
        expected: version,
        claim,
        rules: ofClaims(rules),
      });
      return looked.kind === 'refused' ? looked.obstacle : null;
    },
    lastFence: async () => Number((await redis.hget(keys.fences, '~last')) ?? 0),
    async timeline(id) {
      const entries = await redis.lrange(keys.timeline(id), 0, -1);
      return entries.map((entry) => JSON.parse(entry) as TimelineEntry);
    },
  };
}

/** What was taken to lie beside the state does not: nothing was written. */
interface AlertsMissing {
  readonly kind: 'alerts-missing';
}

function commitKeys(keys: Keys, id: string, subject: string, once: string | null): KeysOf<'commit'> {
  return {
    ...keys,
    incident: keys.incident(id),
    timeline: keys.timeline(id),
    once: keys.once(once ?? '-'),
    recent: keys.recent(subject),
    crowd: keys.crowd(id),
  };
}

function changeOf(commit: Commit, rules: Rules): object {
  const { incident, expected, outbox, answers, once, claim, release, opening } = commit;
  const given = <Value>(name: string, value: Value | null) => (value === null ? {} : { [name]: value });
  return {
    id: incident.id,
    expected,
    version: incident.version,
    owe: outbox.map(({ id, incident: owner, effect }) => ({
      id,
      effect: JSON.stringify({ incident: owner, effect }),
    })),
    subject: subjectKey(incident.subject),
    closed: !isOpen(incident),
    ill: isIll(incident),
    waits: wantsTurn(incident.phase),
    attached: commit.attached,
    fingerprints: isOpen(incident) ? [] : Object.keys(incident.alerts),
    crowd: Object.fromEntries(
      Object.entries(commit.crowd).map(([fingerprint, alert]) => [fingerprint, JSON.stringify(alert)]),
    ),
    sinks: commit.sinks,
    strikes: commit.strikes,
    breaker: commit.breaker,
    keptSeconds: KEPT_SECONDS,
    rules: rulesFor(commit, rules),
    ...(commit.entries.length > 0 ? { head: noted(incident) } : {}),
    ...given('answers', answers),
    ...given('once', once),
    ...given<Claim>('claim', claim),
    ...given('release', release),
    ...given('opening', opening),
    ...given('closedAt', incident.milestones.closed),
  };
}

/** Of the rules those that a change comes under: most come under none, and whatever is sent has to be read by the script. */
function rulesFor({ incident, claim, release, once }: Commit, rules: Rules): Partial<Rules> {
  const { called, relapseWithin, onceFor } = rules;
  return {
    ...(claim === null ? {} : ofClaims(rules)),
    ...(release === null ? {} : { called }),
    ...(isOpen(incident) ? {} : { relapseWithin }),
    ...(once === null ? {} : { onceFor }),
  };
}

function ofClaims({ freshFor, lookAgain, placeFor }: Rules): Partial<Rules> {
  return { freshFor, lookAgain, placeFor };
}
