import type { Known, Recorded } from '../../src/adapters/collectors/prometheus/rules/outcomes.ts';
import { readExpression } from '../../src/adapters/collectors/prometheus/rules/reading.ts';
import { Service, Settings } from '../../src/config/settings.ts';
import { labelsOf } from '../../src/coverage/families/families.ts';
import type { Knowledge } from '../../src/coverage/judge.ts';
import type { Rule } from '../../src/coverage/rule.ts';
import { Fault } from '../../src/diagnosis/faults/fault.ts';
import type { Catalog } from '../../src/playbooks/manifest.ts';

export function ruleOf(expression: string, more: Partial<Rule> = {}): Rule {
  return {
    name: 'AnAlert',
    expression,
    lasting: 0,
    labels: {},
    place: { kind: 'file', file: '/r.yml', line: 1 },
    ...more,
  };
}

export function read(expression: string, recorded: ReadonlyMap<string, readonly Recorded[]> = new Map()) {
  const known: Known = { recorded, labelsOf };
  return readExpression(expression, known);
}

export function fault(name: string, ...signs: readonly (readonly object[])[]): Fault {
  return Fault.parse({
    name,
    title: name.replaceAll('_', ' '),
    object: 'service',
    summary: 'It is broken.',
    cause: 'It broke.',
    prevention: 'Do not break it.',
    signs: signs.map((any) => ({ claim: 'It is seen.', any })),
  });
}

export function knowledge(
  faults: readonly Fault[],
  catalog: Catalog = new Map(),
  settings: object = {},
): Knowledge {
  return { settings: Settings.parse(settings), faults, catalog, assumed: Service.parse({}) };
}
