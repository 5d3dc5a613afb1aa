import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '../../src/incident/model/incident.ts';
import { plainly } from '../../src/lib/text/text-read.ts';
import { type KubernetesHealing, startKubernetesHealing } from '../kit/kubernetes/healing.ts';
import type { Program } from '../kit/kubernetes/kubelet.ts';
import { type Scratch, scratchDir } from '../kit/stack/guardian.ts';
import { until } from '../kit/stack/process.ts';

const MI = 2 ** 20;
const serves: Program = { does: 'serve' };
const exits = (says: string): Program => ({ does: 'exit', code: 1, says });

describe('what an operator would do in a cluster, on the real thing', { timeout: 240_000 }, () => {
  let scratch: Scratch;
  let healing: KubernetesHealing;
  const programs = new Map<string, Program>([
    ['shop/cart:1', serves],
    ['shop/cart:2', exits('Error: CART_CURRENCY is not set')],
    ['shop/search:1', { does: 'hold', memory: 40 * MI }],
    ['shop/mail:1', exits('Error: MAIL_HOST is not set')],
    ['shop/stock:1', serves],
    ['shop/stock:2', serves],
  ]);

  beforeAll(async () => {
    scratch = await scratchDir('cluster');
    healing = await startKubernetesHealing({
      dir: scratch.path,
      programOf: (image) => programs.get(image) ?? null,
      services: { cart: {}, search: { memory_ceiling: '128Mi' }, mail: {}, stock: {} },
    });
  }, 240_000);
  afterAll(async () => {
    await healing?.stop();
    await scratch?.remove();
  }, 60_000);

  /** The incident of a service since then, once it is over or a person was called. */
  const over = (service: string, since: number): Promise<Incident> =>
    until(
      async () => {
        const incident = await healing.incident(service, since);
        return incident !== undefined && ['closed', 'escalated'].includes(incident.phase.at) && incident;
      },
      { what: `the end of the incident of ${service}`, ms: 150_000 },
    );

  it('undoes a rollout whose pods crash, and proves it', async () => {
    await healing.create('cart', 'shop/cart:1', '64Mi');
    await healing.ready('cart', 'shop/cart:1');
    const since = Date.now();
    await healing.rollOut('cart', 'shop/cart:2');
    const cart = await over('cart', since);
    expect(cart.phase, healing.thread(cart)).toMatchObject({ at: 'closed', how: 'healed' });
    expect(cart.attempts.map(({ playbook }) => playbook)).toEqual(['rollback_rollout']);
    expect(await healing.template('cart')).toMatchObject({ image: 'shop/cart:1' });
    await healing.ready('cart', 'shop/cart:1');
  });

  it('raises the memory limit of containers that go over it, within the ceiling that medic.yml sets', async () => {
    await healing.create('search', 'shop/search:1', '64Mi', 2);
    await healing.ready('search', 'shop/search:1', 2);
    const since = Date.now();
    programs.set('shop/search:1', { does: 'hold', memory: 80 * MI });
    const search = await over('search', since);
    expect(search.phase, healing.thread(search)).toMatchObject({ at: 'closed', how: 'healed' });
    expect(search.attempts.map(({ playbook }) => playbook)).toEqual(['raise_memory_limit']);
    expect(await healing.template('search')).toMatchObject({ memory: '96Mi' });
    await healing.ready('search', 'shop/search:1', 2);
  });

  it('calls a person, and changes nothing, where containers crash that never ran with another template', async () => {
    const since = Date.now();
    await healing.create('mail', 'shop/mail:1', '64Mi');
    const mail = await over('mail', since);
    expect(mail.phase, healing.thread(mail)).toMatchObject({ at: 'escalated' });
    expect(whyOf(mail)).toContain('no known fault explains it');
    expect(mail.attempts).toEqual([]);
    expect(await healing.template('mail')).toEqual({ image: 'shop/mail:1', memory: '64Mi' });
  });

  it('calls a person, and undoes no rollout, where the pods from before it crash as well', async () => {
    await healing.create('stock', 'shop/stock:1', '64Mi', 2);
    await healing.ready('stock', 'shop/stock:1', 2);
    const since = Date.now();
    for (const image of ['shop/stock:1', 'shop/stock:2'])
      programs.set(image, exits('Error: connect ECONNREFUSED 10.99.0.7:5432'));
    await healing.rollOut('stock', 'shop/stock:2');
    const stock = await over('stock', since);
    expect(stock.phase, healing.thread(stock)).toMatchObject({ at: 'escalated' });
    expect(whyOf(stock)).toContain('no known fault explains it');
    expect(stock.attempts).toEqual([]);
    expect(await healing.template('stock')).toMatchObject({ image: 'shop/stock:2' });
  });
});

const whyOf = ({ phase }: Incident) => ('reason' in phase ? plainly(phase.reason ?? '') : '');
