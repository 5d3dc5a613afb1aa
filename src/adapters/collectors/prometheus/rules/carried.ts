import type { Carried } from '../../../../coverage/reading.ts';
import type { BinaryNode, Matcher } from '../expression/syntax.ts';

/** An alert without a label of its own. */
export const BARE: Carried = { has: new Map(), gone: new Set(), open: false };

/**
 * What a selector's series carry: what its matchers ask for, and `known`, which this metric usually has.
 *
 * A label that has to be empty is not there.
 */
export function ofSelector(matchers: readonly Matcher[], known: readonly string[]): Carried {
  const empty = matchers.filter(({ op, value }) => op === '=' && value === '').map(({ label }) => label);
  const has = new Map<string, string | null>(known.map((label) => [label, null]));
  for (const { label, op, value } of matchers) {
    if (label === '__name__') continue;
    if (op === '=' && value !== '') has.set(label, value);
    else if (!has.has(label) && (op === '=~' || (op === '!=' && value === ''))) has.set(label, null);
  }
  for (const label of empty) has.delete(label);
  return { has, gone: new Set(empty), open: true };
}

/** What `absent` answers with: the labels that its selector asks for to the letter. */
export function ofAbsent(matchers: readonly Matcher[]): Carried {
  const exact = matchers.filter(({ op, label, value }) => op === '=' && label !== '__name__' && value !== '');
  const twice = (label: string) => matchers.filter((one) => one.label === label).length > 1;
  return {
    ...BARE,
    has: new Map(exact.filter(({ label }) => !twice(label)).map(({ label, value }) => [label, value])),
  };
}

export function only(of: Carried, labels: readonly string[]): Carried {
  const kept = labels.filter((label) => mayHave(of, label));
  return {
    has: new Map(kept.map((label) => [label, of.has.get(label) ?? null])),
    gone: new Set([...of.gone, ...of.has.keys()].filter((label) => !kept.includes(label))),
    open: false,
  };
}

export function without(of: Carried, labels: readonly string[]): Carried {
  return {
    has: new Map([...of.has].filter(([label]) => !labels.includes(label))),
    gone: new Set([...of.gone, ...labels]),
    open: of.open,
  };
}

export function withLabel(of: Carried, label: string, value: string | null): Carried {
  return {
    has: new Map([...of.has, [label, value]]),
    gone: new Set([...of.gone].filter((one) => one !== label)),
    open: of.open,
  };
}

/** What both sides have, where every label has to be alike. */
function meet(a: Carried, b: Carried): Carried {
  const names = new Set([...a.has.keys(), ...b.has.keys()]);
  const kept = [...names].filter((label) => mayHave(a, label) && mayHave(b, label));
  return {
    has: new Map(kept.map((label) => [label, a.has.get(label) ?? b.has.get(label) ?? null])),
    gone: new Set([...a.gone, ...b.gone, ...[...names].filter((label) => !kept.includes(label))]),
    open: a.open && b.open,
  };
}

/** What an arithmetic operation or a comparison of two vectors answers with. */
export function matched({ matching, group, included }: BinaryNode, left: Carried, right: Carried): Carried {
  if (group !== null) {
    const [many, one] = group === 'left' ? [left, right] : [right, left];
    return included.reduce(
      (so, label) =>
        mayHave(one, label) ? withLabel(so, label, one.has.get(label) ?? null) : without(so, [label]),
      many,
    );
  }
  if (matching === null) return meet(left, right);
  return matching.by === 'on' ? only(left, matching.labels) : without(left, matching.labels);
}

/** What `and` leaves of its left side. */
export function restricted({ matching }: BinaryNode, left: Carried, right: Carried): Carried {
  return matching === null ? meet(left, right) : left;
}

function mayHave({ has, gone, open }: Carried, label: string): boolean {
  return has.has(label) || (open && !gone.has(label));
}
