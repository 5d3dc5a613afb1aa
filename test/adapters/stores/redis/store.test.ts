import { describe } from 'vitest';
import { claimRules } from '../../../kit/store/claims.ts';
import { commitRules } from '../../../kit/store/commits.ts';
import { otherRules } from '../../../kit/store/others.ts';
import { pastRules } from '../../../kit/store/past.ts';
import { rigFor } from '../../../kit/store/rig.ts';
import { turnRules } from '../../../kit/store/turns.ts';

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
