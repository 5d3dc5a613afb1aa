import { Gauge } from 'prom-client';
import { HttpError, logger, options, registry, serve } from './service.ts';

export type Product = { id: string; name: string; cents: number };

const option = options('port');
const log = logger('catalog');

const colours = ['red', 'green', 'blue', 'black', 'white', 'grey', 'yellow', 'brown'];
const materials = ['cotton', 'wool', 'linen', 'leather', 'denim', 'silk', 'felt', 'canvas'];
const things = ['shirt', 'scarf', 'coat', 'bag', 'belt', 'hat', 'glove', 'boot', 'sock', 'apron'];

const products = new Map<string, Product>();
const byWord = new Map<string, Product[]>();
for (const [c, colour] of colours.entries()) {
  for (const [m, material] of materials.entries()) {
    for (const [t, thing] of things.entries()) {
      const id = `p${c}${m}${t}`;
      const product = {
        id,
        name: `${colour} ${material} ${thing}`,
        cents: 900 + c * 130 + m * 370 + t * 510,
      };
      products.set(id, product);
      for (const word of [colour, material, thing]) byWord.set(word, [...(byWord.get(word) ?? []), product]);
    }
  }
}

/** Products whose names have all the words. */
function search(query: string): Product[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const [first = '', ...rest] = words;
  return (byWord.get(first) ?? [])
    .filter(({ name }) => rest.every((word) => name.includes(word)))
    .slice(0, 20);
}

// The leak: a result cache that is warmed faster than anything is ever evicted from it, 2 MB every 100 ms.
const cache: Buffer[] = [];
const entryBytes = 2 * 1024 * 1024;
const cacheLimitBytes = 1_400 * 1024 * 1024;
let warming: NodeJS.Timeout | undefined;

function warmCache(): void {
  cache.push(Buffer.alloc(entryBytes, 1));
  const bytes = cache.length * entryBytes;
  if (cache.length % 10 === 0) {
    const cacheMb = Math.round(bytes / 1e6);
    log('warn', 'result cache grows, nothing was evicted', { cacheMb, entries: cache.length });
  }
  if (bytes >= cacheLimitBytes) clearInterval(warming);
}

const register = { registers: [registry] };
new Gauge({ name: 'catalog_products', help: 'Products in the index.', ...register }).set(products.size);
new Gauge({
  name: 'catalog_cache_bytes',
  help: 'Bytes held by the result cache.',
  ...register,
  collect() {
    this.set(cache.length * entryBytes);
  },
});

serve({
  name: 'catalog',
  version: 'v1',
  port: Number(option('port')),
  log,
  routes: {
    'GET /search': ({ url }) => ({ body: search(url.searchParams.get('q') ?? '') }),
    'GET /products/:id': ({ url }) => {
      const id = url.pathname.split('/').pop() ?? '';
      const product = products.get(id);
      if (!product) throw new HttpError(404, `no product ${id}`);
      return { body: product };
    },
    'POST /admin/warm-cache': () => {
      if (warming) throw new HttpError(409, 'the cache warmer is already on');
      warming = setInterval(warmCache, 100);
      log('info', 'cache warmer switched on');
      return { status: 202, body: { warming: true } };
    },
  },
});
