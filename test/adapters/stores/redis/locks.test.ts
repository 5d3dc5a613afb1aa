import { describe, expect, it } from 'vitest';
import { claimOf, releaseOf } from '../../../../src/engine/effects/claim.ts';
import type { Incident } from '../../../../src/incident/model/incident.ts';
import { holdsLocks, placeOf } from '../../../../src/incident/model/phases.ts';
import { step } from '../../../../src/incident/step.ts';
import { alice, settings } from '../../../kit/incident/fixtures.ts';
import {
  ended,
  executing,
  ILL,
  resolved,
  starting,
  type Walk,
  WELL,
  watch,
} from '../../../kit/incident/walk.ts';
import { commit, rigFor } from '../../../kit/store/rig.ts';

const rig = rigFor('one server');

const STOP = { type: 'acted', action: 'stop', plan: null, by: alice, reason: null } as const;

/** Lives that come by every phase in which a fix is under way or has been. */
const LIVES: Readonly<Record<string, () => Walk>> = {
  'one that is healed': () => watch(ended('Small'), 600_000, WELL),
  'one that is not': () => watch(ended('Small'), 3_600_000, ILL),
  'one whose attempt is lost': () => ended('Small', { kind: 'interrupted', reason: 'its worker died' }),
  'one that is stopped': () => {
    const walked = executing('Small').feed(STOP);
    const { attempt } = walked.phase('executing');
    return walked.feed({ type: 'attempt-ended', attempt, result: { kind: 'stopped', reason: 'by hand' } });
  },
  'one that resolves before its claim': () => {
    const walked = resolved(starting('Small'));
    return walked.feed({ type: 'claimed', plan: walked.phase('starting').decided.plan.id });
  },
};

/** The incident after each event of a walk that changed it. */
function incidentsOf({ fed }: Walk): readonly Incident[] {
  const incidents: Incident[] = [];
  for (const { event, given } of fed) {
    const stepped = step(incidents.at(-1) ?? null, event, given);
    if (stepped.kind === 'next') incidents.push(stepped.incident);
  }
  return incidents;
}

describe('the store holds the locks of an incident exactly in the phases that say so', () => {
  it.each(Object.entries(LIVES))('in the life of %s', async (_, live) => {
    const places = new Set<string>();
    let before: Incident | null = null;
    for (const incident of incidentsOf(live())) {
      const given = { now: Date.now() + 1_000, silences: 0 };
      const taking = claimOf(before, incident, settings(), given);
      const claim = taking === null ? null : { ...taking, provenAt: given.now };
      const change = { incident, claim, release: releaseOf(before, incident) };
      expect(await rig.store.commit(commit(change))).toMatchObject({ kind: 'committed' });
      const held = (await rig.redis.hexists(rig.keys.running, incident.id)) === 1;
      expect([placeOf(incident.phase), held]).toEqual([placeOf(incident.phase), holdsLocks(incident.phase)]);
      places.add(placeOf(incident.phase));
      before = incident;
    }
    expect(places.size).toBeGreaterThan(3);
  });
});
