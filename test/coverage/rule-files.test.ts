import { describe, expect, it } from 'vitest';
import { rulesIn } from '../../src/coverage/rule-files.ts';

const FILE = '/rules/shop.yml';
const names = (text: string) => rulesIn(text, FILE).rules.map(({ name }) => name);

const GROUPS = `groups:
  - name: shop
    interval: 30s
    rules:
      - record: shop:errors:rate5m
        expr: sum(rate(errors_total[5m]))
        labels: { team: shop }
      - alert: ShopErrors
        expr: shop:errors:rate5m > 1
        for: 1h30m
        labels:
          severity: page
          "__proto__": x
`;

const indented = (text: string, by: number) => text.replace(/^(?=.)/gm, ' '.repeat(by));

describe('rules are found wherever groups of them stand', () => {
  it('in a file as Prometheus reads it, with what a rule says and its line', () => {
    const { rules, recordings, mistakes } = rulesIn(GROUPS, FILE);
    expect(mistakes).toEqual([]);
    expect(rules).toMatchObject([
      {
        name: 'ShopErrors',
        expression: 'shop:errors:rate5m > 1',
        lasting: 5_400_000,
        place: { kind: 'file', file: FILE, line: 9 },
      },
    ]);
    expect(Object.entries(rules[0]?.labels ?? {})).toEqual([
      ['severity', 'page'],
      ['__proto__', 'x'],
    ]);
    expect(recordings).toMatchObject([{ name: 'shop:errors:rate5m', labels: { team: 'shop' } }]);
  });

  it.each([
    ['a custom resource', `kind: PrometheusRule\nspec:\n${indented(GROUPS, 2)}`],
    [
      'a list of custom resources',
      `kind: List\nitems:\n  - kind: PrometheusRule\n    spec:\n${indented(GROUPS, 6)}`,
    ],
    ['several documents', `kind: Namespace\n---\n${GROUPS}---\n# nothing\n`],
    ['what a mixin renders to', `prometheusAlerts:\n${indented(GROUPS, 2)}`],
    ['a config map that holds a file', `kind: ConfigMap\ndata:\n  shop.rules: |\n${indented(GROUPS, 4)}`],
    ['values of a chart', `extra:\n  shop:\n${indented(GROUPS, 4)}`],
    ['JSON', JSON.stringify({ groups: [{ name: 'shop', rules: [{ alert: 'ShopErrors', expr: 'a > 1' }] }] })],
  ])('in %s', (_what, text) => {
    expect(names(text)).toEqual(['ShopErrors']);
  });

  it('not in what only looks alike', () => {
    expect(rulesIn('route:\n  groups: [a, b]\ngroups: many\n', FILE)).toEqual({
      rules: [],
      recordings: [],
      mistakes: [],
    });
    expect(names('')).toEqual([]);
  });
});

describe('a mistake is told in its line, and the other rules count', () => {
  it.each([
    ['a rule without a name', 'groups:\n  - rules:\n      - expr: up\n', 3, 'say what it is'],
    ['a rule without an expression', 'groups:\n  - rules:\n      - alert: A\n', 3, 'A has no expression'],
    [
      'a duration that is none',
      'groups:\n  - rules:\n      - alert: A\n        expr: up\n        for: soon\n',
      5,
      '"soon" is no duration',
    ],
    ['broken YAML', 'groups:\n  - rules: [\n', 2, 'the YAML is broken'],
    ['a template', 'groups:\n{{- if .Values.on }}\n  - rules: [{{ include "x" . }}\n', null, 'helm template'],
  ])('%s', (_what, text, line, words) => {
    const { mistakes } = rulesIn(text, FILE);
    expect(mistakes[0]?.message).toContain(words);
    if (line !== null) expect(mistakes[0]?.line).toBeGreaterThanOrEqual(line);
    expect(names(`${text}\n---\n${GROUPS}`).includes('ShopErrors') || mistakes.length > 0).toBe(true);
  });
});
