import { fileURLToPath } from 'node:url';
import { readLibrary } from '../../../src/diagnosis/faults/load.ts';
import type { Recognised } from '../../../src/diagnosis/faults/recognise.ts';

/** The library that Medic brings along, with whatever is wrong with it. */
export const shipped = () =>
  readLibrary(fileURLToPath(new URL('../../../playbooks/faults', import.meta.url)));

/** What was recognised, a line each: `image_missing in pod/shop/cart-1, brings about rollout_stuck in workload/shop/cart`. */
export function linesOf(recognised: readonly Recognised[]): readonly string[] {
  const nameOf = ({ fault, object }: Recognised) => `${fault.name} in ${object}`;
  return recognised.map((one) =>
    [nameOf(one), ...one.consequences.map((each) => `brings about ${nameOf(each)}`)].join(', '),
  );
}
