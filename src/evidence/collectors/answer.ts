import type { Subject } from '../../alerts/alert.ts';
import { readAs } from '../../lib/schema/explain.ts';
import { nearest } from '../../lib/text/nearest.ts';
import type { AnyCollector, Collectors, ServiceView } from '../collector.ts';

interface Reading {
  /** What the registry of this process has under a name; null where it does not know it. */
  readonly serviceOf: (about: Subject) => ServiceView | null;
  /** Epoch milliseconds by the clock of record. */
  readonly now: () => number;
}

/**
 * Answers requests by the collectors of a table. Whoever asks is believed in nothing: the arguments must be what the collector declares,
 * and what they are about is looked up here.
 */
export function createCollectors(
  table: Readonly<Record<string, AnyCollector>>,
  { serviceOf, now }: Reading,
): Collectors {
  const byName = new Map(Object.values(table).map((one) => [one.declared.name, one]));
  return {
    async answer({ collector, arguments: given }, signal) {
      const found = byName.get(collector);
      if (found === undefined) throw new Error(unknown(collector, [...byName.keys()]));
      const read = readAs(found.declared.arguments, given);
      if ('flaws' in read)
        throw new Error(`it was asked in a way that it does not understand: ${said(read.flaws)}`);
      const asked = read.value;
      return found.collect(asked as never, { service: serviceOf(asked.about), now: now() }, signal);
    },
  };
}

function unknown(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  return `there is no such collector${meant === null ? '' : `; "${meant}" is one`}`;
}

function said(flaws: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  return flaws
    .map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(' '))
    .join('; ');
}
