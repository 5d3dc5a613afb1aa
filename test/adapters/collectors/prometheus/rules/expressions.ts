import fc from 'fast-check';

const LABELS = ['pod', 'job', 'instance', 'node'] as const;
const labels = fc.subarray([...LABELS]).map((some) => some.join(', '));
const selector = fc
  .tuple(
    fc.constantFrom('left', 'right', 'both'),
    fc.constantFrom('', '{job="a"}', '{node!=""}', '{pod=~"p.*"}'),
  )
  .map(([name, matchers]) => `${name}${matchers}`);

/** Expressions of PromQL over the metrics `left`, `right` and `both`, as rules have them; each answers with vectors. */
export const expression: fc.Arbitrary<string> = fc.letrec<{ vector: string }>((tie) => ({
  vector: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    selector,
    selector.map((one) => `max_over_time(${one}[5m])`),
    tie('vector').map((one) => `(${one})`),
    tie('vector').map((one) => `-(${one})`),
    fc
      .tuple(tie('vector'), fc.constantFrom('* 2', '/ 100', '> -1', '!= 7', '+ time()'))
      .map((two) => two.join(' ')),
    fc
      .tuple(fc.constantFrom('sum', 'max', 'count'), fc.constantFrom('by', 'without'), labels, tie('vector'))
      .map(([op, how, some, of]) => `${op} ${how} (${some}) (${of})`),
    fc.tuple(tie('vector'), tie('vector')).map(([a, b]) => `(${a}) or (${b})`),
    fc
      .tuple(tie('vector'), fc.constantFrom('and', 'unless'), labels, tie('vector'))
      .map(([a, op, some, b]) => `(${a}) ${op} on (${some}) (${b})`),
    fc.tuple(tie('vector'), labels, tie('vector')).map(([a, some, b]) => `(${a}) * on (${some}) (${b})`),
    fc
      .tuple(tie('vector'), labels, tie('vector'))
      .map(([a, some, b]) => `(${a}) - ignoring (${some}) (${b})`),
    fc
      .tuple(tie('vector'), labels, tie('vector'))
      .map(([a, some, b]) => `(${a}) * on (${some}) group_left (node) (${b})`),
    tie('vector').map((one) => `label_replace(${one}, "node", "n-$1", "pod", "(.*)")`),
  ),
})).vector;
