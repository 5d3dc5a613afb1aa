import type { ServiceView } from '../../../src/evidence/collector.ts';
import type { Change, LogLine, Recorded } from '../read/scenario.ts';
import type { HostFile } from './rooted.ts';

/** What the files of a recording need to know of a registered service. */
export type Known = Pick<ServiceView, 'name' | 'hosts' | 'logs' | 'changes'>;

/** Where there is no other place for what was recorded. */
const HERE = 'localhost';
export const CHANGE_FILE = '/var/log/medic-replay-changes.jsonl';
export const logFileOf = (service: string) => `/var/log/medic-replay-${service}.log`;

/**
 * The recorded logs and changes as files of hosts: a line is in the file that its labels name, else in the first log of its service. Lines
 * of pods are read from the API server.
 */
export function filesOf({ logs, changes }: Recorded, services: readonly Known[]): readonly HostFile[] {
  return [
    ...services.flatMap((service) => logsOf(service, logs)),
    ...services.flatMap((service) => changesOf(service, changes)),
  ];
}

function logsOf({ name, hosts, logs }: Known, lines: readonly LogLine[]): readonly HostFile[] {
  const first = logs[0]?.file ?? logFileOf(name);
  const own = lines.filter(
    (line) =>
      (line.labels.file !== undefined && logs.some(({ file }) => file === line.labels.file)) ||
      serviceOf(line) === name,
  );
  const places = Map.groupBy(own, ({ labels }) =>
    JSON.stringify([labels.host ?? hosts[0] ?? HERE, labels.file ?? first]),
  );
  return [...places].map(([place, part]) => {
    const [host, path] = JSON.parse(place) as [string, string];
    return {
      host,
      path,
      text: part.map((line) => `${dated(line)}\n`).join(''),
      modifiedAt: Math.max(...part.map(({ at }) => at)),
    };
  });
}

/** As a log has it: with its time, where that is not part of the line. */
function dated({ at, line }: LogLine): string {
  return /\d:\d\d:\d\d/.test(line.slice(0, 80)) ? line : `${new Date(at).toISOString()} ${line}`;
}

/** Whose line it is; null for one of a pod, which is read from its cluster, and of a unit, which is in the journal. */
export function serviceOf({ labels }: LogLine): string | null {
  if (labels.pod !== undefined || labels.unit !== undefined) return null;
  return labels.service ?? labels.service_name ?? labels.app ?? labels.job ?? labels.container ?? null;
}

/** Only what has a version can stand in such a file. */
function changesOf({ name, hosts, changes: source }: Known, changes: readonly Change[]): readonly HostFile[] {
  const own = changes.filter(({ service, version }) => service === name && (version ?? null) !== null);
  if (own.length === 0) return [];
  const text = own
    .map(({ at, version, previous, by, text: message }) =>
      JSON.stringify({
        time: new Date(at).toISOString(),
        service: name,
        version,
        previous,
        who: by,
        message,
      }),
    )
    .map((line) => `${line}\n`)
    .join('');
  const modifiedAt = Math.max(...own.map(({ at }) => at));
  return (hosts.length === 0 ? [HERE] : hosts).map((host) => ({
    host,
    path: source?.file ?? CHANGE_FILE,
    text,
    modifiedAt,
  }));
}
