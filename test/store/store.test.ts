import { describe } from 'vitest';
import { claimRules } from './claims.ts';
import { commitRules } from './commits.ts';
import { otherRules } from './others.ts';
import { pastRules } from './past.ts';
import { rigFor } from './rig.ts';
import { turnRules } from './turns.ts';

for (const kind of ['one server', 'a cluster'] as const) {
  describe(`the store on ${kind}`, () => {
    const rig = rigFor(kind);
    commitRules(rig);
    claimRules(rig);
    turnRules(rig);
    otherRules(rig);
    pastRules(rig);
  });
}
