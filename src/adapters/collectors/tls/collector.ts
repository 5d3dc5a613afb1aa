import { X509Certificate } from 'node:crypto';
import type { Collector, Finding, ServiceView } from '../../../evidence/collector.ts';
import type { Plain } from '../../../evidence/collectors/arguments.ts';
import { certificates, type TlsSource } from '../../../evidence/collectors/network.ts';
import { endpointId, serviceId } from '../../../evidence/facts/objects.ts';
import { statesOf, tell } from '../../../evidence/facts/tell.ts';
import type { Hosts } from '../../../evidence/hosts.ts';
import { partsOf } from '../address.ts';
import { answered, askEach, placesOf } from '../places.ts';
import { formatSeconds } from '../quantity.ts';
import { type Served, shakeHands } from './handshake.ts';

interface TlsOptions {
  readonly hosts: Hosts;
  /** Milliseconds that reading a file may take; 7 s by default. */
  readonly timeout?: number;
}

/** A certificate with its chain is smaller. */
const OUTPUT = 256 * 1024;

/** Asks each address of the service for its certificate, and reads the file that it should be from. An expired one is an answer. */
export function createTlsCollector({ hosts, timeout = 7000 }: TlsOptions): Collector<Plain> {
  return {
    declared: certificates,
    async collect(_asked, { service, now }, signal) {
      if (service === null) return [];
      const sources = new Map((service.tls ?? []).map((source) => [keyOf(source), source]));
      const describe = (key: string) => itemOf(key, now);
      const served = askEach([...sources.keys()], describe, async (key) => {
        const source = sources.get(key);
        return source === undefined ? [] : [await servedBy(source, service, now, signal)];
      });
      const files = [...sources.values()].flatMap((source) =>
        source.file === undefined ? [] : [{ source, file: source.file }],
      );
      const read = files.map(async ({ source, file }) => {
        const asking = { service, source, file, now };
        return askEach(
          await placesOf(service, hosts),
          (host) => fileItem(asking, host),
          async (host) => {
            const argv = ['cat', '--', file];
            const answer = await hosts.run({ host, argv, timeout, outputCap: OUTPUT, become: true }, signal);
            return [fileFinding(asking, host, answered(answer))];
          },
        );
      });
      return (await Promise.all([served, ...read])).flat();
    },
  };
}

const nameOf = ({ name, address }: TlsSource) => name ?? partsOf(address).host;
const keyOf = (source: TlsSource) => `${nameOf(source)} at ${source.address}`;
const objectOf = (source: TlsSource) => endpointId(nameOf(source), partsOf(source.address).port);

function itemOf(key: string, now: number) {
  return {
    kind: 'probe',
    title: `Certificate of ${key}`,
    source: 'tls',
    query: `handshake for ${key}`,
    observedAt: now,
    witness: `handshake/${key}`,
  } as const satisfies Partial<Finding>;
}

async function servedBy(
  source: TlsSource,
  service: ServiceView,
  now: number,
  signal: AbortSignal,
): Promise<Finding> {
  const hand = await shakeHands({ ...source, name: nameOf(source) }, signal);
  const state = (values: Parameters<typeof statesOf>[2]) =>
    statesOf(objectOf(source), [serviceId(service.name)], values);
  const lines =
    hand.kind === 'served'
      ? servedLines(hand.served, nameOf(source), now).map(({ line, values }) => ({
          line,
          facts: state(values),
        }))
      : [{ line: `${source.address}: ${WORDS[hand.kind]}`, facts: state({ 'tls.connect': hand.kind }) }];
  return { ...itemOf(keyOf(source), now), ...tell(lines, now), window: null, data: null, link: null };
}

const WORDS = {
  refused: 'nothing listens there (connection refused)',
  closed: 'it hung up during the handshake',
  no_tls: 'it answers, but without TLS',
} as const;

interface Line {
  readonly line: string;
  readonly values: Parameters<typeof statesOf>[2];
}

function servedLines(served: Served, name: string, now: number): readonly Line[] {
  const left = (served.notAfter - now) / 1000;
  const since = (now - served.notBefore) / 1000;
  return [
    { line: 'it answers with TLS', values: { 'tls.connect': 'accepted' } },
    {
      line: validity('the served certificate', left, served.notAfter),
      values: { 'tls.served.not_after': served.notAfter / 1000, 'tls.served.expires_in': left },
    },
    {
      line:
        since < 0
          ? `it is not valid yet: from ${iso(served.notBefore)}, in ${formatSeconds(since)}`
          : `it is valid since ${iso(served.notBefore)}`,
      values: { 'tls.served.valid_for': since },
    },
    {
      line: `it is ${served.matches ? '' : 'not '}for the name ${name}${served.matches ? '' : `, but for ${served.subject}`}`,
      values: { 'tls.served.matches': served.matches },
    },
    {
      line:
        served.chain === 'ok'
          ? 'its chain is trusted here'
          : `its chain is not trusted here: ${served.chain}`,
      values: { 'tls.served.chain': served.chain },
    },
  ];
}

function validity(what: string, left: number, notAfter: number): string {
  return left < 0
    ? `${what} has expired: at ${iso(notAfter)}, ${formatSeconds(left)} ago`
    : `${what} is valid until ${iso(notAfter)}, for ${formatSeconds(left)}`;
}

interface Asking {
  readonly service: ServiceView;
  readonly source: TlsSource;
  readonly file: string;
  readonly now: number;
}

function fileItem({ source, file, now }: Asking, host: string) {
  return {
    kind: 'state',
    title: `Certificate file of ${nameOf(source)} on ${host}`,
    source: 'file',
    query: `${file} on ${host}`,
    observedAt: now,
    witness: `file/${host}${file}`,
  } as const satisfies Partial<Finding>;
}

function fileFinding(
  asking: Asking,
  host: string,
  {
    exitCode,
    stdout,
    stderr,
  }: { readonly exitCode: number; readonly stdout: string; readonly stderr: string },
): Finding {
  const { service, source, file, now } = asking;
  if (exitCode !== 0) throw new Error(`${file} cannot be read: ${stderr.trim().slice(0, 200)}`);
  const notAfter = notAfterIn(stdout);
  if (notAfter === null) throw new Error(`${file} holds no certificate`);
  const left = (notAfter - now) / 1000;
  const line = validity(`the certificate in ${file}`, left, notAfter);
  const values = { 'tls.file.not_after': notAfter / 1000, 'tls.file.expires_in': left };
  const facts = statesOf(objectOf(source), [serviceId(service.name)], values);
  return { ...fileItem(asking, host), ...tell([{ line, facts }], now), window: null, data: null, link: null };
}

/** Until when the first certificate of a file is valid, epoch milliseconds; null where there is none. A key in it goes no further. */
export function notAfterIn(pem: string): number | null {
  const first = /-----BEGIN CERTIFICATE-----[\s\S]{1,20000}?-----END CERTIFICATE-----/.exec(pem)?.[0];
  if (first === undefined) return null;
  try {
    const time = Date.parse(new X509Certificate(first).validTo);
    return Number.isNaN(time) ? null : time;
  } catch {
    return null;
  }
}

const iso = (time: number) => new Date(time).toISOString();
