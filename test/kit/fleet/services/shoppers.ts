import { Counter } from 'prom-client';
import type { Product } from './catalog.ts';
import { logger, options, registry, serve } from './service.ts';

const option = options('port', 'storefront');
const log = logger('shoppers');
const storefront = option('storefront');

const visits = new Counter({
  name: 'shoppers_requests_total',
  help: 'Requests sent to the shop, by what came of them.',
  labelNames: ['outcome'],
  registers: [registry],
});

const queries = [
  'red scarf',
  'wool coat',
  'boot',
  'blue denim',
  'silk',
  'canvas bag',
  'black leather belt',
  'hat',
];
const tally = { ok: 0, failed: 0 };
let turn = 0;
let found: Product[] = [];
let inFlight = 0;

/** One of twenty requests a second: out of five, three search, one looks at a product, one checks out. */
function shop(): Promise<Response> {
  turn += 1;
  const product = found[turn % Math.max(found.length, 1)];
  if (!product || turn % 5 < 3) {
    return fetch(
      `${storefront}/search?q=${encodeURIComponent(queries[turn % queries.length] ?? '')}`,
      soon(),
    );
  }
  if (turn % 5 === 3) return fetch(`${storefront}/products/${product.id}`, soon());
  const cart = {
    customer: { id: `guest-${turn}` },
    lines: [{ product: product.id, quantity: 1 + (turn % 3) }],
  };
  const headers = { 'content-type': 'application/json' };
  return fetch(`${storefront}/checkout`, { ...soon(), method: 'POST', headers, body: JSON.stringify(cart) });
}

const soon = () => ({ signal: AbortSignal.timeout(2_000) });

async function visit(): Promise<void> {
  if (inFlight >= 20) return;
  inFlight += 1;
  try {
    const response = await shop();
    const body = (await response.json()) as unknown;
    if (Array.isArray(body) && body.length > 0) found = body as Product[];
    tally[response.ok ? 'ok' : 'failed'] += 1;
    visits.inc({ outcome: response.ok ? 'ok' : `${response.status}` });
  } catch {
    tally.failed += 1;
    visits.inc({ outcome: 'unreachable' });
  } finally {
    inFlight -= 1;
  }
}

setInterval(() => void visit(), 50);
setInterval(() => {
  log(tally.failed > 0 ? 'warn' : 'info', 'the last ten seconds', { ...tally });
  tally.ok = 0;
  tally.failed = 0;
}, 10_000);

serve({ name: 'shoppers', version: 'v1', port: Number(option('port')), log, routes: {} });
