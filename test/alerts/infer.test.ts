import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placed } from '../../src/alerts/subject.ts';
import { crossFlaws } from '../../src/config/cross.ts';
import { Settings } from '../../src/config/settings.ts';
import { alert } from '../kit/incident/fixtures.ts';

type Labels = Readonly<Record<string, string>>;

const settings = Settings.parse({
  services: {
    orders: { hosts: ['web-1', 'web-2'], health: [{ name: 'home', url: 'https://shop.example.com/health' }] },
    cart: { hosts: ['web-3', 'shared-1'], kubernetes: { namespace: 'shop', workload: 'deployment/cart' } },
    search: { hosts: ['shared-1'], unit: 'searchd', kubernetes: { namespace: 'shop' } },
    'orders-next': { environment: 'staging', hosts: ['web-1'] },
    'eu-billing': { hosts: ['10.0.0.7', 'localhost'] },
  },
  subjects: [
    { match: ['team="pay"', 'region=~"(..)-.*"'], service: '$1-{product}' },
    { match: ['instance=~"lb-.*"'], service: 'orders' },
  ],
});

const about = (labels: Labels) => {
  const { subject, because } = placed(alert('Down', { labels: { alertname: 'Down', ...labels } }), settings);
  return { about: `${subject.kind} ${subject.name}`, because };
};

describe('an alert that names no service is about', () => {
  it.each<[string, Labels, string, string]>([
    [
      'the one service of its host',
      { instance: 'web-2:9100', environment: 'production' },
      'orders',
      'web-2:9100 is its host',
    ],
    [
      'that of its environment',
      { instance: 'web-1:9100', env: 'staging' },
      'orders-next',
      'web-1:9100 is its host',
    ],
    ['the host of an address', { instance: '10.0.0.7:9100' }, 'eu-billing', '10.0.0.7:9100 is its host'],
    [
      'the service that its job is called after',
      { job: 'cart-exporter', instance: 'x:1' },
      'cart',
      'it is scraped as the job cart-exporter',
    ],
    [
      'the unit that its job is called after',
      { job: 'shop/searchd', instance: 'x:1' },
      'search',
      'it is scraped as the job shop/searchd',
    ],
    [
      'the job, where its host runs two',
      { job: 'cart', instance: 'shared-1:9100' },
      'cart',
      'it is scraped as the job cart',
    ],
    [
      'the workload that the registry has',
      { namespace: 'shop', deployment: 'search' },
      'search',
      'shop/search is its workload',
    ],
    [
      'the workload of a pod',
      { namespace: 'shop', pod: 'cart-7d9f8b6c5d-x2x4z' },
      'cart',
      'the pod cart-7d9f8b6c5d-x2x4z is of its workload cart',
    ],
    [
      'the service whose health check is probed',
      { job: 'blackbox', instance: 'https://shop.example.com/health' },
      'orders',
      'https://shop.example.com/health is its health check',
    ],
    ['what a rule says', { instance: 'lb-7:80' }, 'orders', 'a rule of subjects says so of instance lb-7:80'],
    [
      'what a rule puts together',
      { team: 'pay', region: 'eu-west', product: 'billing' },
      'eu-billing',
      'a rule of subjects says so of team pay and region eu-west',
    ],
  ])('%s', (_, labels, name, because) => {
    expect(about(labels)).toEqual({ about: `service ${name}`, because });
  });

  it.each<[string, Labels, string, string]>([
    [
      'two services run on its host',
      { instance: 'shared-1:9100' },
      'target shared-1:9100',
      'shared-1 is a host of cart and search',
    ],
    [
      'its host is one of two environments',
      { instance: 'web-1:9100' },
      'target web-1:9100',
      'web-1 is a host of orders and orders-next',
    ],
  ])('nobody where %s, and that is said', (_, labels, target, because) => {
    expect(about(labels)).toEqual({ about: target, because });
  });

  it.each<[string, Labels, string]>([
    ['a host that nobody registered', { instance: 'web-9:9100' }, 'target web-9:9100'],
    [
      'a host whose name only begins alike',
      { instance: 'web-1.example.com:9100', environment: 'production' },
      'target web-1.example.com:9100',
    ],
    ['any machine’s own name', { instance: 'localhost:9100' }, 'target localhost:9100'],
    [
      'a pod of another workload with the same beginning',
      { namespace: 'shop', pod: 'cart-worker-7d9f8b6c5d-x2x4z' },
      'target shop/cart-worker',
    ],
    ['a pod of another namespace', { namespace: 'test', pod: 'cart-7d9f8b6c5d-x2x4z' }, 'target test/cart'],
    [
      'an environment that has no such host',
      { instance: 'web-2:9100', environment: 'qa' },
      'target web-2:9100',
    ],
    [
      'a rule whose service is not registered',
      { team: 'pay', region: 'us-east', product: 'billing' },
      'target Down',
    ],
    ['a rule of which a label is missing', { team: 'pay', region: 'eu-west' }, 'target Down'],
    ['names that every object has', { team: 'pay', region: '__-x', product: 'proto__' }, 'target Down'],
  ])('no registered service by %s', (_, labels, target) => {
    expect(about(labels).about).toBe(target);
  });

  it('none of its host where it names a service that is not registered: that is another one', () => {
    expect(about({ service: 'payments', instance: 'web-2:9100' })).toEqual({
      about: 'service payments',
      because: null,
    });
  });

  it('the registered service that its labels name, whatever a rule says', () => {
    expect(about({ service: 'cart', instance: 'lb-7:80' })).toEqual({ about: 'service cart', because: null });
  });

  it('only a registered service of its environment or what it names itself, whatever its labels are', () => {
    const names = fc.constantFrom(
      'instance',
      'job',
      'pod',
      'namespace',
      'host',
      'team',
      'region',
      'product',
      'environment',
      'constructor',
    );
    const values = fc.oneof(
      fc.constantFrom(
        'web-1',
        'web-1:9100',
        'shared-1',
        'cart',
        'shop',
        'constructor',
        '__proto__',
        'staging',
        'pay',
        'eu-x',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.dictionary(names, values), (labels) => {
        const { subject, because } = placed(
          alert('Down', { labels: { alertname: 'Down', ...labels } }),
          settings,
        );
        if (subject.kind !== 'service' || because === null) return;
        const service = Object.hasOwn(settings.services, subject.name)
          ? settings.services[subject.name]
          : undefined;
        expect(service?.environment).toBe(subject.environment);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a rule of subjects', () => {
  const flaws = (rule: object) =>
    crossFlaws(Settings.parse({ services: { orders: {} }, subjects: [rule] })).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  it.each<[object, string | undefined]>([
    [{ match: ['a=b'], service: 'orders' }, undefined],
    [{ match: ['a=~"(.*)-x"'], service: '$1' }, undefined],
    [
      { match: ['a=b'], service: 'ordrs' },
      'subjects.0.service: "ordrs" is no registered service: did you mean orders?',
    ],
    [
      { match: ['a=b'], service: '$1' },
      'subjects.0.service: takes a group of a pattern, and no matcher of this rule has one: write one with =~',
    ],
    [{ match: ['a=~"("'], service: 'orders' }, 'subjects.0.match: the pattern "(" cannot be read'],
  ])('%j is refused where it could never count', (rule, flaw) => {
    const [first] = flaws(rule);
    if (flaw === undefined) expect(first).toBeUndefined();
    else expect(first).toContain(flaw);
  });
});
