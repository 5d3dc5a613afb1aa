import type { Incident } from '../../src/incident/model/incident.ts';
import type { TimelineEntry } from '../../src/incident/model/timeline.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import * as faults from '../kit/hosts/faults.ts';
import type { Healing } from '../kit/hosts/medic.ts';
import { until } from '../kit/stack/process.ts';
import { cardThat } from '../kit/world/test-env.ts';
import { CHANNEL } from '../kit/world/world.ts';
import { ailments } from './checks.ts';

/** An incident that Medic has to heal, and in which tier. */
export type Row = {
  name: string;
  tier: 'low' | 'medium' | 'high';
  service: string;
  host: string;
  playbook: string;
  break(healing: Healing): Promise<unknown>;
};

/** The incidents of the table that heal; see table.test.ts for what must not happen. */
export const ROWS: readonly Row[] = [
  {
    name: 'crashed unit',
    tier: 'low',
    service: 'storefront',
    host: 'web-1',
    playbook: 'restart_service',
    break: ({ kit }) => faults.crash(kit.host('web-1'), 'shop.service'),
  },
  {
    name: 'crashed program',
    tier: 'low',
    service: 'jobs',
    host: 'jobs-1',
    playbook: 'restart_service',
    break: ({ kit }) => faults.crashProgram(kit.host('jobs-1')),
  },
  {
    name: 'full disk',
    tier: 'low',
    service: 'storefront',
    host: 'web-1',
    playbook: 'clean_disk',
    // The shop's own data stays: half of the disk.
    break: ({ kit }) => faults.fillDisk(kit.host('web-1'), { deletable: 0.5 }),
  },
  {
    name: 'leak',
    tier: 'medium',
    service: 'jobs',
    host: 'jobs-1',
    playbook: 'recycle_service',
    break: ({ kit }) => faults.leak(kit.host('jobs-1')),
  },
  {
    name: 'bad release',
    tier: 'high',
    service: 'storefront',
    host: 'web-1',
    playbook: 'rollback_release',
    break: ({ kit }) => faults.deploy(kit.host('web-1'), 'v2', { record: true }),
  },
];

export type Healed = {
  incident: Incident;
  /** Why it did not heal as its row says; null where it did. */
  wrong: string | null;
  /** Whether a person was asked where Medic has to act by itself. */
  asked: boolean;
  /** Milliseconds: from the fault to the webhook, to the start of the playbook, to its end, to the proof. */
  times: Times;
};
export type Times = Readonly<Record<'webhook' | 'start' | 'fixed' | 'proven', number | null>>;

/** How long one incident may take, milliseconds. */
const PATIENCE = 180_000;

/** Breaks what a row says and lets Medic heal it; a person approves where its tier needs one, and does nothing else. */
export async function heal(healing: Healing, row: Row): Promise<Healed> {
  const broken = Date.now();
  await row.break(healing);
  const find = async (is: (incident: Incident) => boolean) => {
    const incident = await healing.incident(row.service, broken);
    return incident !== undefined && is(incident) && incident;
  };
  if (row.tier === 'high') {
    const isUp = settled(rests);
    const asking = await until(() => find((one) => asks(one) || isUp(one)), {
      what: `a plan for ${row.name}`,
      ms: PATIENCE,
    });
    if (asks(asking)) await approve(healing, asking);
  }
  const isOver = settled((one) => rests(one) || (asks(one) && row.tier !== 'high'));
  const incident = await until(() => find(isOver), { what: `the end of ${row.name}`, ms: PATIENCE });
  const ill = await ailments(healing.kit.host(row.host));
  return {
    incident,
    wrong: whatIsWrong(row, incident, ill),
    asked: incident.phase.at !== 'closed' || askedIn(await healing.store.timeline(incident.id)),
    times: timesOf(incident, broken),
  };
}

const asks = ({ phase }: Incident) => phase.at === 'waiting' && phase.for === 'approval';
const rests = ({ phase }: Incident) => ['closed', 'escalated', 'cancelled', 'observed'].includes(phase.at);

/**
 * So long nothing changes before it counts, milliseconds: a person who was called sees Medic look again while more alerts come in, and
 * what was well after a restart goes on in another incident when the release that was started turns out to be bad.
 */
const SETTLED = 5_000;

function settled(is: (incident: Incident) => boolean): (incident: Incident) => boolean {
  let since = { id: '', version: 0, at: 0 };
  return (incident) => {
    const { id, version, phase } = incident;
    if (since.id !== id || since.version !== version) since = { id, version, at: Date.now() };
    if (!is(incident)) return false;
    return (phase.at === 'closed' && phase.how === 'healed') || Date.now() - since.at >= SETTLED;
  };
}

/** Carol approves it on its card, once she can. */
async function approve({ slack }: Healing, { id }: Incident): Promise<void> {
  const card = await slack.message(
    CHANNEL,
    cardThat(
      (message, text) => message.metadata?.event_payload.incident === id && text.includes('[Approve]'),
    ),
    60_000,
  );
  await slack.person('U0CAROL').click(card, 'Approve');
}

/** Whether anybody was called or asked to approve at any time, be it that it came to a good end all the same. */
export function askedIn(timeline: readonly Pick<TimelineEntry, 'happening'>[]): boolean {
  return timeline.some(({ happening: { kind } }) => kind === 'escalated' || kind === 'approval-asked');
}

/** Why an incident did not heal as its row says, in words; null where it did. */
export function whatIsWrong(row: Row, { phase, attempts }: Incident, ill: readonly string[]): string | null {
  if (asks({ phase } as Incident)) return `asked for approval: ${reasonsOf(phase).join('; ')}`;
  if (phase.at !== 'closed') return `${phase.at}: ${'reason' in phase ? plainly(phase.reason ?? '') : ''}`;
  const fixes = attempts.map(({ playbook }) => playbook);
  if (phase.how !== 'healed') return `${phase.how}: ${plainly(phase.reason)}`;
  if (fixes.length !== 1 || fixes[0] !== row.playbook)
    return `healed by ${fixes.join(', ') || 'nobody'} and not by ${row.playbook}`;
  return ill.length === 0 ? null : `called healed, but ${ill.join(', ')}`;
}

function reasonsOf(phase: Incident['phase']): readonly string[] {
  return 'decided' in phase && phase.decided !== null
    ? phase.decided.verdict.reasons.map((reason) => plainly(reason))
    : [];
}

function timesOf({ milestones, phase }: Incident, broken: number): Times {
  const { opened, started, fixed, closed } = milestones;
  const between = (from: number | null, to: number | null) =>
    from === null || to === null ? null : to - from;
  return {
    webhook: between(broken, opened),
    start: between(opened, started),
    fixed: between(started, fixed),
    proven: phase.at === 'closed' && phase.how === 'healed' ? between(fixed, closed) : null,
  };
}
