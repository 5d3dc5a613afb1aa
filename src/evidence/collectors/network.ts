import { z } from 'zod';
import { Duration } from '../../lib/schema/schemas.ts';
import type { Declaration } from '../collector.ts';
import { Plain, plainly } from './arguments.ts';
import { Address } from './databases.ts';

const HostName = z
  .string()
  .regex(/^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9.])?$/, 'write a name such as shop.example.com');

const TlsSection = z.array(
  z.strictObject({
    address: Address,
    /** The name that clients ask for; the host of the address where none is given. */
    name: HostName.optional(),
    /** Where its certificate lies on the hosts of the service. */
    file: z.string().regex(/^\//, 'write an absolute path').optional(),
    timeout: Duration.default(3000),
  }),
);
export type TlsSource = z.infer<typeof TlsSection>[number];

const DnsSection = z.array(
  z.strictObject({
    name: HostName,
    /** The resolver that is asked, with its port where that is not 53; those of Medic's own host where none is given. */
    server: z
      .string()
      .regex(
        /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?|[0-9a-fA-F:]{2,45})$/,
        'write an IP address',
      )
      .optional(),
    type: z.enum(['A', 'AAAA', 'SRV', 'CNAME']).default('A'),
    timeout: Duration.default(2000),
  }),
);
export type DnsSource = z.infer<typeof DnsSection>[number];

export const certificates = {
  name: 'certificates',
  kind: 'probe',
  reads: 'the certificates that it serves, and their files',
  instrument: 'a handshake with each address; the file on its hosts',
  section: TlsSection.default([]),
  arguments: Plain,
  around: true,
  lacks: (service) => ((service.tls ?? []).length > 0 ? null : '`tls`'),
  ask: (inquiry) => ((inquiry.service?.tls ?? []).length > 0 ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };

export const names = {
  name: 'names',
  kind: 'probe',
  reads: 'whether the names that it needs can be resolved',
  instrument: 'each resolver',
  section: DnsSection.default([]),
  arguments: Plain,
  lacks: (service) => ((service.dns ?? []).length > 0 ? null : '`dns`'),
  ask: (inquiry) => ((inquiry.service?.dns ?? []).length > 0 ? plainly(inquiry) : null),
} as const satisfies Declaration<Plain> & { readonly section: z.ZodType };
