import { expect, it } from 'vitest';
import { alertEvidence } from '../../../src/evidence/alert-evidence.ts';
import type { Binding } from '../../../src/evidence/alert-source.ts';
import { alertOf, NOON } from '../samples.ts';

const ABOUT = { of: 'service/catalog', within: ['host/web-1'] } as const;
const bound: Binding = {
  kind: 'bound',
  bound: {
    server: 'prometheus',
    labels: {},
    expression: 'up == 0',
    reads: ['up'],
    instruments: ['scrape/fleet/x'],
    interval: null,
  },
} as Binding;
const facts = (...args: Parameters<typeof alertEvidence>) =>
  (alertEvidence(...args).facts ?? []).map(({ of, name, value, at }) => [of, name, value, at]);

it('an alert states that it fires and what its rule reads at its source, as of when it began', () => {
  const at = NOON - 60_000;
  expect(facts(alertOf(), NOON, bound, ABOUT)).toEqual([
    ['service/catalog', 'alert.firing', true, at],
    ['service/catalog', 'alert.reads', 'up', at],
  ]);
});

it('what it says of itself is no fact: neither its name nor the expression that its sender wrote', () => {
  const loud = alertOf({ name: 'DiskFull', expression: 'node_filesystem_avail_bytes < 1' });
  expect(facts(loud, NOON, undefined, ABOUT).map(([, name]) => name)).toEqual(['alert.firing']);
});

it('one that is over, that its source does not have, or that is about nothing states nothing', () => {
  expect(facts(alertOf({ status: 'resolved', endsAt: NOON }), NOON, bound, ABOUT)).toEqual([]);
  expect(
    facts(alertOf(), NOON, { kind: 'absent', reason: 'it is not active there' } as Binding, ABOUT),
  ).toEqual([]);
  expect(facts(alertOf(), NOON, bound)).toEqual([]);
});
