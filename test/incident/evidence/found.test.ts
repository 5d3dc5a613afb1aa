import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { evidenceItem, LOOK, looked, T0, telling } from '../../kit/incident/fixtures.ts';
import { opened, type Walk } from '../../kit/incident/walk.ts';

function seen(evidence: readonly Evidence[]): Walk {
  return opened('Small').feed({ type: 'evidence-collected', round: 1, evidence });
}

const look = (verdict: 'fault' | 'well', host: string): Evidence =>
  evidenceItem({
    id: `E-${host}`,
    kind: 'state',
    text: looked(verdict, { host }).words,
    data: {
      type: 'look',
      playbooks: ['ease'],
      spec: LOOK,
      reading: looked(verdict, { host, words: `${host}: ${verdict}` }),
    },
  });

const release = (facts: Record<string, string>): Evidence =>
  evidenceItem({ id: 'E9', kind: 'change', data: { type: 'facts', facts } });

describe('what was found', () => {
  it('keeps a playbook whose signs are half there, and says that it could be run as it stands', () => {
    const { incident } = seen([look('fault', 'web-1')]);
    expect(incident.phase.at).toBe('escalated');
    const near = incident.found?.leads.find(({ playbook }) => playbook === 'ease');
    expect(near).toMatchObject({ title: 'Run ease', missing: ['it fires'], ready: true });
    expect(near?.matched).toHaveLength(1);
  });

  it('keeps no playbook for what is not known to run here: nowhere to look for it, and a value that nobody knows', () => {
    const leads = (evidence: readonly Evidence[]) =>
      opened('Choosy')
        .feed({ type: 'evidence-collected', round: 1, evidence })
        .incident.found?.leads.map(({ playbook }) => playbook);
    const alone = telling('Choosy').filter(({ kind }) => kind === 'alert');
    expect(leads(alone)).toEqual([]);
    expect(leads(telling('Choosy', T0, 'unknown'))).toEqual(['tune']);
  });

  it('shows what is wrong before what is well, with when it was read', () => {
    const { incident } = seen([look('well', 'web-1'), look('fault', 'web-2')]);
    expect(incident.found?.looks).toEqual([
      { words: 'web-2: fault', verdict: 'fault', at: T0 },
      { words: 'web-1: well', verdict: 'well', at: T0 },
    ]);
  });

  it('names a release that came shortly before the alert, and none that came after it or long ago', () => {
    const began = T0 - 1000;
    const at = (before: number) => new Date(began - before).toISOString();
    const found = (before: number, more: object = {}) =>
      seen([release({ current_version: 'v2', deployed_at: at(before), ...more })]).incident.found?.release;
    expect(found(15_000, { deployed_by: 'ben' })).toEqual({
      version: 'v2',
      by: 'ben',
      at: began - 15_000,
      before: 15_000,
    });
    expect(found(15_000)?.by).toBeNull();
    expect([found(-1000), found(24 * 3_600_000)]).toEqual([undefined, undefined]);
    expect(seen([release({ current_version: 'v2', deployed_at: 'nonsense' })]).incident.found?.release).toBe(
      undefined,
    );
  });

  it('is that of the newest evidence', () => {
    expect(seen(telling('Small')).incident.found?.round).toBe(1);
  });
});

it('the thread is given of a long fact the whole lines for which there is room, and half a line of none', () => {
  const line = (number: number) => `line ${number}: ${'so it went on '.repeat(10)}end`;
  const lines = [1, 2, 3, 4, 5, 6].map(line);
  const { told } = seen([evidenceItem({ id: 'E1', text: lines.join('\n') })]);
  const excerpts = told.flatMap((one) => (one.kind === 'evidence' ? Object.values(one.excerpts) : []));
  expect(excerpts).toEqual([lines.slice(0, 3).join('\n')]);
});
