import { describe, expect, it } from 'vitest';
import { createChangeCollector } from '../../../src/adapters/collectors/changes/collector.ts';
import { createHosts } from '../../../src/adapters/hosts/hosts.ts';
import type { Report } from '../../../src/changes/change.ts';
import { readLibrary } from '../../../src/diagnosis/faults/load.ts';
import { recognise } from '../../../src/diagnosis/faults/recognise.ts';
import { deployIn } from '../../../src/evidence/deploy.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { askedOf, inquiryOf, NOON, serviceOf } from '../../evidence/samples.ts';
import { fact, item } from '../../kit/faults/facts.ts';

const SYMPTOM = NOON - 60_000;

const report = (id: string, secondsBefore: number, more: Partial<Report> = {}): Report => ({
  id,
  kind: 'deploy',
  state: 'succeeded',
  version: 'v2',
  previous: 'v1',
  by: 'ben',
  what: null,
  link: 'https://ci.example.com/9',
  at: SYMPTOM - secondsBefore * 1000,
  from: 'api',
  ...more,
});

type Told = Readonly<Record<string, readonly Report[]>>;

const found = (told: Told, more: Parameters<typeof serviceOf>[0] = {}) => {
  const collector = createChangeCollector({
    hosts: createHosts({ inventory: null, environment: {} }),
    told: { reportsOf: async ({ name }) => told[name] ?? [] },
  });
  return askedOf(
    collector,
    inquiryOf({ service: serviceOf({ needs: [{ name: 'payments', environment: 'production' }], ...more }) }),
  );
};

describe('what was told of changes', () => {
  it('says who changed what, and how long before the symptom, in the words of one line', async () => {
    const [only, ...others] = await found({ catalog: [report('a', 15, { what: 'faster search' })] });
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      kind: 'change',
      text: '2026-11-03T11:58:45.000Z deploy of v2 by ben (before it: v1), 15 s before the alert began: faster search',
      witness: 'deploys/production/catalog',
      link: 'https://ci.example.com/9',
    });
    expect(only?.facts?.map(({ name, value }) => [name, value])).toEqual([
      ['change.release.version', 'v2'],
      ['change.release.age', 15],
      ['change.release.by', 'ben'],
      ['change.release.state', 'succeeded'],
    ]);
    expect(only !== undefined && deployIn({ ...only, status: 'ok' })).toEqual({
      version: 'v2',
      by: 'ben',
      at: SYMPTOM - 15_000,
    });
  });

  it('is silent of a service that nobody told of', async () => {
    expect(await found({})).toEqual([]);
  });

  it('gives no playbook a value: nobody rolls back to what a webhook says', async () => {
    const [only] = await found({ catalog: [report('a', 15)] });
    const names = only?.data?.type === 'facts' ? Object.keys(only.data.facts) : [];
    for (const name of ['current_version', 'previous_version', 'previous_release'])
      expect(names).not.toContain(name);
  });

  it('tells of what it needs in an item of its own, where that changed lately', async () => {
    const told = { catalog: [], payments: [report('p', 120)], search: [report('s', 5)] };
    expect((await found(told)).map(({ title, data }) => [title, data])).toEqual([
      ['Changes of payments, which catalog needs', { type: 'facts', facts: {} }],
    ]);
    expect(await found({ payments: [report('p', 3 * 86_400)] })).toEqual([]);
  });

  it('says which one of several came before the symptom, whatever came after it', async () => {
    const [only] = await found({
      catalog: [report('a', 15), report('b', -20, { version: 'v3', previous: 'v2' })],
    });
    expect(only?.text.split('\n')).toHaveLength(2);
    expect(only?.facts?.find(({ name }) => name === 'change.release.version')?.value).toBe('v2');
  });
});

describe('a release that was told', () => {
  const { library } = readLibrary(new URL('../../../playbooks/faults', import.meta.url).pathname);
  const errors = item(
    'E9',
    [
      fact('http.server.error_ratio', 'service/catalog', 0.3),
      fact('http.server.error_ratio.before', 'service/catalog', 0.001),
    ],
    { witness: 'exporter/catalog' },
  );

  const blamed = async (told: Told) => {
    const items = (await found(told)).map(
      (one, index): Evidence => ({
        environment: 'production',
        hash: '',
        status: 'ok',
        ...one,
        id: `E${index + 1}`,
      }),
    );
    const scene = { symptom: SYMPTOM, needs: new Map(), about: ['service/catalog'] as const };
    return recognise(library, [...items, errors], scene).map(({ fault, claims }) => [
      fault.name,
      new Set(claims.flatMap(({ citations }) => citations.map(({ evidence }) => evidence))).size,
    ]);
  };

  it('is to blame where errors came right after it, by two instruments', async () => {
    expect(await blamed({ catalog: [report('a', 15)] })).toEqual([['bad_release', 2]]);
    expect(await blamed({ catalog: [report('a', 15, { state: 'failed' })] })).toEqual([['bad_release', 2]]);
  });

  it.each<[string, Told]>([
    ['after the symptom', { catalog: [report('a', -30)] }],
    ['long before it', { catalog: [report('a', 7200)] }],
    ['of another service', { search: [report('a', 15)] }],
    ['of a service that this one needs', { payments: [report('a', 15)] }],
    ['that is only asked for', { catalog: [report('a', 15, { state: 'requested' })] }],
    ['that brings what ran before', { catalog: [report('a', 15, { previous: 'v2' })] }],
    ['that is published and not deployed', { catalog: [report('a', 15, { kind: 'release' })] }],
    ['that is pushed and not deployed', { catalog: [report('a', 15, { kind: 'push' })] }],
  ])('is innocent where it came %s', async (_, told) => {
    expect(await blamed(told)).toEqual([]);
  });

  it('is told apart from a flag', async () => {
    const flag = report('f', 20, { kind: 'flag', version: 'on', previous: null, what: 'new-checkout' });
    expect(await blamed({ catalog: [flag] })).toEqual([['bad_change', 2]]);
    expect(await blamed({ catalog: [flag, report('a', 30)] })).toEqual([['bad_release', 2]]);
  });
});
