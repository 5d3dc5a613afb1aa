import { stringify } from 'yaml';
import type { Fleet } from '../fleet/fleet.ts';

/** How patient Medic is with people, for a demonstration or a test; durations as in medic.yml. */
export interface Pace {
  readonly cancel_window?: string;
  readonly approval_expires?: string;
  readonly cooldown?: string;
  readonly mode?: 'observe' | 'supervised' | 'tiered';
  readonly approvals?: number;
  readonly four_eyes?: readonly { readonly environment?: string; readonly service?: string }[];
  readonly max_concurrent?: number;
}

/** A `medic.yml` for the fleet: who may do what, and what each service is. */
export function settingsFor(fleet: Fleet, pace: Pace): string {
  const service = (name: 'catalog' | 'orders' | 'storefront', more: object = {}) => {
    const { url, logFile } = fleet.services[name];
    return {
      environment: 'demo',
      hosts: ['localhost'],
      // What it may hold itself. The alert's 200 MB count the files of its program as well.
      memory_limit: '150MB',
      owners: ['S0ONCALL'],
      logs: [{ file: logFile }],
      health: [{ name: 'healthz', url: `${url}/healthz` }],
      state: ['supervisorctl', '-c', fleet.supervisorConf, 'status', name],
      ...more,
    };
  };
  return stringify({
    environment: 'demo',
    policy: pace,
    roles: {
      operators: { users: ['U0BOB'] },
      approvers: { users: ['U0CAROL'], groups: ['S0ONCALL'] },
    },
    services: {
      catalog: service('catalog'),
      orders: service('orders', { cleanable: fleet.disk.mounted ? [fleet.disk.path] : [] }),
      storefront: service('storefront', {
        depends_on: ['catalog', 'orders'],
        traffic_share: 1,
        changes: { file: fleet.releases.changes },
        settings: { release_link: fleet.releases.current },
      }),
    },
    evidence: { budget: '4s' },
    ansible: { inventory: fleet.inventory },
  });
}
