import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Own, type Rules, whyDenied } from '../../../../src/adapters/runners/kubernetes/deny.ts';

const CART = '/apis/apps/v1/namespaces/shop/deployments/cart';
const own: Own = { namespace: 'shop', workload: 'deployment/cart', pods: ['cart-1'], node: 'node-1' };
const rules: Rules = {
  protectedNamespaces: ['kube-system'],
  registered: [{ namespace: 'shop', workload: 'deployment/cart' }],
};
const patch = (path: string, ...body: readonly object[]) => ({ method: 'PATCH', path, body }) as const;
const may = (path: string, value: unknown = 1) =>
  whyDenied(patch(CART, { op: 'replace', path, value }), own, rules) === null;

describe('what goes out to the API', () => {
  it('changes of a workload its template, its replicas, a memory limit, and Medic’s own notes', () => {
    expect(
      [
        '/metadata/resourceVersion',
        '/metadata/annotations/medic~1fence',
        '/spec/template',
        '/spec/replicas',
        '/spec/template/spec/containers/0/resources/limits/memory',
      ].filter((path) => !may(path)),
    ).toEqual([]);
  });

  it('changes nothing else of it', () => {
    expect(
      [
        '',
        '/',
        '/spec',
        '/metadata',
        '/metadata/annotations',
        '/metadata/annotations/other',
        '/metadata/labels/app',
        '/metadata/ownerReferences',
        '/spec/selector',
        '/spec/template/spec',
        '/spec/template/spec/serviceAccountName',
        '/spec/template/spec/containers/0/image',
        '/spec/template/spec/containers/0/resources',
        '/spec/template/spec/containers/0/resources/limits/memory/..',
        '/spec/unschedulable',
        '/status',
      ].filter((path) => may(path)),
    ).toEqual([]);
  });

  it('adds all annotations at once only where they are all its own', () => {
    const adding = (value: object) =>
      whyDenied(patch(CART, { op: 'add', path: '/metadata/annotations', value }), own, rules);
    expect(adding({ 'medic/fence': '1' })).toBeNull();
    expect(adding({ 'medic/fence': '1', owner: 'me' })).not.toBeNull();
  });

  it('goes to the workload of the order, its pods and the node that it names, and to no other address', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.constantFrom('PATCH', 'DELETE', 'POST', 'GET'), (path, method) => {
        expect(whyDenied({ method, path, body: [] }, own, rules)).not.toBeNull();
      }),
    );
    expect(
      whyDenied({ method: 'DELETE', path: '/api/v1/namespaces/shop/pods/cart-1' }, own, rules),
    ).toBeNull();
    expect(
      whyDenied({ method: 'DELETE', path: '/api/v1/namespaces/shop/pods/cart-2' }, own, rules),
    ).not.toBeNull();
    expect(whyDenied({ method: 'DELETE', path: CART }, own, rules)).not.toBeNull();
    const uncordon = { op: 'replace', path: '/spec/unschedulable', value: false };
    expect(whyDenied(patch('/api/v1/nodes/node-1', uncordon), own, rules)).toBeNull();
    expect(whyDenied(patch('/api/v1/nodes/node-2', uncordon), own, rules)).not.toBeNull();
  });

  it('goes nowhere where the namespace is protected, though a service is registered there', () => {
    const there = { ...own, namespace: 'kube-system' };
    const registered = [{ namespace: 'kube-system', workload: 'deployment/cart' }];
    expect(whyDenied(patch(CART.replace('shop', 'kube-system')), there, { ...rules, registered })).toBe(
      'kube-system is protected: nothing in it is changed',
    );
  });
});
