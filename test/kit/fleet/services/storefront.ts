import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Counter, Gauge } from 'prom-client';
import type { Product } from './catalog.ts';
import { call, logger, options, registry, serve } from './service.ts';

export type Cart = { customer: { id: string }; lines: { product: string; quantity: number }[] };
export type Order = { customer: string; totalCents: number; lines: Cart['lines'] };
/** What a release brings: how a cart becomes an order. */
export type Checkout = (cart: Cart, products: Map<string, Product>) => Order;

const option = options('port', 'releases', 'catalog', 'orders');
const log = logger('storefront');
const catalog = option('catalog');
const orders = option('orders');

const releases = option('releases');
const version = (await readFile(join(releases, 'current'), 'utf8')).trim();
const release = (await import(pathToFileURL(join(releases, version, 'checkout.ts')).href)) as {
  checkout: Checkout;
};

const counter = (name: string, help: string) => new Counter({ name, help, registers: [registry] });
const stale = counter(
  'storefront_stale_answers_total',
  'Answers from the cache because the catalog was away.',
);
const deferred = counter('storefront_orders_deferred_total', 'Orders kept back because orders was away.');
new Gauge({
  name: 'storefront_release_info',
  help: 'The release that runs.',
  labelNames: ['version'],
  registers: [registry],
}).set({ version }, 1);

// What the catalog said last; the shop goes on selling from it while the catalog is away.
const searches = new Map<string, Product[]>();
const products = new Map<string, Product>();

async function search(query: string): Promise<Product[]> {
  try {
    const found = await call<Product[]>(catalog, `/search?q=${encodeURIComponent(query)}`);
    searches.set(query, found);
    for (const product of found) products.set(product.id, product);
    return found;
  } catch {
    stale.inc();
    return searches.get(query) ?? [];
  }
}

async function product(id: string): Promise<Product> {
  try {
    return await call<Product>(catalog, `/products/${id}`);
  } catch (error) {
    const known = products.get(id);
    if (!known) throw error;
    stale.inc();
    return known;
  }
}

// Orders that could not be handed over yet. They go in the order of their arrival, one at a time.
const waiting: Order[] = [];
let handedOver: Promise<unknown> = Promise.resolve();

function handOver(order: Order): Promise<{ status: number; body: unknown }> {
  waiting.push(order);
  const mine = handedOver.then(handOverAll);
  handedOver = mine.catch(() => undefined);
  return mine;
}

async function handOverAll() {
  try {
    while (waiting[0]) {
      await call(orders, '/orders', waiting[0]);
      waiting.shift();
    }
    return { status: 201, body: { placed: true } };
  } catch (error) {
    if (waiting.length > 500) throw error;
    deferred.inc();
    log('warn', 'order kept back', { waiting: waiting.length, error: String(error) });
    return { status: 202, body: { placed: false } };
  }
}

async function placeOrder(cart: Cart) {
  const wanted = await Promise.all(cart.lines.map((line) => product(line.product)));
  return handOver(release.checkout(cart, new Map(wanted.map((each) => [each.id, each]))));
}

serve({
  name: 'storefront',
  version,
  port: Number(option('port')),
  log,
  routes: {
    'GET /search': async ({ url }) => ({ body: await search(url.searchParams.get('q') ?? '') }),
    'GET /products/:id': async ({ url }) => ({ body: await product(url.pathname.split('/').pop() ?? '') }),
    'POST /checkout': ({ body }) => placeOrder(body as Cart),
  },
});
