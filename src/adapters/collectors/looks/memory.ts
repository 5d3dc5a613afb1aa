import { memoryStates } from '../../../evidence/facts/memory.ts';
import { hostId, serviceId } from '../../../evidence/facts/objects.ts';
import { statesOf } from '../../../evidence/facts/tell.ts';
import {
  type HostMemory,
  held,
  judgeMemory,
  type MemoryOfProcess,
  withDescendants,
} from '../../../evidence/looks/memory.ts';
import { cutWholeWords } from '../../../lib/text/cut.ts';
import { NotRead, reasonOf, type Seen, type Sight, unitName } from './sight.ts';
import { quickSupervisorctl } from './supervisor.ts';

const AFTERWARDS = `
echo '== processes'
grep -H -E '^(PPid|VmRSS|RssAnon|RssShmem):' /proc/[0-9]*/status 2>/dev/null
exit 0`;

/** $1 is the unit. Its processes are those of its control group, in version 1 and 2 of these. */
const SYSTEMD = `
cat /proc/meminfo || exit 9
echo '== pids'
shown=$(systemctl show -p LoadState -p ControlGroup -- "$1") || exit 9
case $shown in
  *LoadState=loaded*) ;;
  *) echo "systemd has no unit $1" >&2; exit 9 ;;
esac
group=$(printf '%s\\n' "$shown" | sed -n 's/^ControlGroup=//p')
if [ -n "$group" ] && [ "$group" != / ]; then
  for root in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    [ ! -d "$root$group" ] || find "$root$group" -name cgroup.procs -exec cat {} +
  done 2>/dev/null
fi${AFTERWARDS}`;

/** The arguments ask supervisor for the process. */
const SUPERVISOR = `
cat /proc/meminfo || exit 9
echo '== pids'
"$@"${AFTERWARDS}`;

const OUTPUT = /^([\s\S]*?)^== pids\n([\s\S]*?)^== processes\n([\s\S]*)$/m;

/** What the service's processes hold, and what the host has, by the kernel. */
export async function seeMemory({ service, host, ask }: Sight, limit: number | null): Promise<Seen> {
  const name = unitName(service);
  const answer = await ask(
    host.manager === 'systemd'
      ? ['sh', '-c', SYSTEMD, 'look', name]
      : ['sh', '-c', SUPERVISOR, 'look', ...quickSupervisorctl(host, 'pid', name)],
    true,
  );
  const [, meminfo, pids, listed] = OUTPUT.exec(answer.stdout) ?? [];
  if (answer.exitCode !== 0 || meminfo === undefined || pids === undefined || listed === undefined)
    throw new NotRead(reasonOf(answer));
  const memory = memoryOf(meminfo);
  const everybody = processesOf(listed);
  const instrument = `kernel/${host.name}`;
  const roots = pids.split('\n').flatMap((line) => (/^[1-9]\d*$/.test(line.trim()) ? [Number(line)] : []));
  const processes = withDescendants(roots, everybody);
  if (processes.length === 0) {
    const said = answer.stderr.trim().split('\n').at(-1) || pids.trim().split('\n').at(-1) || '';
    // Supervisor says 0 of a program that does not run, and systemd names no control group.
    if (said !== '' && said !== '0') throw new NotRead(cutWholeWords(said, 300));
    return {
      ...{ verdict: 'other', words: `no process of ${name} runs`, instrument, facts: { processes: 0 } },
      states: statesOf(serviceId(service.name), [hostId(host.name)], { 'process.count': 0 }),
    };
  }
  const rss = held(processes);
  const most = limit ?? service.memoryLimit;
  const all = held(everybody);
  return {
    ...judgeMemory(rss, all, memory, most),
    instrument,
    states: memoryStates({
      service: service.name,
      host: host.name,
      rss,
      all,
      memory,
      limit: most,
      processes: processes.length,
    }),
    facts: {
      rss_bytes: rss,
      ...(most === null ? {} : { limit_bytes: most }),
      processes: processes.length,
      memory_total_bytes: memory.total,
      ...(memory.available === null ? {} : { memory_available_bytes: memory.available }),
    },
  };
}

function memoryOf(meminfo: string): HostMemory {
  const value = (name: string) => /^\d+/.exec(meminfo.split(`${name}:`)[1]?.trimStart() ?? '')?.[0];
  const [total, available] = [value('MemTotal'), value('MemAvailable')];
  if (total === undefined) throw new NotRead('the kernel did not say how much memory there is');
  return {
    total: Number(total) * 1024,
    available: available === undefined ? null : Number(available) * 1024,
  };
}

/** Lines such as `/proc/12/status:VmRSS:      512 kB`; kernel threads hold nothing and are left out. */
function processesOf(listed: string): readonly MemoryOfProcess[] {
  const found = new Map<number, Record<string, number>>();
  for (const line of listed.split('\n')) {
    const [, pid, name, value] = /^\/proc\/(\d+)\/status:(\w+):\s*(\d+)/.exec(line) ?? [];
    if (pid === undefined || name === undefined) continue;
    const of = found.get(Number(pid)) ?? {};
    of[name] = Number(value);
    found.set(Number(pid), of);
  }
  const bytes = (kilobytes: number | undefined) => (kilobytes === undefined ? null : kilobytes * 1024);
  return [...found].flatMap(([pid, of]) => {
    const rss = bytes(of.VmRSS);
    const [anonymous, shared] = [bytes(of.RssAnon), bytes(of.RssShmem)];
    return rss === null ? [] : [{ pid, parent: of.PPid ?? 0, rss, anonymous, shared }];
  });
}
