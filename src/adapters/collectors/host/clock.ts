import { hostId } from '../../../evidence/facts/objects.ts';
import { statesOf, type Told } from '../../../evidence/facts/tell.ts';
import { threeDigits } from '../quantity.ts';
import { linesOf, type Place } from './place.ts';

const ZONE = /^(\d+\.\d+) ([+-])(\d\d)(\d\d)$/;

/** The host's own time, epoch milliseconds, and how far its zone is ahead of UTC; null where it does not say. */
export function timeThere(section: string): { readonly at: number; readonly ahead: number } | null {
  const [, seconds, sign, hours, minutes] = ZONE.exec(linesOf(section)[0] ?? '') ?? [];
  if (seconds === undefined) return null;
  const ahead = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return { at: Number(seconds) * 1000, ahead };
}

/** @param ahead how far its clock is ahead of the clock of record, beyond what the answer took; milliseconds, null where not known */
export function tellClock(section: string, ahead: number | null, { host, serves }: Place): readonly Told[] {
  const synced = /^NTPSynchronized=(yes|no)$/m.exec(section)?.[1];
  const off = ahead === null ? null : ahead / 1000;
  if (off === null && synced === undefined) return [];
  const words = [
    ...(off === null
      ? []
      : [
          off === 0
            ? 'its clock agrees with ours'
            : `its clock is ${threeDigits(Math.abs(off))} s ${off > 0 ? 'ahead of' : 'behind'} ours`,
        ]),
    ...(synced === undefined
      ? []
      : [
          synced === 'yes'
            ? 'its time daemon has synchronized it'
            : 'its time daemon has not synchronized it',
        ]),
  ];
  return [
    {
      line: words.join('; '),
      facts: statesOf(hostId(host), serves, {
        'system.clock.offset': off,
        'system.clock.synchronized': synced === undefined ? null : synced === 'yes',
      }),
    },
  ];
}

/** The time daemons that the host has, each with its state. */
export function tellDaemons(section: string, { host, serves }: Place): readonly Told[] {
  const units = section
    .split(/\n\s*\n/)
    .map((block) => new Map(linesOf(block).map((line) => line.split('=') as [string, string])));
  const there = units.filter((unit) => unit.get('LoadState') === 'loaded' && (unit.get('Id') ?? '') !== '');
  const running =
    there.find((unit) => unit.get('ActiveState') === 'active') ??
    there.find((unit) => unit.get('ActiveState') === 'failed');
  if (running === undefined) return [];
  const words = `${running.get('Id')} ${running.get('ActiveState')}`;
  return [
    {
      line: `time daemon: ${words}`,
      facts: statesOf(hostId(host), serves, { 'system.clock.daemon': words }),
    },
  ];
}
