import type { Alert } from '../../../../alerts/alert.ts';
import { cutWholeWords } from '../../../../lib/text/cut.ts';
import type { AlertRule } from '../client.ts';
import { contradiction, type Identity } from '../place.ts';

type Labels = Readonly<Record<string, string>>;

/** An active alert of a rule, with its labels as the rule's server has them. */
export interface Active {
  readonly rule: AlertRule;
  readonly labels: Labels;
  /** RFC 3339: since when; undefined where the server does not tell. */
  readonly activeAt: string | undefined;
}

/**
 * What a server's rules say of an alert that came from there.
 *
 * - `active`: exactly this one is active
 * - `idle`: the rule is there, and no alert of that name is active
 * - `unlike`: some are active, and none of them is this one; `near` is the one that is most like it
 * - `unclear`: no rule that could have raised it, or more than one alert that could be it
 */
export type Match =
  | { readonly kind: 'active'; readonly active: Active }
  | { readonly kind: 'idle'; readonly rules: readonly AlertRule[] }
  | { readonly kind: 'unlike'; readonly near: Active; readonly reason: string }
  | { readonly kind: 'unclear'; readonly reason: string };

/**
 * Finds a received alert among the active ones of the server it belongs to: every label that it has there, it must have here. Labels
 * beyond those are the server's external labels; where the server was settled by its address, others may have been added on the way.
 */
export function matchOf(
  alert: Alert,
  rules: readonly AlertRule[],
  server: Identity,
  by: 'address' | 'labels',
): Match {
  const mine = rules.filter((rule) => rule.name === nameOf(alert));
  const possible = mine.filter((rule) => couldRaise(rule, alert.labels));
  const [rule] = possible;
  if (rule === undefined) return { kind: 'unclear', reason: noRule(alert, mine, server) };
  const actives = possible.flatMap(activesOf);
  const covered = actives.filter(({ labels }) => covers(labels, alert.labels, server.externalLabels));
  const whole = covered.filter(({ labels }) => isWhole(labels, alert.labels, server.externalLabels));
  const found = whole.length > 0 || by === 'labels' ? whole : covered;
  const [active, another] = found;
  if (active !== undefined && (another === undefined || found.every((each) => isSame(each, active))))
    return { kind: 'active', active };
  if (active !== undefined) {
    const reason = `Prometheus ${server.name} has ${found.length} active alerts that could be this one, and which it is cannot be told`;
    return { kind: 'unclear', reason };
  }
  const foreign = contradiction(server.externalLabels, alert.labels);
  if (foreign !== null) {
    const reason = `the alert says ${pair(foreign, alert.labels)}, Prometheus ${server.name} adds ${pair(foreign, server.externalLabels)} to its own: it is another's, or was rewritten on the way`;
    return { kind: 'unclear', reason };
  }
  const near = nearest(actives, alert.labels);
  return near === null
    ? { kind: 'idle', rules: possible }
    : { kind: 'unlike', near, reason: rewritten(near.labels, alert.labels, server) };
}

export const nameOf = ({ labels, name }: Alert) => labels.alertname ?? name;

export function activesOf(rule: AlertRule): readonly Active[] {
  return rule.alerts
    .filter(({ state }) => state !== 'inactive')
    .map(({ labels, activeAt }) => ({ rule, labels: stated(labels), activeAt }));
}

/** An empty label is none. */
const stated = (labels: Labels): Labels =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));

/** Whether two alerts have the same labels. */
export function isEqual(a: Labels, b: Labels): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => (a[name] ?? '') === (b[name] ?? ''));
}

/** One rule may stand in two groups. */
const isSame = (a: Active, b: Active) => isEqual(a.labels, b.labels) && a.rule.query === b.rule.query;

/** Whether the rule's own labels let it raise an alert like this. Templates in them are not filled in here. */
export function couldRaise({ labels }: AlertRule, received: Labels): boolean {
  return Object.entries(labels).every(
    ([name, value]) => value.includes('{{') || (received[name] ?? '') === value,
  );
}

/** Whether every label that the alert has at its server has arrived; the server adds external labels where there are none of that name. */
function covers(source: Labels, received: Labels, external: Labels): boolean {
  const sent = { ...external, ...source };
  return (
    contradiction(sent, received) === null &&
    Object.entries(source).every(([name, value]) => received[name] === value)
  );
}

/** Whether nothing was added to it on the way either. */
function isWhole(source: Labels, received: Labels, external: Labels): boolean {
  const sent = { ...external, ...source };
  return Object.entries(received).every(([name, value]) => value === '' || sent[name] === value);
}

function nearest(actives: readonly Active[], received: Labels): Active | null {
  const distance = ({ labels }: Active) => differences(labels, received).length;
  return actives.reduce<Active | null>(
    (best, each) => (best === null || distance(each) < distance(best) ? each : best),
    null,
  );
}

const differences = (source: Labels, received: Labels) =>
  Object.keys(source).filter((name) => source[name] !== received[name]);

const TOLD = 2;

function rewritten(source: Labels, received: Labels, { name: server }: Identity): string {
  const differing = differences(source, received);
  if (differing.length === 0)
    return `the alert has labels that neither its rule nor Prometheus ${server} gave it, so its end cannot be seen there`;
  const here = differing.slice(0, TOLD).map((name) => pair(name, received));
  const there = differing.slice(0, TOLD).map((name) => pair(name, source));
  return `the alert says ${here.join(', ')}, Prometheus ${server} has ${there.join(', ')}: labels were rewritten on the way, so its end cannot be seen there`;
}

const LONGEST = 80;

function pair(name: string, labels: Labels): string {
  const value = labels[name];
  if (value === undefined || value === '') return `no ${name}`;
  return `${name}=${cutWholeWords(value, LONGEST)}`;
}

function noRule(alert: Alert, sameName: readonly AlertRule[], { name: server }: Identity): string {
  const [first] = sameName;
  const name = first && Object.keys(first.labels).find((each) => first.labels[each] !== alert.labels[each]);
  return first === undefined || name === undefined
    ? `Prometheus ${server} has no rule for an alert ${nameOf(alert)}`
    : `the alert says ${pair(name, alert.labels)}, the rule at Prometheus ${server} gives ${pair(name, first.labels)}: labels were rewritten on the way, so its end cannot be seen there`;
}
