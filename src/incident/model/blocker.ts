import { code, named, person, type Said, say } from '../../lib/text/text.ts';

/** What stands in the way of a claim, and when to try again (epoch milliseconds). */
export type Blocker =
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
  | { readonly kind: 'no-leave'; readonly reason: string | Said; readonly retryAt: number }
  /** Redis was restarted or replaced since the plan's premises were read. */
  | { readonly kind: 'new-memory'; readonly retryAt: number };

/** What a plan waits for, in words for its card. */
export function describe(obstacle: Blocker): Said {
  switch (obstacle.kind) {
    case 'paused':
      return say`${person(obstacle.by)} has paused Medic`;
    case 'locked':
      return say`${obstacle.holder} is working on ${placeOf(obstacle.lock)}`;
    case 'upstream':
      return say`${named(nameOf(obstacle.subject))}, which it depends on, is failing too and goes first (${obstacle.holder})`;
    case 'cooling-down':
      return say`${placeOf(obstacle.target)} is cooling down after an earlier fix`;
    case 'busy':
      return say`${obstacle.running} fixes are running already`;
    case 'tripped':
      return say`automation of ${placeOf(obstacle.target)} is stopped: its last fixes did not help or did not last. ${code(`/heal reset ${nameOf(obstacle.target)}`)} ends that`;
    case 'no-leave':
      return say`${obstacle.reason}`;
    case 'new-memory':
      return say`Medic’s Redis restarted since its last check`;
    default:
      return obstacle satisfies never;
  }
}

/** A lock or target in people's words: what is worked on, without the environment that its key begins with. */
function placeOf(key: string): Said {
  return key.startsWith('area:')
    ? say`${named(nameOf(key))} or next to it`
    : say`${named(key.slice(key.indexOf('/') + 1))}`;
}

/** The last part of a key such as `area:production/service/shop`. */
function nameOf(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
