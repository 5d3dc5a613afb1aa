import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCluster } from '../../../../src/adapters/kubernetes/api.ts';
import { BEFORE, FENCE } from '../../../../src/adapters/runners/kubernetes/capture.ts';
import { createKubernetesRunner } from '../../../../src/adapters/runners/kubernetes/runner.ts';
import type { Before, TaskLine } from '../../../../src/execution/attempt.ts';
import type { Order } from '../../../../src/execution/runner.ts';
import { KubernetesRun } from '../../../../src/playbooks/manifest.ts';
import { type LocalApi, startApi } from '../../../kit/kubernetes/api.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { CART, furnish, NODE, PODS, settle, template } from './shop.ts';

let scratch: Scratch;
let api: LocalApi;
const rules = {
  protectedNamespaces: ['kube-system'],
  registered: [
    { namespace: 'shop', workload: 'deployment/cart' },
    { namespace: 'kube-system', workload: 'deployment/cart' },
  ],
};

// The client takes its time to load where the machine is busy, which is no part of any limit here.
beforeAll(() => import('@kubernetes/client-node'));
beforeEach(async () => {
  scratch = await scratchDir('kubernetes-runner');
  api = await startApi(scratch.path);
  furnish(api);
});
afterEach(async () => {
  await api.stop();
  await scratch.remove();
});

const order = (operation: unknown, more: Partial<Order> = {}, place: object = {}): Order => ({
  id: 'order-1',
  run: {
    kubernetes: KubernetesRun.parse({
      namespace: 'shop',
      workload: 'deployment/cart',
      do: operation,
      ...place,
    }),
  },
  dryRun: 'check',
  folder: scratch.path,
  parameters: {},
  timeout: 15_000,
  fence: 7,
  reportTo: null,
  ...more,
});
const runner = () =>
  createKubernetesRunner({
    api: openCluster({ kubeconfig: api.kubeconfig, context: null }),
    rules: () => rules,
    now: () => Date.parse('2026-01-02T03:04:05Z'),
    redact: (text) => text.replaceAll('hunter2', '***'),
  });
const run = async (one: Order, signal = new AbortController().signal) => {
  const lines: TaskLine[] = [];
  const result = await runner().run(one, (line) => lines.push(line), signal);
  return { result, lines };
};
const rehearse = (operation: unknown) =>
  runner().dryRun(order(operation, { fence: null }), new AbortController().signal);
const changes = () => api.calls.filter(({ method, dry }) => ['PATCH', 'DELETE'].includes(method) && !dry);
const settleAtOnce = () => api.onChange((path) => path === CART && settle(api));
const imageOf = () => JSON.stringify(api.get(CART)?.spec?.template).match(/shop\/cart:\d/)?.[0];

describe('a restart', () => {
  it('gives the pods a new template that differs by its time alone, and waits until all are available', async () => {
    api.onChange(() => {
      api.status(CART, { observedGeneration: 2, updatedReplicas: 1 });
      setTimeout(() => settle(api), 600);
    });
    const { result, lines } = await run(order('restart'));
    expect(result).toEqual({ kind: 'succeeded', changed: 1, summary: expect.any(String) });
    expect(api.get(CART)?.spec?.template).toMatchObject({
      metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-02T03:04:05Z' } },
    });
    expect(lines.map(({ status, detail }) => `${status} ${detail ?? ''}`)).toContain(
      'running 1 of 2 pods are updated, 2 available, 1 old left',
    );
    expect(api.get(CART)?.metadata.annotations).toEqual({ [FENCE]: '7' });
  });

  it('is rehearsed by the API server, says the same each time, and changes nothing', async () => {
    const [one, other] = [await rehearse('restart'), await rehearse('restart')];
    expect(one).toEqual(other);
    expect(one).toMatchObject({
      kind: 'diff',
      diff: [
        '# deployment/cart in shop',
        'does: restart its pods, one after the other',
        'template.metadata.annotations[kubectl.kubernetes.io/restartedAt]: now',
      ].join('\n'),
    });
    expect(changes()).toEqual([]);
  });

  it('is refused where new pods would never come', async () => {
    api.put(CART, { ...api.get(CART), spec: { ...api.get(CART)?.spec, paused: true } } as never);
    expect((await run(order('restart'))).result).toMatchObject({
      kind: 'failed',
      untouched: true,
      reason: 'the rollout of deployment/cart in shop is paused: somebody has stopped it on purpose',
    });
  });
});

describe('going back to the template before', () => {
  it('takes that of the workload’s own history, and keeps what was there', async () => {
    settleAtOnce();
    const { result, lines } = await run(order('undo'));
    expect(result).toMatchObject({ kind: 'succeeded' });
    expect(imageOf()).toBe('shop/cart:1');
    expect(lines).toContainEqual(
      expect.objectContaining({ status: 'changed', detail: 'before: the template with shop/cart:2' }),
    );
    expect(JSON.parse(api.get(CART)?.metadata.annotations?.[BEFORE] ?? '')).toMatchObject({
      fence: 7,
      was: { template: template('shop/cart:2') },
    });
  });

  it('shows beforehand what would be another', async () => {
    expect(await rehearse('undo')).toMatchObject({
      diff: expect.stringContaining('template.spec.containers[cart].image: shop/cart:2 -> shop/cart:1'),
    });
  });

  it('passes over a template that differs by a restart alone', async () => {
    const restarted = template('shop/cart:2');
    api.put(CART, {
      ...api.get(CART),
      spec: {
        ...api.get(CART)?.spec,
        template: {
          ...restarted,
          metadata: { labels: { app: 'cart' }, annotations: { 'kubectl.kubernetes.io/restartedAt': 'then' } },
        },
      },
    } as never);
    settleAtOnce();
    await run(order('undo'));
    expect(imageOf()).toBe('shop/cart:1');
  });

  it('is undone by putting back what was there, under the same claim', async () => {
    settleAtOnce();
    await run(order('undo'));
    expect((await run(order('put_back'))).result).toMatchObject({ kind: 'succeeded' });
    expect(imageOf()).toBe('shop/cart:2');
    expect(api.get(CART)?.metadata.annotations?.[FENCE]).toBe('7');
  });

  it('is put back once and no more', async () => {
    settleAtOnce();
    await run(order('undo'));
    await run(order('put_back'));
    expect((await run(order('put_back'))).result).toMatchObject({ untouched: true });
    expect(imageOf()).toBe('shop/cart:2');
  });

  it('is not undone where somebody else has changed the template since', async () => {
    settleAtOnce();
    await run(order('undo'));
    api.put(CART, {
      ...api.get(CART),
      spec: { ...api.get(CART)?.spec, template: template('shop/cart:3') },
    } as never);
    expect((await run(order('put_back'))).result).toMatchObject({
      untouched: true,
      reason:
        'somebody else has changed deployment/cart in shop since: it has the template with shop/cart:3 now',
    });
  });

  it('puts back nothing that another claim has found', async () => {
    settleAtOnce();
    await run(order('undo'));
    expect((await run(order('put_back', { fence: 8 }))).result).toMatchObject({ untouched: true });
    expect(imageOf()).toBe('shop/cart:1');
  });

  it('says beforehand that there would be no way back', async () => {
    api.answerInstead(({ method, body }) =>
      method === 'PATCH' && !JSON.stringify(body).includes('shop/cart:1')
        ? { code: 403, message: 'denied by policy' }
        : null,
    );
    expect(await rehearse('undo')).toMatchObject({
      kind: 'diff',
      noWayBack: 'the API server answered 403: denied by policy',
    });
  });
});

describe('how many pods, and how much memory', () => {
  const scale = (replicas: string) => ({ scale: { replicas, min: '1', max: '4' } });
  const memory = (limit: string) => ({ memory: { container: 'cart', limit, most: '256Mi' } });

  it.each([
    ['5', '5 pods are not between 1 and 4, as many as deployment/cart in shop may have'],
    ['0', '0 pods are not between 1 and 4, as many as deployment/cart in shop may have'],
    ['3.5', 'the number of pods, or its bounds, are no whole numbers'],
  ])('never has %s pods', async (replicas, reason) => {
    expect((await run(order(scale(replicas)))).result).toMatchObject({ untouched: true, reason });
  });

  it('scales within its bounds, and back', async () => {
    settleAtOnce();
    expect((await run(order(scale('4')))).result.kind).toBe('succeeded');
    expect(api.get(CART)?.spec?.replicas).toBe(4);
    await run(order('put_back'));
    expect(api.get(CART)?.spec?.replicas).toBe(2);
  });

  it('leaves alone what an autoscaler sets', async () => {
    api.put('/apis/autoscaling/v1/namespaces/shop/horizontalpodautoscalers/cart', {
      metadata: { name: 'cart' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'cart' } },
    });
    expect((await run(order(scale('4')))).result).toMatchObject({ untouched: true });
  });

  it('sends nothing where it is so already', async () => {
    expect((await run(order(scale('2')))).result).toMatchObject({ kind: 'succeeded', changed: 0 });
    expect(changes()).toEqual([]);
  });

  it('raises a limit up to its ceiling, and puts it back', async () => {
    settleAtOnce();
    expect((await run(order(memory('128Mi')))).result.kind).toBe('succeeded');
    expect(JSON.stringify(api.get(CART)?.spec)).toContain('"limits":{"memory":"128Mi"}');
    await run(order('put_back'));
    expect(JSON.stringify(api.get(CART)?.spec)).toContain('"limits":{"memory":"64Mi"}');
  });

  it.each([
    ['512Mi', /more than 256Mi/],
    ['32Mi', /would have less/],
    ['lots', /no amount of memory/],
  ])('never sets a limit of %s', async (limit, reason) => {
    expect((await run(order(memory(limit)))).result).toMatchObject({
      untouched: true,
      reason: expect.stringMatching(reason),
    });
    expect(changes()).toEqual([]);
  });
});

describe('what stands there after an undoing', () => {
  const scale = { scale: { replicas: '4', min: '1', max: '4' } };
  const memory = { memory: { container: 'cart', limit: '2Gi', most: '2Gi' } };
  const never = new AbortController().signal;
  const compare = (before: Before | null, signal = never) =>
    runner().compare(order('put_back'), before, signal);
  /** What a fix found, once it has run. */
  const foundBy = async (operation: unknown): Promise<Before | null> => {
    settleAtOnce();
    return (await run(order(operation))).result.before ?? null;
  };
  const spec = (more: object) =>
    api.put(CART, { ...api.get(CART), spec: { ...api.get(CART)?.spec, ...more } } as never);
  const annotate = (name: string, value: string) =>
    api.put(CART, {
      ...api.get(CART),
      metadata: {
        ...api.get(CART)?.metadata,
        annotations: { ...api.get(CART)?.metadata.annotations, [name]: value },
      },
    } as never);

  it.each([
    ['how many pods there are', scale, '2 replicas'],
    ['a memory limit', memory, 'the memory limit 64Mi of the container cart'],
    ['a template', 'undo', 'the template with shop/cart:2'],
  ])('is as before where %s was put back, and differs where it was not', async (_, operation, words) => {
    const before = await foundBy(operation);
    expect(before?.words).toBe(words);
    expect(await compare(before)).toMatchObject({ kind: 'differs', was: words });
    await run(order('put_back'));
    expect(await compare(before)).toEqual({ kind: 'as-before', words });
  });

  it('is read, and not believed: an undoing that says it is done and has changed nothing differs', async () => {
    const before = await foundBy(scale);
    expect(await compare(before)).toEqual({
      kind: 'differs',
      was: '2 replicas',
      now: '4 replicas',
      lines: [],
    });
    expect(changes()).toHaveLength(1);
  });

  it('is told value by value, as long as the object still holds what the fix found', async () => {
    const before = await foundBy('undo');
    await run(order('put_back'));
    spec({ template: template('shop/cart:3') });
    const line = 'template.spec.containers[cart].image: shop/cart:2 -> shop/cart:3';
    expect(await compare(before)).toMatchObject({ now: 'the template with shop/cart:3', lines: [line] });
    annotate(BEFORE, JSON.stringify({ fence: 7, was: { template: template('shop/cart:3') }, set: '' }));
    expect(await compare(before)).toMatchObject({ was: 'the template with shop/cart:2', lines: [] });
    annotate(BEFORE, '{"fence":');
    expect(await compare(before)).toMatchObject({ kind: 'differs', lines: [] });
  });

  it('is compared with the record, and not with a note on the object that somebody has forged before it was put back', async () => {
    const before = await foundBy('undo');
    const note = JSON.parse(api.get(CART)?.metadata.annotations?.[BEFORE] ?? '{}');
    annotate(BEFORE, JSON.stringify({ ...note, was: { template: template('evil/cart:9') } }));
    expect((await run(order('put_back'))).result.kind).toBe('succeeded');
    expect(await compare(before)).toEqual({
      kind: 'differs',
      was: 'the template with shop/cart:2',
      now: 'the template with evil/cart:9',
      lines: [],
    });
  });

  it('is compared where the note on the object is gone', async () => {
    const before = await foundBy('undo');
    await run(order('put_back'));
    const { [BEFORE]: _, ...rest } = api.get(CART)?.metadata.annotations ?? {};
    api.put(CART, { ...api.get(CART), metadata: { ...api.get(CART)?.metadata, annotations: rest } } as never);
    expect((await compare(before)).kind).toBe('as-before');
    spec({ template: template('shop/cart:3') });
    expect(await compare(before)).toMatchObject({ kind: 'differs', lines: [] });
  });

  it('is the same amount however it is written, and the same template where it was only restarted', async () => {
    const kept = (limit: string): Before => ({
      words: '',
      mark: JSON.stringify({ memory: { container: 'cart', limit, request: null } }),
    });
    expect((await compare(kept('65536Ki'))).kind).toBe('as-before');
    expect((await compare(kept('64M'))).kind).toBe('differs');
    const before = await foundBy('undo');
    await run(order('put_back'));
    await run(order('restart'));
    expect((await compare(before)).kind).toBe('as-before');
  });

  it('says that a later fix came between', async () => {
    const before = await foundBy('undo');
    annotate(FENCE, '9');
    expect(await compare(before)).toMatchObject({
      kind: 'differs',
      lines: ['a later fix, number 9, has acted on it since', expect.stringContaining('image: ')],
    });
  });

  it('differs where the workload, or the container, is not there any more', async () => {
    const before = await foundBy(memory);
    spec({ template: { ...template('shop/cart:2'), spec: { containers: [{ name: 'other' }] } } });
    expect(await compare(before)).toMatchObject({ kind: 'differs', now: 'no container cart' });
    api.remove(CART);
    expect(await compare(before)).toMatchObject({
      kind: 'differs',
      now: 'there is no deployment/cart in shop',
    });
  });

  it.each([
    ['the fix left no word', null, 'the fix left no word of what it found'],
    ['its word cannot be read', { words: '2 replicas', mark: '{"replicas":' }, /cannot be read$/],
    ['its word is of something else', { words: '2 replicas', mark: '{"replicas":-1}' }, /cannot be read$/],
  ])('is unknown where %s', async (_, before, why) => {
    expect(await compare(before)).toEqual({
      kind: 'unknown',
      why: typeof why === 'string' ? why : expect.stringMatching(why),
    });
  });

  it('is unknown where it cannot be read in time, with what the API said, and is asked for again until then', async () => {
    const before = await foundBy(scale);
    let asked = 0;
    api.answerInstead(({ method }) => {
      asked += method === 'GET' ? 1 : 0;
      return method === 'GET' ? { code: 403, message: 'denied by policy' } : null;
    });
    expect(await compare(before, AbortSignal.timeout(1_500))).toEqual({
      kind: 'unknown',
      why: 'the API server answered 403: denied by policy',
    });
    expect(asked).toBeGreaterThan(1);
  });

  it('is read again where the API did not answer at first', async () => {
    const before = await foundBy(scale);
    await run(order('put_back'));
    let asked = 0;
    api.answerInstead(({ method }) => {
      asked += method === 'GET' ? 1 : 0;
      return asked === 1 ? { code: 503, message: 'not yet' } : null;
    });
    expect(await compare(before)).toEqual({ kind: 'as-before', words: '2 replicas' });
  });

  it('is nobody else’s business where the workload is none of the registry, and holds no secret', async () => {
    spec({ template: template('shop/cart:hunter2') });
    const before = await foundBy(scale);
    const foreign = order('put_back', {}, { workload: 'deployment/other' });
    expect(await runner().compare(foreign, before, never)).toMatchObject({ kind: 'unknown' });
    const found = await foundBy('undo');
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});

describe('a pod', () => {
  it('is deleted by its identity, and missed until another takes its place', async () => {
    api.onChange(() => settle(api));
    expect((await run(order({ delete_pod: 'cart-bbb-x1' }))).result.kind).toBe('succeeded');
    expect(changes().map(({ path }) => path)).toEqual([`${PODS}/cart-bbb-x1`]);
    expect(changes()[0]?.body).toMatchObject({ preconditions: { uid: expect.any(String) } });
  });

  it('that no controller of the workload owns is left alone', async () => {
    expect((await run(order({ delete_pod: 'stray' }))).result).toMatchObject({
      untouched: true,
      reason: 'stray is no pod of deployment/cart in shop',
    });
  });
});

describe('a node', () => {
  it('takes pods again only where a pod of the service waits for one', async () => {
    expect((await run(order({ uncordon: 'node-1' }))).result).toMatchObject({
      untouched: true,
      reason: 'no pod of deployment/cart in shop waits for a node',
    });
    api.status(`${PODS}/cart-bbb-x1`, { conditions: [{ type: 'PodScheduled', status: 'False' }] });
    expect((await run(order({ uncordon: 'node-1' }))).result).toMatchObject({
      kind: 'succeeded',
      changed: 1,
    });
    expect(api.get(NODE)?.spec).toEqual({ unschedulable: false });
  });
});

describe('what must not be touched', () => {
  it.each([
    [{ namespace: 'kube-system' }, 'kube-system is protected: nothing in it is changed'],
    [{ namespace: 'bank' }, 'deployment/cart in bank is no workload of a service in medic.yml'],
    [{ workload: 'deployment/pay' }, 'deployment/pay in shop is no workload of a service in medic.yml'],
    [{ workload: 'deployment/../cart' }, 'deployment/../cart in shop is no name of a workload'],
  ])('is refused before anything is asked: %j', async (place, reason) => {
    expect((await run(order('restart', {}, place))).result).toMatchObject({ untouched: true, reason });
    expect(api.calls).toEqual([]);
  });
});

describe('rights', () => {
  it('are asked for before people are, and what is missing is named', async () => {
    api.forbidden.add('patch deployments').add('list replicasets');
    expect(await rehearse('undo')).toEqual({
      kind: 'failed',
      reason:
        'Medic may not list replicasets in shop and patch deployments/cart in shop. Whoever administers the cluster can give it that: see deploy/kubernetes-fixes.yml',
    });
    expect(api.calls.every(({ method }) => method === 'POST')).toBe(true);
  });
});

describe('somebody else', () => {
  it('who changes it meanwhile is faster: nothing is done', async () => {
    api.answerInstead(({ method, dry }) => {
      if (method === 'PATCH' && !dry)
        api.put(CART, { ...api.get(CART), spec: { ...api.get(CART)?.spec, replicas: 3 } } as never);
      return null;
    });
    expect((await run(order('undo'))).result).toMatchObject({
      kind: 'failed',
      untouched: true,
      reason:
        'somebody else has changed deployment/cart in shop since it was looked at, so nothing was done there',
    });
    expect(imageOf()).toBe('shop/cart:2');
  });

  it('who came later with another fix is not overtaken', async () => {
    api.put(CART, {
      ...api.get(CART),
      metadata: { ...api.get(CART)?.metadata, annotations: { [FENCE]: '9' } },
    } as never);
    expect((await run(order('undo'))).result).toMatchObject({
      untouched: true,
      reason: 'a later fix, number 9, has acted on it: this one has number 7 and comes too late',
    });
  });
});

describe('an end that is not its own', () => {
  it('of time: what was changed stands, and it says how far it is', async () => {
    const { result } = await run(order('undo', { timeout: 1_500 }));
    expect(result).toMatchObject({
      kind: 'timed-out',
      reason: expect.stringContaining('its controller has not seen the change yet'),
    });
    expect(result).not.toHaveProperty('untouched');
  });

  it('by a person: it says that Kubernetes goes on', async () => {
    const stopping = new AbortController();
    api.onChange(() => stopping.abort());
    const { result } = await run(order('undo'), stopping.signal);
    expect(result).toMatchObject({
      kind: 'stopped',
      reason: expect.stringContaining('Kubernetes goes on with it'),
    });
  });

  it('by a person before anything was changed: nothing is', async () => {
    const stopping = new AbortController();
    api.answerInstead(() => {
      stopping.abort();
      return null;
    });
    expect((await run(order('undo'), stopping.signal)).result).toMatchObject({
      kind: 'stopped',
      untouched: true,
    });
    expect(changes()).toEqual([]);
  });

  it('of the connection: it looks whether the change has arrived, and goes on where it has', async () => {
    settleAtOnce();
    api.answerInstead(({ method, dry }) => (method === 'PATCH' && !dry ? 'drop' : null));
    expect((await run(order('undo'))).result.kind).toBe('succeeded');
    expect(changes()).toHaveLength(1);
  });

  it('of the controller’s patience: its own words are told', async () => {
    api.onChange(() =>
      api.status(CART, {
        observedGeneration: 2,
        conditions: [
          {
            type: 'Progressing',
            status: 'False',
            reason: 'ProgressDeadlineExceeded',
            message: 'ReplicaSet "cart-aaa" has timed out progressing.',
            lastUpdateTime: 'now',
          },
        ],
      }),
    );
    expect((await run(order('undo'))).result).toMatchObject({
      kind: 'failed',
      reason: 'its controller gave up: ReplicaSet "cart-aaa" has timed out progressing.',
    });
  });
});
