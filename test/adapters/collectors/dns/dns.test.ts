import { describe, expect, it, onTestFinished } from 'vitest';
import { createDnsCollector } from '../../../../src/adapters/collectors/dns/collector.ts';
import { askedOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { startAnswerer, type Zone } from './answerer.ts';

async function read(zone: Zone, names: readonly string[] = Object.keys(zone)) {
  const answerer = await startAnswerer(zone);
  onTestFinished(() => answerer.close());
  const dns = names.map((name) => ({ name, server: answerer.server, type: 'A' as const, timeout: 500 }));
  const items = await askedOf(createDnsCollector(), inquiryOf({ service: serviceOf({ name: 'shop', dns }) }));
  for (const { text, facts = [] } of items)
    for (const { quote } of facts) expect(text.split('\n')).toContain(quote);
  return { items, server: answerer.server };
}

describe('a name', () => {
  it('is answered, does not exist, or could not be found out, and each is an answer', async () => {
    const { items, server } = await read({
      'db.example.com': ['10.0.0.9', '10.0.0.10'],
      'gone.example.com': 'NXDOMAIN',
      'empty.example.com': [],
      'broken.example.com': 'SERVFAIL',
    });
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ title: `Names asked of ${server}`, witness: `resolver/${server}` });
    expect(items[0]?.facts?.map(({ of, value }) => [of, value])).toEqual([
      ['name/db.example.com', 'answered'],
      ['name/gone.example.com', 'NXDOMAIN'],
      ['name/empty.example.com', 'NODATA'],
      ['name/broken.example.com', 'SERVFAIL'],
      [`resolver/${server}`, 0.25],
    ]);
    expect(items[0]?.text).toContain('db.example.com A: answered 10.0.0.9, 10.0.0.10');
  });

  it('is part of its resolver and of the service that needs it', async () => {
    const { items, server } = await read({ 'db.example.com': 'REFUSED' });
    expect(items[0]?.facts?.[0]).toMatchObject({
      value: 'REFUSED',
      within: [`resolver/${server}`, 'service/shop'],
    });
  });

  it('that nobody answers for is missing, and hides no other', async () => {
    const { items } = await read({ 'db.example.com': ['10.0.0.9'], 'slow.example.com': 'silence' });
    expect(items[0]?.text).toContain('slow.example.com: no answer in time');
    expect(items[0]?.facts?.map(({ of }) => of)).not.toContain('name/slow.example.com');
    const silent = await read({ 'slow.example.com': 'silence' });
    expect(silent.items[0]).toMatchObject({ failed: true });
    expect(silent.items[0]?.facts).toBeUndefined();
  });
});
