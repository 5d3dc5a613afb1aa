import { words } from '../../src/adapters/sinks/slack/blocks/text.ts';
import { currentPlan } from '../../src/incident/model/phases.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
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
/** What was seen after an undoing; null where nothing was. */
const afterUndoing = (record: Record) =>
  told(record, 'outcome').findLast(({ undone }) => undone === true)?.outcome.kind ?? null;
const undone = ({ incident }: Record) => incident.attempts.some(({ purpose }) => purpose === 'rollback');
/** Whether what stands there after an undoing was read again, and came out so. */
const comparedAs =
  (kind: 'as-before' | 'differs') =>
  ({ incident }: Record): boolean =>
    incident.attempts.some(({ result }) => result?.compared?.kind === kind);
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

/** How it stands, as the head of a card and what a locked screen shows say it first. */
const STANDS: Readonly<{ [word: string]: (record: Record) => boolean }> = {
  Investigating: (record) => isUp(record, 'investigating'),
  'Checking if the fix is needed': (record) => isUp(record, 'preparing'),
  'Rehearsing the fix': (record) => isUp(record, 'preparing'),
  'Checking once more': (record) => isUp(record, 'reproving'),
  Fixing: (record) => isUp(record, 'starting', 'executing'),
  'Proving recovery': (record) => isUp(record, 'verifying'),
  Undoing: (record) => isUp(record, 'rolling-back'),
  Muted: (record) => isUp(record, 'muted'),
  'Only watching': (record) => isUp(record, 'observed'),
  Cancelled: (record) => isUp(record, 'cancelled'),
  'Needs a person': (record) => isUp(record, 'escalated'),
  'On hold': (record) => waitsFor(record) === 'held',
  'About to fix': (record) => waitsFor(record) === 'window',
  'Needs approval': (record) => waitsFor(record) === 'approval',
  'Waiting its turn': (record) => waitsFor(record) === 'turn',
  'Did not last': ({ incident }) => incident.relapsed !== null,
  Resolved: (record) => closedAs(record) === 'healed',
  'Recovered by itself': (record) =>
    closedAs(record) === 'recovered' && record.incident.attempts.length === 0,
  'Well again': (record) => closedAs(record) === 'recovered' && record.incident.attempts.length > 0,
  'Alerts resolved': (record) => closedAs(record) === 'resolved',
  Answered: (record) => closedAs(record) === 'answered',
};

/** What a plan waits for now. */
function waitsFor({ incident: { phase } }: Record): string | null {
  if (phase.at !== 'waiting') return null;
  return phase.held === null ? phase.for : 'held';
}

function closedAs({ incident: { phase } }: Record): string | null {
  return phase.at === 'closed' ? phase.how : null;
}

const MENTIONS = '(?:<[@!][^>]*> )*';
const STATUS = new RegExp(`^${MENTIONS}(?::\\w+: )?(${Object.keys(STANDS).join('|')}): (.*)$`, 's');

/** Whether the head of a card says how it stands, and of what. */
export function misstated(text: string, record: Record): readonly string[] {
  const [, word = '', rest = ''] = STATUS.exec(text) ?? [];
  if (word === '' || isDecision(text)) return [];
  const names = [record.beside.service?.name ?? '', record.incident.subject.name].filter(
    (name) => name !== '',
  );
  const isNamed = names.some((name) => {
    const shown = words(name, 100);
    return (
      rest === shown ||
      rest.startsWith(`${shown}.`) ||
      (rest.endsWith('…') && shown.startsWith(rest.slice(0, -1)))
    );
  });
  const isSo = STANDS[word]?.(record) === true;
  // Whoever asked with `/diagnose` knows of what, and is told why.
  const { phase } = record.incident;
  const why = 'reason' in phase ? plainly(phase.reason ?? '').slice(0, 60) : '';
  if (why !== '' && rest.startsWith(why)) return isSo ? [] : [`“${word}” is not how it stands`];
  return [
    ...(isSo ? [] : [`“${word}” is not how it stands`]),
    ...(isNamed ? [] : [`“${word}” of something else`]),
  ];
}

/** `Cancelled: …` and the like begin messages of the thread as well, which tell of what was decided. */
function isDecision(text: string): boolean {
  return /^(?::\w+: )?(?:Muted until|Undoing the fix|Answered: )/.test(text);
}

/** What each check has answered, as a reading or the conclusion has it. */
export function misread(text: string, record: Record): readonly string[] {
  const said = [...text.matchAll(/^:\w+: (good|bad|unknown): /gm)].map(([, answer]) => answer);
  if (said.length === 0) return [];
  const samples = [
    ...told(record, 'sampled').map(({ sample }) => sample),
    ...told(record, 'outcome').flatMap(({ outcome: { sample } }) => sample ?? []),
  ];
  // Checks that say the very same rest on one reading, and are told once.
  const isSo = samples.some(({ answers }) => {
    const apart = new Map(answers.map(({ answer, words }) => [`${answer} ${words}`, answer]));
    return [...apart.values()].slice(0, 12).join() === said.join();
  });
  return isSo ? [] : [`no reading says ${said.join(', ')}`];
}

export const VERDICTS: readonly Verdict[] = [
  {
    says: /answered by recovery|^(?::white_check_mark: \*)?Recovered(?= at )/i,
    isSo: (record) => closed(record, 'healed', 'recovered'),
  },
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
  {
    says: /rolled back|(?<!not )as before (?:it|the fix)\b|is there again/i,
    isSo: comparedAs('as-before'),
  },
  {
    says: /not as before the fix|did not put back what was there before/i,
    isSo: comparedAs('differs'),
  },
  {
    says: /could not be compared|not compared with/i,
    isSo: (record) => undone(record) && !comparedAs('as-before')(record),
  },
  { says: /rollback ran/i, isSo: (record) => undone(record) && ended(record, 'succeeded') },
  { says: /rollback did not succeed/i, isSo: undone },
  { says: /\bundoing|being undone/i, isSo: undone },
  { says: /\bundone\b/i, isSo: undone },
  {
    says: /\bundoing either\b|not well after that either/i,
    isSo: (record) => afterUndoing(record) === 'refuted',
  },
  {
    says: /\bwell since its rollback\b|it is well since\b/i,
    isSo: (record) => afterUndoing(record) === 'proven',
  },
  { says: /\bFinished after/, isSo: (record) => ended(record, 'succeeded') },
  { says: /\bFailed after/, isSo: (record) => ended(record, 'failed') },
  { says: /\bInterrupted\b/, isSo: (record) => ended(record, 'interrupted') },
  { says: /\bStopped after/, isSo: (record) => ended(record, 'stopped') },
  {
    says: /dry run of .* failed/i,
    isSo: (record) => told(record, 'dry-run').some(({ diff }) => diff === null),
  },
  {
    says: /· (ok|changed|failed|skipped|unreachable)$/m,
    isSo: ({ incident }, [word]) =>
      incident.attempts.some(({ tasks }) => tasks.some(({ status }) => status === word)),
  },
  {
    says: /\((changed|failed|skipped|unreachable)\)/,
    isSo: ({ incident }, [word]) =>
      incident.attempts.some(({ tasks }) => tasks.some(({ status }) => status === word)),
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
