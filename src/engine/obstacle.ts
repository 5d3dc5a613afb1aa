import type { Obstacle } from './store.ts';

/** What a plan waits for, in words for its card. */
export function describe(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'paused':
      return `<@${obstacle.by}> has paused Medic`;
    case 'locked':
      return `${obstacle.holder} is working on ${obstacle.target}`;
    case 'cooling-down':
      return `${obstacle.target} is cooling down after an earlier fix`;
    case 'busy':
      return `${obstacle.running} fixes are running already`;
    default:
      return obstacle satisfies never;
  }
}
