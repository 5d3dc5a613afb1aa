import { describe, expect, it } from 'vitest';
import { loadContext } from '../../src/engine/effects/load-context.ts';
import { given, settings } from '../kit/incident/fixtures.ts';
import { diagnosed } from '../kit/incident/walk.ts';
import { rigFor } from '../kit/store/rig.ts';

describe('the policy that an incident is decided under', () => {
  const rig = rigFor('one server');

  async function digest(services: object, policyDigest = 'rules'): Promise<string> {
    const { catalog, library } = given();
    const parts = { store: rig.store, settings: settings({ services }), policyDigest, catalog, library };
    const { incident } = diagnosed('Grave');
    const known = await loadContext(parts, incident, { type: 'your-turn' }, await rig.store.heartbeat());
    return known.policyDigest;
  }

  it('is another one when the rules change, or how its own service is registered', async () => {
    const digests = [
      await digest({ shop: { hosts: ['web-1'] } }),
      await digest({ shop: { hosts: ['web-1'], traffic_share: 0.9 } }),
      await digest({}),
      await digest({ shop: { hosts: ['web-1'] } }, 'other rules'),
    ];
    expect(new Set(digests).size).toBe(4);
  });

  it('is the same when another service is registered', async () => {
    const shop = { hosts: ['web-1'] };
    expect(await digest({ shop, cart: { hosts: ['web-2'] } })).toBe(await digest({ shop }));
  });
});
