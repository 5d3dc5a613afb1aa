import { registered } from '../../alerts/subject.ts';
import type { Person } from '../../approval/person.ts';
import type { Settings } from '../../config/settings.ts';
import { person, type Sayable, say, strong } from '../../lib/text/text.ts';
import { type Call, openCall, type Rung, sinksOf, type Taken, unansweredCall } from '../model/call.ts';
import { change, type Draft, type Refusal, record, refuse } from '../model/draft.ts';
import type { IncidentEvent } from '../model/event.ts';
import type { Incident } from '../model/incident.ts';
import { traitsOf } from '../model/phases.ts';
import type { StepContext } from '../model/step-context.ts';
import { setTimer } from '../model/timers.ts';

type Step = Settings['escalation'][number];

/** After a time without a live Medic, in which nobody could be heard, whoever was told gets at least this long; milliseconds. */
const GRACE = 60_000;
/** By how much the clocks of a pager and of record may differ, milliseconds. */
const SKEW = 30_000;
const SEVERITIES = ['info', 'warning', 'critical'] as const;

/**
 * What a step means for calls, whatever else it did: one begins, ends, is taken by whoever acts, or climbs. It looks at how things stand and
 * not at what came, so that it comes to the same whichever timer was lost, late or doubled.
 */
export function keepCalling(
  before: Incident,
  draft: Draft,
  event: IncidentEvent,
  context: StepContext,
): Draft {
  const { incident } = draft;
  const open = openCall(incident);
  if (open !== null && isOver(incident, open))
    return withCall(draft, { ...open, next: null, ended: context.now });
  const news = draft.events.findLast(({ kind }) => kind === 'escalated' || kind === 'reminded');
  if (news !== undefined) {
    const called = begun(incident, open, news.kind === 'escalated' ? 'escalated' : 'approval', context);
    return called === null ? draft : climb(draft, called, context);
  }
  if (open === null) return draft;
  return climb(
    draft,
    openCall(before)?.nth === open.nth ? takenByActing(open, event, context) : open,
    context,
  );
}

/**
 * The call that is for what was told now; null where nobody is called. One that nobody has taken goes on; but whoever took one for an
 * approval, or for an earlier trouble, has not said that they know of this.
 */
function begun(incident: Incident, open: Call | null, why: Call['why'], { now }: StepContext): Call | null {
  if (open !== null && (open.taken === null || why === 'approval'))
    return why === 'escalated' ? { ...open, why } : open;
  const call = fresh(incident, why, now, now - SKEW);
  return isOver(incident, call) ? null : call;
}

function fresh(incident: Incident, why: Call['why'], since: number, heard: number): Call {
  const nth = (incident.call?.nth ?? 0) + 1;
  const blank = { told: [], next: null, taken: null, ended: null, droppedAt: null };
  return { ...blank, nth, why, since, heard, earlier: sinksOf(incident) };
}

function isOver({ phase }: Incident, { why }: Call): boolean {
  const { life } = traitsOf(phase);
  if (life === 'over' || life === 'sleeps') return true;
  if (why === 'escalated' || phase.at === 'escalated') return false;
  return !(phase.at === 'waiting' && phase.for === 'approval');
}

/** Whoever changes its course is on it, unless all they wanted was that somebody is called. */
function takenByActing(call: Call, event: IncidentEvent, { now }: StepContext): Call {
  const acts =
    (event.type === 'acted' && event.action !== 'escalate') ||
    event.type === 'replan-requested' ||
    event.type === 'heal-requested' ||
    event.type === 'diagnosis-requested';
  if (!acts || call.taken !== null || event.by.stranger === true) return call;
  return taken(call, { by: event.by.id, via: 'slack', at: now });
}

function taken({ handed: _handed, ...call }: Call, by: Taken): Call {
  return { ...call, taken: by, next: null, heard: Math.max(call.heard, by.at) };
}

/** Tells every rung whose turn it is, and sets the timer of the next one. */
function climb(draft: Draft, call: Call, context: StepContext): Draft {
  if (call.taken !== null) return withCall(draft, call);
  const left = untold(call, context.settings.escalation).filter(({ severity }) =>
    isAsSevere(draft.incident.severity, severity),
  );
  const due = left.filter((rung) => dueAt(call, rung, context) <= context.now);
  const told = due.map((rung) => toldNow(draft.incident, rung, context));
  const later = left.filter((rung) => !due.includes(rung)).map((rung) => dueAt(call, rung, context));
  const next = later.length === 0 ? null : Math.min(...later);
  const climbed = withCall(draft, { ...call, told: [...call.told, ...told], next });
  const named = told
    .filter((rung) => !isImplied(rung, call))
    .map(({ tell, sink, who }) => ({ kind: 'called' as const, call: call.nth, tell, sink, who }));
  const recorded = named.length === 0 ? climbed : record(climbed, ...named);
  if (next === null || next === call.next) return recorded;
  return setTimer(recorded, 'escalation', next);
}

/** The rungs that this call has not told yet. The same person may stand on several. */
function untold(call: Call, ladder: readonly Step[]): readonly Step[] {
  return ladder.filter((rung, index) => {
    const before = ladder.slice(0, index).filter((one) => one.tell === rung.tell).length;
    return call.told.filter((one) => one.tell === rung.tell).length <= before;
  });
}

function isAsSevere(severity: Incident['severity'], least: Step['severity']): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

/** All times count from the call; but nobody could say a word to a Medic that was away. */
function dueAt({ since }: Call, { after }: Step, { aliveSince }: StepContext): number {
  const patience = Math.min(after, GRACE);
  return Math.max(since + after, aliveSince > since ? aliveSince + patience : 0);
}

function toldNow(incident: Incident, { tell, sink }: Step, { now, settings }: StepContext): Rung {
  return { tell, sink, who: whoIs(tell, sink, incident, settings), at: now, confirmed: null };
}

function whoIs(tell: string, sink: string, { subject }: Incident, settings: Settings): readonly string[] {
  if (sink !== 'slack') return [];
  const { users, groups } = settings.roles.approvers;
  if (tell === 'approvers') return [...users, ...groups];
  if (tell !== 'owners') return [tell];
  const owners = registered(subject, settings)?.owners ?? [];
  return owners.length > 0 ? owners : [...users, ...groups];
}

/** Whether the message that says that a person is needed mentions them already. */
function isImplied({ tell, at }: Rung, { since }: Call): boolean {
  return tell === 'owners' && at === since;
}

function withCall(draft: Draft, call: Call): Draft {
  return draft.incident.call === call ? draft : change(draft, { call });
}

/** The time of a rung has come. Where it has not, because a clock stepped back or nobody could be heard, its timer is set again. */
export function ringLadder(draft: Draft): Draft | Refusal {
  const call = unansweredCall(draft.incident);
  if (call === null) return refuse('no call is waiting any more');
  return withCall(draft, { ...call, next: null });
}

/** Somebody says, in Slack, that they are on it. */
export function take(draft: Draft, by: Person, context: StepContext): Draft | Refusal {
  const call = openCall(draft.incident);
  if (call === null) return refuse('nobody is called any more');
  if (call.taken !== null && call.handed?.to !== by.id)
    return refuse(say`${takerOf(call.taken)} is on it already`);
  if (by.stranger === true) return refuse('only people of this workspace can take it');
  return noted(draft, taken(call, { by: by.id, via: 'slack', at: context.now }));
}

/** Somebody asks another person to take it over. Until that person says that they are on it, nothing else changes: the ladder goes on climbing. */
export function handOver(
  draft: Draft,
  { by, to }: Extract<IncidentEvent, { readonly type: 'call-handed' }>,
  { now }: StepContext,
): Draft | Refusal {
  const call = openCall(draft.incident);
  if (call === null) return refuse('nobody is called any more');
  if (by.stranger === true) return refuse('only people of this workspace can hand it over');
  if (to === by.id) return refuse(say`to take it yourself, press ${strong('I’m on it')}`);
  if (call.taken?.via === 'slack' && call.taken.by === to) return refuse(say`${person(to)} is on it already`);
  if (call.handed?.to === to) return refuse(say`${person(to)} is asked already`);
  const handed = { to, by: by.id, at: now };
  return record(withCall(draft, { ...call, handed }), {
    kind: 'call-handed',
    call: call.nth,
    by: by.id,
    to,
  });
}

function takerOf({ by, via }: Taken): Sayable {
  return via === 'slack' ? person(by) : `${by} (${via})`;
}

/**
 * A pager says that somebody has taken the call there, or has given it back. Its words may come late and in any order: of two, the one that
 * was said later counts.
 */
export function hearPager(
  draft: Draft,
  { from, taken: isTaken, who, at: saidAt }: Extract<IncidentEvent, { readonly type: 'pager-said' }>,
  context: StepContext,
): Draft | Refusal {
  const call = openCall(draft.incident);
  if (call === null) return refuse('nobody is called any more');
  const at = Math.min(saidAt, context.now);
  if (at < call.heard || (at === call.heard && !isTaken)) return refuse('a later word is known');
  if (isTaken) {
    if (call.taken === null) return noted(draft, taken(call, { by: who, via: from, at }));
    return at === call.heard ? refuse('it is known') : withCall(draft, { ...call, heard: at });
  }
  // What was never taken cannot be given back; a word that it was, said before, would come too late.
  if (call.taken === null) return withCall(draft, { ...call, heard: at });
  const anew = { ...fresh(draft.incident, call.why, context.now, at), droppedAt: from };
  return record(withCall(draft, anew), { kind: 'call-dropped', call: anew.nth, by: who, via: from });
}

function noted(draft: Draft, call: Call): Draft {
  const { by = '', via = '' } = call.taken ?? {};
  return record(withCall(draft, call), { kind: 'call-taken', call: call.nth, by, via });
}

/** A sink has told whoever it wakes. */
export function confirm(
  draft: Draft,
  { sink, call: nth }: Extract<IncidentEvent, { readonly type: 'sink-told' }>,
  { now }: StepContext,
): Draft | Refusal {
  const { call } = draft.incident;
  if (call?.nth !== nth || !call.told.some((one) => one.sink === sink && one.confirmed === null))
    return refuse('it is known');
  const told = call.told.map((one) =>
    one.sink === sink && one.confirmed === null ? { ...one, confirmed: now } : one,
  );
  return withCall(draft, { ...call, told });
}
