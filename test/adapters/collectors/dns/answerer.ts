import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** What a name is answered with: addresses, a code of RFC 1035, or nothing at all. */
export type Zone = Readonly<
  Record<string, readonly string[] | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'silence'>
>;

const CODES = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

/** A resolver on loopback that answers over UDP, as RFC 1035 has it; a name that it does not know does not exist. */
export async function startAnswerer(zone: Zone): Promise<{ readonly server: string; close(): void }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, end } = nameIn(query);
    const answer = Object.hasOwn(zone, name) ? zone[name] : 'NXDOMAIN';
    if (answer === undefined || answer === 'silence') return;
    const addresses = typeof answer === 'string' ? [] : answer;
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(0x8180 | (typeof answer === 'string' ? CODES[answer] : 0), 2);
    header.writeUInt16BE(addresses.length, 6);
    header.writeUInt32BE(0, 8);
    const records = addresses.map((address) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]),
    );
    socket.send(Buffer.concat([header, query.subarray(12, end + 4), ...records]), from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { server: `127.0.0.1:${socket.address().port}`, close: () => socket.close() };
}

/** The name of the only question, and where it ends. */
function nameIn(query: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}
