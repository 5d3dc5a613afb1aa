import { describe, expect, it } from 'vitest';
import { nearMisses } from '../../../src/diagnosis/faults/near-misses.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { ObjectId } from '../../../src/evidence/facts/fact.ts';
import { NOON } from '../../kit/faults/facts.ts';
import { shipped } from '../../kit/faults/shipped.ts';
import { evidenceItem } from '../../kit/incident/fixtures.ts';
import { WELL } from './hosts/cases.ts';
import { evidenceOf, type Values } from './hosts/world.ts';

const { library } = shipped();
const ABOUT: readonly ObjectId[] = ['service/shop', 'host/web-1'];

function near(evidence: readonly Evidence[], about = ABOUT) {
  return nearMisses(library, new Map(), evidence, { symptom: NOON, alerted: NOON, needs: new Map(), about });
}

const nearIn = (values: Values, about = ABOUT) => near(evidenceOf(values), about);

const ALMOST_FULL: Values = { 'system.filesystem.utilization': 0.9, 'log.signature': 'no_space' };

describe('a fault that is only half there', () => {
  it('says which of its signs were found, with the line that says so, and which were not', () => {
    const full = nearIn(ALMOST_FULL).find(({ fault }) => fault === 'disk_full');
    expect(full).toMatchObject({
      title: 'A disk is full',
      playbook: null,
      missing: ['It is full, or an alert measures it'],
    });
    expect(full?.matched).toHaveLength(2);
    expect(full?.matched[0]).toMatch(/^The kernel says 90 % of its space is used: “.+”$/);
    expect(full?.steps?.length).toBeGreaterThan(0);
  });

  it('is told nowhere else than in what the incident is about, or in what that needs', () => {
    expect(nearIn(ALMOST_FULL, ['service/other', 'host/web-2'])).toEqual([]);
  });

  it('is none where all of its signs are there, or something excludes it', () => {
    const names = (values: Values) => nearIn(values).map(({ fault }) => fault);
    const full = { ...ALMOST_FULL, 'system.filesystem.utilization': 0.99 };
    expect(names(full)).not.toContain('disk_full');
    expect(names({ ...ALMOST_FULL, 'system.filesystem.deleted_open': 0.2 })).not.toContain('disk_full');
  });

  it('is none where only what many faults have in common is seen', () => {
    expect(nearIn({ 'http.probe.outcome': 'refused', 'scrape.up': false })).toEqual([]);
  });

  it('is none where only a change came before: most break nothing', () => {
    const names = (values: Values) => nearIn(values).map(({ fault }) => fault);
    expect(names({ 'release.age': 120 })).not.toContain('bad_release');
    expect(names({ 'change.configuration.age': 120 })).not.toContain('bad_change');
  });

  it('says of a sign that nobody could read that it was not read, and not that it is missing', () => {
    const killed: Values = { 'node_exporter.oom_kills': 1 };
    const items = evidenceOf(killed);
    const [known] = near(items).filter(({ fault }) => fault === 'host_out_of_memory');
    expect(known).toMatchObject({ missing: ['The kernel killed processes within the hour'] });
    const blind = items.map((item) =>
      item.kind === 'state' ? evidenceItem({ id: item.id, kind: 'state', status: 'failed' }) : item,
    );
    const metric = items.flatMap((item) =>
      (item.facts ?? [])
        .filter(({ name }) => name === 'node_exporter.oom_kills')
        .map((fact) => evidenceItem({ id: 'E900', kind: 'metric', text: fact.quote, facts: [fact] })),
    );
    const [unread] = near([...blind, ...metric]).filter(({ fault }) => fault === 'host_out_of_memory');
    expect(unread).toMatchObject({ missing: [], unread: ['The kernel killed processes within the hour'] });
  });

  it('names no sign by a value that was not seen', () => {
    const everything = [...library.faults.values()].map(({ fault }) => fault.name);
    expect(everything.length).toBeGreaterThan(100);
    const seen = WELL.flatMap(([, values]) => nearIn({ ...values, ...ALMOST_FULL }));
    const said = seen.flatMap(({ missing, unread = [] }) => [...missing, ...unread]);
    expect(said.length).toBeGreaterThan(0);
    for (const words of said) expect(words).not.toMatch(/[{}]|unknown/);
  });
});
