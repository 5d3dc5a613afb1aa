import { type Life, type Moment, momentsOf } from './lives.ts';
import { gathering, type Sources } from './sources.ts';

/** Every moment of a life, with what may be said in it. */
export function* witnessed(life: Life): Generator<readonly [Moment, Sources]> {
  const gather = gathering();
  let seen = 0;
  for (const moment of momentsOf(life)) {
    const fresh = moment.outside.slice(seen);
    seen = moment.outside.length;
    yield [moment, gather(moment, fresh)];
  }
}
