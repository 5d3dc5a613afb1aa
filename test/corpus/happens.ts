import type { StepContext } from '../../src/incident/model/step-context.ts';
import { given, T0 } from '../kit/incident/fixtures.ts';
import type { Walk } from '../kit/incident/walk.ts';
import { writtenOf } from './moves.ts';
import type { Around, Happens } from './play.ts';

const USUAL = given();
const KEPT = [
  'fence',
  'aliveSince',
  'reachableSince',
  'policyDigest',
  'model',
  'silences',
  'heard',
  'around',
] as const;

function aroundOf(circumstances: StepContext): Around {
  const settings = writtenOf(circumstances.settings);
  const others = KEPT.filter((name) => JSON.stringify(circumstances[name]) !== JSON.stringify(USUAL[name]));
  return {
    ...Object.fromEntries(others.map((name) => [name, circumstances[name]])),
    ...(settings === undefined ? {} : { settings }),
  };
}

/** What happened on a walk, as a recording has it. */
export function happensIn({ fed }: Walk): readonly Happens[] {
  return fed.map(({ event, given: circumstances }, index) => ({
    later: circumstances.now - (fed[index - 1]?.given.now ?? T0),
    event,
    around: aroundOf(circumstances),
  }));
}
