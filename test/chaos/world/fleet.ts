/** One service of the chaos fleet. */
export interface FleetService {
  readonly name: string;
  readonly dependsOn: readonly string[];
  /** Only watched: nothing may run here. */
  readonly observed: boolean;
  /** What it shares with others, and what some playbooks act upon as well. */
  readonly pool: string;
  readonly channel: string;
}

const CHANNELS = ['C0CHAOSA', 'C0CHAOSB', 'C0CHAOSC', 'C0CHAOSD'] as const;

const service = (
  name: string,
  index: number,
  more: Partial<Pick<FleetService, 'dependsOn' | 'observed'>> = {},
): FleetService => ({
  name,
  dependsOn: [],
  observed: false,
  pool: `pool-${index % 4}`,
  channel: CHANNELS[index % CHANNELS.length] ?? CHANNELS[0],
  ...more,
});

/** Services that depend on each other in several ways: chains, a fan-out, a shared ground, and some that stand alone. */
export const FLEET: readonly FleetService[] = [
  service('web', 0, { dependsOn: ['api', 'auth'] }),
  service('api', 1, { dependsOn: ['stock'] }),
  service('auth', 2),
  service('stock', 3),
  service('cart', 4, { dependsOn: ['pay'] }),
  service('pay', 5),
  service('search', 6, { dependsOn: ['feed'] }),
  service('feed', 7),
  service('mail', 8),
  service('media', 9, { observed: true }),
  service('report', 10),
  service('export', 11),
];

/** The channels of the fleet, by id. */
export const FLEET_CHANNELS: readonly string[] = CHANNELS;

export const PEOPLE = {
  operator: 'U0BOB',
  approver: 'U0CAROL',
  approver2: 'U0ALICE',
  stranger: 'U0DAVE',
} as const;
export const OPERATORS: readonly string[] = ['U0BOB'];
export const APPROVERS: readonly string[] = ['U0CAROL', 'U0ALICE'];

/** How many fixes may run at once. */
export const MAX_CONCURRENT = 3;
export const CANCEL_WINDOW = 2_000;
