import type { Carried, Comparison, Firing, Selected } from '../../../../coverage/reading.ts';
import { bare } from '../expression/promql.ts';
import type { PromNode } from '../expression/syntax.ts';
import { brief } from './brief.ts';
import { BARE } from './carried.ts';
import * as toward from './toward.ts';

/** One of the vectors that an expression may answer with: an `or` has several. */
export interface Outcome {
  readonly selected: readonly Selected[];
  readonly carried: Carried;
  /** What is compared, and with what; null where nothing was so far. */
  readonly fires: { readonly firing: Firing; readonly node: PromNode; readonly text: string } | null;
  /** The same, where it only made ones and zeros. */
  readonly flag: Outcome['fires'];
  readonly also: readonly string[];
}

export const NOTHING: Outcome = { selected: [], carried: BARE, fires: null, flag: null, also: [] };

/** Each comparison, seen from its other side. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '>': '<',
  '>=': '<=',
  '<': '>',
  '<=': '>=',
};

/** Fires while it is there, where nothing is compared so far. */
export function shown(one: Outcome, node: PromNode, text: string): Outcome {
  if (one.fires !== null || one.flag !== null || one.selected.length === 0) return one;
  return { ...one, fires: { firing: { kind: 'present' }, node, text } };
}

export function isCompared({ fires }: Outcome): boolean {
  return fires !== null && fires.firing.kind !== 'present';
}

/** Compared with a limit, maybe once more. */
export function limited(
  given: Outcome,
  firing: Firing,
  node: PromNode,
  text: string,
  bool: boolean,
): Outcome {
  const inner = bare(node);
  const again = inner.kind === 'binary' && !inner.bool && COMPARISONS[inner.op] !== undefined;
  const { fires: before, flag } = given;
  if (flag !== null && isTrue(firing)) return { ...given, fires: flag, flag: null };
  if (before?.firing.kind === 'absent' && isTrue(firing)) return given;
  const one = { ...given, selected: toward.compared(given.selected, firing) };
  const told = again && before !== null ? { ...before, firing } : { firing, node, text };
  if (bool) return { ...one, flag: told };
  if (before === null || !isCompared(one)) return { ...one, fires: told };
  return { ...one, fires: told, also: [...one.also, `${again ? 'and' : 'where'} ${wordsOf(before)}`] };
}

function isTrue(firing: Firing): boolean {
  if (firing.kind !== 'limit') return false;
  const { is, value } = firing;
  return value === 1 ? is === '==' || is === '>=' : value === 0 && (is === '>' || is === '!=');
}

function wordsOf({ firing, node, text }: NonNullable<Outcome['fires']>): string {
  const measured = brief(node, text);
  switch (firing.kind) {
    case 'limit':
      return `${measured} ${firing.is} ${firing.value}`;
    case 'other':
      return `${measured} ${firing.is} ${firing.text}`;
    default:
      return measured;
  }
}

const SCALARS = new Set(['scalar', 'time', 'pi']);

export function isScalar(node: PromNode): boolean {
  switch (node.kind) {
    case 'number':
      return true;
    case 'paren':
    case 'negative':
      return isScalar(node.of);
    case 'call':
      return SCALARS.has(node.name);
    case 'binary':
      return isScalar(node.left) && isScalar(node.right);
    default:
      return false;
  }
}
