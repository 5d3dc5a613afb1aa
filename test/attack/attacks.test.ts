import { describe, it } from 'vitest';
import { hostileLabels } from './families/hostile-labels.ts';
import { maliciousModel } from './families/malicious-model.ts';
import { notTheRightPerson } from './families/not-the-right-person.ts';
import { replayed, replayedEnvelope } from './families/replay.ts';
import { webhookAttacks } from './families/webhooks.ts';

const patient = { timeout: 240_000 };

// By itself: what it sends keeps this process busy.
it('a running Medic opens its webhooks to nobody else, and is broken by no body', patient, webhookAttacks);

/** Each in a world of its own, which mostly waits. */
describe.concurrent('a running Medic', patient, () => {
  it(
    'starts nothing that policy would not start, and says nothing false, whatever a model says',
    maliciousModel,
  );
  it('does nothing that labels and annotations say, beyond what its manifests take from them', hostileLabels);
  it('heeds nobody but who may, and nothing but what they pressed', notTheRightPerson);
  it('acts once on what is sent again, at two replicas at once, too late, and from the future', replayed);
  it('acts once on an envelope of Socket Mode that is delivered twice', replayedEnvelope);
});
