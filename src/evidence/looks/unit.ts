import { type Judged, moment } from './words.ts';

/** A unit as `systemctl show` tells it, property by property; times as `--timestamp=unix` writes them. */
export type SystemdUnit = Readonly<Record<string, string>>;

/** The properties that are read. */
export const UNIT_PROPERTIES = [
  ...['Id', 'Type', 'LoadState', 'ActiveState', 'SubState', 'Result', 'ExecMainCode', 'ExecMainStatus'],
  ...['ExecMainStartTimestampMonotonic', 'NRestarts', 'StateChangeTimestamp', 'InactiveEnterTimestamp'],
  ...[
    'InactiveExitTimestampMonotonic',
    'ActiveEnterTimestampMonotonic',
    'MainPID',
    'UnitFileState',
    'Restart',
  ],
] as const;

const NOT_THERE: Readonly<Record<string, string>> = {
  'not-found':
    'there is no such unit; where it is called something else, say so as `unit` of the service in medic.yml',
  masked: 'the unit is masked, so that nobody can start it',
  'bad-setting': 'its unit file has a setting that systemd refuses',
  error: 'its unit file cannot be read',
};

/** What ended longer than this before the first alert is not what that alert is about. Rules wait before they fire, and Prometheus may be late. */
const LONG_BEFORE = 2 * 3_600_000;

function isLongBefore(at: number | null, began: number | null): boolean {
  return at !== null && began !== null && at < began - LONG_BEFORE;
}

/**
 * Whether a unit of systemd has failed by itself. One that was stopped is not, nor one that systemd has given up on or is about to
 * restart by itself: to start it would go against whoever decided so. Nor one that had failed long before the alert, which people have
 * lived with, nor one that does its work and ends: a new start would do that work again.
 *
 * @param began  when the first alert began, epoch milliseconds; null where none has come
 */
export function judgeSystemd(unit: SystemdUnit, began: number | null = null): Judged {
  const { Id: id = 'the unit', LoadState: load = '', ActiveState: active = '', SubState: sub = '' } = unit;
  const say = (verdict: Judged['verdict'], words: string): Judged => ({ verdict, words: `${id}: ${words}` });
  const since = sinceOf(unit.StateChangeTimestamp);
  if (load !== 'loaded') return say('unknown', NOT_THERE[load] ?? `systemd says "${load}" of it`);
  switch (active) {
    case 'active':
      if (sub === 'exited' && unit.Type !== 'oneshot')
        return say('other', `active (exited)${since}: systemd does not follow its process`);
      return say('well', `active (${sub})${since}`);
    case 'failed':
      return failed(unit, since, began, say);
    case 'inactive':
      if (['', '0', '@0', 'n/a'].includes(unit.InactiveEnterTimestamp ?? ''))
        return say('other', 'inactive, and not started since the host came up');
      return say('other', `inactive${since}, stopped on purpose (result ${unit.Result || 'unknown'})`);
    case 'activating':
      return sub === 'auto-restart'
        ? say('other', `systemd restarts it by itself, ${unit.NRestarts ?? '?'} times so far`)
        : say('other', `it is starting (${sub})${since}`);
    case 'deactivating':
      return say('other', `it is stopping (${sub})${since}`);
    case 'reloading':
    case 'refreshing':
    case 'maintenance':
      return say('other', `${active}${since}`);
    default:
      return say('unknown', `systemd gave no state that Medic knows ("${active}")`);
  }
}

type Say = (verdict: Judged['verdict'], words: string) => Judged;

function failed(unit: SystemdUnit, since: string, began: number | null, say: Say): Judged {
  if (isLongBefore(timeOf(unit.StateChangeTimestamp), began))
    return say('other', `failed (${howItEnded(unit)})${since}, long before the alert`);
  if (unit.Type === 'oneshot')
    return say(
      'other',
      `failed (${howItEnded(unit)})${since}; it is a job that runs once (oneshot), and a new start would do its work again`,
    );
  if (unit.Result === 'start-limit-hit')
    return say(
      'other',
      `in its start limit${since}: systemd gave up after ${unit.NRestarts ?? 'several'} restarts`,
    );
  if (restartsBySystemd(unit))
    return say(
      'other',
      `failed (${howItEnded(unit)})${since} although systemd restarts it by itself (${unit.Restart}): ` +
        `it gave up after ${unit.NRestarts ?? '?'} restarts, or somebody stopped it`,
    );
  if (unit.Result === 'timeout' && wasUp(unit))
    return say('other', `failed${since}, as it did not end in time when it was told to stop`);
  // A program that catches SIGTERM and exits as a shell would report it, as the JVM does.
  if (unit.ExecMainCode === '1' && ['130', '143'].includes(unit.ExecMainStatus ?? ''))
    return say('other', `exit code ${unit.ExecMainStatus}${since}, as after being told to stop`);
  return say('fault', `failed (${howItEnded(unit)})${since}`);
}

/**
 * Whether systemd restarts it by itself after such an end, as `Restart=` says. Then it stays failed only in its start limit, which the
 * result does not always name, or when somebody stopped it.
 */
function restartsBySystemd({
  Restart: restart = 'no',
  Result: result = '',
  NRestarts: times = '0',
}: SystemdUnit) {
  if (Number(times) > 0) return true;
  switch (restart) {
    case 'always':
    case 'on-failure':
      return true;
    case 'on-abnormal':
      return result !== 'exit-code';
    case 'on-abort':
      return result === 'signal' || result === 'core-dump';
    case 'on-watchdog':
      return result === 'watchdog';
    default:
      return false;
  }
}

/** Whether it had been started before it failed, so that a time-out was one of stopping. */
function wasUp(unit: SystemdUnit): boolean {
  const up = Number(unit.ActiveEnterTimestampMonotonic ?? 0);
  return up > 0 && up >= Number(unit.InactiveExitTimestampMonotonic ?? 0);
}

function howItEnded({ ExecMainCode: code, ExecMainStatus: status, Result: result = 'unknown' }: SystemdUnit) {
  if (result === 'exit-code' && code === '1') return `exit code ${status}`;
  if ((code === '2' || code === '3') && ['signal', 'core-dump', 'oom-kill'].includes(result))
    return `${result}, signal ${status}`;
  return `result ${result}`;
}

function sinceOf(timestamp: string | undefined): string {
  const at = timeOf(timestamp);
  return at === null ? '' : ` since ${moment(at)}`;
}

/** Epoch milliseconds of `@1780000000`, or of `Sun 2026-11-29 01:46:46 UTC` as an old systemd writes it; null for none, and for another zone. */
export function timeOf(timestamp: string | undefined): number | null {
  const [, unix, day, clock] =
    /^@(\d+)|(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:UTC|GMT)/.exec(timestamp ?? '') ?? [];
  if (unix !== undefined) return Number(unix) > 0 ? Number(unix) * 1000 : null;
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${clock}Z`);
  return Number.isNaN(at) ? null : at;
}

/** One program of supervisor, by the state word of `supervisorctl status` and what follows it. */
export interface SupervisorProgram {
  readonly name: string;
  readonly state: string;
  readonly detail: string;
}

/** The lines of `supervisorctl status`; other lines are left out. */
export function parseSupervisor(output: string): readonly SupervisorProgram[] {
  return output.split('\n').flatMap((line) => {
    const [, name, state, detail] = /^(\S+)\s+([A-Z]+)(?:\s+(.*))?$/.exec(line.trimEnd()) ?? [];
    return name === undefined || state === undefined ? [] : [{ name, state, detail: detail ?? '' }];
  });
}

const SUPERVISOR: Readonly<Record<string, readonly [Judged['verdict'], string]>> = {
  RUNNING: ['well', 'running'],
  EXITED: ['fault', 'its process has ended without being told to'],
  STOPPED: ['other', 'stopped on purpose'],
  FATAL: ['other', 'supervisor has given up on starting it'],
  BACKOFF: ['other', 'it ends right after its start, and supervisor tries again'],
  STARTING: ['other', 'it is starting'],
  STOPPING: ['other', 'it is stopping'],
};

/**
 * How a program ended that is EXITED, where supervisor was asked over its socket: its exit code, -1 where a signal ended it, and when, epoch
 * milliseconds.
 */
export function endOf({ state, detail }: SupervisorProgram): {
  readonly exitStatus: number | null;
  readonly endedAt: number | null;
} {
  const [, status, at] = /(?:^|, )exit status (-?\d{1,6})(?:, ended @(\d{1,12}))?$/.exec(detail) ?? [];
  if (state !== 'EXITED' || status === undefined) return { exitStatus: null, endedAt: null };
  return { exitStatus: Number(status), endedAt: Number(at ?? 0) > 0 ? Number(at) * 1000 : null };
}

/**
 * Whether a program of supervisor, or any of a group, ended by itself. An empty list is unknown. One that ended with 0 did its work, and one
 * that ended long before the alert is not what that is about.
 *
 * @param began  when the first alert began, epoch milliseconds; null where none has come
 */
export function judgeSupervisor(programs: readonly SupervisorProgram[], began: number | null = null): Judged {
  const judged = programs.map((program): Judged => {
    const { name, state, detail } = program;
    const { exitStatus, endedAt } = endOf(program);
    const said = `${name}: ${state}${detail && ` (${detail.replace(/, ended @\d+$/, '')})`}`;
    if (exitStatus === 0) return { verdict: 'other', words: `${said}, it has ended as one that is done` };
    if (isLongBefore(endedAt, began))
      return { verdict: 'other', words: `${said}, its process had ended long before the alert` };
    const [verdict, words] = SUPERVISOR[state] ?? ['unknown', 'supervisor knows no more'];
    return { verdict, words: `${said}, ${words}` };
  });
  const worst = (['fault', 'unknown', 'other', 'well'] as const).find((verdict) =>
    judged.some((one) => one.verdict === verdict),
  );
  if (worst === undefined) return { verdict: 'unknown', words: 'supervisor named no program' };
  const telling = judged.filter(({ verdict }) => verdict === worst).slice(0, 3);
  return { verdict: worst, words: telling.map(({ words }) => words).join('; ') };
}
