import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TimerName } from '../../src/incident/model/effect.ts';
import type { IncidentEvent, PlanAction } from '../../src/incident/model/event.ts';
import type { Phase } from '../../src/incident/model/incident.ts';
import type { TimelineEvent } from '../../src/incident/model/timeline.ts';
import type { Json } from './changes.ts';
import { differences } from './compare.ts';
import { readCorpus } from './keep.ts';

const corpus = readCorpus();

describe('what was recorded of the core', () => {
  it.each(corpus)('is what it does today: $name', (recording) => {
    const found = differences(recording);
    const advice = 'If that is meant: npm run corpus:record, and read the diff.';
    expect(found, `${found.join('\n')}\n${advice}\n`).toEqual([]);
  });

  it('says of which stream, at which event and where something is another, with both values', () => {
    const [recording] = corpus.filter(({ name }) => name === 'low-plan-healed');
    if (recording === undefined) throw new Error('there is no such recording');
    const led = recording.led.map((one, index) =>
      index === 1
        ? { ...one, changes: new Map([...one.changes, ['/state/phase/at', 'waiting'] as const]) }
        : one,
    );
    expect(differences({ ...recording, led })).toEqual([
      'low-plan-healed, event 2 (evidence-collected): /state/phase/at was "waiting", is "reproving"',
    ]);
  });

  it('stays small enough to be read', () => {
    const folder = join(import.meta.dirname, 'streams');
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    expect(corpus.length).toBeGreaterThanOrEqual(40);
    expect(bytes).toBeLessThan(1_250_000);
  });
});

/** Every name of a kind there is, so that a new one is missed here until a life shows it. */
type All<Name extends string> = Readonly<Record<Name, true>>;

const PHASES: All<Phase['at']> = {
  investigating: true,
  preparing: true,
  waiting: true,
  reproving: true,
  starting: true,
  executing: true,
  verifying: true,
  'rolling-back': true,
  muted: true,
  observed: true,
  cancelled: true,
  escalated: true,
  closed: true,
};
const EVENTS: All<IncidentEvent['type']> = {
  alerts: true,
  'diagnosis-requested': true,
  'heal-requested': true,
  'replan-requested': true,
  'diagnosis-judged': true,
  asked: true,
  'question-evidence': true,
  answered: true,
  charted: true,
  'evidence-collected': true,
  'model-answered': true,
  'dry-run-ended': true,
  shown: true,
  'plan-shown': true,
  acted: true,
  timer: true,
  reproved: true,
  looked: true,
  'your-turn': true,
  claimed: true,
  'claim-refused': true,
  'guest-came': true,
  relapsed: true,
  'neighbour-over': true,
  task: true,
  'attempt-ended': true,
  sampled: true,
  rechecked: true,
  'call-taken': true,
  'call-handed': true,
  'pager-said': true,
  'sink-told': true,
};
const TIMERS: All<TimerName> = {
  window: true,
  approval: true,
  reminder: true,
  turn: true,
  sample: true,
  reproof: true,
  settle: true,
  unmute: true,
  recheck: true,
  escalation: true,
};
const ACTIONS: All<PlanAction> = {
  'run-now': true,
  cancel: true,
  hold: true,
  resume: true,
  approve: true,
  reject: true,
  stop: true,
  escalate: true,
  'try-again': true,
};
const HAPPENINGS: All<TimelineEvent['kind']> = {
  opened: true,
  'alert-attached': true,
  'alert-refired': true,
  'alert-resolved': true,
  'alerts-counted': true,
  linked: true,
  'guest-came': true,
  'did-not-last': true,
  followed: true,
  muted: true,
  unmuted: true,
  'looked-anew': true,
  evidence: true,
  diagnosed: true,
  'second-opinion': true,
  'model-failed': true,
  settling: true,
  'not-planned': true,
  planned: true,
  'dry-run': true,
  'rules-changed': true,
  replaced: true,
  reminded: true,
  'hold-kept': true,
  judged: true,
  asked: true,
  'question-evidence': true,
  answered: true,
  charted: true,
  'window-opened': true,
  'approval-asked': true,
  held: true,
  resumed: true,
  'run-now': true,
  'tried-again': true,
  approved: true,
  rejected: true,
  cancelled: true,
  expired: true,
  reproof: true,
  'in-turn': true,
  started: true,
  task: true,
  'stop-asked': true,
  ended: true,
  watching: true,
  sampled: true,
  outcome: true,
  withdrawn: true,
  observed: true,
  escalated: true,
  called: true,
  'call-taken': true,
  'call-handed': true,
  'call-dropped': true,
  closed: true,
  refused: true,
};

const field = (value: Json | undefined, name: string): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? String((value as { readonly [key: string]: Json })[name])
    : '';

/** What became of a path anywhere in the corpus, or of what begins with it. */
function became(path: RegExp): (Json | undefined)[] {
  return corpus.flatMap(({ led }) =>
    led.flatMap(({ changes }) => [...changes].filter(([one]) => path.test(one)).map(([, value]) => value)),
  );
}

describe('the corpus has a life for', () => {
  const missing = (all: object, seen: readonly string[]) =>
    Object.keys(all).filter((name) => !seen.includes(name));
  /** Events that changed something, and were not refused. */
  const taken = corpus.flatMap(({ happens, led }) =>
    happens.filter((_, index) => !led[index]?.changes.has('/refused')).map(({ event }) => event),
  );

  it('every phase', () => {
    const whole = became(/^\/state$/).map((state) => field((state as { phase: Json }).phase, 'at'));
    const replaced = became(/^\/state\/phase$/).map((phase) => field(phase, 'at'));
    expect(missing(PHASES, [...whole, ...replaced, ...became(/^\/state\/phase\/at$/).map(String)])).toEqual(
      [],
    );
  });

  it('every event', () => {
    expect(
      missing(
        EVENTS,
        taken.map(({ type }) => type),
      ),
    ).toEqual([]);
  });

  it('every timer', () => {
    expect(
      missing(
        TIMERS,
        taken.flatMap((event) => (event.type === 'timer' ? [event.name] : [])),
      ),
    ).toEqual([]);
  });

  it('everything that a person can do to a plan', () => {
    expect(
      missing(
        ACTIONS,
        taken.flatMap((event) => (event.type === 'acted' ? [event.action] : [])),
      ),
    ).toEqual([]);
  });

  it('every happening', () => {
    expect(
      missing(
        HAPPENINGS,
        became(/^\/told\/\d+$/).map((told) => field(told, 'kind')),
      ),
    ).toEqual([]);
  });
});
