import type { KnownBlock } from '@slack/types';
import type { Found, Looked, Near, Release } from '../../../../../incident/evidence/found.ts';
import { openCall } from '../../../../../incident/model/call.ts';
import { firingAlerts, type Incident } from '../../../../../incident/model/incident.ts';
import { currentPlan } from '../../../../../incident/model/phases.ts';
import { namedLink } from '../alerts.ts';
import { fixLabel } from '../dialogs.ts';
import { quoted, readable, roundly } from '../plain.ts';
import { capital, counted, listed, oneLine, safeUrl, section, span, time, timely, words } from '../text.ts';
import { dated } from '../thread/story/evidence-line.ts';

/** So many looks are shown, and so many steps. */
const LOOKS = 3;
const STEPS = 4;
const CLAIMS = 3;

/** What the newest evidence holds, where it is of this round. */
function foundIn({ found, round }: Incident): Found | null {
  return found === undefined || found.round !== round ? null : found;
}

/** For a person who takes over: how near the known causes come, what Medic saw when it looked, and what is left to do by hand. */
export function foundLines(incident: Incident): KnownBlock[] {
  const found = foundIn(incident);
  if (!isForPeople(incident)) return [];
  const blocks = [
    causeLines(incident),
    ...(found === null || incident.phase.at !== 'escalated'
      ? []
      : [leadLines(incident, found), lookLines(incident, found)]),
    byHand(incident, found),
  ];
  return blocks.filter((lines) => lines.length > 0).map((lines) => section(...lines));
}

/** Whether a person has to go on: they were called, or asked and nothing here mends it. */
function isForPeople({ phase }: Incident): boolean {
  return phase.at === 'escalated' || (phase.at === 'closed' && phase.how === 'answered');
}

/** What a known cause stands on, each claim with the line that says it, and what else is ill because of it. */
function causeLines({ diagnosis }: Incident): string[] {
  const [best] = diagnosis?.hypotheses ?? [];
  if (diagnosis?.conclusion.kind !== 'cause' || best === undefined || best.playbook !== null) return [];
  const { claims, consequences = [] } = best;
  return [
    ...claims.slice(0, CLAIMS).map(({ text, citations: [first] }) => {
      const quote = first === undefined ? '' : `: ${quoted(first.quote, 110)} *${words(first.evidence, 12)}*`;
      return `:white_check_mark: ${words(roundly(text), 200).replace(/[.:]$/, '')}${quote}`;
    }),
    ...(consequences.length === 0
      ? []
      : [
          `*Because of it:* ${consequences
            .slice(0, CLAIMS)
            .map((one) => words(one, 100))
            .join('; ')}`,
        ]),
  ];
}

/** The signs of the closest cause. One that Medic saw for itself says how old that is. */
function leadLines(incident: Incident, { leads: [best], looks }: Found): string[] {
  if (best === undefined || knowsCause(incident)) return [];
  const { matched, missing, unread = [], cause } = best;
  const signs = counted(matched.length + missing.length + unread.length, 'sign');
  const line = (sign: string) => {
    const look = looks.find((one) => isIn(one, sign));
    return look === undefined ? said(sign) : lookLine(look, incident, sign);
  };
  return [
    `*Closest known cause:* ${words(cause, 300)} *${matched.length} of ${signs}*`,
    ...matched
      .filter(isSaid)
      .slice(0, 3)
      .map((sign) => `:white_check_mark: ${line(sign)}`),
    ...missing
      .filter(isSaid)
      .slice(0, 3)
      .map((sign) => `:heavy_multiplication_x: Not found: ${line(sign)}`),
    ...unread
      .filter(isSaid)
      .slice(0, 3)
      .map((sign) => `:grey_question: Could not be read: ${line(sign)}`),
  ];
}

/** Whether a sign has words: an emoji alone says nothing. */
function isSaid(sign: string): boolean {
  return oneLine(sign) !== '';
}

function knowsCause({ diagnosis }: Incident): boolean {
  return diagnosis?.conclusion.kind === 'cause';
}

function quotesOf({ diagnosis }: Incident): readonly string[] {
  const claims = diagnosis?.hypotheses[0]?.claims ?? [];
  return claims.flatMap(({ citations }) => citations.map(({ quote }) => quote));
}

function signsOf({ matched, missing, unread = [] }: Near): readonly string[] {
  return [...matched, ...missing, ...unread];
}

function isIn({ words: seen }: Looked, sign: string): boolean {
  return sign.includes(seen.replace(/…$/, ''));
}

function said(sign: string): string {
  return timely(readable(sign), 200);
}

/** What else was seen. */
function lookLines(incident: Incident, { leads: [best], looks }: Found): string[] {
  const signs = knowsCause(incident) ? quotesOf(incident) : best === undefined ? [] : signsOf(best);
  // What could not be looked at was not seen; the thread says why.
  const seen = looks.filter(({ verdict }) => verdict !== 'unknown');
  const rest = seen.filter((look) => !signs.some((sign) => isIn(look, sign)));
  const shown = rest.slice(0, LOOKS).map((look) => `• ${lookLine(look, incident)}`);
  const more = rest.length - shown.length;
  if (shown.length === 0) return [];
  return [
    '*Medic looked:*',
    ...shown,
    ...(more > 0 ? [`_… ${counted(more, 'more look')} in the thread_`] : []),
  ];
}

/** How old it was when a person was called: counted from now, it would no longer be so a moment later. */
function lookLine({ words: seen, at }: Looked, incident: Incident, sign = seen): string {
  const called = openCall(incident)?.since ?? null;
  const age = called === null || called < at ? `read at ${time(at)}` : `${span(called - at)} before the call`;
  return `${said(dated(sign, at))} (${age})`;
}

/** What a person can do where no playbook can be run: text, and never a button. */
function byHand(incident: Incident, found: Found | null): string[] {
  const [known] = knowsCause(incident) ? (incident.diagnosis?.hypotheses ?? []) : [];
  const told = known?.playbook === null ? (known.steps ?? []) : [];
  const relief = fixesOf(incident)
    .filter(({ playbook }) => easing(incident).some((one) => one.playbook === playbook))
    .map((fix) => `• ${words(fixLabel(fix, incident), 100)}: eases it for a while, and does not mend it`);
  if (told.length > 0)
    // As written: a command with a capital letter is none.
    return ['*What you can do:*', ...relief, ...told.slice(0, STEPS).map((step) => `• ${words(step, 250)}`)];
  const planned = currentPlan(incident) !== null || fixesOf(incident).length > 0;
  if (incident.phase.at !== 'escalated' || found === null || planned) return [];
  const notes = firingAlerts(incident)[0]?.annotations ?? {};
  const runbook = notes.runbook_url ?? notes.runbook;
  const unread = (incident.diagnosis?.unread ?? [])
    .slice(0, 2)
    .map((title) => title.replace(/: no answer$/, ''));
  const [best] = found.leads;
  const steps = [
    ...(safeUrl(runbook) === null ? [] : [`Follow the ${namedLink(runbook, 'runbook')}`]),
    ...(best?.ready === false && best.playbook !== null
      ? [`“${words(best.title, 100)}” lacks a value: give it under *Choose a fix*`]
      : []),
    ...(best === undefined
      ? []
      : [...(best.unread ?? []), ...best.missing]
          .slice(0, 1)
          .map((sign) => `Check for yourself: ${said(sign)}`)),
    ...(best?.playbook === null ? (best.steps ?? []).slice(0, 2) : []).map(
      (step) => `If that is it: ${words(step, 200)}`,
    ),
    ...unread.map((title) => `Look at ${words(title, 150)}: Medic could not read it`),
  ].slice(0, STEPS);
  return steps.length === 0
    ? []
    : ['*No playbook fits. By hand:*', ...steps.map((step) => `• ${capital(step)}`)];
}

/** A fix that a person can have run with one click and a confirmation. */
export interface Fix {
  readonly playbook: string;
  readonly title: string;
}

/**
 * The playbooks that ease the known cause or come nearest to what was found, and need no value, at most two. What was run already is none of them: it did not
 * help. None where many things are meant at once.
 */
export function fixesOf(incident: Incident): readonly Fix[] {
  const { phase, subject, attempts } = incident;
  if (phase.at !== 'escalated' || subject.kind === 'storm') return [];
  const tried = attempts.map(({ playbook }) => playbook);
  const { leads = [] } = foundIn(incident) ?? {};
  const near: readonly Fix[] = [
    ...easing(incident),
    // What mends other causes is no fix of a cause that is known.
    ...(isUnmended(incident) ? [] : leads).flatMap(({ playbook, title, ready }) =>
      ready && playbook !== null ? [{ playbook, title }] : [],
    ),
  ];
  const ready = near.filter(({ playbook }) => !tried.includes(playbook));
  return ready
    .filter(({ playbook }, index) => ready.findIndex((one) => one.playbook === playbook) === index)
    .slice(0, 2);
}

/** The playbooks that ease the known cause for a while. */
function easing(incident: Incident): readonly Fix[] {
  const cause = knownHere(incident);
  const { eases = [] } = foundIn(incident) ?? {};
  return cause === null ? [] : eases.filter(({ faults }) => faults.includes(cause));
}

/** Whether the cause is known and no playbook mends it. */
function isUnmended({ diagnosis }: Incident): boolean {
  const [best] = diagnosis?.conclusion.kind === 'cause' ? diagnosis.hypotheses : [];
  return best !== undefined && best.playbook === null;
}

/** The fault that is the cause, where it lies in the service itself: what is done here eases nothing that lies elsewhere. */
function knownHere({ diagnosis, subject }: Incident): string | null {
  const [best] = diagnosis?.conclusion.kind === 'cause' ? diagnosis.hypotheses : [];
  const { fault = null, object = '' } = best ?? {};
  return object === `service/${subject.name}` ? fault : null;
}

/** The release that came shortly before, in one line: what people want to know first. */
export function releaseLine(incident: Incident): string[] {
  const release = foundIn(incident)?.release;
  return release === undefined ? [] : [`:package: ${released(release)}`];
}

function released({ version, by, at, before }: Release): string {
  const who = by === null ? '' : ` by ${words(by, 80)}`;
  return `*Release ${words(version, 80)}*${who} at ${time(at, 'clock')}, ${span(before)} before the alert`;
}

/** Who may be affected: what depends on it, by the registry. */
export function dependantLine(dependants: readonly string[]): string[] {
  if (dependants.length === 0) return [];
  const shown = dependants.slice(0, 6).map((name) => `*${words(name.replaceAll('*', ''), 80)}*`);
  const more = dependants.length - shown.length;
  const all = more > 0 ? [...shown, `${more} more`] : shown;
  return [`:busts_in_silhouette: ${listed(all)} ${dependants.length === 1 ? 'depends' : 'depend'} on it`];
}
