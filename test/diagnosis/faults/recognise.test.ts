import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/diagnosis/faults/fault.ts';
import { libraryOf } from '../../../src/diagnosis/faults/library.ts';
import { recognise, type Scene } from '../../../src/diagnosis/faults/recognise.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import type { Fact, ObjectId } from '../../../src/evidence/facts/fact.ts';
import { fact, item, NOON } from '../../kit/faults/facts.ts';
import { linesOf } from '../../kit/faults/shipped.ts';

const WAITING = 'k8s.container.waiting.reason';
const AVAILABLE = 'k8s.workload.replicas.available';
const DESIRED = 'k8s.workload.replicas.desired';
const MINUTE = 60_000;
const CART = 'workload/shop/cart';
const scene: Scene = { symptom: NOON, needs: new Map() };

type Changes = Readonly<Partial<Record<keyof Fault, unknown>>>;

function fault(name: string, changes: Changes = {}): Fault {
  return Fault.parse({
    name,
    title: name,
    object: ['pod', 'workload'],
    summary: '{object} is ill',
    cause: 'because',
    prevention: 'look ahead',
    signs: [sign({ fact: WAITING, is: ['ImagePullBackOff', 'ErrImagePull'] })],
    ...changes,
  });
}

const sign = (...any: object[]) => ({ claim: '{object} says {value}.', any });

const WITHIN: readonly ObjectId[] = [CART, 'node/n1', 'service/cart'];
const pod = (name: string, value: string, changes: Partial<Fact> = {}) =>
  fact(WAITING, `pod/shop/${name}`, value, { within: WITHIN, ...changes });

const seen = (faults: readonly Fault[], evidence: readonly Evidence[], around = scene) =>
  linesOf(recognise(libraryOf(faults), evidence, around));

/** Whether a predicate about the number of available pods holds of a fact. */
const holds = (predicate: object, value: Fact | readonly Fact[], around = scene) =>
  seen(
    [fault('low', { object: 'workload', signs: [sign({ fact: AVAILABLE, ...predicate })] })],
    [item('E1', [value].flat())],
    around,
  ).length === 1;
const available = (value: number, changes: Partial<Fact> = {}) => fact(AVAILABLE, CART, value, changes);

describe('a fault is recognised', () => {
  it('where all of its signs are seen, each told with the lines that say so', () => {
    const evidence = [item('E1', [pod('cart-1', 'ErrImagePull'), pod('cart-2', 'Running')])];
    expect(recognise(libraryOf([fault('image_missing')]), evidence, scene)).toMatchObject([
      {
        object: 'pod/shop/cart-1',
        claims: [
          {
            text: 'pod shop/cart-1 says ErrImagePull.',
            citations: [{ evidence: 'E1', quote: `pod/shop/cart-1: ${WAITING} is ErrImagePull` }],
          },
        ],
      },
    ]);
  });

  it('only where its signs are of one object, and never where they are of two', () => {
    const both = fault('both', {
      signs: [sign({ fact: WAITING, is: 'ErrImagePull' }), sign({ fact: AVAILABLE, below: 1 })],
    });
    const broken = pod('cart-1', 'ErrImagePull');
    expect(seen([both], [item('E1', [broken, available(0)])])).toEqual([`both in ${CART}`]);
    const other = fact(AVAILABLE, 'workload/shop/other', 0);
    expect(seen([both], [item('E1', [broken, other])])).toEqual([]);
  });

  it('only where signs about parts that cannot stand for one another are of one such part', () => {
    const disk = (name: string, value: number | string) =>
      fact(typeof value === 'string' ? WAITING : AVAILABLE, `disk/n1:${name}` as ObjectId, value, {
        within: ['node/n1'],
      });
    const full = fault('full', {
      object: ['disk', 'node'],
      same: ['disk'],
      signs: [sign({ fact: AVAILABLE, below: 1 }), sign({ fact: WAITING, is: 'Full' })],
      unless: [{ because: 'it is held', any: [{ fact: WAITING, is: 'Held' }] }],
    });
    expect(seen([full], [item('E1', [disk('/', 0), disk('/data', 'Full')])])).toEqual([]);
    expect(seen([full], [item('E1', [disk('/', 0), disk('/', 'Full')])])).toEqual(['full in disk/n1:/']);
    // What is about the whole may mean any of its parts.
    const log = fact(WAITING, 'node/n1', 'Full');
    expect(seen([full], [item('E1', [disk('/', 0), log])])).toEqual(['full in node/n1']);
    expect(seen([full], [item('E1', [disk('/', 0), log, disk('/data', 'Held')])])).toEqual([
      'full in node/n1',
    ]);
    expect(seen([full], [item('E1', [disk('/', 0), log, disk('/', 'Held')])])).toEqual([]);
  });

  it('by any one of the facts that bear a sign out', () => {
    const either = fault('either', {
      signs: [sign({ fact: WAITING, is: 'ErrImagePull' }, { fact: AVAILABLE, below: 1 })],
    });
    expect(seen([either], [item('E1', [available(0)])])).toEqual([`either in ${CART}`]);
  });

  it('not where what excludes it is seen', () => {
    const unless = [{ because: 'it is quota', any: [{ fact: AVAILABLE, at_least: 1 }] }];
    const one = fault('image_missing', { object: 'workload', unless });
    const broken = pod('cart-1', 'ErrImagePull');
    expect(seen([one], [item('E1', [broken, available(0)])])).toHaveLength(1);
    expect(seen([one], [item('E1', [broken, available(1)])])).toEqual([]);
  });

  it('with what speaks against it', () => {
    const one = fault('image_missing', {
      object: 'workload',
      against: [sign({ fact: AVAILABLE, at_least: 1 })],
    });
    const [found] = recognise(
      libraryOf([one]),
      [item('E1', [pod('cart-1', 'ErrImagePull')]), item('E2', [available(2)])],
      scene,
    );
    expect(found?.against).toEqual([{ evidence: 'E2', quote: `${CART}: ${AVAILABLE} is 2` }]);
  });

  it.each<[string, Partial<Evidence>]>([
    ['that could not be read', { status: 'failed' }],
    ['that support nothing', { supportsNothing: 'it was so before' }],
  ])('never by items %s', (_what, changes) => {
    const one = [fault('image_missing')];
    expect(seen(one, [item('E1', [pod('cart-1', 'ErrImagePull')], changes)])).toEqual([]);
  });

  it('not by what was always so, but where it says that this will do', () => {
    const usual = available(0, { usual: true });
    expect(holds({ below: 1 }, usual)).toBe(false);
    expect(holds({ below: 1, usual: true }, usual)).toBe(true);
  });

  it('by one line of each instrument, and few lines in all', () => {
    const many = Array.from({ length: 40 }, (_, index) => pod(`cart-${index}`, 'ErrImagePull'));
    const evidence = [item('E1', many), item('E2', [pod('cart-99', 'ErrImagePull')])];
    const [found] = recognise(libraryOf([fault('image_missing')]), evidence, scene);
    const citations = found?.claims[0]?.citations ?? [];
    expect(citations).toHaveLength(6);
    expect(citations.map(({ evidence: id }) => id)).toContain('E2');
  });
});

describe('a predicate holds', () => {
  it.each<[object, number, boolean]>([
    [{ is: 0 }, 0, true],
    [{ is: [1, 2] }, 2, true],
    [{ is: [1, 2] }, 0, false],
    [{ not: 0 }, 1, true],
    [{ not: [0, 1] }, 1, false],
    [{ above: 1 }, 1, false],
    [{ above: 1 }, 1.01, true],
    [{ at_least: 1 }, 1, true],
    [{ below: 1 }, 1, false],
    [{ below: 1 }, 0, true],
    [{ at_most: 1 }, 1, true],
    [{ at_most: 1 }, 2, false],
    [{ above: 0, below: 3 }, 2, true],
    [{ above: 0, below: 3 }, 3, false],
  ])('%j of %d: %s', (predicate, value, expected) => {
    expect(holds(predicate, available(value))).toBe(expected);
  });

  it.each<[string, string, boolean]>([
    ['Image', 'ErrImagePull', true],
    ['^Image', 'ErrImagePull', false],
    ['(?i)errimage', 'ErrImagePull', true],
  ])('where %s is found in %s: %s', (matches, value, expected) => {
    const one = fault('one', { signs: [sign({ fact: WAITING, matches })] });
    expect(seen([one], [item('E1', [pod('cart-1', value)])]).length === 1).toBe(expected);
  });

  it('by what another fact of the same object says, so many times', () => {
    const desired = fact(DESIRED, CART, 4);
    const half = { below: { fact: DESIRED, times: 0.5 } };
    expect(holds(half, [available(1), desired])).toBe(true);
    expect(holds(half, [available(2), desired])).toBe(false);
    expect(holds(half, [available(1), fact(DESIRED, 'workload/shop/other', 9)])).toBe(false);
    expect(holds(half, [available(1)])).toBe(false);
  });

  it('by every source of another fact, where several tell it differently', () => {
    const few = { below: { fact: DESIRED } };
    expect(holds(few, [available(2), fact(DESIRED, CART, 4), fact(DESIRED, CART, 1)])).toBe(false);
    expect(holds(few, [available(2), fact(DESIRED, CART, 4), fact(DESIRED, CART, 3)])).toBe(true);
  });

  it('of what became so shortly before the first alert, or later', () => {
    const late = { below: 1, newer: '10m' };
    expect(holds(late, available(0, { at: NOON - 9 * MINUTE }))).toBe(true);
    expect(holds(late, available(0, { at: NOON + MINUTE }))).toBe(true);
    expect(holds(late, available(0, { at: NOON - 11 * MINUTE }))).toBe(false);
  });

  it('of what had become so long before the first alert, and of nothing where none has come', () => {
    const old = { below: 1, older: '10m' };
    const alerted: Scene = { ...scene, alerted: NOON };
    expect(holds(old, available(0, { at: NOON - 11 * MINUTE }), alerted)).toBe(true);
    expect(holds(old, available(0, { at: NOON - 9 * MINUTE }), alerted)).toBe(false);
    expect(holds(old, available(0, { at: NOON - 11 * MINUTE }))).toBe(false);
  });

  it('of so many objects, each counted once', () => {
    const three = fault('three', {
      object: 'node',
      signs: [sign({ fact: WAITING, is: 'ErrImagePull', objects: 3 })],
    });
    const pods = ['a', 'a', 'b'].map((name) => pod(name, 'ErrImagePull'));
    expect(seen([three], [item('E1', pods)])).toEqual([]);
    expect(seen([three], [item('E1', [...pods, pod('c', 'ErrImagePull')])])).toEqual(['three in node/n1']);
  });
});

describe('the same fault in several objects is told', () => {
  const image = fault('image_missing');
  const told = (kinds: readonly string[], facts: readonly Fact[]) =>
    seen([fault('image_missing', { object: kinds })], [item('E1', facts)]);

  it('of the innermost that carries all signs', () => {
    expect(told(['pod', 'workload'], [pod('cart-1', 'ErrImagePull'), pod('cart-2', 'Running')])).toEqual([
      'image_missing in pod/shop/cart-1',
    ]);
  });

  it('once of the whole, where several of its parts show it', () => {
    const facts = [pod('cart-1', 'ErrImagePull'), pod('cart-2', 'ErrImagePull'), pod('cart-3', 'Running')];
    expect(told(['pod', 'workload'], facts)).toEqual([`image_missing in ${CART}`]);
    expect(told(['pod', 'workload', 'node'], facts)).toEqual([`image_missing in ${CART}`]);
    expect(told(['pod'], facts)).toHaveLength(2);
  });

  it('of the kind that its file names first, where only one part is known', () => {
    expect(told(['pod', 'workload'], [pod('cart-1', 'ErrImagePull')])).toEqual([
      'image_missing in pod/shop/cart-1',
    ]);
    expect(told(['workload', 'pod'], [pod('cart-1', 'ErrImagePull')])).toEqual([`image_missing in ${CART}`]);
    expect(told(['workload', 'pod'], [pod('cart-1', 'ErrImagePull'), pod('cart-2', 'Running')])).toEqual([
      'image_missing in pod/shop/cart-1',
    ]);
  });

  it('of a node, where several workloads show it there', () => {
    const other = (name: string) =>
      fact(WAITING, `pod/shop/${name}`, 'ErrImagePull', { within: ['workload/shop/other', 'node/n1'] });
    const facts = [pod('cart-1', 'ErrImagePull'), pod('cart-2', 'ErrImagePull'), other('o-1'), other('o-2')];
    expect(told(['pod', 'workload', 'node'], facts)).toEqual(['image_missing in node/n1']);
  });

  it('of one of two that lie within each other', () => {
    const facts = [
      fact(WAITING, 'service/shop', 'ErrImagePull', { within: ['host/web-1'] }),
      fact(WAITING, 'host/web-1', 'ErrImagePull', { within: ['service/shop'] }),
    ];
    expect(told(['host', 'service'], facts)).toEqual(['image_missing in host/web-1']);
    expect(told(['service', 'host'], facts)).toEqual(['image_missing in service/shop']);
  });

  it('of twenty objects at most', () => {
    const apart = Array.from({ length: 50 }, (_, index) =>
      fact(WAITING, `pod/shop/p-${index}`, 'ErrImagePull'),
    );
    expect(seen([image], [item('E1', apart)])).toHaveLength(20);
  });
});

describe('of faults that bring others about', () => {
  const image = fault('image_missing', { explains: ['workload_down'] });
  const down = fault('workload_down', {
    object: 'workload',
    signs: [sign({ fact: AVAILABLE, below: 1 })],
    explains: ['service_down'],
  });
  const serviceDown = fault('service_down', {
    object: 'service',
    signs: [sign({ fact: WAITING, is: 'Errors' })],
  });
  const errors = (name: string) => fact(WAITING, `service/${name}`, 'Errors');
  const library = [image, down, serviceDown];
  const broken = item('E1', [
    pod('cart-1', 'ErrImagePull'),
    pod('cart-2', 'Running'),
    available(0, { within: ['service/cart'] }),
  ]);

  it('the deepest is told, with all that follows from it', () => {
    const evidence = [broken, item('E2', [errors('cart')])];
    expect(seen(library, evidence)).toEqual([
      `image_missing in pod/shop/cart-1, brings about workload_down in ${CART}, brings about service_down in service/cart`,
    ]);
  });

  it.each<[string, Scene['needs'], number]>([
    ['what needs it', new Map([['service/web', ['service/cart']]]), 1],
    [
      'what needs it by way of another',
      new Map([
        ['service/web', ['service/api']],
        ['service/api', ['service/cart']],
      ]),
      1,
    ],
    [
      'what needs it by way of two others, which is too far',
      new Map([
        ['service/web', ['service/api']],
        ['service/api', ['service/queue']],
        ['service/queue', ['service/cart']],
      ]),
      2,
    ],
    ['what it needs, which is the wrong way round', new Map([['service/cart', ['service/web']]]), 2],
    ['what has nothing to do with it', new Map(), 2],
    ['what needs itself', new Map([['service/web', ['service/web']]]), 2],
  ])('the ill of %s', (_what, needs, roots) => {
    expect(seen(library, [broken, item('E2', [errors('web')])], { symptom: NOON, needs })).toHaveLength(
      roots,
    );
  });

  it('nothing follows by way of one that nobody saw', () => {
    const well = available(3, { within: ['service/cart'] });
    const evidence = [
      item('E1', [pod('cart-1', 'ErrImagePull'), pod('cart-2', 'Running'), well]),
      item('E2', [errors('cart')]),
    ];
    expect(seen(library, evidence)).toEqual([
      'image_missing in pod/shop/cart-1',
      'service_down in service/cart',
    ]);
  });

  it('those that have nothing to do with each other say so of each other', () => {
    const other = fault('other', { signs: [sign({ fact: WAITING, is: 'ErrImagePull' })] });
    const apart = fact(WAITING, 'pod/bank/ledger-1', 'ErrImagePull');
    const found = recognise(
      libraryOf([image, other]),
      [item('E1', [pod('cart-1', 'ErrImagePull'), apart])],
      scene,
    );
    const of = (object: ObjectId) => found.filter((one) => one.object === object).map((one) => one.apart);
    const there = ['image_missing in pod/bank/ledger-1', 'other in pod/bank/ledger-1'];
    expect(of('pod/shop/cart-1')).toEqual([there, there]);
  });

  it('both are told where neither explains the other', () => {
    const rivals = [image, fault('other', { signs: [sign({ fact: WAITING, is: 'ErrImagePull' })] })];
    expect(seen(rivals, [broken])).toEqual(['image_missing in pod/shop/cart-1', 'other in pod/shop/cart-1']);
  });

  it('those that lie in something that is needed are told from those of the incident itself', () => {
    const needs = new Map<ObjectId, readonly ObjectId[]>([['service/web', ['service/cart']]]);
    const of = (about: readonly ObjectId[]) =>
      recognise(libraryOf(library), [broken], { symptom: NOON, needs, about }).map(
        ({ elsewhere }) => elsewhere,
      );
    expect(of(['service/web'])).toEqual([true]);
    expect(of(['service/cart'])).toEqual([false]);
    expect(of(['service/unknown'])).toEqual([false]);
  });
});

it('a workload that is neither the incident’s own nor needed tells nothing, where its own is known', () => {
  const object: ObjectId = 'deployment/shop/cart';
  const own = fact(AVAILABLE, object, 3, { within: ['service/cart'] });
  const stranger = fact(WAITING, 'pod/shop/ledger-1', 'ErrImagePull', {
    within: ['deployment/shop/ledger', 'node/n1'],
  });
  const of = (about: readonly ObjectId[], needs: Scene['needs'] = new Map()) =>
    seen([fault('image_missing')], [item('E1', [own, stranger])], { symptom: NOON, needs, about });
  expect(of(['service/cart', object])).toEqual([]);
  expect(of(['service/cart'])).toEqual(['image_missing in pod/shop/ledger-1']);
  expect(of(['service/cart', 'deployment/shop/unread'])).toHaveLength(1);
  const needed = new Map([['service/cart', ['deployment/shop/ledger']]]) as Scene['needs'];
  expect(of(['service/cart', object], needed)).toHaveLength(1);
});

describe('whatever the facts are', () => {
  const objects: readonly ObjectId[] = [
    'pod/shop/a',
    'pod/shop/b',
    CART,
    'node/n1',
    'service/cart',
    'service/web',
    'pod/__proto__/constructor',
    'pod/' as ObjectId,
  ];
  const some = fc.subarray([...objects], { maxLength: 4 });
  const facts = fc.array(
    fc.record({
      name: fc.constantFrom(WAITING, AVAILABLE, DESIRED),
      of: fc.constantFrom(...objects),
      within: some,
      value: fc.constantFrom('ErrImagePull', 'Errors', '$&{value}{object}', 0, 1, 3),
    }),
    { maxLength: 12 },
  );
  const items = fc.array(facts, { maxLength: 6 }).map((lists) =>
    lists.map((list, index) =>
      item(
        `E${index + 1}`,
        list.map(({ name, of, value, within }) => fact(name, of, value, { within })),
      ),
    ),
  );
  const faults = [
    fault('image_missing', { object: ['pod', 'workload', 'node'], explains: ['low'] }),
    fault('low', {
      object: ['workload', 'service', 'pod'],
      signs: [sign({ fact: AVAILABLE, below: 2 })],
      explains: ['errors'],
    }),
    fault('errors', {
      object: ['service', 'pod'],
      signs: [
        sign({ fact: WAITING, not: 'ErrImagePull' }),
        sign({ fact: AVAILABLE, at_most: { fact: DESIRED } }),
      ],
    }),
  ];
  const needs = new Map<ObjectId, readonly ObjectId[]>([['service/web', ['service/cart']]]);

  it('the order in which they come changes nothing', () => {
    fc.assert(
      fc.property(items, fc.infiniteStream(fc.nat()), (evidence, chance) => {
        const shuffled = <One>(list: readonly One[]) =>
          list
            .map((one) => ({ one, place: chance.next().value }))
            .toSorted((a, b) => a.place - b.place)
            .map(({ one }) => one);
        const mixed = shuffled(evidence).map((one) => ({ ...one, facts: shuffled(one.facts ?? []) }));
        const around = { symptom: NOON, needs };
        expect(recognise(libraryOf(shuffled(faults)), mixed, around)).toEqual(
          recognise(libraryOf(faults), evidence, around),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('each citation stands in its item to the letter, each fault is told in an object of its kind, and none twice', () => {
    fc.assert(
      fc.property(items, (evidence) => {
        const roots = recognise(libraryOf(faults), evidence, { symptom: NOON, needs });
        const all = roots.flatMap((root) => [root, ...root.consequences]);
        for (const { fault: one, object, claims } of all) {
          expect([one.object].flat()).toContain(object.slice(0, object.indexOf('/')));
          for (const { citations } of claims) {
            expect(citations.length).toBeGreaterThan(0);
            for (const { evidence: id, quote } of citations)
              expect(evidence.find((each) => each.id === id)?.text.split('\n')).toContain(quote);
          }
        }
        expect(new Set(linesOf(roots)).size).toBe(roots.length);
      }),
      { numRuns: 200 },
    );
  });
});
