import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/diagnosis/faults/fault.ts';
import { libraryOf } from '../../../src/diagnosis/faults/library.ts';
import { recognise } from '../../../src/diagnosis/faults/recognise.ts';
import { fact, item, NOON } from '../../kit/faults/facts.ts';
import { linesOf } from '../../kit/faults/shipped.ts';

const WAITING = 'k8s.container.waiting.reason';
const AVAILABLE = 'k8s.workload.replicas.available';
const scene = { symptom: NOON, needs: new Map() };

function fault(name: string, changes: Partial<Record<keyof Fault, unknown>>): Fault {
  return Fault.parse({
    name,
    title: name,
    object: ['pod', 'workload'],
    summary: '{object} is ill',
    cause: 'because',
    prevention: 'look ahead',
    signs: [{ claim: 'It waits with {value}.', any: [{ fact: WAITING, is: 'ImagePullBackOff' }] }],
    ...changes,
  });
}

const image = fault('image_missing', {
  signs: [
    { claim: 'It waits with {value}.', any: [{ fact: WAITING, is: ['ImagePullBackOff', 'ErrImagePull'] }] },
  ],
});
const down = fault('workload_down', {
  object: 'workload',
  signs: [{ claim: '{value} of its pods are available.', any: [{ fact: AVAILABLE, below: 1 }] }],
});

const CART = 'workload/shop/cart';
const pod = (name: string, value: string) =>
  fact(WAITING, `pod/shop/${name}`, value, { within: [CART, 'node/n1', 'service/cart'] });

describe('a fault is recognised', () => {
  it('where all of its signs are seen, with the lines that say so', () => {
    const [one] = recognise(
      libraryOf([image]),
      [item('E1', [pod('cart-1', 'ErrImagePull'), pod('cart-2', 'Running')])],
      scene,
    );
    expect(one).toMatchObject({
      object: 'pod/shop/cart-1',
      claims: [
        {
          text: 'It waits with ErrImagePull.',
          citations: [{ evidence: 'E1', quote: `pod/shop/cart-1: ${WAITING} is ErrImagePull` }],
        },
      ],
    });
  });

  it('once, of the whole, where several of its parts show it', () => {
    const facts = [pod('cart-1', 'ErrImagePull'), pod('cart-2', 'ErrImagePull'), pod('cart-3', 'Running')];
    expect(linesOf(recognise(libraryOf([image]), [item('E1', facts)], scene))).toEqual([
      'image_missing in workload/shop/cart',
    ]);
  });

  it('as the root, with the faults that it explains as its consequences', () => {
    const root = fault('image_missing', { explains: ['workload_down'] });
    const evidence = [
      item('E1', [fact(AVAILABLE, CART, 0)]),
      item('E2', [pod('cart-1', 'ImagePullBackOff'), pod('cart-2', 'Running')]),
    ];
    expect(linesOf(recognise(libraryOf([root, down]), evidence, scene))).toEqual([
      'image_missing in pod/shop/cart-1, brings about workload_down in workload/shop/cart',
    ]);
  });
});
