import { change, type Draft, emit, type Refusal, record, refuse } from '../model/draft.ts';
import type { LinkedEvent } from '../model/effect.ts';
import type { Incident, Link } from '../model/incident.ts';
import type { StepContext } from '../model/step-context.ts';
import { checkQueue } from '../run/queue.ts';
import { handOn } from './neighbour-over.ts';

/** As many returns as one thread tells. */
const IN_ONE_THREAD = 3;

/**
 * Finds the thread of an incident that opens: that of the same trouble, which has come back, or that of a neighbour's incident
 * that opened shortly before. What it learns that way it also tells the other one.
 */
export function link(draft: Draft, context: StepContext): Draft {
  const { incident } = draft;
  const { lately, neighbours } = context.around;
  const { subject } = incident;
  if (lately !== null && isBack(lately, incident)) {
    const nth = returnsIn(lately) + 1;
    const as = incident.id;
    if (nth > IN_ONE_THREAD)
      return follow(tellOther(draft, lately.id, { type: 'relapsed', as, elsewhere: true }), lately);
    const told = tellOther(draft, lately.id, { type: 'relapsed', as });
    return joinThread(linked(told, 'relapse', lately, nth), subject.name);
  }
  const window = context.settings.policy.neighbour_window;
  const [first] = neighbours
    .filter(({ milestones }) => context.now - milestones.opened <= window)
    .sort((a, b) => a.milestones.opened - b.milestones.opened);
  return first === undefined ? draft : joinThread(linked(draft, 'neighbour', first), subject.name);
}

/** The first alert of an incident that a person had opened, in a thread of its own: only that it is back is told. */
export function noteRelapse(draft: Draft, { around: { lately } }: StepContext): Draft {
  return lately !== null && isBack(lately, draft.incident)
    ? tellOther(draft, lately.id, { type: 'relapsed', as: draft.incident.id, elsewhere: true })
    : draft;
}

/**
 * Whether these alerts show that the end of an incident did not last: they are back, or it was said of their subject that all is well
 * although nothing had mended it, and it is not.
 */
function isBack(closed: Incident, { alerts }: Incident): boolean {
  const { phase } = closed;
  if (phase.at === 'closed' && (phase.how === 'recovered' || phase.how === 'resolved'))
    return Object.keys(alerts).length > 0;
  const names = new Set([
    ...Object.values(closed.alerts).map(({ alert }) => alert.name),
    ...Object.keys(closed.crowd.names),
  ]);
  return Object.values(alerts).some(({ alert }) => names.has(alert.name));
}

/** How often it has been back in the thread of this incident by now. */
function returnsIn({ link: own }: Incident): number {
  return own?.kind === 'relapse' ? (own.nth ?? 1) : 0;
}

/** A thread of its own, which says where the one before is. */
function follow(draft: Draft, other: Incident): Draft {
  const follows = { incident: threadOf(other), times: returnsIn(other) };
  return record(change(draft, { follows }), { kind: 'followed', follows });
}

function threadOf({ id, link: own }: Incident): string {
  return own?.incident ?? id;
}

function linked(draft: Draft, kind: Link['kind'], other: Incident, nth = 1): Draft {
  const of = { incident: other.id, subject: other.subject.name };
  const one: Link = {
    kind,
    incident: threadOf(other),
    ...(nth > 1 ? { nth } : {}),
    ...(other.link !== null && kind === 'neighbour' ? { of } : {}),
  };
  return record(change(draft, { link: one }), { kind: 'linked', link: one });
}

function joinThread(draft: Draft, subject: string): Draft {
  const { id, link: own } = draft.incident;
  if (own === null) return draft;
  const guest = { kind: own.kind, incident: id, subject };
  return tellOther(draft, own.incident, { type: 'guest-came', guest });
}

function tellOther(draft: Draft, incident: string, tidings: LinkedEvent): Draft {
  return emit(draft, { kind: 'tell', incident, tidings });
}

/** What another incident tells this one, which may have closed long since. */
export function learn(draft: Draft, tidings: LinkedEvent): Draft | Refusal {
  const { guests, relapsed } = draft.incident;
  switch (tidings.type) {
    case 'guest-came': {
      const { guest } = tidings;
      if (guests.some(({ incident }) => incident === guest.incident)) return refuse('it is known already');
      return record(change(draft, { guests: [...guests, guest] }), { kind: 'guest-came', guest });
    }
    case 'relapsed':
      return relapsed !== null
        ? refuse('it is known already')
        : record(change(draft, { relapsed: tidings.as }), {
            kind: 'did-not-last',
            as: tidings.as,
            ...(tidings.elsewhere === true ? { elsewhere: true } : {}),
          });
    case 'neighbour-over':
      return learnOver(draft, tidings);
    default:
      return tidings satisfies never;
  }
}

/** A neighbour is over: what is said of it is no longer so, and a plan that waits for it may go on. */
function learnOver(draft: Draft, over: { readonly incident: string; readonly at: number }): Draft | Refusal {
  const { guests, link: own, phase } = draft.incident;
  const isGuest = guests.some((one) => one.incident === over.incident && one.over === undefined);
  const isMine =
    own !== null && own.over === undefined && (own.of?.incident ?? own.incident) === over.incident;
  if (!isGuest && !isMine) return refuse('it is known already');
  const known = change(draft, {
    guests: guests.map((one) => (one.incident === over.incident ? { ...one, over: over.at } : one)),
    link: own !== null && isMine ? { ...own, over: over.at } : own,
  });
  const told = isGuest && own === null ? handOn(known, over) : known;
  const waits =
    phase.at === 'waiting' && phase.for === 'turn' && phase.held === null && phase.turn?.kind === 'upstream';
  return waits ? checkQueue(told, phase) : told;
}
