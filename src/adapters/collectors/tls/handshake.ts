import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { codeOf, partsOf, refusalOf } from '../address.ts';

export interface Served {
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether it is for the name that was asked for. */
  readonly matches: boolean;
  /** `ok`, or what OpenSSL calls what is wrong with its chain. */
  readonly chain: string;
  /** Whom it names, for people. */
  readonly subject: string;
}

export type Handshake =
  | { readonly kind: 'served'; readonly served: Served }
  | { readonly kind: 'refused' | 'closed' | 'no_tls' };

/** What says nothing of the chain, but of the certificate itself. */
const OF_THE_CERTIFICATE: readonly string[] = [
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

/** Shakes hands as a client of the name would, and takes any certificate. Rejects where nobody answers in time. */
export function shakeHands(
  { address, name, timeout }: { readonly address: string; readonly name: string; readonly timeout: number },
  signal: AbortSignal,
): Promise<Handshake> {
  const { promise, resolve, reject } = Promise.withResolvers<Handshake>();
  const socket = connect({
    ...partsOf(address),
    // A server name is never an address.
    ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
    rejectUnauthorized: false,
  });
  const late = () => socket.destroy(new Error(`${address} gave no answer within ${timeout} ms`));
  const timer = setTimeout(late, timeout);
  const stop = () => socket.destroy(new Error('it was stopped'));
  signal.addEventListener('abort', stop, { once: true });
  socket.once('secureConnect', () => {
    const served = readServed(socket, name);
    if (served === null) reject(new Error(`${address} serves no certificate`));
    else resolve({ kind: 'served', served });
    socket.end();
  });
  socket.once('error', (error) => {
    const kind = refusalOf(codeOf(error)) ?? (speaksNoTls(error) ? 'no_tls' : null);
    if (kind === null) reject(error);
    else resolve({ kind });
  });
  socket.once('close', () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    resolve({ kind: 'closed' });
  });
  return promise;
}

function speaksNoTls(error: unknown): boolean {
  return /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL/.test(codeOf(error));
}

function readServed(socket: TLSSocket, name: string): Served | null {
  const certificate = socket.getPeerCertificate();
  const notAfter = Date.parse(certificate.valid_to ?? '');
  const notBefore = Date.parse(certificate.valid_from ?? '');
  if (Number.isNaN(notAfter) || Number.isNaN(notBefore)) return null;
  const code = String(socket.authorizationError ?? 'ok');
  return {
    notBefore,
    notAfter,
    matches: checkServerIdentity(name, certificate) === undefined,
    chain: OF_THE_CERTIFICATE.some((one) => code.includes(one)) ? 'ok' : code.slice(0, 80),
    subject: subjectOf(certificate),
  };
}

function subjectOf({ subject, subjectaltname }: PeerCertificate): string {
  const named = subjectaltname ?? String(subject?.CN ?? 'nobody');
  return named.replace(/\s+/g, ' ').slice(0, 200).toWellFormed();
}
