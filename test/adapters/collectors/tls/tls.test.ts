import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createPlain, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTlsCollector, notAfterIn } from '../../../../src/adapters/collectors/tls/collector.ts';
import { createHosts } from '../../../../src/adapters/hosts/hosts.ts';
import type { Finding } from '../../../../src/evidence/collector.ts';
import { askedOf, inquiryOf, serviceOf } from '../../../evidence/samples.ts';
import { type Scratch, scratchDir } from '../../../kit/stack/guardian.ts';
import { freePort } from '../../../kit/stack/process.ts';

const DAY = 86_400;
let scratch: Scratch;
let hosts: ReturnType<typeof createHosts>;

beforeAll(async () => {
  scratch = await scratchDir('tls');
  const inventory = join(scratch.path, 'inventory.ini');
  await writeFile(inventory, 'web-1 ansible_connection=local\n');
  hosts = createHosts({ inventory, environment: process.env });
});
afterAll(async () => {
  await hosts?.close();
  await scratch?.remove();
});

let count = 0;
/** A certificate for a name, with its key, valid for some days from now; fewer than none is one that has expired. */
function certificate(days: number, name = 'shop.example.com') {
  count += 1;
  const at = (file: string) => join(scratch.path, `${count}-${file}`);
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, { stdio: 'pipe' });
  openssl(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    at('key'),
    '-out',
    at('request'),
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=DNS:${name}`,
  );
  openssl(
    'x509',
    '-req',
    '-in',
    at('request'),
    '-signkey',
    at('key'),
    '-days',
    String(days),
    '-copy_extensions',
    'copyall',
    '-out',
    at('pem'),
  );
  return { cert: readFileSync(at('pem')), key: readFileSync(at('key')), file: at('pem') };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
const serve = (files: { readonly cert: Buffer; readonly key: Buffer }) =>
  listening(createServer(files, (socket) => socket.on('error', () => {})));

async function read(port: number, more: { readonly file?: string; readonly name?: string } = {}) {
  const source = { address: `127.0.0.1:${port}`, name: 'shop.example.com', timeout: 1000, ...more };
  const service = serviceOf({ name: 'shop', hosts: ['web-1'], tls: [source] });
  const items = await askedOf(createTlsCollector({ hosts }), inquiryOf({ service }), { now: Date.now() });
  for (const { text, facts = [] } of items)
    for (const { quote } of facts) expect(text.split('\n')).toContain(quote);
  return items;
}
const valuesOf = (items: readonly Finding[]) =>
  Object.fromEntries(items.flatMap(({ facts = [] }) => facts.map(({ name, value }) => [name, value])));

describe('a certificate that is served', () => {
  it('says until when it is valid, for which name, and what is wrong with its chain', async () => {
    const port = await serve(certificate(30));
    const items = await read(port);
    const values = valuesOf(items);
    expect(values).toMatchObject({
      'tls.connect': 'accepted',
      'tls.served.matches': true,
      'tls.served.chain': 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    expect(Number(values['tls.served.expires_in']) / DAY).toBeCloseTo(30, 1);
    expect(values['tls.served.valid_for']).toBeGreaterThanOrEqual(0);
    expect(items[0]?.facts?.[0]).toMatchObject({
      of: `endpoint/shop.example.com:${port}`,
      within: ['service/shop'],
    });
  });

  it('that has expired is a reading, and so is one for another name', async () => {
    const expired = await read(await serve(certificate(-1)));
    expect(valuesOf(expired)['tls.served.expires_in']).toBeLessThan(0);
    expect(expired[0]?.text).toContain('the served certificate has expired');
    const wrong = await read(await serve(certificate(30, 'www.example.com')));
    expect(valuesOf(wrong)['tls.served.matches']).toBe(false);
    expect(wrong[0]?.text).toContain('it is not for the name shop.example.com, but for DNS:www.example.com');
  });

  it('is asked for by the name that clients use', async () => {
    const asked: (string | undefined)[] = [];
    const { cert, key } = certificate(30);
    const server = createServer({
      cert,
      key,
      SNICallback: (name, done) => {
        asked.push(name);
        done(null);
      },
    });
    await read(await listening(server));
    expect(asked).toEqual(['shop.example.com']);
  });

  it('is compared with that of its file, of which nothing but its end goes any further', async () => {
    const [old, renewed] = [certificate(-1), certificate(90)];
    await writeFile(renewed.file, `${renewed.key}${renewed.cert}`);
    const items = await read(await serve(old), { file: renewed.file });
    const values = valuesOf(items);
    expect(values['tls.file.not_after']).toBeGreaterThan(Number(values['tls.served.not_after']));
    expect(items[1]).toMatchObject({
      title: 'Certificate file of shop.example.com on web-1',
      witness: `file/web-1${renewed.file}`,
    });
    expect(JSON.stringify(items)).not.toContain('PRIVATE KEY');
    const [, missing] = await read(await serve(old), { file: join(scratch.path, 'gone.pem') });
    expect(missing).toMatchObject({ failed: true, text: expect.stringContaining('No such file') });
  });

  it('is missing where nothing listens, where nobody speaks TLS, and where nobody answers', async () => {
    expect(valuesOf(await read(await freePort()))).toEqual({ 'tls.connect': 'refused' });
    const plain = createPlain((socket) =>
      socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    expect(valuesOf(await read(await listening(plain)))).toEqual({ 'tls.connect': 'no_tls' });
    const silent = createPlain((socket) => socket.on('error', () => {}));
    const [item] = await read(await listening(silent));
    expect(item).toMatchObject({
      failed: true,
      text: expect.stringContaining('gave no answer within 1000 ms'),
    });
  });
});

it('a file that holds no certificate has no end of its validity', () => {
  expect(notAfterIn('nothing')).toBeNull();
  expect(notAfterIn('-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----')).toBeNull();
});
