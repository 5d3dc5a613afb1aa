import { expect, it } from 'vitest';
import { ruleFor } from '../../../../src/adapters/collectors/prometheus/alert/rule-for.ts';
import type { AlertRule } from '../../../../src/adapters/collectors/prometheus/client.ts';
import { alertOf } from '../../../evidence/samples.ts';

const labels = { alertname: 'TooHot', severity: 'critical', room: 'hall' };
const rule = (query: string, active: Record<string, string>): AlertRule => ({
  type: 'alerting',
  name: 'TooHot',
  query,
  labels: { severity: 'critical' },
  duration: 0,
  interval: null,
  health: 'ok',
  lastEvaluation: '',
  alerts: [{ labels: active, state: 'firing' }],
});
const found = (...rules: readonly AlertRule[]) => ruleFor(alertOf({ name: 'TooHot', labels }), labels, rules);

it('the rule of an alert is the one that fires with its labels, of all that bear its name', () => {
  const other = rule('b > 1', { ...labels, room: 'attic' });
  expect(found(other, rule('a > 1', labels))).toEqual({ kind: 'rule', query: 'a > 1' });
  expect(found(other)).toEqual({ kind: 'untold', why: 'no rule TooHot fires here for its labels' });
});

it('the same rule in two groups is one, and of two different ones none is taken', () => {
  expect(found(rule('a > 1', labels), rule('a > 1', labels))).toEqual({ kind: 'rule', query: 'a > 1' });
  expect(found(rule('a > 1', labels), rule('b > 1', labels))).toEqual({
    kind: 'untold',
    why: '2 rules TooHot fire here for its labels',
  });
});

it('a rule whose labels the alert does not have is not its own', () => {
  expect(found(rule('a > 1', { ...labels, shelf: '3' }))).toMatchObject({ kind: 'untold' });
});
