import { heldIn } from '../../../../../incident/model/holds.ts';
import {
  type Closure,
  type Decided,
  type Held,
  holdersOf,
  type Incident,
  type Milestones,
  type Phase,
  type VerifyAfter,
  type Waiting,
} from '../../../../../incident/model/incident.ts';
import { isAhead } from '../../../../../incident/model/phases.ts';
import { readable } from '../plain.ts';
import { capital, mention, sentence, span, time, words } from '../text.ts';

/** How finely a countdown counts: often enough to be trusted, seldom enough not to use up Slack's patience. */
function stepOf(left: number): number {
  if (left > 180_000) return 60_000;
  return left > 60_000 ? 30_000 : 10_000;
}

/** A redrawing that comes a moment late still shows its mark; otherwise people are promised less time rather than more. */
const LATENESS = 1_500;

function roundedLeft(left: number): number {
  const step = stepOf(left);
  const marked = Math.floor((left + LATENESS) / step) * step;
  return marked > 0 ? marked : Math.ceil(left / 1000) * 1000;
}

/** What is known beside the incident: who paused Medic, and who is asked to approve. */
interface Beside {
  readonly pausedBy?: string | null;
  readonly approvers?: readonly string[];
}

/** What happens next and when, in one or two lines of mrkdwn. */
export function nextStep(
  incident: Incident,
  now: number,
  { pausedBy = null, approvers = [] }: Beside = {},
): string[] {
  const { phase } = incident;
  if (pausedBy !== null && isPausable(phase)) return paused(phase, pausedBy, approvers);
  switch (phase.at) {
    case 'investigating':
      return [investigating(phase)];
    case 'preparing':
      return [
        phase.decided.plan.dryRun === null
          ? 'checking if it is needed; nothing runs before that'
          : 'a dry run shows what the fix would change; nothing runs before that',
        ...heldLine(phase),
      ];
    case 'waiting':
      return waiting(phase, now, approvers);
    case 'reproving':
      return ['one last check that the problem is still there; then it runs'];
    case 'starting':
      return ['the fix is about to start'];
    case 'executing':
      return [
        phase.stop === null
          ? 'the fix is running; its steps are in the thread'
          : `stopping, asked for by ${mention(phase.stop)}`,
      ];
    case 'verifying':
      return [
        verifying(watchingOf(incident, phase.after), phase),
        ...(phase.after.kind === 'looks-healthy' ? ['If not, the plan goes on'] : []),
        ...heldLine(phase),
      ];
    case 'rolling-back':
      return [
        phase.stop === null
          ? `the fix is being undone: ${words(phase.because.reason, 400)}`
          : `the undoing is being stopped, asked for by ${mention(phase.stop)}`,
      ];
    case 'muted':
      return [
        `nothing is done until ${time(phase.until, 'day')}: ${sentence(phase.words, 400)}`,
        'Whatever still fires then gets a fresh look',
      ];
    case 'observed':
      return ['nothing: observe mode. The thread says what would have run'];
    case 'cancelled':
      return [`nothing automatic: cancelled by ${mention(phase.by)}${because(phase.reason)}`];
    case 'escalated':
      return [
        `a person takes over: ${sentence(phase.reason, 600, readable)}`,
        ...(phase.retriable === true
          ? ['*Try again* reads it once more; an approval that was given still counts']
          : []),
      ];
    case 'closed':
      return [];
    default:
      return phase satisfies never;
  }
}

/** Whether a plan in this phase goes no further while Medic is paused. */
export function isPausable(phase: Phase): boolean {
  return isAhead(phase) && phase.at !== 'verifying';
}

/** What becomes of a plan that waits while Medic is paused: nothing of it starts, whatever else it waits for. */
function paused(phase: Phase, pausedBy: string, approvers: readonly string[]): string[] {
  return [
    `nothing starts: ${mention(pausedBy)} has paused Medic`,
    ...(phase.at === 'waiting' ? afterPause(phase, approvers) : []),
    '`/heal resume` ends the pause, and so does Resume in Medic’s Home tab',
  ];
}

function afterPause(phase: Waiting, approvers: readonly string[]): string[] {
  if (phase.held) return [`It is held as well, by ${holders(phase.held)}`];
  switch (phase.for) {
    case 'window':
      return phase.deadline === null ? [] : [`Its cancel window still ends at ${time(phase.deadline)}`];
    case 'approval':
      return approval(phase, approvers).map((line) => capital(line));
    case 'turn':
      return [];
    default:
      return phase.for satisfies never;
  }
}

/** Of a plan that does not wait yet: it will, for whoever holds it. */
function heldLine(phase: Phase): string[] {
  const held = heldIn(phase);
  return held === null ? [] : [`Nothing runs until someone resumes it: held by ${holders(held)}`];
}

/** Whoever holds it back, each with their reason where they gave one. */
function holders(held: Held): string {
  return holdersOf(held)
    .map(({ by, reason }) => `${mention(by)}${because(reason)}`)
    .join(', and by ');
}

function settling({ deployed, dependency }: Extract<Phase, { doing: 'settling' }>): string {
  if (deployed !== undefined) return `it was deployed at ${time(deployed)}, and this may be the restart`;
  return `the cause lies in *${words(dependency ?? 'a dependency', 80)}*, which has an incident of its own`;
}

function investigating(phase: Extract<Phase, { at: 'investigating' }>): string {
  switch (phase.doing) {
    case 'collecting':
      return 'gathering evidence';
    case 'asking':
      return 'asking the model about the evidence';
    case 'settling':
      return `looking again at ${time(phase.until)} before calling anybody: ${settling(phase)}`;
    default:
      return phase satisfies never;
  }
}

/** When a countdown on the card should move on; null where nothing counts down. Epoch milliseconds. */
export function refreshAt(incident: Incident, now: number): number | null {
  const { phase } = incident;
  if (phase.at !== 'waiting' || phase.for !== 'window' || phase.held || phase.deadline === null) return null;
  const left = phase.deadline - now;
  if (left <= 0) return null;
  return phase.deadline - Math.max(0, roundedLeft(left) - stepOf(left));
}

function waiting(phase: Waiting, now: number, approvers: readonly string[]): string[] {
  if (phase.held) return [`waits until someone resumes it: held by ${holders(phase.held)}`];
  switch (phase.for) {
    case 'window':
      return [window(phase.deadline, now)];
    case 'approval':
      return approval(phase, approvers);
    case 'turn':
      return [
        phase.turn?.kind === 'paused'
          ? 'the pause has ended: it is about to be looked at again'
          : `waits its turn: ${sentence(phase.turn?.obstacle ?? 'something else is under way', 300)}`,
        ...nextTry(phase),
      ];
    default:
      return phase.for satisfies never;
  }
}

function nextTry({ deadline }: Waiting): string[] {
  return deadline === null ? [] : [`Next try at ${time(deadline)}`];
}

function window(deadline: number | null, now: number): string {
  if (deadline === null) return 'runs by itself once its cancel window has passed, which starts now';
  const left = deadline - now;
  if (left <= 0) return `its cancel window closed at ${time(deadline)}; it is about to run`;
  return `runs in ${span(roundedLeft(left))} (${time(deadline)}) unless someone objects`;
}

function approval({ decided, deadline }: Waiting, approvers: readonly string[]): string[] {
  const { approvals, doubt } = decided.verdict;
  const given = decided.receipts.map((receipt) => `${mention(receipt.user)} at ${time(receipt.at, 'clock')}`);
  return [
    `runs once ${approvals > 1 ? `${approvals} authorised people approve` : 'an authorised person approves'}`,
    ...(doubt === undefined ? [] : [`Asks because ${sentence(doubt, 400, readable)}`]),
    ...mayApprove(decided, approvers),
    ...(given.length > 0
      ? [`*${given.length} of ${Math.max(approvals, given.length)} approved:* ${given.join(', ')}`]
      : []),
    ...(deadline === null ? [] : [`Open until ${time(deadline, 'clock')}; then a person is called`]),
  ];
}

/** Who is left that may approve: nobody approves twice, nor what they asked for themselves. A group may hold either. */
function mayApprove({ plan, receipts }: Decided, approvers: readonly string[]): string[] {
  const asked = plan.requestedBy.kind === 'person' ? plan.requestedBy.user : null;
  const left = approvers.filter((who) => who !== asked && !receipts.some(({ user }) => user === who));
  const more = left.length > 6 ? ` and ${left.length - 6} more` : '';
  return left.length === 0 ? [] : [`*May approve:* ${left.slice(0, 6).map(mention).join(', ')}${more}`];
}

const WATCHING: Readonly<Record<Exclude<VerifyAfter['kind'], 'rollback'>, string>> = {
  fix: 'watching for recovery',
  resolved: 'the alerts resolved by themselves; watching',
  'looks-healthy': 'all looks well now; watching that it stays so',
};

/** That a fix was rolled back is said only where what stands there was compared. */
function watchingOf({ attempts }: Incident, after: VerifyAfter): string {
  if (after.kind !== 'rollback') return WATCHING[after.kind];
  const compared = attempts.find(({ id }) => id === after.attempt)?.result?.compared;
  const undone =
    compared?.kind === 'as-before'
      ? `was rolled back (${words(compared.words, 200)}, as before it)`
      : 'its rollback ran';
  return `the fix did not help and ${undone}; checking if it is well now`;
}

function verifying(
  watching: string,
  { goodSince, deadline, decided }: Extract<Phase, { at: 'verifying' }>,
): string {
  if (goodSince === null) return `${watching}, until ${time(deadline)} at the latest`;
  return `${watching}: all good since ${time(goodSince)}, proven once it stays so for ${span(decided.plan.verify.stable)}`;
}

/** The figures of a finished incident, each counted from its opening. Only a healed one ended with a proof. */
export function figures(milestones: Milestones, how: Closure): string[] {
  const { opened } = milestones;
  const steps: readonly (readonly [string, number | null])[] = [
    ['thread', milestones.thread],
    ['diagnosis', milestones.diagnosed],
    ['fix started', milestones.started],
    ['fix done', milestones.fixed],
    [how === 'healed' ? 'proof' : 'end', milestones.closed],
  ];
  return steps.flatMap(([name, at]) => (at === null ? [] : [`${name} after ${span(at - opened)}`]));
}

function because(reason: string | null): string {
  const text = words(reason ?? '', 300);
  return text === '' ? '' : `: ${text}`;
}
