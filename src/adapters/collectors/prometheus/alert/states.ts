import type { Alert } from '../../../../alerts/alert.ts';
import type { BoundAlert } from '../../../../evidence/alert-source.ts';
import {
  type AlertState,
  boundOf,
  type Elsewhere,
  eachOf,
  type Known,
  reasonOf,
  unanswered,
} from '../../alert-state.ts';
import type { AlertRule } from '../client.ts';
import { lookBackOf } from '../expression/look-back.ts';
import { measuredAt } from '../expression/measured.ts';
import { placeByMoment } from '../expression/moment.ts';
import { type Identity, type Place, placeOf } from '../place.ts';
import { evaluatedAt, type Inquest, unhealthy } from './inquest.ts';
import { boundAs } from './instruments.ts';
import { type Active, activesOf, couldRaise, isEqual, matchOf, nameOf } from './match.ts';
import { holdsUnraised } from './unraised.ts';
import { behind } from './vanished.ts';

/** Not active at its rule; whether that is an end is seen from the series behind it. */
type Idle = {
  readonly kind: 'idle';
  readonly rules: readonly [AlertRule, ...AlertRule[]];
  readonly bound: BoundAlert;
  readonly server: Identity;
};

/** What each alert's server says of it now. Nobody looks for the series behind an alert as long as another still fires. */
export async function statesOf(
  alerts: readonly Alert[],
  known: Known,
  inquest: Inquest,
): Promise<ReadonlyMap<string, AlertState | Elsewhere>> {
  const told = await eachOf(alerts, (alert) => stateOf(alert, known, inquest).catch(untoldFor));
  const fires = told.some(({ kind }) => kind === 'active');
  const settled = await eachOf(told, async (state): Promise<AlertState | Elsewhere> => {
    if (state.kind !== 'idle') return state;
    if (fires) return { kind: 'untold', reason: 'another alert of the incident is still active' };
    return endOf(state, inquest).catch(untoldFor);
  });
  return new Map(alerts.map(({ fingerprint }, place) => [fingerprint, settled[place] ?? untoldFor('')]));
}

const untoldFor = (error: unknown): AlertState => unanswered(reasonOf(error));

async function stateOf(alert: Alert, known: Known, inquest: Inquest): Promise<AlertState | Elsewhere | Idle> {
  const bound = boundOf(known, alert);
  const place = placeOf(alert, inquest.identities);
  if (bound === null) return firstSight(alert, await placeByMoment(alert, inquest, place), known, inquest);
  const server = inquest.identities.find(({ name }) => name === bound.server);
  if (server === undefined) return { kind: 'elsewhere', reason: `${bound.server} is no longer configured` };
  const rules = await inquest.of(server).rules();
  const active = activeIn(rules, alert, bound, server);
  if (active !== null) return activeAs(active, bound);
  const elsewhere = await disagreeing(alert, bound, place, inquest);
  if (elsewhere !== null) return elsewhere;
  const [first, ...more] = rules.filter(
    (rule) =>
      rule.name === nameOf(alert) && rule.query === bound.expression && couldRaise(rule, bound.labels),
  );
  if (first === undefined)
    return {
      kind: 'untold',
      reason: `the rule of alert ${nameOf(alert)} at Prometheus ${server.name} has been changed or deleted, so its absence proves nothing`,
    };
  const trouble = [first, ...more].map((rule) => unhealthy(rule, server)).find((each) => each !== null);
  return trouble == null ? { kind: 'idle', rules: [first, ...more], bound, server } : unanswered(trouble);
}

/** An alert that was never bound can be found active, and nothing else: its absence says nothing. */
async function firstSight(
  alert: Alert,
  place: Place,
  { service }: Known,
  inquest: Inquest,
): Promise<AlertState | Elsewhere> {
  if (place.kind === 'nowhere') return { kind: 'elsewhere', reason: place.reason };
  if (place.kind === 'unread') return unanswered(place.reason);
  let told: AlertState = unanswered('no server answered');
  for (const server of place.servers) {
    try {
      const match = matchOf(alert, await inquest.of(server).rules(), server, place.by);
      if (match.kind === 'active') {
        const bound = await boundAs(server, match.active, service, inquest.of(server));
        return activeAs(match.active, bound);
      }
      const reason =
        match.kind === 'idle'
          ? `alert ${nameOf(alert)} was never seen active at Prometheus ${server.name}, so its absence proves nothing`
          : match.reason;
      told = { kind: 'untold', reason };
    } catch (error) {
      told = untoldFor(error);
    }
  }
  return told;
}

function activeIn(
  rules: readonly AlertRule[],
  alert: Alert,
  bound: BoundAlert,
  server: Identity,
): Active | null {
  const actives = rules.filter(({ name }) => name === nameOf(alert)).flatMap(activesOf);
  const asBound = actives.find(({ labels }) => isEqual(labels, bound.labels));
  if (asBound !== undefined) return asBound;
  const match = matchOf(alert, rules, server, 'labels');
  return match.kind === 'active' ? match.active : null;
}

function activeAs({ rule }: Active, bound: BoundAlert): AlertState {
  const at = evaluatedAt(rule);
  const looksBack = lookBackOf(rule.query) + (rule.keepFiringFor ?? 0) * 1000;
  return at === null
    ? unanswered(`Prometheus ${bound.server} does not tell when alert ${rule.name} was evaluated`)
    : { kind: 'active', at, interval: rule.interval, looksBack, bound };
}

/** Replicas evaluate the same rule: what one of them still has active, another cannot end. */
async function disagreeing(
  alert: Alert,
  bound: BoundAlert,
  place: Place,
  inquest: Inquest,
): Promise<AlertState | null> {
  const others = place.kind === 'settled' ? place.servers.filter(({ name }) => name !== bound.server) : [];
  for (const other of others) {
    const rules = await inquest
      .of(other)
      .rules()
      .catch(() => []);
    if (activeIn(rules, alert, bound, other) !== null)
      return unanswered(
        `the servers disagree: alert ${nameOf(alert)} is active at Prometheus ${other.name}, and not at ${bound.server}`,
      );
  }
  return null;
}

async function endOf({ rules, bound, server }: Idle, inquest: Inquest): Promise<AlertState> {
  const [{ name, interval }] = rules;
  const asked = inquest.of(server);
  const at = Math.min(...rules.map((rule) => evaluatedAt(rule) ?? 0));
  const watched = { rule: rules[0], labels: bound.labels };
  const series = await behind(watched, server, asked, at);
  if (series.kind === 'gone' && series.tooFew === true) return unanswered(`alert ${name}: ${series.reason}`);
  if (series.kind === 'gone') {
    const vanished = series.vanished === true ? ({ vanished: true } as const) : {};
    return { kind: 'untold', reason: `alert ${name}: ${series.reason}`, ...vanished };
  }
  // Asked last: what was there for the questions before is there for this one.
  const unseen = await eachOf(rules, (rule) => holdsUnraised({ rule, labels: bound.labels }, asked));
  if (unseen.includes(true)) return unanswered(`alert ${name}: ${STILL_HOLDS}`);
  const measured = series.note === null ? await measuredAt(watched, asked, at) : null;
  return { kind: 'ended', at, interval, note: series.note, measuredAt: measured };
}

const STILL_HOLDS =
  'its rule is quiet and its condition holds all the same: what was measured reached Prometheus after the rule was evaluated';
