import { describe, expect, it } from 'vitest';
import {
  isOf,
  matchersOf,
  wholesOf,
} from '../../../../../src/adapters/collectors/prometheus/containers/pods.ts';

const shop = (kind: string | null = null, name: string | null = null) => ({ namespace: 'shop', kind, name });
const CART = 'cart-7d9f8b6c5d-x2x4z';

describe('the pods of a place', () => {
  it.each([
    ['deployment', 'cart', CART, ['cart-db-7d9f8b6c5d-x2x4z', 'cart-0', 'cart']],
    ['replicaset', 'cart-7d9f8b6c5d', CART, ['cart-7d9f8b6c5d', 'cart-6778bd7b8b-2cpcm']],
    ['statefulset', 'cart', 'cart-12', [CART, 'cart-a', 'my-cart-1']],
    ['daemonset', 'cart', 'cart-x2x4z', [CART, 'cart-0']],
    ['pod', CART, 'cart-6778bd7b8b-2cpcm', ['web-6778bd7b8b-2cpcm']],
    ['pod', 'lone', 'lone', ['lone-1']],
    ['service', 'cart', 'cart-0', ['my-cart-0', 'carts-0']],
  ])('of a %s are those that Kubernetes makes for it: %s', (kind, name, own, others) => {
    expect(isOf([shop(kind, name)], 'shop', own)).toBe(true);
    expect(isOf([shop(kind, name)], 'other', own)).toBe(false);
    expect(others.filter((pod) => isOf([shop(kind, name)], 'shop', pod))).toEqual([]);
  });

  it('are all of a namespace, where it names nothing in it', () => {
    expect(isOf([shop()], 'shop', 'anything')).toBe(true);
    expect(matchersOf([shop(), shop('deployment', 'cart')])).toBe('namespace=~"shop"');
  });

  it('are asked for by no more than the name says, whatever is in it', () => {
    expect(matchersOf([shop('pod', 'a.b"|.*')])).toBe('namespace=~"shop",pod=~"a\\\\.b\\"\\\\|\\\\.\\\\*"');
    expect(isOf([shop('deployment', 'c.rt')], 'shop', CART)).toBe(false);
  });
});

describe('what a pod is part of', () => {
  it('is what the place names, or what its own name tells', () => {
    expect(wholesOf([shop('job', 'night')], 'shop', 'night-x2x4z')).toContain('job/shop/night');
    const told = (pod: string) => wholesOf([shop()], 'shop', pod);
    expect(told(CART)).toEqual(['deployment/shop/cart', 'namespace/shop']);
    expect(told('db-0')).toEqual(['statefulset/shop/db', 'namespace/shop']);
    expect(told('agent-x2x4z')).toEqual(['daemonset/shop/agent', 'namespace/shop']);
    expect(told('lone')).toEqual(['namespace/shop']);
  });
});
