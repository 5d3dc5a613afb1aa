import { currentPlan } from '../../src/incident/phases.ts';
import { type Record, told } from './numbers.ts';

/** Words that say how something came out, and when they are true. Whom they name comes as what the pattern caught. */
export interface Verdict {
  readonly says: RegExp;
  readonly isSo: (record: Record, caught: readonly string[]) => boolean;
}

const outcome = (record: Record, kind: 'proven' | 'refuted' | 'unproven') =>
  told(record, 'outcome').some((one) => one.outcome.kind === kind);
const ended = (record: Record, kind: string) =>
  told(record, 'ended').some(({ result }) => result.kind === kind);
const closed = (record: Record, ...how: readonly string[]) =>
  told(record, 'closed').some((one) => how.includes(one.how));
const undone = ({ incident }: Record) => incident.attempts.some(({ purpose }) => purpose === 'rollback');
const by = (all: readonly { readonly by: string }[], who: string | undefined) =>
  all.some((one) => one.by === who);
const isUp = ({ incident }: Record, ...at: readonly string[]) => at.includes(incident.phase.at);

/** Of what may yet come, or of what could be: neither says that anything came out. */
export const PROMISES: readonly RegExp[] = [
  /rolls back if it makes things worse/i,
  /cannot be undone/i,
  /proven once it stays so for/i,
  /recovery (?:could not be|not) proven/i,
  /until the alerts resolve/i,
  /would have run/i,
  /alerts resolved by themselves/i,
  /alert resolved: /i,
  /watching for recovery/i,
  /recovery is not proven/i,
  /needs? approv\w+/i,
];

export const VERDICTS: readonly Verdict[] = [
  { says: /recovery proven/i, isSo: (record) => outcome(record, 'proven') },
  { says: /not recovered/i, isSo: (record) => outcome(record, 'refuted') },
  { says: /did not (?:help|last) or did not (?:help|last)/i, isSo: () => true },
  {
    says: /(?:\S+) did not help/i,
    isSo: (record) => outcome(record, 'refuted') || told(record, 'model-failed').length > 0,
  },
  {
    says: /recovered by itself/i,
    isSo: (record) =>
      closed(record, 'recovered') || outcome(record, 'proven') || told(record, 'withdrawn').length > 0,
  },
  { says: /\bwell again\b/i, isSo: (record) => closed(record, 'recovered', 'healed') },
  {
    says: /(?<!alerts? )(?:have )?\bresolved\*?(?: in |: )|^:white_check_mark: Resolved/i,
    isSo: (record) => closed(record, 'healed', 'resolved'),
  },
  {
    says: /alerts (?:have )?resolved\*? in|^(?::white_circle: )?Alerts resolved/i,
    isSo: (record) => closed(record, 'resolved'),
  },
  {
    says: /every alert (?:has )?resolved/i,
    isSo: ({ incident }) =>
      Object.values(incident.alerts).every(({ alert }) => alert.status === 'resolved') ||
      incident.phase.at !== 'closed' ||
      incident.relapsed !== null,
  },
  {
    says: /\bresolved\b/i,
    isSo: (record) => told(record, 'alert-resolved').length + told(record, 'alerts-counted').length > 0,
  },
  { says: /did not last/i, isSo: ({ incident }) => incident.relapsed !== null },
  { says: /rolled back/i, isSo: (record) => undone(record) && ended(record, 'succeeded') },
  { says: /rollback did not succeed/i, isSo: undone },
  { says: /\bundoing|being undone/i, isSo: undone },
  { says: /\bundone\b/i, isSo: undone },
  { says: /\bFinished after/, isSo: (record) => ended(record, 'succeeded') },
  { says: /\bFailed after/, isSo: (record) => ended(record, 'failed') },
  { says: /\bInterrupted\b/, isSo: (record) => ended(record, 'interrupted') },
  { says: /\bStopped after/, isSo: (record) => ended(record, 'stopped') },
  {
    says: /dry run of .* failed/i,
    isSo: (record) => told(record, 'dry-run').some(({ diff }) => diff === null),
  },
  {
    says: /· failed|\(failed\)/,
    isSo: ({ incident }) =>
      incident.attempts.some(({ tasks }) => tasks.some(({ status }) => status === 'failed')),
  },
  {
    says: /\bAnswered\b(?! by)/,
    isSo: (record) => closed(record, 'answered') || told(record, 'answered').length > 0,
  },
  {
    says: /the problem is still there(?!:)/i,
    isSo: (record) =>
      told(record, 'reproof').some(({ holds }) => holds) ||
      told(record, 'reproof').length > 0 ||
      isUp(record, 'reproving', 'preparing'),
  },
  {
    says: /the problem has changed/i,
    isSo: (record) => told(record, 'reproof').some(({ holds }) => !holds),
  },
  {
    says: /agrees with the diagnosis/i,
    isSo: (record) => told(record, 'second-opinion').some(({ verdict }) => verdict === 'agrees'),
  },
  {
    says: /contradicts the diagnosis/i,
    isSo: (record) => told(record, 'second-opinion').some(({ verdict }) => verdict === 'contradicts'),
  },
  {
    says: /approved by <@(\w+)>/i,
    isSo: (record, [who]) => told(record, 'approved').some(({ receipt }) => receipt.user === who),
  },
  {
    says: /Receipt: <@(\w+)>/,
    isSo: (record, [who]) => told(record, 'approved').some(({ receipt }) => receipt.user === who),
  },
  { says: /nobody approved/i, isSo: (record) => told(record, 'expired').length > 0 },
  { says: /^(?::no_entry_sign: )?Cancelled: /, isSo: (record) => isUp(record, 'cancelled') },
  { says: /rejected by <@(\w+)>/i, isSo: (record, [who]) => by(told(record, 'rejected'), who) },
  { says: /<@(\w+)> rejected/i, isSo: (record, [who]) => by(told(record, 'rejected'), who) },
  { says: /cancelled by <@(\w+)>/i, isSo: (record, [who]) => by(told(record, 'cancelled'), who) },
  {
    says: /<@(\w+)> cancelled (?:a|its|this) (?:plan|fix)/i,
    isSo: (record, [who]) => by(told(record, 'cancelled'), who),
  },
  { says: /held by <@(\w+)>/i, isSo: (record, [who]) => by(told(record, 'held'), who) },
  { says: /resumed by <@(\w+)>/i, isSo: (record, [who]) => by(told(record, 'resumed'), who) },
  { says: /replaced by <@(\w+)>/i, isSo: (record, [who]) => by(told(record, 'replaced'), who) },
  { says: /<@(\w+)> said: run now/i, isSo: (record, [who]) => by(told(record, 'run-now'), who) },
  { says: /<@(\w+)> said: try again/i, isSo: (record, [who]) => by(told(record, 'tried-again'), who) },
  { says: /<@(\w+)> asked to stop it/i, isSo: (record, [who]) => by(told(record, 'stop-asked'), who) },
  {
    says: /<@(\w+)> asked(?:: ?$| “)/im,
    isSo: (record, [who]) => told(record, 'asked').some(({ question }) => question.by === who),
  },
  {
    says: /opened by <@(\w+)>/i,
    isSo: ({ incident: { openedBy } }, [who]) => openedBy.kind === 'person' && openedBy.user === who,
  },
  { says: /opened by an alert/i, isSo: ({ incident }) => incident.openedBy.kind === 'alert' },
  {
    says: /<@(\w+)> is on it/i,
    isSo: (record, [who]) => by(told(record, 'call-taken'), who) || record.incident.call?.taken?.by === who,
  },
  {
    says: /diagnosis called (right|wrong) by <@(\w+)>/i,
    isSo: (record, [verdict, who]) =>
      told(record, 'judged').some(({ judgement }) => judgement.by === who && judgement.verdict === verdict),
  },
  { says: /asked for by <@(\w+)>/i, isSo: (record, [who]) => isWish(record, who) },
  {
    says: /tier (low|medium|high)/i,
    isSo: (record, [tier]) =>
      told(record, 'planned').some(
        ({ verdict }) => verdict.tier.effective === tier || verdict.tier.declared === tier,
      ) || tierNow(record) === tier,
  },
];

function isWish(record: Record, who: string | undefined): boolean {
  const wished = told(record, 'planned').some(
    ({ plan: { requestedBy } }) => requestedBy.kind === 'person' && requestedBy.user === who,
  );
  return wished || by(told(record, 'stop-asked'), who);
}

function tierNow({ incident }: Record): string | undefined {
  return currentPlan(incident)?.verdict.tier.effective;
}

/** Words that stand in no text but as one of these verdicts: found anywhere else, they are a lie. */
export const HEAVY =
  /\b(?:proven|healed|recovered|resolved|rolled back|undone|refuted|approved|rejected|cancelled|resumed|well again)\b/i;
