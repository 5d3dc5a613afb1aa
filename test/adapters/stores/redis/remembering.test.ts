import { expect, it } from 'vitest';
import { rememberingReader } from '../../../../src/adapters/stores/redis/record/read-many.ts';
import { incidentIn } from '../../../kit/slack-sink/example.ts';

const incident = incidentIn({ at: 'investigating', doing: 'collecting' });
const state = JSON.stringify(incident);

it('an incident that this process wrote is the one that any other process reads', () => {
  const reader = rememberingReader(null);
  reader.wrote(incident, { state, mac: '' });
  expect(reader.read(incident.id, { state, mac: '' })).toBe(incident);
  expect(rememberingReader(null).read(incident.id, { state, mac: '' })).toEqual(incident);
});

it('what another process wrote since is read, whatever this one wrote before', () => {
  const reader = rememberingReader(null);
  reader.wrote(incident, { state, mac: '' });
  const later = { ...incident, version: incident.version + 1, title: 'the shop is ill' };
  expect(reader.read(incident.id, { state: JSON.stringify(later), mac: '' })).toEqual(later);
});

it('what does not bear the seal it was written with is not trusted for being remembered', () => {
  const seal = { sign: () => 'right', fits: (_about: string, _text: string, mac: string) => mac === 'right' };
  const reader = rememberingReader(seal);
  reader.wrote(incident, { state, mac: 'right' });
  expect(reader.read(incident.id, { state, mac: 'right' })).toBe(incident);
  expect(reader.read(incident.id, { state, mac: 'forged' }).unsigned).toBe(true);
});
