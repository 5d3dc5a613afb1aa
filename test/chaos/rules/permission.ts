import { accountFor, attemptsIn, type KnownAttempt, toldOf } from './account.ts';
import type { ChaosRecord } from './record.ts';

/** Between reading the clock and the commit that carries its time, something may pass; milliseconds. */
const COMMIT = 1_500;

const fixesIn = (record: ChaosRecord) => attemptsIn(record).filter(({ purpose }) => purpose === 'fix');

const tale = ({ id, known }: KnownAttempt) => `${id} (${known.plan.playbook} on ${known.service})`;

/** Commands that began without an attempt of their own, attempts that began twice, and plans with several attempts. */
export function ranTwice(record: ChaosRecord): readonly string[] {
  const runs = accountFor(record).flatMap(({ run, attempt, again }) => {
    if (attempt !== null) return [];
    return again === null
      ? [`${run.playbook} ran on ${run.service} as process ${run.pid}, and no attempt accounts for it`]
      : [`${tale(again)} began more than once: again as process ${run.pid}`];
  });
  const started = new Map<string, string[]>();
  for (const { id, purpose, known } of attemptsIn(record)) {
    const key = `${purpose} of ${known.plan.id}`;
    started.set(key, [...(started.get(key) ?? []), id]);
  }
  const plans = [...started].filter(([, ids]) => ids.length > 1);
  return [...runs, ...plans.map(([key, ids]) => `the ${key} was started as ${ids.join(' and ')}`)];
}

/** Plans that were started, or whose command began, after somebody had cancelled or rejected them. */
export function cancelledYetRun(record: ChaosRecord): readonly string[] {
  const fixes = fixesIn(record).flatMap((attempt) => {
    const { timeline, plan } = attempt.known;
    const no = timeline.find(
      ({ happening }) =>
        (happening.kind === 'cancelled' || happening.kind === 'rejected') && happening.plan === plan.id,
    );
    if (no === undefined) return [];
    const began = accountFor(record).some(
      ({ run, attempt: own }) => own?.id === attempt.id && run.began > no.at,
    );
    return attempt.seq > no.seq || began
      ? [`${tale(attempt)} ran after it had been ${no.happening.kind}`]
      : [];
  });
  return fixes;
}

/** Fixes whose tier asks for a person's word or a window, and that started without. */
export function unconsented(record: ChaosRecord): readonly string[] {
  return fixesIn(record).flatMap((attempt) => {
    const lacking = lack(attempt, record);
    return lacking === null ? [] : [`${tale(attempt)} started ${lacking}`];
  });
}

function lack(attempt: KnownAttempt, { circumstances }: ChaosRecord): string | null {
  const { timeline, plan, verdict } = attempt.known;
  if (verdict.planDigest !== plan.digest) return 'with a verdict about another plan';
  if (verdict.kind === 'deny' || verdict.kind === 'observe')
    return `although its verdict was to ${verdict.kind}`;
  const before = timeline.filter(({ seq }) => seq < attempt.seq);
  const asked = before.findLast(
    ({ happening }) =>
      (happening.kind === 'window-opened' || happening.kind === 'approval-asked') &&
      happening.plan === plan.id,
  )?.happening;
  if (asked?.kind === 'approval-asked') return lackOfApproval(attempt, asked.needed, circumstances);
  if (asked?.kind === 'window-opened') return lackOfTime(attempt, asked.deadline, circumstances);
  // An operator may press Run now as soon as the button stands, which is a moment before its window is on record.
  const consented =
    verdict.kind === 'allow' || (verdict.kind === 'wait' && isHurried(attempt, circumstances));
  return consented ? null : 'and nobody had been asked';
}

function isHurried(
  { known: { timeline, plan }, seq: start }: KnownAttempt,
  { operators }: ChaosRecord['circumstances'],
): boolean {
  return toldOf(timeline, 'run-now').some(
    ({ seq, happening }) => seq < start && happening.plan === plan.id && operators.includes(happening.by),
  );
}

function lackOfApproval(
  { known: { timeline, plan }, seq: start }: KnownAttempt,
  needed: number,
  { approvers }: ChaosRecord['circumstances'],
): string | null {
  const shown = timeline.findLast(
    ({ seq, happening }) => seq < start && happening.kind === 'dry-run' && happening.plan === plan.id,
  );
  const receipts = toldOf(timeline, 'approved').filter(
    ({ seq, happening }) => seq < start && seq > (shown?.seq ?? 0) && happening.plan === plan.id,
  );
  const valid = receipts.filter(
    ({ happening: { receipt } }) => receipt.planDigest === plan.digest && approvers.includes(receipt.user),
  );
  const people = new Set(valid.map(({ happening }) => happening.receipt.user));
  return people.size >= needed ? null : `with ${people.size} of ${needed} approvals`;
}

function lackOfTime(
  attempt: KnownAttempt,
  deadline: number,
  circumstances: ChaosRecord['circumstances'],
): string | null {
  const early = deadline - attempt.started;
  if (early <= 0 || isHurried(attempt, circumstances)) return null;
  return `${early} ms before its window closed, and no operator hurried it`;
}

/** Commands that began for services that are only watched. */
export function observedYetRun({ runs, circumstances }: ChaosRecord): readonly string[] {
  return runs
    .filter(({ service }) => circumstances.services[service]?.observed === true)
    .map(({ playbook, service }) => `${playbook} ran on ${service}, which is only observed`);
}

/** Fixes that were claimed while a pause was known to hold. What ran already may finish, its rollback included. */
export function pausedYetRun(record: ChaosRecord): readonly string[] {
  return fixesIn(record).flatMap((attempt) => {
    const pause = record.pauses.find(
      ({ from, to }) => attempt.started > from && attempt.started < to - COMMIT,
    );
    return pause === undefined ? [] : [`${tale(attempt)} started while everything was paused`];
  });
}
