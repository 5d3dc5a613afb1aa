import type { Firing, Measure, Reading } from '../../../../coverage/reading.ts';
import { type PromNode, parse } from '../expression/syntax.ts';
import { unitOf } from '../expression/unit.ts';
import { brief } from './brief.ts';
import type { Outcome } from './fires.ts';
import { type Known, outcomesOf } from './outcomes.ts';

/** What the expression of an alert rule reads, and when it fires; nothing where Prometheus' grammar does not understand it. Never throws. */
export function readExpression(expression: string, known: Known): Reading {
  const root = parse(expression);
  return root === null
    ? []
    : outcomesOf(root, expression, known).map((one) => measureOf(one, root, expression));
}

function measureOf(
  { selected, carried, fires, flag, also }: Outcome,
  root: PromNode,
  expression: string,
): Measure {
  // Ones and zeros that nothing compares are there, whatever they are.
  const told = fires ?? (flag === null ? null : { ...flag, firing: { kind: 'present' } as const });
  const [node, text] = told === null ? [root, expression] : [told.node, told.text];
  const firing: Firing = selected.length === 0 ? { kind: 'always' } : (told?.firing ?? { kind: 'present' });
  const measured = text.slice(node.start, node.end);
  // A part of a whole is one where its limit is.
  const limit = firing.kind === 'limit' ? [{ labels: {}, points: [[0, firing.value] as const] }] : [];
  return { text: brief(node, text), selected, fires: firing, unit: unitOf(measured, limit), also, carried };
}
