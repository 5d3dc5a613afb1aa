import { createHash } from 'node:crypto';
import type { Alert } from '../../alerts/alert.ts';
import type { Receipt } from '../../approval/person.ts';
import type { Answer } from '../../diagnosis/answer.ts';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Chart } from '../../evidence/chart.ts';
import type { EvidenceSummary } from '../../evidence/evidence.ts';
import type { Attempt, AttemptResult, TaskLine } from '../../execution/attempt.ts';
import { withoutSecrets } from '../../lib/secrets.ts';
import type { Text } from '../../lib/text/text.ts';
import type { Plan } from '../../playbooks/plan.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { Outcome, Sample } from '../../verification/outcome.ts';
import type {
  Closure,
  Follows,
  Judgement,
  Link,
  LinkedIncident,
  Milestones,
  OpenQuestion,
  VerifyAfter,
} from './incident.ts';
import type { Overflow } from './overflow.ts';

/** What happened, as it is told and kept. The thread in Slack is drawn from these, and so is the audit. */
export type TimelineEvent =
  /** `because`: how it is known what it is about, or why not, where no label names it. */
  | {
      readonly kind: 'opened';
      readonly by: string;
      readonly alerts: readonly Alert[];
      readonly because?: string;
    }
  | { readonly kind: 'alert-attached'; readonly alert: Alert }
  | { readonly kind: 'alert-refired'; readonly alert: Alert; readonly fires: number }
  | { readonly kind: 'alert-resolved'; readonly alert: Alert }
  /** What became of the alerts that are only counted, in one lot. */
  | {
      readonly kind: 'alerts-counted';
      readonly attached: number;
      readonly refired: number;
      readonly resolved: number;
      readonly crowd: Overflow;
    }
  /** It is told in another incident's thread. */
  | { readonly kind: 'linked'; readonly link: Link }
  /** Another incident is told in its thread. */
  | { readonly kind: 'guest-came'; readonly guest: LinkedIncident }
  | { readonly kind: 'did-not-last'; readonly as: string; readonly elsewhere?: true }
  /** It is back once more than one thread can tell: it has another one. */
  | { readonly kind: 'followed'; readonly follows: Follows }
  | { readonly kind: 'muted'; readonly until: number; readonly words: Text }
  | { readonly kind: 'unmuted' }
  /** It rested, and is looked into anew because of this alert; `asks` says why people are asked for the plan that comes of it. */
  | {
      readonly kind: 'looked-anew';
      readonly alert: Alert;
      readonly why: 'new-kind' | 'more-severe';
      readonly asks?: Text;
    }
  | {
      readonly kind: 'evidence';
      readonly round: number;
      readonly items: readonly EvidenceSummary[];
      readonly excerpts: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'diagnosed'; readonly diagnosis: Diagnosis }
  | {
      readonly kind: 'second-opinion';
      readonly diagnosis: Diagnosis;
      readonly verdict: 'agrees' | 'contradicts' | 'abstains';
    }
  | {
      readonly kind: 'model-failed';
      readonly model: string;
      readonly reason: string;
      readonly fallback: string;
    }
  /** It was deployed just before it began, or a dependency is being mended: nobody is called before it is looked at once more. */
  | {
      readonly kind: 'settling';
      readonly deployed?: number;
      readonly dependency?: string;
      readonly until: number;
    }
  | { readonly kind: 'not-planned'; readonly playbook: string | null; readonly reason: Text }
  | { readonly kind: 'planned'; readonly plan: Plan; readonly verdict: Verdict }
  | {
      readonly kind: 'dry-run';
      readonly plan: string;
      readonly diff: string | null;
      readonly reason: string | null;
    }
  /** The policy or the mode is another one than when the plan was decided: what was decided holds no more. */
  | { readonly kind: 'rules-changed'; readonly plan: string }
  /** A person put another plan in its place; `plan` is the one that went. */
  | { readonly kind: 'replaced'; readonly plan: string; readonly by: string; readonly playbook: string }
  /** It took the place of a plan that `holder` held back: what becomes of their hold, for them to hear. */
  | {
      readonly kind: 'hold-kept';
      readonly plan: string;
      readonly title: string;
      readonly holder: string;
      readonly by: string;
      readonly stands: 'held' | 'asks' | 'rests';
    }
  /** Nobody has decided yet, and the time runs. */
  | { readonly kind: 'reminded'; readonly plan: string; readonly deadline: number; readonly missing: number }
  | { readonly kind: 'judged'; readonly judgement: Judgement }
  | { readonly kind: 'asked'; readonly question: OpenQuestion }
  /** The facts for an answer are in. */
  | {
      readonly kind: 'question-evidence';
      readonly question: string;
      readonly items: readonly EvidenceSummary[];
    }
  | { readonly kind: 'answered'; readonly question: string; readonly answer: Answer }
  /** A picture of the alert's metric: `diagnosis` as it was when the cause was named, `recovery` when recovery was proven. */
  | { readonly kind: 'charted'; readonly moment: 'diagnosis' | 'recovery'; readonly chart: Chart }
  | { readonly kind: 'window-opened'; readonly plan: string; readonly deadline: number }
  | {
      readonly kind: 'approval-asked';
      readonly plan: string;
      readonly deadline: number;
      readonly needed: number;
      /** What an approver must know beside the rules; absent where nothing. */
      readonly why?: Text;
    }
  | { readonly kind: 'held'; readonly plan: string; readonly by: string; readonly reason: string | null }
  | { readonly kind: 'resumed'; readonly plan: string; readonly by: string; readonly deadline: number | null }
  | { readonly kind: 'run-now'; readonly plan: string; readonly by: string }
  /** A plan that was given up because something could not be read is tried again. */
  | { readonly kind: 'tried-again'; readonly plan: string; readonly by: string }
  | { readonly kind: 'approved'; readonly plan: string; readonly receipt: Receipt; readonly missing: number }
  | { readonly kind: 'rejected'; readonly plan: string; readonly by: string; readonly reason: string | null }
  | { readonly kind: 'cancelled'; readonly plan: string; readonly by: string; readonly reason: string | null }
  | { readonly kind: 'expired'; readonly plan: string }
  | { readonly kind: 'reproof'; readonly plan: string; readonly holds: boolean; readonly sample: Sample }
  | { readonly kind: 'in-turn'; readonly plan: string; readonly obstacle: Text; readonly retryAt: number }
  | { readonly kind: 'started'; readonly plan: string; readonly attempt: Attempt }
  | { readonly kind: 'task'; readonly attempt: string; readonly line: TaskLine }
  | { readonly kind: 'stop-asked'; readonly attempt: string; readonly by: string }
  | { readonly kind: 'ended'; readonly attempt: string; readonly result: AttemptResult }
  | {
      readonly kind: 'watching';
      readonly plan: string;
      readonly deadline: number;
      readonly why: VerifyAfter['kind'];
    }
  /** `undone`: it was watched after the plan's rollback, and not after its fix. */
  | { readonly kind: 'sampled'; readonly plan: string; readonly sample: Sample; readonly undone?: true }
  | { readonly kind: 'outcome'; readonly plan: string; readonly outcome: Outcome; readonly undone?: true }
  | { readonly kind: 'withdrawn'; readonly plan: string; readonly reason: Text }
  | { readonly kind: 'observed'; readonly plan: string }
  | { readonly kind: 'escalated'; readonly reason: Text }
  /** Nobody had taken the call: it was the turn of these. `who` are the Slack ids of whoever is mentioned. */
  | {
      readonly kind: 'called';
      readonly call: number;
      readonly tell: string;
      readonly sink: string;
      readonly who: readonly string[];
    }
  /** Somebody is on it, as they said in Slack (by their id) or elsewhere (by their name). */
  | { readonly kind: 'call-taken'; readonly call: number; readonly by: string; readonly via: string }
  /** Somebody asks another person, by their Slack id, to take it over. */
  | { readonly kind: 'call-handed'; readonly call: number; readonly by: string; readonly to: string }
  /** Whoever was on it is so no more; `call` is the one that begins with it. */
  | { readonly kind: 'call-dropped'; readonly call: number; readonly by: string; readonly via: string }
  | {
      readonly kind: 'closed';
      readonly how: Closure;
      readonly reason: Text;
      readonly milestones: Milestones;
    }
  | { readonly kind: 'refused'; readonly event: string; readonly by: string | null; readonly reason: Text };

/** One line of an incident's record, chained by hash to the one before. */
export interface TimelineEntry {
  readonly seq: number;
  readonly at: number;
  readonly happening: TimelineEvent;
  /** SHA-256 over the hash before, seq, time and happening. */
  readonly hash: string;
}

/** What goes on record holds no secret. The query of a picture is kept as it is, for it is asked again. */
export function recordable(happening: TimelineEvent, redact: (text: string) => string): TimelineEvent {
  const told = withoutSecrets(happening, redact);
  if (happening.kind !== 'charted' || told.kind !== 'charted') return told;
  return { ...told, chart: { ...told.chart, query: happening.chart.query } };
}

/** Appends to the chain; the first entry hangs on the incident's id. */
export function chain(
  head: { readonly hash: string; readonly length: number },
  at: number,
  happenings: readonly TimelineEvent[],
): {
  readonly entries: readonly TimelineEntry[];
  readonly head: { readonly hash: string; readonly length: number };
} {
  const entries: TimelineEntry[] = [];
  let { hash, length } = head;
  for (const happening of happenings) {
    length += 1;
    hash = entryHash(hash, length, at, happening);
    entries.push({ seq: length, at, happening, hash });
  }
  return { entries, head: { hash, length } };
}

/** The hash an entry must have, given the one before it. */
export function entryHash(before: string, seq: number, at: number, happening: TimelineEvent): string {
  return createHash('sha256')
    .update(JSON.stringify([before, seq, at, happening]))
    .digest('hex');
}
