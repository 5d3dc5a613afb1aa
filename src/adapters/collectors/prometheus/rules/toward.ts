import type { Firing, Selected } from '../../../../coverage/reading.ts';

/** As `10 - x` of `x`: the more of the one, the less of the other. */
export function turned(one: Selected): Selected {
  if (one.toward === null) return one;
  return { ...one, toward: one.toward === 'high' ? 'low' : 'high' };
}

/** Where more and less of it no longer tell anything. */
function unaimed(one: Selected): Selected {
  return { ...one, toward: null };
}

/** What only has to hold besides. */
export function besides(all: readonly Selected[]): readonly Selected[] {
  return all.map((one) => ({ ...one, beside: true, toward: null }));
}

/** Both sides of an arithmetic operation; what is joined for its labels alone is not measured. */
export function arithmetic(
  op: string,
  group: 'left' | 'right' | null,
  left: readonly Selected[],
  right: readonly Selected[],
): readonly Selected[] {
  if (op === '*' && group === 'left') return [...left, ...besides(right)];
  if (op === '*' && group === 'right') return [...besides(left), ...right];
  switch (op) {
    case '+':
    case '*':
      return [...left, ...right];
    case '-':
    case '/':
      return [...left, ...right.map(turned)];
    default:
      return [...left, ...right].map(unaimed);
  }
}

/** What a comparison makes of it. Nothing is below nothing, so `== 0` is the low side. */
export function compared(all: readonly Selected[], firing: Firing): readonly Selected[] {
  if (firing.kind !== 'limit' && firing.kind !== 'other') return all;
  switch (firing.is) {
    case '>':
    case '>=':
      return all;
    case '<':
    case '<=':
      return all.map(turned);
    case '==':
      return firing.kind === 'limit' && firing.value === 0 ? all.map(turned) : all.map(unaimed);
    case '!=':
      return firing.kind === 'limit' && firing.value === 0 ? all : all.map(unaimed);
    default:
      return firing.is satisfies never;
  }
}

const COUNTING = new Set(['count', 'count_values', 'group', 'stddev', 'stdvar']);
const UNTELLING =
  /^(?:changes|resets|timestamp|count_over_time|present_over_time|std\w+_over_time|mad_over_time|idelta|sgn|histogram_\w+)$/;

/** How many series there are tells nothing of their values, but for those that were chosen by their values. */
export function aggregated(
  op: string,
  selected: readonly Selected[],
  areChosen: boolean,
): readonly Selected[] {
  return COUNTING.has(op) && !areChosen ? selected.map(unaimed) : selected;
}

export function called(name: string, selected: readonly Selected[]): readonly Selected[] {
  return UNTELLING.test(name) && name !== 'histogram_quantile' ? selected.map(unaimed) : selected;
}
