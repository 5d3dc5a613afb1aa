import type { ObjectId } from '../../../evidence/facts/fact.ts';
import { hostId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told } from '../../../evidence/facts/tell.ts';
import { systemdStates } from '../../../evidence/facts/unit.ts';
import { judgeSystemd, type SystemdUnit } from '../../../evidence/looks/unit.ts';
import { linesOf, type Place } from './place.ts';

const MOST = 20;

/** The units of a section as `systemctl show` prints them, one after another with an empty line in between. */
function unitsOf(section: string): readonly SystemdUnit[] {
  const blocks = section.split(/\n\s*\n/).map((block) => {
    const unit: Record<string, string> = {};
    for (const line of linesOf(block)) {
      const at = line.indexOf('=');
      if (at > 0) unit[line.slice(0, at)] ??= line.slice(at + 1);
    }
    return unit;
  });
  return blocks
    .filter(({ Id, ActiveState }) => Id !== undefined && ActiveState !== undefined)
    .slice(0, MOST + 1);
}

/** The service's own unit and those that have failed, each in a line of what systemd has it as. @param own the unit's name */
export function tellUnits(section: string, own: string | null, { host, serves }: Place): readonly Told[] {
  const units = [...new Map(unitsOf(section).map((unit) => [unit.Id, unit])).values()];
  const isOwn = ({ Id }: SystemdUnit) => own !== null && (Id === own || Id === `${own}.service`);
  const shown = units.filter((unit) =>
    isOwn(unit) ? unit.LoadState === 'loaded' : unit.ActiveState === 'failed',
  );
  return shown.map((unit) => {
    const served: readonly ObjectId[] = isOwn(unit) ? serves : [];
    const { LoadState, ActiveState, SubState, Result, NRestarts, Restart, ExecMainStatus } = unit;
    const raw = `${LoadState}, ${ActiveState}, ${SubState}, result ${Result || 'none'}, status ${ExecMainStatus || '0'}, restarts ${NRestarts || '0'} (${Restart || 'no'})`;
    return { line: `${judgeSystemd(unit).words} [${raw}]`, facts: systemdStates(host, unit, served) };
  });
}

export function tellFailed(count: number, { host, serves }: Place): Told {
  return {
    line: count === 0 ? 'no unit has failed' : `${count} ${count === 1 ? 'unit has' : 'units have'} failed`,
    facts: statesOf(hostId(host), serves, { 'host.failed_units': count }),
  };
}
