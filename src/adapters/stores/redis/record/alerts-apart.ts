import { createHash } from 'node:crypto';
import type { Incident } from '../../../../incident/model/incident.ts';

type Alerts = Incident['alerts'];

/** The schema of a state that has its alerts beside it. */
export const APART = 5;

/** Alerts as they lie beside a state, and the hash by which the state names them. */
export interface AlertsText {
  readonly text: string;
  readonly hash: string;
}

/** An incident as it is stored. `apart` is null where the alerts are part of the state. */
export interface Written {
  readonly state: string;
  readonly apart: AlertsText | null;
}

/** Alerts never change, they are replaced: what was made of them once holds for as long as they are there. */
const texts = new WeakMap<Alerts, AlertsText>();

/**
 * The alerts held in full are nine tenths of an incident in a storm, and hardly change once further ones are only counted. From then on
 * they lie beside the state and are written when they do change. Other incidents are stored in one, as any older Medic can read.
 */
export function writtenOf(incident: Incident): Written {
  if (incident.crowd.total === 0) return { state: JSON.stringify(incident), apart: null };
  const { alerts, ...rest } = incident;
  const apart = textOf(alerts);
  // The name comes last, where `alertsNamedIn` looks for it.
  return { state: JSON.stringify({ ...rest, schema: APART, alertsHash: apart.hash }), apart };
}

/** The hash by which a state names its alerts; null where it holds them itself. */
export function alertsNamedIn(state: string): string | null {
  // At the end of the whole: within a string its quotes would be escaped, and within an object more would follow.
  return /"alertsHash":"([0-9a-f]{64})"\}$/.exec(state)?.[1] ?? null;
}

/** The alerts of a text, and whether they are those that a state names. None where there is no text. */
export function alertsIn(
  text: string | null,
  hash: string,
): { readonly alerts: Alerts; readonly fit: boolean } {
  if (text === null) return { alerts: {}, fit: false };
  const alerts = JSON.parse(text) as Alerts;
  const fit = hashOf(text) === hash;
  if (fit) texts.set(alerts, { text, hash });
  return { alerts, fit };
}

function textOf(alerts: Alerts): AlertsText {
  const known = texts.get(alerts);
  if (known !== undefined) return known;
  const text = JSON.stringify(alerts);
  const made = { text, hash: hashOf(text) };
  texts.set(alerts, made);
  return made;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
