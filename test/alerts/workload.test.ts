import { describe, expect, it } from 'vitest';
import { subjectOf } from '../../src/alerts/subject.ts';
import { tellsOf } from '../../src/alerts/workload.ts';
import { Settings } from '../../src/config/settings.ts';
import { alertOf } from '../evidence/samples.ts';

const place = (workload: string) => ({ namespace: 'shop', workload });
const told = (labels: Record<string, string>, workload = 'deployment/cart') =>
  tellsOf({ namespace: 'shop', ...labels }, place(workload));

describe('a workload of Kubernetes', () => {
  it('is told of by its own label, and by the names of its pods', () => {
    expect(told({ deployment: 'cart' })).toBe(true);
    expect(told({ pod: 'cart-7d9f8b6c5d-x2x4z' })).toBe(true);
    expect(told({ pod: 'cart-0' }, 'statefulset/cart')).toBe(true);
    expect(told({ pod: 'cart-x2x4z' }, 'daemonset/cart')).toBe(true);
  });

  it.each([
    { deployment: 'cart-api' },
    { statefulset: 'cart', pod: 'cart-7d9f8b6c5d-x2x4z' },
    { pod: 'cart-api-7d9f8b6c5d-x2x4z' },
    { pod: 'cart' },
    { pod: 'cart-0' },
    { namespace: 'bank', deployment: 'cart' },
    { namespace: '' },
  ])('is not told of by %j', (labels) => expect(told(labels)).toBe(false));

  it('makes an alert about it an alert about the service that runs there', () => {
    const settings = Settings.parse({
      services: {
        checkout: { kubernetes: { namespace: 'shop', workload: 'deployment/cart' } },
        other: { environment: 'staging', kubernetes: { namespace: 'shop', workload: 'deployment/cart' } },
      },
    });
    const labels = {
      namespace: 'shop',
      pod: 'cart-7d9f8b6c5d-x2x4z',
      container: 'cart',
      job: 'kube-state-metrics',
    };
    const subject = (more: Record<string, string>) =>
      subjectOf(alertOf({ name: 'KubePodCrashLooping', labels: { ...labels, ...more } }), settings);
    expect(subject({ environment: 'production' })).toMatchObject({ kind: 'service', name: 'checkout' });
    expect(subject({ environment: 'staging' })).toMatchObject({ kind: 'service', name: 'other' });
    // Of two that would fit, neither is taken.
    expect(subject({})).toMatchObject({ kind: 'target' });
  });
});
