import type { Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Told } from '../../../evidence/facts/tell.ts';
import { clockAhead } from '../places.ts';
import { tellBatch, tellChanged, tellPackages } from './changed.ts';
import { tellClock, tellDaemons, timeThere } from './clock.ts';
import { tellComputing } from './computing.ts';
import { tellDisks, tellFilling } from './disks.ts';
import { tellKernel } from './kernel.ts';
import { pidsOf, tellLimits, tellNetwork } from './network.ts';
import type { Place } from './place.ts';
import { tellFailed, tellUnits } from './units.ts';
import { failedUnits, type Vitals } from './vitals.ts';

/** An item of its own: what one instrument says of one side of the host. */
export interface Part {
  readonly title: string;
  readonly kind: Finding['kind'];
  readonly source: string;
  readonly instrument: string;
  readonly lines: readonly Told[];
}

/** One reading of one host. */
export interface Reading {
  readonly vitals: Vitals;
  readonly place: Place;
  /** When it was read, by the clock of record; epoch milliseconds. */
  readonly now: number;
  /** When the symptom began, or now. */
  readonly from: number;
  /** How long the answer took, milliseconds. */
  readonly took: number;
  readonly service: ServiceView | null;
}

const HOURS = 3 * 3_600_000;

/** How a host is, beyond its first vital signs, by side and instrument. */
export function statePartsOf({ vitals, place, service }: Reading): readonly Part[] {
  const { host } = place;
  const failed =
    vitals.units.trim() === '' && vitals.unit.trim() === ''
      ? []
      : [tellFailed(failedUnits(vitals).length, place)];
  return [
    { ...kernelOf(host), title: `Disks of ${host}`, lines: tellDisks(vitals, place) },
    {
      ...kernelOf(host),
      title: `Limits of ${host}`,
      lines: [...tellLimits(vitals, place), ...tellBatch(vitals.processes, place)],
    },
    {
      ...systemdOf(host, vitals, service),
      title: `Units of ${host}`,
      lines: [...failed, ...tellUnits(vitals.unit, service?.unit ?? null, place)],
    },
  ];
}

/** What a host does, and what was done to it, by side and instrument. */
export function workPartsOf({ vitals, place, now, from, took, service }: Reading): readonly Part[] {
  const { host } = place;
  const there = timeThere(vitals.clock);
  const ahead = there === null ? null : clockAhead(there.at, now, now + took);
  const computers = {
    members: pidsOf(vitals.members),
    self: pidsOf(vitals.self)[0] ?? null,
    cores: Number(vitals.cores.trim()) || 1,
  };
  return [
    {
      ...kernelOf(host),
      title: `What ${host} does`,
      lines: tellComputing(vitals.first, vitals.second, computers, place),
    },
    { ...kernelOf(host), title: `What fills the disks of ${host}`, lines: tellFilling(vitals, place) },
    {
      ...kernelOf(host),
      title: `Connections, clock and kernel’s log of ${host}`,
      lines: [
        ...tellKernel(vitals.kernel, there?.at ?? now, from, place),
        ...tellNetwork(vitals, service?.probes ?? [], place),
        ...tellClock(vitals.clock, ahead, place),
      ],
    },
    {
      ...systemdOf(host, vitals, service),
      title: `Time daemon of ${host}`,
      lines: tellDaemons(vitals.clock, place),
    },
    {
      ...kernelOf(host),
      kind: 'change',
      title: `Files changed on ${host}`,
      lines: tellChanged(vitals.changed, ahead ?? 0, place),
    },
    {
      kind: 'change',
      title: `Packages changed on ${host}`,
      source: 'packages',
      instrument: `packages/${host}`,
      lines: tellPackages(vitals.packages, from - HOURS, there?.ahead ?? 0, place),
    },
  ];
}

type Source = Pick<Part, 'kind' | 'source' | 'instrument'>;

const kernelOf = (host: string): Source => ({
  kind: 'state',
  source: 'host',
  instrument: `kernel/${host}`,
});

/** The unit of the service is what a look at it reads as well: that is one instrument, and no second one. */
function systemdOf(host: string, { unit }: Vitals, service: ServiceView | null): Source {
  const own = [service?.unit, `${service?.unit}.service`].find((id) => unit.split('\n').includes(`Id=${id}`));
  const instrument = own === undefined ? `systemd/${host}` : `systemd/${host}/${own}`;
  return { kind: 'state', source: 'systemd', instrument };
}
