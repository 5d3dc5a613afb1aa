import type { HttpProbe } from '../../../evidence/collector.ts';
import { hostId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told } from '../../../evidence/facts/tell.ts';
import { isRead, linesOf, type Place, unreadable } from './place.ts';
import type { Vitals } from './vitals.ts';

const percent = (ratio: number) => `${Math.floor(ratio * 1000) / 10} %`;

/** How far the limits of the host, and of the service on it, are used up. */
export function tellLimits(vitals: Vitals, place: Place): readonly Told[] {
  const limits = limitsIn(vitals);
  return [
    ...descriptors(limits.get('fs/file-nr'), place),
    ...conntrack(
      limits.get('net/netfilter/nf_conntrack_count')?.[0],
      limits.get('net/netfilter/nf_conntrack_max')?.[0],
      place,
    ),
    ...members(vitals.members, place),
  ];
}

/** Whom it talks to, and who listens where the service is asked. */
export function tellNetwork(vitals: Vitals, probes: readonly HttpProbe[], place: Place): readonly Told[] {
  return [
    ...peers(vitals.peers, limitsIn(vitals).get('net/ipv4/ip_local_port_range') ?? [], place),
    ...listeners(vitals.listeners, pidsOf(vitals.members), probes, place),
  ];
}

function limitsIn({ limits }: Vitals): ReadonlyMap<string, readonly number[]> {
  return new Map(
    linesOf(limits).map((line) => {
      const [name = '', ...values] = line.split(/\s+/);
      return [name, values.map(Number)] as const;
    }),
  );
}

/** The processes of the service. */
export function pidsOf(members: string): readonly number[] {
  return linesOf(members).flatMap((line) => {
    const pid = Number(line.split(' ')[0]);
    return Number.isInteger(pid) && pid > 0 ? [pid] : [];
  });
}

function descriptors(values: readonly number[] | undefined, { host, serves }: Place): readonly Told[] {
  const [open = Number.NaN, , most = Number.NaN] = values ?? [];
  if (!(most > 0)) return [];
  return [
    {
      line: `open files of the whole host: ${percent(open / most)} of the limit`,
      facts: statesOf(hostId(host), serves, { 'system.file_descriptors.utilization': open / most }),
    },
  ];
}

/** A host that tracks no connections has no table that can be full. */
function conntrack(
  count: number | undefined,
  most: number | undefined,
  { host, serves }: Place,
): readonly Told[] {
  const isTracked = count !== undefined && most !== undefined && most > 0;
  const used = isTracked ? count / most : 0;
  return [
    {
      line: isTracked
        ? `tracked connections: ${count} of ${most} (${percent(used)})`
        : 'connections are not tracked',
      facts: statesOf(hostId(host), serves, { 'system.conntrack.utilization': used }),
    },
  ];
}

function peers(section: string, range: readonly number[], { host, serves }: Place): readonly Told[] {
  const why = unreadable(section);
  if (why !== null) return [{ line: `connections could not be read: ${why.slice(0, 120)}`, facts: [] }];
  if (!isRead(section)) return [];
  const [low = 32_768, high = 60_999] = range;
  const ports = Math.max(1, high - low + 1);
  const [most] = linesOf(section).flatMap((line) => {
    const [, count, waiting, peer = ''] = /^(\d+) (\d+) (\S+)$/.exec(line) ?? [];
    return count === undefined
      ? []
      : [{ count: Number(count), waiting: Number(waiting), peer: peer.slice(0, 80) }];
  });
  const [count, waiting] = [most?.count ?? 0, most?.waiting ?? 0];
  return [
    {
      line:
        most === undefined
          ? 'no connection to anybody'
          : `most connections go to ${most.peer}: ${count}, ${waiting} of them ended and waiting, of ${ports} local ports for it`,
      facts: statesOf(hostId(host), serves, {
        'system.tcp.ports_to_peer': count / ports,
        'system.tcp.time_wait': waiting,
      }),
    },
  ];
}

/** The process of the service that is closest to its own limit. */
function members(section: string, { host, serves }: Place): readonly Told[] {
  const found = linesOf(section).flatMap((line) => {
    const [, pid, open, most] = /^(\d+) (\d+|unreadable)(?: (\d+))?$/.exec(line) ?? [];
    return pid === undefined
      ? []
      : [{ pid, open: open === 'unreadable' ? null : Number(open), most: Number(most) }];
  });
  const read = found.flatMap(({ pid, open, most }) =>
    open !== null && most > 0 ? [{ pid, open, most, used: open / most }] : [],
  );
  const [fullest] = read.toSorted((one, other) => other.used - one.used);
  if (fullest === undefined)
    return found.length === 0
      ? []
      : [{ line: 'the open files of the service may not be read without root', facts: [] }];
  const { pid, open, most, used } = fullest;
  return [
    {
      line: `open files of the service: ${open} of ${most} (${percent(used)}) in process ${pid}`,
      facts: serves.flatMap((service) =>
        statesOf(service, [hostId(host)], { 'process.file_descriptors.utilization': used }),
      ),
    },
  ];
}

/** Only of ports that the service is asked at on its own hosts: elsewhere somebody else listens. */
function listeners(
  section: string,
  own: readonly number[],
  probes: readonly HttpProbe[],
  { host, serves }: Place,
): readonly Told[] {
  if (!isRead(section) || serves.length === 0) return [];
  const asked = new Set(probes.flatMap(({ url }) => (URL.canParse(url) ? [portOf(new URL(url), host)] : [])));
  const heard = linesOf(section).flatMap((line) => {
    const [, port] = /^\S+\s+\d+\s+\d+\s+\S+:(\d+)\s/.exec(line) ?? [];
    const [, name, pid] = /users:\(\("([^"]{1,60})",pid=(\d+)/.exec(line) ?? [];
    return port === undefined ? [] : [{ port, name, pid: pid === undefined ? null : Number(pid) }];
  });
  return [...asked].flatMap((port): Told[] => {
    if (port === null) return [];
    const holder = heard.find((one) => one.port === port);
    const state = (values: Parameters<typeof statesOf>[2]) =>
      serves.flatMap((service) => statesOf(service, [hostId(host)], values));
    if (holder === undefined)
      return [{ line: `nobody listens on port ${port}`, facts: state({ 'host.port.holder': 'none' }) }];
    if (holder.name === undefined || holder.pid === null)
      return [{ line: `somebody listens on port ${port}; who may not be read without root`, facts: [] }];
    const isOwn = own.includes(holder.pid);
    return [
      {
        line: `${holder.name} (${holder.pid}) listens on port ${port}, ${isOwn ? 'of the service' : 'no process of the service'}`,
        facts: state({ 'host.port.holder': holder.name, 'host.port.foreign': !isOwn }),
      },
    ];
  });
}

function portOf({ hostname, port, protocol }: URL, host: string): string | null {
  const isThere = hostname === host || ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  return isThere ? port || (protocol === 'https:' ? '443' : '80') : null;
}
