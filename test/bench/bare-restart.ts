import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Host, HostsKit } from '../kit/hosts/kit.ts';
import { spreadOf } from './spread.ts';
import type { Row } from './table.ts';

/** What somebody types who knows what is wrong, and what only makes the same program say its version. */
export interface Typed {
  readonly argv: readonly string[];
  readonly version: readonly string[];
}

/** Milliseconds of a bare restart until the service answers again, and of what it contains. */
export interface BareRestart {
  readonly whole: number;
  /** `ssh host true` */
  readonly connection: number;
  /** The same with sudo, and the program that only says its version. */
  readonly start: number;
}

/** Rows that tell what a bare restart contains. */
export function contentsOf([program = '']: readonly string[], bare: readonly BareRestart[]): readonly Row[] {
  const row = (name: string, of: (one: BareRestart) => number): Row => {
    const { p50 } = spreadOf(bare.map(of));
    return { name, value: p50 === null ? null : p50 / 1000, unit: 's' };
  };
  return [
    row('bare `ssh host sudo ... restart` to healthy, median', ({ whole }) => whole),
    row('  of it the connection, as `ssh host true` takes', ({ connection }) => connection),
    row(`  of it sudo and the start of ${program}`, ({ start, connection }) => start - connection),
    row('  of it the restart itself, until healthy', ({ whole, start }) => whole - start),
  ];
}

/** Runs what a person would type, over a connection of its own. `broken` breaks the service; `healthy` resolves with the time when it answers. */
export async function restartBare(
  { argv, version }: Typed,
  host: Host,
  { user, keyFile, knownHosts }: HostsKit['ssh'],
  { broken, healthy }: { broken(host: Host): Promise<void>; healthy(host: Host): Promise<number> },
): Promise<BareRestart> {
  const options = ['-i', keyFile, '-o', `UserKnownHostsFile=${knownHosts}`, '-o', 'IdentitiesOnly=yes'];
  const ssh = async (...words: readonly string[]) => {
    const begun = Date.now();
    await promisify(execFile)('ssh', [...options, `${user}@${host.address}`, ...words]);
    return Date.now() - begun;
  };
  const connection = await ssh('true');
  const start = await ssh('sudo', '-n', ...version);
  await broken(host);
  const begun = Date.now();
  const [, well] = await Promise.all([ssh('sudo', '-n', ...argv), healthy(host)]);
  return { whole: well - begun, connection, start };
}

/** Silences every alert, so that Medic hears of none: what it did meanwhile would make the bare command slower. Gives what ends that. */
export async function silenceAll(alertmanager: string): Promise<() => Promise<void>> {
  const [startsAt, endsAt] = [0, 3_600_000].map((ms) => new Date(Date.now() + ms).toISOString());
  const matchers = [{ name: 'alertname', value: '.+', isRegex: true }];
  const body = JSON.stringify({ matchers, startsAt, endsAt, createdBy: 'bench', comment: 'a bare restart' });
  const headers = { 'content-type': 'application/json' };
  const made = await fetch(`${alertmanager}/api/v2/silences`, { method: 'POST', headers, body });
  if (!made.ok) throw new Error(`Alertmanager takes no silence: ${made.status} ${await made.text()}`);
  const { silenceID } = (await made.json()) as { silenceID: string };
  return async () => {
    const ended = await fetch(`${alertmanager}/api/v2/silence/${silenceID}`, { method: 'DELETE' });
    if (!ended.ok) throw new Error(`Alertmanager ends no silence: ${ended.status}`);
  };
}
