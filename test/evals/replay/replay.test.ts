import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Scratch, scratchDir } from '../../kit/stack/guardian.ts';
import type { KubernetesObject } from '../read/scenario.ts';
import { replayHosts } from './hosts.ts';
import { pluralOf, replayKubernetes } from './kubernetes.ts';
import { fieldSelector, labelSelector } from './selectors.ts';
import type { Replay } from './server.ts';

const AT = Date.UTC(2026, 4, 1, 3, 4, 5);

function object(kind: string, name: string, changes: object = {}): KubernetesObject {
  const metadata = { name, namespace: 'shop', labels: { app: name.split('-')[0] ?? name } };
  return { apiVersion: 'v1', kind, metadata, ...changes };
}

describe('a recorded cluster', () => {
  let server: Replay;
  beforeAll(async () => {
    const pods = ['cart-1', 'cart-2', 'shop-1'].map((name, index) =>
      object('Pod', name, { status: { phase: index === 0 ? 'Pending' : 'Running' } }),
    );
    const policy = object('NetworkPolicy', 'deny', { apiVersion: 'networking.k8s.io/v1' });
    const logs = ['first', 'second', 'third'].map((line, index) => ({
      at: AT - (3 - index) * 60_000,
      labels: { namespace: 'shop', pod: 'cart-1', container: 'cart' },
      line,
    }));
    server = await replayKubernetes({ objects: [...pods, policy], logs, at: AT });
  });
  afterAll(() => server.stop());

  const ask = async (path: string) => {
    const response = await fetch(`${server.url}${path}`);
    return { status: response.status, body: await response.text() };
  };
  const namesOf = async (path: string) => {
    const { items } = JSON.parse((await ask(path)).body) as { items: { metadata: { name: string } }[] };
    return items.map(({ metadata }) => metadata.name);
  };

  it('lists by namespace and selectors', async () => {
    expect(await namesOf('/api/v1/pods')).toEqual(['cart-1', 'cart-2', 'shop-1']);
    expect(await namesOf('/api/v1/namespaces/other/pods')).toEqual([]);
    expect(await namesOf('/api/v1/namespaces/shop/pods?labelSelector=app%3Dcart')).toEqual([
      'cart-1',
      'cart-2',
    ]);
    expect(await namesOf('/api/v1/pods?fieldSelector=status.phase%21%3DRunning')).toEqual(['cart-1']);
    expect(await namesOf('/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies')).toEqual(['deny']);
  });

  it('hands a list out in pages', async () => {
    const first = JSON.parse((await ask('/api/v1/pods?limit=2')).body);
    expect(first.metadata).toMatchObject({ remainingItemCount: 1, resourceVersion: expect.any(String) });
    const token = encodeURIComponent(first.metadata.continue);
    expect(await namesOf(`/api/v1/pods?limit=2&continue=${token}`)).toEqual(['shop-1']);
  });

  it('does not serve a kind that was not recorded: nobody knows whether there were any', async () => {
    expect((await ask('/apis/apps/v1/deployments')).status).toBe(404);
    expect((await ask('/apis/apps/v1/namespaces/shop/deployments?limit=5')).status).toBe(404);
  });

  it('has no object that was not recorded', async () => {
    expect((await ask('/api/v1/namespaces/shop/pods/cart-9')).status).toBe(404);
    expect((await ask('/api/v1/namespaces/shop/pods/cart-1')).status).toBe(200);
  });

  it('prints the log of a pod as it was at that moment', async () => {
    const log = '/api/v1/namespaces/shop/pods/cart-1/log';
    expect((await ask(`${log}?container=cart&tailLines=2`)).body).toBe('second\nthird\n');
    expect((await ask(`${log}?sinceSeconds=90`)).body).toBe('third\n');
    expect((await ask(`${log}?previous=true`)).body).toBe('');
    expect((await ask('/api/v1/namespaces/shop/pods/gone/log')).status).toBe(404);
  });

  it('changes nothing', async () => {
    const response = await fetch(`${server.url}/api/v1/namespaces/shop/pods/cart-1`, { method: 'DELETE' });
    expect(response.status).toBe(405);
  });

  it('names resources as the API does', () => {
    expect(['Endpoints', 'NetworkPolicy', 'Ingress', 'StorageClass', 'Pod'].map(pluralOf)).toEqual([
      'endpoints',
      'networkpolicies',
      'ingresses',
      'storageclasses',
      'pods',
    ]);
  });

  it('reads selectors of sets, and refuses what is none', () => {
    const labels = { metadata: { labels: { app: 'cart', tier: 'web' } } };
    for (const text of ['app in (cart, shop),tier=web', 'app!=shop', '!legacy', 'app', 'app notin (x)'])
      expect(labelSelector(text)(labels)).toBe(true);
    for (const text of ['app in (x)', 'legacy', 'constructor', '!app', 'app=cart,tier=db'])
      expect(labelSelector(text)(labels)).toBe(false);
    expect(() => labelSelector('app in cart')).toThrow(/unable to parse/);
    expect(() => fieldSelector('phase')).toThrow(/unable to parse/);
  });
});

describe('a recorded host', () => {
  let scratch: Scratch;
  beforeAll(async () => {
    scratch = await scratchDir('replay');
  });
  afterAll(() => scratch.remove());

  const hostsWith = (name: string) =>
    replayHosts({
      names: ['web-1'],
      commands: [
        {
          host: 'web-1',
          argv: ['systemctl', 'show', 'cart'],
          stdout: 'ActiveState=failed\n',
          stderr: '',
          exit: 0,
        },
        { host: 'web-1', argv: ['df', '-PB1'], stdout: 'full\n', stderr: '', exit: 1 },
        { host: 'web-1', argv: ['cat', '/proc/loadavg'], stdout: '9 8 7\n', stderr: '', exit: 0 },
      ],
      files: [{ host: 'web-1', path: '/var/log/cart.log', text: 'one\ntwo\n', modifiedAt: AT }],
      groups: {},
      at: AT,
      scratch: `${scratch.path}/${name}`,
    });
  const run = async (name: string, argv: readonly string[], host = 'web-1') => {
    const answer = await hostsWith(name).run({ host, argv, timeout: 5_000 }, new AbortController().signal);
    return answer.kind === 'answered' ? [answer.exitCode, answer.stdout] : answer.reason;
  };

  it('answers a command as it was recorded, whatever the options between its words', async () => {
    expect(await run('exact', ['df', '-PB1'])).toEqual([1, 'full\n']);
    expect(await run('alike', ['systemctl', 'show', '-p', 'ActiveState', '--', 'cart'])).toEqual([
      0,
      'ActiveState=failed\n',
    ]);
  });

  it('runs a script among the recorded programs, files and clock', async () => {
    const script = 'date +%s; cat /proc/loadavg; tail -n 1 "$1"; timeout 2 df -PB1';
    expect(await run('script', ['sh', '-c', script, 'x', '/var/log/cart.log'])).toEqual([
      1,
      `${Math.floor(AT / 1000)}\n9 8 7\ntwo\nfull\n`,
    ]);
  });

  it('tells nothing of the machine that it is replayed on', async () => {
    const script = 'cat /proc/meminfo; ps; uptime; hostname; stat -f /; cat /etc/hostname "$1"';
    expect(await run('nothing', ['sh', '-c', `${script} 2>/dev/null; exit 0`, 'x', '/etc/hostname'])).toEqual(
      [0, ''],
    );
  });

  it('knows no host that was not recorded', async () => {
    expect(await run('other', ['df'], 'web-2')).toMatch(/was not recorded/);
  });
});
