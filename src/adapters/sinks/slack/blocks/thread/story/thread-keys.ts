import type { TimelineEntry, TimelineEvent } from '../../../../../../incident/model/timeline.ts';
import type { ThreadSection } from '../thread-section.ts';

/** Groups a timeline into the messages that tell it, in the order in which they began. */
export function chapters(timeline: readonly TimelineEntry[]): ThreadSection[] {
  const byKey = new Map<string, TimelineEntry[]>();
  const nth: Record<string, number> = {};
  const each = (name: string) => {
    nth[name] = (nth[name] ?? 0) + 1;
    return nth[name] === 1 ? name : `${name}-${nth[name]}`;
  };
  const add = (key: string, entry: TimelineEntry) => {
    const entries = byKey.get(key);
    if (entries) entries.push(entry);
    else byKey.set(key, [entry]);
  };
  const calls = approvalCalls(each);
  const back = timeline.some(({ happening }) => isReturn(happening));
  for (const entry of timeline) {
    // That it is back, and with what, stands on the one card that is posted for it.
    const key = back && entry.happening.kind === 'opened' ? null : keyOf(entry.happening, each);
    if (key !== null) add(key, entry);
    const call = calls(entry.happening);
    if (call !== null) add(call, entry);
  }
  return [...byKey].map(([key, entries]) => ({ key, entries }));
}

function isReturn(happening: TimelineEvent): boolean {
  return happening.kind === 'linked' && happening.link.kind === 'relapse';
}

/**
 * Which message calls people for a decision: asking for an approval begins one, and what is decided ends it. A plan that has to be
 * asked for once more after that calls anew, since an edit reaches nobody.
 */
function approvalCalls(each: (name: string) => string): (happening: TimelineEvent) => string | null {
  const open = new Map<string, string>();
  return (happening) => {
    switch (happening.kind) {
      case 'approval-asked': {
        const key = open.get(happening.plan) ?? each(`approval-${happening.plan}`);
        open.set(happening.plan, key);
        return key;
      }
      case 'approved':
      case 'rejected':
      case 'cancelled':
      case 'replaced':
      case 'rules-changed':
      case 'expired':
      case 'withdrawn': {
        const key = open.get(happening.plan) ?? null;
        if (happening.kind !== 'approved' || happening.missing === 0) open.delete(happening.plan);
        return key;
      }
      default:
        return null;
    }
  };
}

/** @param each numbers what is told anew every time it happens */
function keyOf(happening: TimelineEvent, each: (name: string) => string): string | null {
  switch (happening.kind) {
    case 'opened':
      return 'opened';
    case 'alert-attached':
    case 'alert-refired':
    case 'alert-resolved':
      return 'alerts';
    case 'alerts-counted':
      return happening.kind;
    case 'linked':
      return happening.link.kind === 'relapse' ? null : happening.kind;
    case 'did-not-last':
      // What is back in this thread has a card here, and its own card says so as well.
      return happening.elsewhere === true ? happening.kind : null;
    case 'guest-came':
      // That it is back is told by the incident that did not last, and by the one that came of it.
      return happening.guest.kind === 'relapse' ? null : 'guests';
    case 'evidence':
      return `evidence-${happening.round}`;
    case 'diagnosed':
    case 'second-opinion':
      return `diagnosis-${happening.diagnosis.by.kind}-${happening.diagnosis.round}`;
    case 'model-failed':
    case 'not-planned':
    case 'escalated':
    case 'muted':
    case 'unmuted':
    case 'looked-anew':
      return each(happening.kind);
    case 'dry-run':
      return each(`dry-run-${happening.plan}`);
    case 'started':
      return `attempt-${happening.attempt.id}`;
    case 'task':
    case 'stop-asked':
    case 'ended':
      return `attempt-${happening.attempt}`;
    case 'watching':
      return verificationKey(happening.plan, happening.why === 'rollback');
    case 'sampled':
    case 'outcome':
      return verificationKey(happening.plan, happening.undone === true);
    case 'closed':
      return 'closed';
    case 'judged':
      return 'judged';
    case 'asked':
      return `question-${happening.question.id}`;
    case 'question-evidence':
    case 'answered':
      return `question-${happening.question}`;
    case 'charted':
      return each(`chart-${happening.moment}`);
    case 'hold-kept':
      return `hold-kept-${happening.plan}`;
    case 'reminded':
      return each(`reminder-${happening.plan}`);
    case 'called':
    case 'call-handed':
      return each(`${happening.kind}-${happening.call}`);
    case 'call-taken':
    case 'call-dropped':
      return `${happening.kind}-${happening.call}`;
    case 'refused':
    // The card says so as long as it lasts.
    case 'settling':
    case 'followed':
      return null;
    default:
      return `plan-${happening.kind === 'planned' ? happening.plan.id : happening.plan}`;
  }
}

/** A plan's fix is watched in one message, and its undoing in another. */
export function verificationKey(plan: string, undone: boolean): string {
  return undone ? `verify-undone-${plan}` : `verify-${plan}`;
}
