import { endOf, type SupervisorProgram, type SystemdUnit, timeOf } from '../looks/unit.ts';
import type { ObjectId } from './fact.ts';
import { hostId, unitId } from './objects.ts';
import { type Stated, statesOf } from './tell.ts';

/** What a unit of systemd states. @param serves the services whose unit it is */
export function systemdStates(
  host: string,
  unit: SystemdUnit,
  serves: readonly ObjectId[],
): readonly Stated[] {
  const { Id: id, ExecMainCode: code, ExecMainStatus: status } = unit;
  if (id === undefined || id === '') return [];
  const ended = status === undefined || status === '' ? null : Number(status);
  const isOver = unit.ActiveState !== 'active' && unit.ActiveState !== 'reloading';
  const restarting = unit.SubState === 'auto-restart';
  return statesOf(
    unitId(host, id),
    [hostId(host), ...serves],
    {
      'systemd.unit.load_state': unit.LoadState || null,
      'systemd.unit.active_state': unit.ActiveState || null,
      'systemd.unit.sub_state': unit.SubState || null,
      'systemd.unit.result': unit.Result || null,
      'systemd.unit.exit_status': code === '1' && (isOver || restarting) ? ended : null,
      'systemd.unit.signal': (code === '2' || code === '3') && (isOver || restarting) ? ended : null,
      'systemd.unit.restarts': unit.NRestarts === undefined ? null : Number(unit.NRestarts),
      'systemd.unit.restart_policy': unit.Restart || null,
      'systemd.unit.type': unit.Type || null,
    },
    timeOf(unit.StateChangeTimestamp),
  );
}

/** What programs of supervisor state. */
export function supervisorStates(
  host: string,
  programs: readonly SupervisorProgram[],
  serves: readonly ObjectId[],
): readonly Stated[] {
  return programs.flatMap((program) => {
    const { exitStatus, endedAt } = endOf(program);
    return statesOf(
      unitId(host, program.name),
      [hostId(host), ...serves],
      { 'supervisor.program.state': program.state, 'supervisor.program.exit_status': exitStatus },
      endedAt,
    );
  });
}
