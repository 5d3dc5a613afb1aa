import { hostId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told } from '../../../evidence/facts/tell.ts';
import type { FactName } from '../../../evidence/facts/vocabulary.ts';
import { isRead, linesOf, type Place } from './place.ts';

const SHOWN = 12;
/** Files that change by themselves: nobody configured anything. */
const BY_ITSELF =
  /^\/etc\/(?:mtab|adjtime|resolv\.conf|machine-id|ld\.so\.cache|cni|alternatives|ssl\/certs|cups\/subscriptions|(?:passwd|group|shadow|gshadow|subuid|subgid)-?$|\.pwd\.lock)|\.(?:swp|dpkg-(?:old|new|dist)|bak)$|~$/;
const CRON = /^\/etc\/(?:crontab|cron\.|anacrontab)|^\/var\/spool\/cron\//;
const UNIT = /\/systemd\/.*\.(?:service|socket|timer|mount|path|target|slice|conf)$/;

const kindOf = (path: string): readonly [FactName, string] => {
  if (CRON.test(path)) return ['host.change.cron', 'schedule'];
  return UNIT.test(path)
    ? ['host.change.unit_file', 'unit file']
    : ['host.change.configuration', 'configuration'];
};

const clock = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** Files of configuration, units and schedules that were written, newest first. @param skew how far the host's clock is ahead */
export function tellChanged(section: string, skew: number, { host, serves }: Place): readonly Told[] {
  if (!isRead(section)) return [];
  const files = linesOf(section).flatMap((line) => {
    const [, seconds, path] = /^(\d+\.?\d*) (\/.*)$/.exec(line) ?? [];
    if (path === undefined || BY_ITSELF.test(path)) return [];
    return [{ at: Number(seconds) * 1000 - skew, path: path.slice(0, 200) }];
  });
  if (files.length === 0)
    return [
      { line: 'no configuration, unit file or schedule that may be read was written lately', facts: [] },
    ];
  return files.slice(0, SHOWN).map(({ at, path }) => {
    const [name, words] = kindOf(path);
    return {
      line: `${clock(at)} ${words} written: ${path}`,
      facts: statesOf(hostId(host), serves, { [name]: path }, at),
    };
  });
}

/** What the package manager's log says since a moment. @param ahead how far the host's zone is ahead of UTC, in which that log is kept */
export function tellPackages(
  section: string,
  since: number,
  ahead: number,
  { host, serves }: Place,
): readonly Told[] {
  if (!isRead(section)) return [];
  const done = linesOf(section).flatMap((line) => {
    const [, day, time, verb, name = '', from = '', to = ''] =
      /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (install|upgrade|remove) (\S+) (\S+) ?(\S*)/.exec(line) ?? [];
    if (day === undefined || verb === undefined) return [];
    const at = Date.parse(`${day}T${time}Z`) - ahead;
    return at >= since
      ? [{ at, words: `${verb} ${name.slice(0, 80)} ${from} ${to}`.trim().slice(0, 160) }]
      : [];
  });
  if (done.length === 0) return [{ line: 'no package was installed, upgraded or removed lately', facts: [] }];
  return done
    .toSorted((one, other) => other.at - one.at)
    .slice(0, SHOWN)
    .map(({ at, words }) => ({
      line: `${clock(at)} package: ${words}`,
      facts: statesOf(hostId(host), serves, { 'host.change.package': words }, at),
    }));
}

/** Copies, backups and the like, by the names of processes that do nothing else. */
const BATCH =
  /^(?:rsync|pg_dump(?:all)?|pg_basebackup|mysqldump|mariabackup|xtrabackup|mongodump|restic|borg|duplicity|bareos-fd|tar|dd|fstrim|updatedb|btrfs-scrub|e2fsck|md\d+_(?:resync|recovery))$/;

/** A batch that runs now, by the listing of processes; the first that is found. */
export function tellBatch(processes: string, { host, serves }: Place): readonly Told[] {
  if (processes.trim() === '') return [];
  const found = linesOf(processes).flatMap((line) => {
    const name = line.split(/\s+/).slice(3).join(' ');
    return BATCH.test(name) ? [name] : [];
  });
  const [first] = found;
  if (first === undefined) return [{ line: 'no backup, copy or scrub runs', facts: [] }];
  return [{ line: `${first} runs`, facts: statesOf(hostId(host), serves, { 'host.batch.running': first }) }];
}
