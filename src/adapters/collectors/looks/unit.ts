import { servedBy } from '../../../evidence/facts/objects.ts';
import { supervisorStates, systemdStates } from '../../../evidence/facts/unit.ts';
import {
  judgeSupervisor,
  judgeSystemd,
  parseSupervisor,
  type SystemdUnit,
  UNIT_PROPERTIES,
} from '../../../evidence/looks/unit.ts';
import { NotRead, reasonOf, type Seen, type Sight, unitName } from './sight.ts';
import { quickSupervisorctl, supervisorctl } from './supervisor.ts';

/** The service's unit by whoever supervises it there. @param began when the first alert began; null where none has come */
export function seeUnit(sight: Sight, began: number | null): Promise<Seen> {
  return sight.host.manager === 'systemd' ? seeSystemd(sight, began) : seeSupervisor(sight, began);
}

async function seeSystemd({ service, host, ask }: Sight, began: number | null): Promise<Seen> {
  const name = unitName(service);
  const show = ['systemctl', 'show', '-p', UNIT_PROPERTIES.join(',')];
  const modern = await ask([...show, '--timestamp=unix', '--', name], false);
  // Before version 247 there is no such option.
  const answer =
    modern.exitCode !== 0 && /option/.test(modern.stderr) ? await ask([...show, '--', name], false) : modern;
  if (answer.exitCode === 127)
    throw new NotRead('there is no systemctl; say medic_service_manager in the inventory');
  const unit = propertiesOf(answer.stdout);
  if (answer.exitCode !== 0 || unit.ActiveState === undefined) throw new NotRead(reasonOf(answer));
  return {
    ...judgeSystemd(unit, began),
    instrument: `systemd/${host.name}/${unit.Id || name}`,
    facts: {
      active_state: unit.ActiveState,
      sub_state: unit.SubState ?? '',
      result: unit.Result ?? '',
      restarts: Number(unit.NRestarts ?? 0) || 0,
      main_pid: Number(unit.MainPID ?? 0) || 0,
    },
    states: systemdStates(host.name, { Id: name, ...unit }, servedBy(service)).map((one) => ({
      ...one,
      ...(SAID[one.name] === undefined ? {} : { said: SAID[one.name] }),
    })),
  };
}

/** The plain facts that say what the words of a unit may leave out. */
const SAID: Readonly<Record<string, string>> = {
  'systemd.unit.active_state': 'active_state',
  'systemd.unit.sub_state': 'sub_state',
  'systemd.unit.result': 'result',
  'systemd.unit.restarts': 'restarts',
};

/** `Name=value` lines; the first of a name counts, as one unit was asked for. */
function propertiesOf(output: string): SystemdUnit {
  const properties: Record<string, string> = {};
  for (const line of output.split('\n')) {
    const at = line.indexOf('=');
    if (at > 0) properties[line.slice(0, at)] ??= line.slice(at + 1).trim();
  }
  return properties;
}

async function seeSupervisor({ service, host, ask }: Sight, began: number | null): Promise<Seen> {
  const name = unitName(service);
  const answer = await ask(
    quickSupervisorctl(host, 'status', name),
    true,
    supervisorctl(host, 'status', name),
  );
  if (answer.exitCode === 127)
    throw new NotRead('there is no supervisorctl; say medic_service_manager in the inventory');
  const programs = parseSupervisor(answer.stdout);
  if (/no such (?:process|group)/i.test(answer.stdout))
    throw new NotRead(
      `supervisor has no program ${name}; where it is called something else, say so as \`unit\` of ${service.name} in medic.yml`,
    );
  // It ends with 3 for a program that does not run, which is an answer.
  if (programs.length === 0 || ![0, 3].includes(answer.exitCode)) throw new NotRead(reasonOf(answer));
  const [first] = programs;
  const pid = Number(/^pid (\d+)/.exec(first?.detail ?? '')?.[1] ?? 0);
  return {
    ...judgeSupervisor(programs, began),
    instrument: `supervisor/${host.name}/${name}`,
    facts: { state: first?.state ?? '', main_pid: pid },
    states: supervisorStates(host.name, programs, servedBy(service)),
  };
}
