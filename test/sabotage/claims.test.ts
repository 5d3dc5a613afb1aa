import { describe, expect, it } from 'vitest';
import { card } from '../../src/adapters/sinks/slack/blocks/card/card.ts';
import { threadMessages } from '../../src/adapters/sinks/slack/blocks/thread/story/thread.ts';
import type { AttemptResult } from '../../src/execution/attempt.ts';
import type { Incident } from '../../src/incident/model/incident.ts';
import { chain, type TimelineEntry } from '../../src/incident/model/timeline.ts';
import { evidenceItem, T0 } from '../kit/incident/fixtures.ts';
import {
  diagnosed,
  ended,
  ILL,
  lookAfter,
  opened,
  prepared,
  rechecked,
  resolved,
  UNSEEN,
  type Walk,
  WELL,
  watch,
} from '../kit/incident/walk.ts';
import { type Kept, liesAbout, praiseIn, unrecognised } from './claims.ts';
import { HONEST } from './honest.ts';
import type { Patient } from './patient.ts';

/** A service of which it is known how it was all the time. */
const was = (state: 'well' | 'ill') => ({ wasWellWithin: () => state === 'well' }) as unknown as Patient;

const keptOf = ({ incident, told }: Walk): Kept => ({
  incident,
  timeline: chain({ hash: '', length: 0 }, T0, told).entries,
});

/** A fix that ended like this, after which all looks well for long enough. */
function wellAfter(result?: AttemptResult): Walk {
  const walked = ended('Small', result);
  return lookAfter(lookAfter(walked, 1, WELL), 4000, WELL);
}

const escalated = () =>
  opened('Unheard').feed({ type: 'evidence-collected', round: 1, evidence: [evidenceItem({})] });

function waiting(): Walk {
  const walked = diagnosed('Middling');
  return resolved(walked.feed(prepared(walked)));
}

/** Lives at whose end Medic speaks of recovery. */
const CLAIMS = {
  'healed by a fix': () => wellAfter(),
  'well by itself': () => rechecked(resolved(escalated())),
  'well by itself while a plan waits': () => lookAfter(watch(waiting(), 10_000, WELL), 4000, WELL),
  'well after a fix that failed': () => wellAfter({ kind: 'failed', reason: 'no space', exitCode: 2 }),
  'well after a fix that was broken off': () => wellAfter({ kind: 'interrupted', reason: 'it died' }),
} as const satisfies Readonly<Record<string, () => Walk>>;

/** Lives at whose end it does not. */
const SILENCE = {
  'a person who was called': escalated,
  'a fix that did not help': () => watch(ended('Probed'), 70_000, ILL),
  'alerts that are gone while it is ill': () => rechecked(resolved(opened('Small')), ILL),
  'alerts that are gone, and nothing that could be read': () => rechecked(resolved(opened('Small')), UNSEEN),
  'a plan that waits on, since nothing is proven': () => watch(waiting(), 70_000, UNSEEN),
} as const satisfies Readonly<Record<string, () => Walk>>;

const shownBy = (incident: Incident, timeline: readonly TimelineEntry[]) => ({
  card: JSON.stringify(card(incident, { now: T0 })),
  thread: JSON.stringify(threadMessages(incident, timeline)),
});

describe('the checker of claims', () => {
  it.each(Object.entries(CLAIMS))('finds that a card and a thread speak of recovery: %s', (_, live) => {
    const walked = live();
    const { incident, timeline } = keptOf(walked);
    const { card: onCard, thread } = shownBy(incident, timeline);
    expect(praiseIn(onCard), onCard).not.toBeNull();
    expect(praiseIn(thread), thread).not.toBeNull();
  });

  it.each(Object.entries(SILENCE))('takes nothing else for such words: %s', (_, live) => {
    const { incident, timeline } = keptOf(live());
    const { card: onCard, thread } = shownBy(incident, timeline);
    expect(praiseIn(onCard), onCard).toBeNull();
    expect(praiseIn(thread), thread).toBeNull();
    expect(liesAbout([{ incident, timeline }], was('ill'))).toEqual([]);
  });

  it.each(Object.entries(CLAIMS))('calls it a lie where the service was ill all the while: %s', (_, live) => {
    expect(liesAbout([keptOf(live())], was('ill'))).not.toEqual([]);
  });

  it('calls every proof by a fix a lie, since no remedy of the suite heals, and no sight of a service that is well', () => {
    const lies = liesAbout([keptOf(CLAIMS['healed by a fix']())], was('well'));
    expect(lies.join()).toMatch(/closed as healed.*says that it helped/);
    expect(liesAbout([keptOf(CLAIMS['well by itself']())], was('well'))).toEqual([]);
    expect(liesAbout([keptOf(CLAIMS['well after a fix that failed']())], was('well'))).toEqual([]);
  });

  it.each(Object.entries(CLAIMS))(
    'finds a card that speaks of what stands nowhere in the record: %s',
    (_, live) => {
      const { incident } = live();
      const { timeline } = keptOf(escalated());
      // Without its attempts, of which the record would tell as well.
      const forged = { ...incident, attempts: incident.attempts.map(({ proof: _, ...one }) => one) };
      expect(liesAbout([{ incident: forged, timeline }], was('ill'))).toEqual([
        expect.stringMatching(/^it reads ".+"$/),
      ]);
    },
  );

  it('finds an end that stands although it did not last', () => {
    const kept = keptOf(CLAIMS['well by itself']());
    const once = { wasWellWithin: (from: number, to: number) => from < to } as unknown as Patient;
    expect(liesAbout([kept], once)).toEqual(['its end stands although it did not last']);
    const back = { ...kept, incident: { ...kept.incident, relapsed: 'inc-next' } };
    expect(liesAbout([back], once)).toEqual([]);
  });

  it('finds a failure that the record of its playbook does not count', () => {
    const kept = keptOf(CLAIMS['well after a fix that failed']());
    const { incident } = kept;
    const attempts = incident.attempts.map(({ playbook: _, ...one }) => one);
    expect(liesAbout([{ ...kept, incident: { ...incident, attempts } }], was('well'))).toEqual([
      'the record of its playbook does not count the failure',
    ]);
  });

  it('misses a recovery that was told as another, told too early, or not told', () => {
    const [cured] = HONEST;
    const by = HONEST.find(({ must }) => must === 'recovered');
    if (cured === undefined || by === undefined) throw new Error('there are no honest cases');
    const told = (life: Walk, kind: typeof cured, state: 'well' | 'ill' = 'well') =>
      unrecognised([keptOf(life)], { kind } as never, was(state));
    expect(told(CLAIMS['healed by a fix'](), cured)).toBeNull();
    expect(told(CLAIMS['well by itself'](), by)).toBeNull();
    expect(told(CLAIMS['well by itself'](), cured)).toBe('it is closed as recovered, not healed');
    expect(told(CLAIMS['healed by a fix'](), cured, 'ill')).toMatch(/^said before it was so/);
    expect(told(escalated(), by)).toBe('it is escalated, not recovered');
    expect(unrecognised([], { kind: by } as never, was('well'))).toBe('nothing was told of it');
  });
});
