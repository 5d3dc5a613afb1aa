import { createHash } from 'node:crypto';
import type { Incident } from '../../../src/incident/model/incident.ts';
import { chain, type TimelineEntry, type TimelineEvent } from '../../../src/incident/model/timeline.ts';
import { alert, T0 } from '../../kit/incident/fixtures.ts';
import { diagnosed } from '../../kit/incident/walk.ts';
import type { ChaosRecord, KeptIncident, Ran, Standing } from './record.ts';

/** A happening with its time, milliseconds after the incident opened. */
export type Told = readonly [after: number, happening: TimelineEvent];

export interface Sketch {
  readonly id: string;
  readonly service: string;
  /** The alert of the fixtures, which chooses the playbook: `Small` is low, `Middling` medium, `Grave` high. */
  readonly alert: 'Small' | 'Middling' | 'Grave';
  /** When it opens. */
  readonly at: number;
  readonly phase: Incident['phase']['at'];
  /** What is told between the plan and the end, by the plan's id. */
  readonly course: (plan: string) => readonly Told[];
}

/** An incident as Redis would keep it, told by hand around a real plan. */
function kept({ id, service, alert: name, at, phase, course }: Sketch): KeptIncident {
  const walked = diagnosed(name);
  const base = as<Incident>(walked.incident, walked.incident.id, id, service);
  const plan = walked.told.find(({ kind }) => kind === 'planned');
  if (plan === undefined) throw new Error(`${name} has no plan`);
  const planned = as<Extract<TimelineEvent, { kind: 'planned' }>>(plan, walked.incident.id, id, service);
  const firing = alert(name, { fingerprint: `${name}-${service}`, startsAt: at - 1_000 });
  const story: Told[] = [
    [0, { kind: 'opened', by: 'alert', alerts: [firing] }],
    [100, planned],
    ...course(planned.plan.id),
  ];
  const closed = story.findLast(([, happening]) => happening.kind === 'closed');
  const incident: Incident = {
    ...base,
    alerts: { [firing.fingerprint]: { alert: firing, heardAt: at, beganAt: at, changedAt: at, fires: 1 } },
    phase: { ...base.phase, at: phase } as Incident['phase'],
    milestones: { ...base.milestones, opened: at, closed: closed === undefined ? null : at + closed[0] },
  };
  return linked(
    { incident, timeline: [], crowd: [], thread: tsOf(at, 0), story: ['card', 'opened', 'end'], late: [] },
    at,
    story,
  );
}

/** The incident with these happenings as its timeline, properly chained. */
export function linked(one: KeptIncident, at: number, story: readonly Told[]): KeptIncident {
  let head = { hash: createHash('sha256').update(one.incident.id).digest('hex'), length: 0 };
  const timeline: TimelineEntry[] = [];
  for (const [after, happening] of story) {
    const next = chain(head, at + after, [happening]);
    timeline.push(...next.entries);
    head = next.head;
  }
  return { ...one, timeline, incident: { ...one.incident, head } };
}

/** The incident without what `drop` names, or with what it makes of an entry, chained anew. */
export function retold(
  one: KeptIncident,
  tell: (happening: TimelineEvent) => TimelineEvent | null,
): KeptIncident {
  const story = one.timeline.flatMap(({ at, happening }): Told[] => {
    const told = tell(happening);
    return told === null ? [] : [[at, told]];
  });
  return linked(one, 0, story);
}

/** The same value about another incident and service. */
function as<Value>(value: unknown, from: string, to: string, service: string): Value {
  return JSON.parse(JSON.stringify(value).replaceAll(from, to).replaceAll('shop', service)) as Value;
}

const tsOf = (at: number, nth: number) => `${Math.floor(at / 1000)}.${String(nth).padStart(6, '0')}`;

/** The end of a fix that was proven. */
function fixed(id: string, plan: string, from: number): readonly Told[] {
  const attempt = attemptOf(id, plan);
  const outcome = { kind: 'proven', reason: 'every check was good', sample: null, at: 0 } as const;
  const milestones = diagnosed('Small').incident.milestones;
  return [
    [from, { kind: 'started', plan, attempt }],
    [from + 500, { kind: 'ended', attempt: attempt.id, result: { kind: 'succeeded', summary: 'done' } }],
    [from + 2_000, { kind: 'outcome', plan, outcome }],
    [from + 2_000, { kind: 'closed', how: 'healed', reason: 'it helped', milestones }],
  ];
}

export function attemptOf(id: string, plan: string, purpose: 'fix' | 'rollback' = 'fix', nth = 1) {
  return {
    id: `${id}-a${nth}`,
    plan,
    planDigest: '',
    purpose,
    startedAt: 0,
    endedAt: null,
    tasks: [],
    targets: [],
    result: null,
  } as const;
}

export function ran(service: string, playbook: string, began: number, more: Partial<Ran> = {}): Ran {
  return { how: 'cure', playbook, service, pid: 100, began, ended: began + 300, ...more };
}

function thread({ incident, story }: KeptIncident): Standing[] {
  const { opened } = incident.milestones;
  return story.map((key, nth) => ({
    incident: incident.id,
    key,
    channel: 'C0INCIDENTS',
    ts: tsOf(opened, nth),
    threadTs: key === 'card' ? null : tsOf(opened, 0),
  }));
}

const MINUTE = 60_000;

/** One fix of each tier, one after the other, and a service that is only watched: a run in which every rule held. */
export function goodRecord(): ChaosRecord {
  const low = kept({
    id: 'inc-low',
    service: 'shop',
    alert: 'Small',
    at: T0,
    phase: 'closed',
    course: (plan) => fixed('inc-low', plan, 200),
  });
  const medium = kept({
    id: 'inc-medium',
    service: 'desk',
    alert: 'Middling',
    at: T0 + MINUTE,
    phase: 'closed',
    course: (plan) => [
      [300, { kind: 'window-opened', plan, deadline: T0 + MINUTE + 2_300 }],
      ...fixed('inc-medium', plan, 2_400),
    ],
  });
  const high = kept({
    id: 'inc-high',
    service: 'shop',
    alert: 'Grave',
    at: T0 + 2 * MINUTE,
    phase: 'closed',
    course: (plan) => [
      [300, { kind: 'dry-run', plan, diff: '-a\n+b', reason: null }],
      [400, { kind: 'approval-asked', plan, deadline: T0 + 3 * MINUTE, needed: 1 }],
      [900, { kind: 'approved', plan, receipt: receiptOf('UALICE', 'Grave'), missing: 0 }],
      ...fixed('inc-high', plan, 1_000),
    ],
  });
  const watched = kept({
    id: 'inc-watched',
    service: 'lamp',
    alert: 'Small',
    at: T0 + 3 * MINUTE,
    phase: 'observed',
    course: (plan) => [[200, { kind: 'observed', plan }]],
  });
  const incidents = [low, medium, high, watched];
  return {
    seed: 0,
    circumstances: {
      services: {
        shop: { dependsOn: ['desk'], observed: false },
        desk: { dependsOn: [], observed: false },
        lamp: { dependsOn: [], observed: true },
      },
      operators: ['UBOB'],
      approvers: ['UALICE', 'UCAROL'],
      maxConcurrent: 2,
    },
    unanswered: [],
    webhooks: incidents.map(({ incident }) => ({
      sent: incident.milestones.opened - 50,
      answered: incident.milestones.opened + 50,
      mayWait: false,
      alerts: Object.values(incident.alerts).map(({ alert: { fingerprint, startsAt } }) => ({
        fingerprint,
        startsAt,
        status: 'firing',
        endsAt: null,
      })),
    })),
    incidents,
    owed: [],
    unshown: [],
    keptBack: [],
    pages: {},
    refusedPages: [],
    endedAt: T0,
    messages: incidents.flatMap(thread),
    runs: [
      ran('shop', 'ease', T0 + 210),
      ran('desk', 'mend', T0 + MINUTE + 2_410),
      ran('shop', 'undo', T0 + 2 * MINUTE + 1_010),
    ],
    clicks: [
      {
        user: 'UALICE',
        button: 'Approve',
        incident: 'inc-high',
        sent: T0 + 2 * MINUTE + 880,
        taken: T0 + 2 * MINUTE + 950,
      },
    ],
    whispers: [],
    audit: [],
    pauses: [{ from: T0 + 20_000, to: T0 + 30_000 }],
  };
}

/** An approval of the plan that an alert's playbook makes. */
export function receiptOf(user: string, name: Sketch['alert']) {
  const planned = diagnosed(name).told.find(({ kind }) => kind === 'planned');
  const planDigest = planned?.kind === 'planned' ? planned.plan.digest : '';
  return { user, at: T0, planDigest, policyDigest: 'policy-1', diffHash: null };
}
