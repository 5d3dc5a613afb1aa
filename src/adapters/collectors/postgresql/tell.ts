import { z } from 'zod';
import type { ObjectId } from '../../../evidence/facts/fact.ts';
import { statesOf, type Told } from '../../../evidence/facts/tell.ts';
import type { FactName } from '../../../evidence/facts/vocabulary.ts';
import { formatBytes as bytes, formatPart as part, formatSeconds as seconds } from '../quantity.ts';
import type { Question } from './questions.ts';

/** What a database answered to each question; what it refused to answer, or was not asked, is missing. */
export type Answers = Readonly<Partial<Record<Question, unknown>>>;

const State = z.object({ in_recovery: z.boolean(), max: z.number(), reserved: z.number() });
const Activity = z.object({
  open: z.number(),
  may_look: z.boolean(),
  idle: z.number(),
  idle_in_transaction: z.number(),
  active: z.number(),
});
const Greediest = z.object({ program: z.string(), held: z.number() });
const Locks = z.object({ waiting: z.number(), behind_idle: z.number(), oldest_waits: z.boolean() });
const Replicas = z.object({ replicas: z.number(), lag: z.number() });
const Replay = z.object({
  receiver: z.string(),
  bytes: z.number(),
  seconds: z.number(),
  paused: z.boolean(),
});
const Slots = z.object({ inactive: z.number(), retained: z.number() });
const Archive = z.object({ failed: z.number(), failing: z.boolean() });
const Size = z.object({ size: z.number() });

type Values = Parameters<typeof statesOf>[2];

/** The lines of a database that answered, each with its facts. */
export function linesOf(answers: Answers, of: ObjectId, within: readonly ObjectId[]): readonly Told[] {
  const line = (text: string, values: Values): Told => ({ line: text, facts: statesOf(of, within, values) });
  return [
    line('it accepts connections and answers', {
      'database.connect': 'accepted',
      'postgresql.refusal': 'none',
    }),
    ...connectionLines(answers, line),
    ...sessionLines(answers, line),
    ...replicationLines(answers, line),
    ...diskLines(answers, line),
  ];
}

type Line = (text: string, values: Values) => Told;

function connectionLines(answers: Answers, line: Line): readonly Told[] {
  const state = State.safeParse(answers.state).data;
  const activity = Activity.safeParse(answers.activity).data;
  const greediest = Greediest.safeParse(answers.greediest).data;
  if (activity === undefined) return [];
  const { open, may_look: mayLook, idle } = activity;
  const room = state === undefined ? null : Math.max(1, state.max - state.reserved);
  const doNothing = mayLook ? `, ${idle} of them do nothing` : '';
  const of = room === null ? '' : ` of ${room} that ordinary users may open (${part(open / room)})`;
  return [
    line(`${open} connections${of}${doNothing}`, {
      'postgresql.connections': open,
      'postgresql.connections.used': room === null ? null : open / room,
      'postgresql.connections.idle': mayLook ? (open === 0 ? 0 : idle / open) : null,
    }),
    ...(greediest === undefined
      ? []
      : [
          line(`most connections are held by ${cut(greediest.program)}: ${greediest.held}`, {
            'postgresql.connections.greediest': cut(greediest.program),
          }),
        ]),
  ];
}

/** Clients name themselves, so what they say is short and of one line. */
const cut = (name: string) => name.replace(/\s+/g, ' ').slice(0, 64).toWellFormed();

function sessionLines(answers: Answers, line: Line): readonly Told[] {
  const activity = Activity.safeParse(answers.activity).data;
  const locks = Locks.safeParse(answers.locks).data;
  // Without the right to see what others do, nobody knows how long they have done it.
  if (activity?.may_look !== true)
    return [line('what other sessions do may not be read: grant pg_monitor to the user of Medic', {})];
  const waits = locks?.oldest_waits ? ', and it waits for a lock' : '';
  return [
    line(
      activity.active === 0
        ? 'no query runs'
        : `the oldest query has run for ${seconds(activity.active)}${waits}`,
      { 'postgresql.active.age': activity.active, 'postgresql.active.waits_for_lock': locks?.oldest_waits },
    ),
    line(
      activity.idle_in_transaction === 0
        ? 'no transaction is idle'
        : `the oldest idle transaction has waited for its client for ${seconds(activity.idle_in_transaction)}`,
      { 'postgresql.idle_in_transaction.age': activity.idle_in_transaction },
    ),
    ...(locks === undefined
      ? []
      : [
          line(
            locks.waiting === 0
              ? 'no session waits for a lock'
              : `sessions that wait for a lock: ${locks.waiting}, of them behind an idle transaction: ${locks.behind_idle}`,
            {
              'postgresql.lock.waiting': locks.waiting,
              'postgresql.idle_in_transaction.blocks': locks.behind_idle,
            },
          ),
        ]),
  ];
}

function replicationLines(answers: Answers, line: Line): readonly Told[] {
  const state = State.safeParse(answers.state).data;
  if (state === undefined) return [];
  const replicas = Replicas.safeParse(answers.replicas).data;
  const replay = Replay.safeParse(answers.replay).data;
  const role = { 'postgresql.in_recovery': state.in_recovery } as const;
  if (state.in_recovery && replay !== undefined)
    return [
      line(
        `it is a replica (in recovery); its receiver: ${replay.receiver}${replay.paused ? '; somebody paused its replay' : ''}`,
        { ...role, 'postgresql.receiver': replay.receiver, 'postgresql.replay.paused': replay.paused },
      ),
      line(`received and not replayed: ${bytes(replay.bytes)}, behind by ${seconds(replay.seconds)}`, {
        'postgresql.replay.lag.bytes': Math.max(0, replay.bytes),
        'postgresql.replay.lag': Math.max(0, replay.seconds),
      }),
    ];
  if (replicas === undefined)
    return [line(state.in_recovery ? 'it is a replica (in recovery)' : 'it is a primary', role)];
  const lag = replicas.replicas === 0 ? '' : `; the slowest has ${bytes(replicas.lag)} to replay`;
  return [
    line(`it is a primary; replicas that stream from it: ${replicas.replicas}${lag}`, {
      ...role,
      'postgresql.replicas': replicas.replicas,
      'postgresql.replication.lag.bytes': replicas.replicas === 0 ? null : Math.max(0, replicas.lag),
    }),
  ];
}

function diskLines(answers: Answers, line: Line): readonly Told[] {
  const slots = Slots.safeParse(answers.slots).data;
  const archive = Archive.safeParse(answers.archive).data;
  const size = Size.safeParse(answers.size).data;
  const found: (readonly [string, Partial<Record<FactName, number | boolean>>])[] = [];
  if (slots !== undefined)
    found.push([
      slots.inactive === 0
        ? 'every replication slot is read'
        : `replication slots that nobody reads: ${slots.inactive}; the worst keeps ${bytes(slots.retained)} of the log`,
      {
        'postgresql.slots.inactive': slots.inactive,
        'postgresql.slots.inactive.retained': Math.max(0, slots.retained),
      },
    ]);
  if (archive !== undefined)
    found.push([
      archive.failing
        ? `the last attempt to archive failed; ${archive.failed} have failed in all`
        : `archiving does not fail; ${archive.failed} attempts have failed in all`,
      { 'postgresql.archive.failing': archive.failing, 'postgresql.archive.failed': archive.failed },
    ]);
  if (size !== undefined)
    found.push([`write-ahead log on disk: ${bytes(size.size)}`, { 'postgresql.wal.size': size.size }]);
  return found.map(([text, values]) => line(text, values));
}
