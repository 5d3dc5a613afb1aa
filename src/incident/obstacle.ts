import { foreign } from './foreign.ts';
/** What stands in the way of a claim, and when to try again (epoch milliseconds). */
export type Obstacle =
  | { readonly kind: 'paused'; readonly by: string; readonly retryAt: number }
  /** Another incident's fix holds a target, or a neighbourhood (`area:<subject>`). */
  | { readonly kind: 'locked'; readonly lock: string; readonly holder: string; readonly retryAt: number }
  /** What the subject depends on is ill as well, and comes first. */
  | { readonly kind: 'upstream'; readonly subject: string; readonly holder: string; readonly retryAt: number }
  | { readonly kind: 'cooling-down'; readonly target: string; readonly retryAt: number }
  | { readonly kind: 'busy'; readonly running: number; readonly ahead: number; readonly retryAt: number }
  /** Too many fixes of it did not help or did not last: a person has to say that automation may go on. */
  | { readonly kind: 'tripped'; readonly target: string; readonly retryAt: number }
  /** Whoever is to run it has no leave to, or not the same catalog: why, in words. */
  | { readonly kind: 'no-leave'; readonly reason: string; readonly retryAt: number }
  /** Redis was restarted or replaced since the plan's premises were read. */
  | { readonly kind: 'new-memory'; readonly retryAt: number };

/** What a plan waits for, in words for its card. */
export function describe(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'paused':
      return `<@${obstacle.by}> has paused Medic`;
    case 'locked':
      return `${obstacle.holder} is working on ${placeOf(obstacle.lock)}`;
    case 'upstream':
      return `${nameOf(obstacle.subject)}, which it depends on, is ill as well and comes first (${obstacle.holder})`;
    case 'cooling-down':
      return `${placeOf(obstacle.target)} is cooling down after an earlier fix`;
    case 'busy':
      return `${obstacle.running} fixes are running already`;
    case 'tripped':
      return `automation of ${placeOf(obstacle.target)} is stopped: its last fixes did not help or did not last. \`/heal reset ${nameOf(obstacle.target)}\` ends that`;
    case 'no-leave':
      return foreign(obstacle.reason);
    case 'new-memory':
      return 'the memory of Medic was restarted since it was last looked at';
    default:
      return obstacle satisfies never;
  }
}

/** A lock or target in people's words: what is worked on, without the environment that its key begins with. */
function placeOf(key: string): string {
  return key.startsWith('area:') ? `${nameOf(key)} or next to it` : foreign(key.slice(key.indexOf('/') + 1));
}

/** The last part of a key such as `area:production/service/shop`. */
function nameOf(key: string): string {
  return foreign(key.slice(key.lastIndexOf('/') + 1));
}
