import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../src/incident/model/incident.ts';
import * as faults from '../kit/hosts/faults.ts';
import { type Host, hindrance, startHosts } from '../kit/hosts/kit.ts';
import { type Healing, startHealing } from '../kit/hosts/medic.ts';
import { scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';
import { type BareRestart, contentsOf, restartBare, silenceAll, type Typed } from './bare-restart.ts';
import { spreadOf } from './spread.ts';
import type { Row, Section } from './table.ts';

const ROUNDS = 10;
/** How often a crashed service is asked whether it answers again, ms. */
const ASKED = 10;

/** Who manages a service that is crashed, and what somebody would type who knew what is wrong. */
interface Case extends Typed {
  readonly manager: string;
  readonly host: string;
  readonly service: string;
  crash(host: Host): Promise<void>;
}

const CASES: readonly Case[] = [
  {
    manager: 'systemd',
    host: 'web-1',
    service: 'storefront',
    argv: ['systemctl', 'restart', 'shop.service'],
    version: ['systemctl', '--version'],
    crash: (host) => faults.crash(host, 'shop.service'),
  },
  {
    manager: 'supervisor',
    host: 'jobs-1',
    service: 'jobs',
    argv: ['supervisorctl', 'restart', 'worker'],
    version: ['supervisorctl', 'version'],
    crash: faults.crashProgram,
  },
];

/** How long a crash lasts that Medic heals over SSH, beside the bare command of somebody who knew it already. */
export async function heal(): Promise<readonly Section[]> {
  const why = await hindrance();
  if (why !== null) return CASES.map((one) => sectionOf(one, [], [], `: not measured, ${why}`));
  const scratch = await scratchDir('bench-heal');
  const kit = await startHosts({ dir: join(scratch.path, 'hosts') });
  let healing: Healing | undefined;
  try {
    healing = await startHealing({ dir: scratch.path, kit });
    await healing.rest();
    const sections: Section[] = [];
    for (const one of CASES) sections.push(await measure(one, healing));
    return sections;
  } finally {
    await healing?.stop();
    await kit.stop();
    await scratch.remove();
  }
}

async function measure(one: Case, healing: Healing): Promise<Section> {
  const { kit, monitoring } = healing;
  const bare: BareRestart[] = [];
  const healed: Healed[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const heardAgain = await silenceAll(monitoring.alertmanager.url);
    const how = { broken: one.crash, healthy: healthyAt };
    bare.push(await restartBare(one, kit.host(one.host), kit.ssh, how));
    await healing.rest();
    await heardAgain();
    // Until Medic has read that nothing is silenced any more, it rests.
    await until(async () => (await healing.store.heartbeat()).silences.list.length === 0, {
      what: 'Medic to know of no silence any more',
      ms: 30_000,
    });
    healed.push(await healOnce(one, healing));
    await healing.rest();
  }
  return sectionOf(one, bare, healed);
}

function sectionOf(
  { manager, host, argv }: Case,
  bare: readonly BareRestart[],
  healed: readonly Healed[],
  remark = '',
): Section {
  const title = `A crash under ${manager} on ${host}, healed over SSH ${ROUNDS} times, in turn with a bare ssh`;
  return { title: `${title}${remark}`, rows: rowsOf(argv, bare, healed) };
}

/** Milliseconds from the webhook to the steps of a heal. */
interface Healed {
  readonly diagnosed: number;
  readonly started: number;
  readonly healthy: number;
  readonly fixed: number;
  readonly proven: number;
}

function rowsOf(
  argv: readonly string[],
  bare: readonly BareRestart[],
  healed: readonly Healed[],
): readonly Row[] {
  const median = (values: readonly number[]) => spreadOf(values).p50;
  const seconds = (value: number | null) => (value === null ? null : value / 1000);
  const whole = spreadOf(healed.map(({ healthy }) => healthy));
  const alone = median(bare.map(({ whole }) => whole));
  const until = (name: string, key: keyof Healed): Row => ({
    name: `webhook to ${name}, median`,
    value: seconds(median(healed.map((one) => one[key]))),
    unit: 's',
  });
  return [
    {
      ...until('healthy', 'healthy'),
      aim: { at: 'most', value: 3 },
    },
    { name: 'webhook to healthy, longest', value: seconds(whole.max), unit: 's' },
    ...contentsOf(argv, bare),
    {
      name: 'what Medic adds to it, median',
      value: whole.p50 === null || alone === null ? null : (whole.p50 - alone) / 1000,
      unit: 's',
      aim: { at: 'most', value: 1 },
    },
    until('diagnosis', 'diagnosed'),
    until('the start of the fix', 'started'),
    until('the end of the fix', 'fixed'),
    until('proof', 'proven'),
  ];
}

/** Resolves with the time when the service answers well again, by the clock that Redis reads too. */
async function healthyAt({ url }: Host): Promise<number> {
  const isWell = () =>
    fetch(`${url}/healthz`, { signal: AbortSignal.timeout(500) }).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isWell())) await sleep(ASKED);
  return Date.now();
}

async function healOnce({ crash, host: name, service }: Case, healing: Healing): Promise<Healed> {
  const broken = Date.now();
  const host = healing.kit.host(name);
  await crash(host);
  const well = await healthyAt(host);
  const over = async (): Promise<Incident | false> => {
    const one = await healing.incident(service, broken);
    return one !== undefined && one.phase.at === 'closed' && one;
  };
  const { milestones, phase } = await until(over, { what: `the proof on ${name}`, ms: 60_000 });
  if (phase.at !== 'closed' || phase.how !== 'healed') throw new Error(`${service} was not healed by Medic`);
  const since = (time: number | null) => (time ?? Number.NaN) - milestones.opened;
  const { diagnosed, started, fixed, closed } = milestones;
  return {
    diagnosed: since(diagnosed),
    started: since(started),
    healthy: since(well),
    fixed: since(fixed),
    proven: since(closed),
  };
}
