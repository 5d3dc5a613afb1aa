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

it('one about a disk or a unit is about that one alone, where its own labels name it and its host is known', () => {
  const of = (reads: readonly string[], labels: Readonly<Record<string, string>>, about = ABOUT) =>
    facts(
      alertOf(),
      NOON,
      { kind: 'bound', bound: { ...(bound as { bound: object }).bound, reads, labels } } as Binding,
      about,
    )
      .filter(([, name]) => name === 'alert.reads')
      .map(([object]) => object);
  const disk = ['node_filesystem_avail_bytes'];
  expect(of(disk, { mountpoint: '/data', instance: 'web-1:9100' })).toEqual(['filesystem/web-1:/data']);
  expect(of(['node_systemd_unit_state'], { name: 'cron.service', instance: 'web-1:9100' })).toEqual([
    'unit/web-1/cron.service',
  ]);
  // Somebody else's `name` is no unit.
  expect(of(['http_requests_total'], { name: 'cron.service' })).toEqual(['service/catalog']);
  const two = { of: 'service/catalog', within: ['host/web-1', 'host/web-2'] } as unknown as typeof ABOUT;
  expect(of(disk, { mountpoint: '/data', instance: 'web-2:9100' }, two)).toEqual(['filesystem/web-2:/data']);
  expect(of(disk, { mountpoint: '/data', instance: '10.0.0.7:9100' }, two)).toEqual(['service/catalog']);
});
